"""Reads of promotions: plans for carts, and the door to what else is read."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from goodfor.identity import queries as identity
from goodfor.promotions import plan_cache, planning
from goodfor.promotions.campaign_queries import (
    campaign,
    campaigns,
    checked,
    counts_by_state,
    figures,
    in_review,
    live_campaigns,
    revisions,
    specs,
    specs_in_force,
)
from goodfor.promotions.coupon_queries import (
    claim_batches,
    claimables,
    coupon_by_code,
    coupon_name,
    coupons_held,
    coupons_of,
    ending_coupons,
    place_of,
    present,
)
from goodfor.promotions.selling_out import sold_out
from goodfor.promotions.types import BuyerNames, Cart, Live

__all__ = [
    "campaign", "campaigns", "checked", "claim_batches", "claimables", "counts_by_state", "coupon_by_code",
    "coupon_name", "coupons_held", "coupons_of", "ending_coupons", "figures", "floor_of", "floor_planned", "has_plan",
    "in_review", "live_campaigns", "place_of", "plan", "present", "revisions", "sold_out", "specs", "specs_in_force",
    "zone_of",
]  # fmt: skip


def zone_of(shop_id: UUID) -> ZoneInfo:
    """The zone by which the plan that this process knows tells days and hours, else the shop's."""
    known = plan_cache.known(shop_id)
    return known.zone if known is not None and known.version else ZoneInfo(identity.shop_by_id(shop_id).timezone)


def floor_planned(shop_id: UUID) -> int:
    """The shop's floor, in fen a piece over cost, as of the plan that this process knows: right after `plan`."""
    known = plan_cache.known(shop_id)
    return known.floor if known is not None else plan_cache.floor_of(shop_id)


def floor_of(shop_id: UUID) -> int:
    """The shop's floor as it is now, in fen a piece over cost; 0: none."""
    return plan_cache.floor_of(shop_id)


def has_plan(shop_id: UUID) -> bool:
    """Whether the shop ever had a campaign: one look at an index."""
    return plan_cache.version_of(shop_id) > 0


def plan(shop_id: UUID, cart: Cart, names: BuyerNames, now: datetime) -> tuple[Live, ...]:
    """The live revisions that have a line in the cart, with what each has left for this buyer, smallest id first.

    One statement; where the shop has no campaigns it reads one row. Promises nothing: `operations.reserve` takes.
    """
    return planning.plan(shop_id, cart, names, now)
