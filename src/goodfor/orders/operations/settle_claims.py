"""Claims have their money back: one of them, or with the whole order all. In the caller's transaction, order locked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from goodfor.orders import claim_states, store
from goodfor.orders.models import Claim, ClaimUnit
from goodfor.orders.operations.move_claim import live_units, move_claim, tell_closed
from goodfor.supply.operations.close_want import give_up
from goodfor.vault import operations as vault
from goodfor.vault import queries as stock


@dataclass(frozen=True, slots=True)
class Aside:
    """Claims about to be settled, and those of their codes that stay on record with their lines, out of sight."""

    claims: Sequence[Claim] = ()
    kept: frozenset[UUID] = frozenset()


def live_claims(shop_id: UUID, order_id: UUID) -> list[Claim]:
    """Those of an order that something may still come of."""
    rows = Claim.objects.filter(shop_id=shop_id, order_id=order_id, state__in=sorted(claim_states.LIVE))
    return list(rows.order_by("id"))


def put_aside(*, shop_id: UUID, order_id: UUID, claims: Sequence[Claim], actor: str, now: datetime) -> Aside:
    """What is bought for them is given up, and their codes that are not on the shelf again go into quarantine.

    Comes before the money: supply and stock are locked before payments. Codes that go back unseen were taken back.
    """
    if not claims:
        return Aside()
    replacing = [claim.id for claim in claims if claim.state == claim_states.REPLACING]
    if replacing:
        # Only a refund of the whole order ends these, so whatever is still bought for it is for nobody.
        give_up(shop_id=shop_id, order_id=order_id, reason="refunded", now=now)
    for claim_id in replacing:
        vault.release(shop_id=shop_id, holder_id=claim_id, now=now)
    units = live_units(shop_id, [claim.id for claim in claims])
    codes = [unit.code_id for unit in units if unit.code_id is not None]
    kept = stock.bought(shop_id, sorted({unit.line_id for unit in units}), codes)
    vault.pull_codes(shop_id=shop_id, code_ids=sorted(kept), reason="claim_refunded", actor=actor, now=now)
    return Aside(claims, frozenset(kept))


def settle_claims(
    *, shop_id: UUID, order: store.LockedOrder, aside: Aside, actor: str, cause: str, now: datetime
) -> int:
    """Close them as refunded, with their units; how many."""
    ids = [claim.id for claim in aside.claims]
    units = ClaimUnit.objects.filter(shop_id=shop_id, claim_id__in=ids, state=claim_states.UNIT_LIVE)
    if ids:
        units.filter(Q(code_id__in=aside.kept) | Q(code_id__isnull=True)).update(state=claim_states.REFUNDED, at=now)
        units.update(state=claim_states.REFUNDED, restocked=True, at=now)
    for claim in aside.claims:
        move_claim(claim, claim_states.REFUNDED, actor=actor, cause=cause, now=now)
        tell_closed(order, claim, now)
    return len(ids)
