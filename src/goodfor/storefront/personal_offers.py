"""What a buyer takes along of invitations, groups, bargains, gifts and coupons."""

from datetime import datetime
from typing import Any
from uuid import UUID

from goodfor.gifts import queries as gifts
from goodfor.promotions import group_queries
from goodfor.promotions import queries as promotions
from goodfor.referrals import queries as referrals

REWARDS = 200
GIFTS = 200


def offers_kept(shop_id: UUID, buyer_id: UUID, ref: str, now: datetime) -> dict[str, Any]:
    """By name of the part; of friends only that they are there: who they are is theirs to tell."""
    return {
        "invitations": _invitations(shop_id, buyer_id),
        "groups": [
            {"order_id": place.order_id, "group_id": place.group.id, "state": place.state}
            for place in group_queries.places_of_buyer(shop_id, ref)
        ],
        "bargains": [
            {"id": one.id, "opened_at": one.opened_at, "state": one.state, "helped": one.helped}
            for one in group_queries.bargains_of_buyer(shop_id, ref)
        ],
        "helps": [{"at": at, "bargain_id": of} for at, of in group_queries.helps_of_buyer(shop_id, ref)],
        "gifts_given": [
            {"number": one.number, "kind": one.kind, "title": one.title, "state": one.state, "made_at": one.made_at,
             "message": one.message}
            for one in gifts.gifts_given(shop_id, ref, limit=GIFTS)
        ],
        "gifts_received": [
            {"number": one.number, "kind": one.kind, "title": one.title, "opened_at": one.closed_at}
            for one in gifts.gifts_taken(shop_id, ref, limit=GIFTS)
        ],
        "coupons": [
            {"id": one.id, "name": one.name, "state": one.state, "usable": one.usable, "expires_at": one.expires_at}
            for one in promotions.coupons_of(shop_id, ref, now)
        ],
    }  # fmt: skip


def _invitations(shop_id: UUID, buyer_id: UUID) -> dict[str, Any]:
    earned, bound = referrals.earnings(shop_id, buyer_id, REWARDS), referrals.binding_of(shop_id, buyer_id)
    return {
        "code": earned.code,
        "friends": earned.friends,
        "invited": {"source": bound.source, "at": bound.bound_at} if bound else None,
        "rewards": [
            {
                "earned_at": one.earned_at,
                "kind": one.kind,
                "amount": one.kept.as_decimal_string(),
                "currency": one.kept.currency,
                "state": one.state,
                "paid_at": one.paid_at,
            }
            for one in earned.rewards
        ],
        "owed": earned.owed.as_decimal_string(),
    }
