"""What is only for members from a tier on, and how pages say so: to who may have it, and honestly to who may not."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.utils.translation import gettext as _

from goodfor.identity.types import SignedInBuyer
from goodfor.loyalty import queries as loyalty
from goodfor.promotions.evaluating.conditions import least_tier
from goodfor.promotions.types import Spec
from goodfor.storefront.queries import Offer


def exclusive(shop_id: UUID, rank: int) -> str:
    """For whom it is, in words; empty: for everybody, or nobody knows what the tier is called."""
    name = loyalty.tier_name(shop_id, rank) if rank else ""
    return _("%(tier)s会员专享") % {"tier": name} if name else ""


def exclusive_of(shop_id: UUID, spec: Spec) -> str:
    """The same of a campaign; nothing is read where it says nothing of tiers."""
    return exclusive(shop_id, least_tier(spec.audience))


def gated(shop_id: UUID, buyer: SignedInBuyer | None, offered: Sequence[Offer]) -> list[Offer]:
    """The offers, with those that take a tier named, and locked where the visitor has not got it.

    Nothing is read where no SKU takes one.
    """
    if not any(one.sku.least_tier for one in offered):
        return list(offered)
    rank = loyalty.rank_of(shop_id, buyer.buyer_id) if buyer else 0
    return [
        replace(one, members=exclusive(shop_id, one.sku.least_tier), locked=rank < one.sku.least_tier)
        if one.sku.least_tier
        else one
        for one in offered
    ]
