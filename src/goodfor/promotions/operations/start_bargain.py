"""A buyer begins a bargain: what each help will take off is settled now, and nobody can change it."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from goodfor.kernel.ids import uuid7
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.kernel.statemachine import record_history
from goodfor.promotions import group_states
from goodfor.promotions.bargain_models import Bargain, HelpName
from goodfor.promotions.group_errors import BargainRunning, PlayNotFound
from goodfor.promotions.group_types import BargainPlay
from goodfor.promotions.plays import cuts

#: The largest cut is at most so many times the smallest, before rounding: no help is worth nothing.
_LEAST_WEIGHT, _MOST_WEIGHT = 50, 150


@transaction.atomic(savepoint=False)
def start_bargain(
    *, shop_id: UUID, campaign_id: UUID, revision_id: UUID, sku_id: UUID, start_minor: int, floor_minor: int,
    play: BargainPlay, owner_ref: str, names: Sequence[str], now: datetime,
) -> UUID:  # fmt: skip
    """The bargain's id. One runs for each person of a campaign, by any of his names: asking again is BargainRunning.

    Raises PlayNotFound where there is nothing to bring down.
    """
    if start_minor <= floor_minor:
        raise PlayNotFound
    known = sorted(set(names))
    advisory_xact_lock(*(("play", shop_id, campaign_id, name) for name in known))
    running = Bargain.objects.filter(
        shop_id=shop_id, campaign_id=campaign_id, state__in=[group_states.OPEN, group_states.TAKEN]
    )
    if found := running.filter(owner_names__overlap=known).first():
        raise BargainRunning(bargain_id=str(found.id) if found.owner_ref == owner_ref else "")
    span = _MOST_WEIGHT - _LEAST_WEIGHT + 1
    weights = [_LEAST_WEIGHT + secrets.randbelow(span) for _ in range(play.helpers)]
    row = Bargain(
        id=uuid7(), shop_id=shop_id, campaign_id=campaign_id, revision_id=revision_id, sku_id=sku_id,
        owner_ref=owner_ref, owner_names=known, start_minor=start_minor, floor_minor=floor_minor,
        price_minor=start_minor, cuts=list(cuts(start_minor - floor_minor, weights)), help_most=play.help_most,
        opened_at=now, expires_at=now + timedelta(hours=play.hours),
    )  # fmt: skip
    row.save(force_insert=True)
    HelpName.objects.bulk_create(
        HelpName(shop_id=shop_id, bargain_id=row.id, campaign_id=campaign_id, name=name, owner=True) for name in known
    )
    record_history(
        shop_id=shop_id, machine=group_states.BARGAIN, subject_id=row.id, moves=[(None, group_states.OPEN)],
        actor=f"buyer:{owner_ref}", cause="started", now=now,
    )  # fmt: skip
    return row.id
