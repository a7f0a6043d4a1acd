"""Somebody opens a gift: one, once."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.gifts import states
from goodfor.gifts.errors import GiftGone, OwnGift
from goodfor.gifts.events import GiftOpened
from goodfor.gifts.locks import lock_gift
from goodfor.gifts.mapping import gift_view
from goodfor.gifts.models import Gift
from goodfor.gifts.operations import give_codes
from goodfor.gifts.operations.things import THINGS
from goodfor.gifts.types import Opened, actor_of, is_member
from goodfor.kernel import audit
from goodfor.kernel.events import publish
from goodfor.kernel.faultpoints import reach
from goodfor.kernel.ids import hash_token, secret_token
from goodfor.kernel.statemachine import record_history


@transaction.atomic(savepoint=False)
def open_gift(*, shop_id: UUID, secret: str, taker_ref: str, now: datetime) -> Opened:
    """It is the taker's from now on; of two who open it at once one has it. Opened again by its taker it is the same.

    A guest gets a key, by which they come back to its codes: opened again in the same browser, since the first answer
    may not have arrived, another one in its place. Raises GiftGone (never was, taken, taken back, over),
    OwnGift, SignInToTake; then nothing changed.
    """
    hashed = hash_token(secret)
    gift_id = Gift.objects.filter(shop_id=shop_id, secret_hash=hashed).values_list("id", flat=True).first()
    row = lock_gift(shop_id, gift_id) if gift_id else None
    if row is None or not taker_ref:
        raise GiftGone
    if row.state == states.OPENED and row.taker_ref == taker_ref:
        return Opened(gift_view(row), _new_key(row))
    if row.state != states.MADE or row.ends_at <= now:
        raise GiftGone
    if row.giver_ref == taker_ref:
        raise OwnGift
    THINGS[row.kind].hand_over(row, taker_ref, now)
    key = "" if is_member(taker_ref) else secret_token()
    done = Gift.objects.filter(shop_id=shop_id, id=row.id, state=states.MADE).update(
        state=states.OPENED, closed_at=now, taker_ref=taker_ref, key_hash=hash_token(key) if key else None,
        secret_key_id=None, secret_blob=None,
    )  # fmt: skip
    if done != 1:
        raise RuntimeError("a gift changed under its lock")
    row.taker_ref = taker_ref
    if row.kind == states.CODES:
        give_codes.note(row)
    _tell(row, taker_ref, now)
    reach("gifts.opened")
    row.refresh_from_db()
    return Opened(gift_view(row), key)


def _new_key(row: Gift) -> str:
    if is_member(row.taker_ref):
        return ""
    key = secret_token()
    Gift.objects.filter(shop_id=row.shop_id, id=row.id, taker_ref=row.taker_ref).update(key_hash=hash_token(key))
    return key


def _tell(row: Gift, taker_ref: str, now: datetime) -> None:
    actor = actor_of(taker_ref, row.number)
    record_history(
        shop_id=row.shop_id, machine=states.GIFT, subject_id=row.id, moves=[(states.MADE, states.OPENED)], actor=actor,
        cause="opened", now=now,
    )  # fmt: skip
    audit.record(
        shop_id=row.shop_id, actor=actor, action="gift_opened", subject=("gift", row.id),
        data={"number": row.number, "kind": row.kind}, now=now,
    )  # fmt: skip
    event = GiftOpened(row.id, row.number, row.kind, row.giver_ref)
    publish(shop_id=row.shop_id, event=event, cause=("gift", row.id), now=now)
