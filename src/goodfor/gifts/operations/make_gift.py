"""Somebody gives what they hold: it is kept, and a link is made."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from goodfor.gifts import states
from goodfor.gifts.errors import CannotGive, InvalidGift, TooManyGifts
from goodfor.gifts.locks import lock_giver
from goodfor.gifts.mapping import gift_view, message_aad, secret_aad, secret_of
from goodfor.gifts.messages import cleaned
from goodfor.gifts.models import Gift
from goodfor.gifts.operations.things import THINGS
from goodfor.gifts.types import Made, Wish, actor_of
from goodfor.kernel import audit
from goodfor.kernel.crypto import keyring
from goodfor.kernel.faultpoints import reach
from goodfor.kernel.ids import hash_token, order_number, secret_token, uuid7
from goodfor.kernel.statemachine import record_history

_DAY = timedelta(days=1)


@transaction.atomic(savepoint=False)
def make_gift(*, shop_id: UUID, giver_ref: str, wish: Wish, request_key: str, now: datetime) -> Made:
    """Kept from now on, for whoever opens the link; the same request again gives the same gift.

    That the giver holds it, of an order's codes the face has found out. Raises InvalidGift(field), CannotGive,
    TooManyGifts; then nothing changed.
    """
    message = cleaned(wish.message)
    _check(giver_ref, wish, request_key)
    lock_giver(shop_id, giver_ref)
    mine = Gift.objects.filter(shop_id=shop_id, giver_ref=giver_ref)
    if (known := mine.filter(request_key=request_key).first()) is not None:
        return Made(gift_view(known), secret_of(known))
    if mine.filter(made_at__gte=now - _DAY).count() >= states.MOST_A_DAY:
        raise TooManyGifts(retry_after=3600)
    gift_id = uuid7()
    kept = THINGS[wish.kind].keep(shop_id, gift_id, giver_ref, wish, now)
    ends_at = now + timedelta(days=wish.days)
    ends_at = min(ends_at, kept.until) if kept.until is not None else ends_at
    if ends_at <= now:
        raise CannotGive(why="over")
    secret = kept.secret or secret_token()
    ring = keyring()
    link = ring.seal(secret.encode(), secret_aad(gift_id))
    words = ring.seal(message.encode(), message_aad(gift_id)) if message else None
    row = Gift.objects.create(
        id=gift_id, shop_id=shop_id, number="L" + order_number(now)[1:], kind=wish.kind, giver_ref=giver_ref,
        request_key=request_key, subject_id=wish.subject_id, units=kept.units, title=kept.title, look=wish.look,
        message_key_id=words.key_id if words else None, message_blob=words.blob if words else None,
        secret_hash=hash_token(secret), secret_key_id=link.key_id, secret_blob=link.blob, made_at=now, ends_at=ends_at,
    )  # fmt: skip
    actor = actor_of(giver_ref, row.number)
    record_history(
        shop_id=shop_id, machine=states.GIFT, subject_id=gift_id, moves=[(None, states.MADE)], actor=actor,
        cause=wish.kind, now=now,
    )  # fmt: skip
    audit.record(
        shop_id=shop_id, actor=actor, action="gift_made", subject=("gift", gift_id),
        data={"number": row.number, "kind": wish.kind, "units": kept.units}, now=now,
    )  # fmt: skip
    reach("gifts.made")
    return Made(gift_view(row), secret)


def _check(giver_ref: str, wish: Wish, request_key: str) -> None:
    for field, right in (
        ("giver", 1 <= len(giver_ref) <= 100),
        ("request", 8 <= len(request_key) <= 40),
        ("kind", wish.kind in THINGS),
        ("look", wish.look in states.LOOKS),
        ("days", wish.days in states.DAYS),
    ):
        if not right:
            raise InvalidGift(field=field)
