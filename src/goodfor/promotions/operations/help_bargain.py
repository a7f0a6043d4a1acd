"""A friend brings a bargain's price down by its next cut."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.events import publish
from goodfor.kernel.ids import uuid7
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.promotions import group_states
from goodfor.promotions.bargain_models import Bargain, Help, HelpName
from goodfor.promotions.group_errors import AlreadyHelped, BargainOver, OwnBargain, TooManyHelps
from goodfor.promotions.group_events import BargainHelped
from goodfor.promotions.group_locks import LockedBargain, lock_bargain


@transaction.atomic(savepoint=False)
def help_bargain(
    *, shop_id: UUID, bargain_id: UUID, helper_ref: str, names: Sequence[str], now: datetime
) -> int:  # fmt: skip
    """What it took off, in minor units. Each person helps once, by whichever of his names, and nobody himself.

    Raises BargainNotFound, BargainOver, AlreadyHelped, OwnBargain, TooManyHelps.
    """
    known = sorted(set(names))
    campaign = Bargain.objects.filter(shop_id=shop_id, id=bargain_id).values_list("campaign_id", flat=True).first()
    # Advisory locks come before rows; of a bargain that is not there the lock below tells.
    advisory_xact_lock(*(("play", shop_id, campaign, name) for name in known))
    bargain = lock_bargain(shop_id, bargain_id)
    if bargain.state != group_states.OPEN or bargain.expires_at <= now or bargain.helped >= len(bargain.cuts):
        raise BargainOver
    _check_person(shop_id, bargain, known)
    number, minor = bargain.helped + 1, bargain.cuts[bargain.helped]
    HelpName.objects.bulk_create(
        HelpName(shop_id=shop_id, bargain_id=bargain_id, campaign_id=bargain.campaign_id, name=name) for name in known
    )
    Help(
        id=uuid7(), shop_id=shop_id, bargain_id=bargain_id, campaign_id=bargain.campaign_id, number=number,
        minor=minor, helper_ref=helper_ref, at=now,
    ).save(force_insert=True)  # fmt: skip
    price = bargain.price_minor - minor
    rows = Bargain.objects.filter(
        shop_id=shop_id, id=bargain_id, state=group_states.OPEN, helped=bargain.helped, expires_at__gt=now
    )
    if rows.update(helped=number, price_minor=price) != 1:
        raise RuntimeError("a bargain changed under its lock")
    event = BargainHelped(bargain_id, bargain.campaign_id, minor, price, len(bargain.cuts) - number)
    publish(shop_id=shop_id, event=event, cause=("bargain", bargain_id), now=now)
    return minor


def _check_person(shop_id: UUID, bargain: LockedBargain, known: Sequence[str]) -> None:
    mine = HelpName.objects.filter(shop_id=shop_id, bargain_id=bargain.id, name__in=known)
    owners = list(mine.values_list("owner", flat=True))
    if any(owners):
        raise OwnBargain
    if owners:
        raise AlreadyHelped
    others = HelpName.objects.filter(
        shop_id=shop_id, campaign_id=bargain.campaign_id, name__in=known, owner=False
    ).values("bargain_id")
    if others.distinct().count() >= bargain.help_most:
        raise TooManyHelps(limit=bargain.help_most)
