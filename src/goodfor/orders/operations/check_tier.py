"""What only members from a tier on may buy. A step of placing and of buying; writes nothing."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from goodfor.catalog.types import SkuForSale
from goodfor.loyalty import queries as loyalty
from goodfor.orders.errors import TierNeeded
from goodfor.orders.offer_inputs import ACCOUNT


def check_tier(*, shop_id: UUID, buyer_ref: str, skus: Mapping[UUID, SkuForSale]) -> None:
    """No statement where no SKU asks for a tier. Guests and programs stand on the lowest. Raises TierNeeded."""
    asked = max(skus.values(), key=lambda sku: sku.least_tier)
    if not asked.least_tier:
        return
    rank = loyalty.rank_of(shop_id, UUID(buyer_ref.removeprefix(ACCOUNT))) if buyer_ref.startswith(ACCOUNT) else 0
    if rank < asked.least_tier:
        name = loyalty.tier_name(shop_id, asked.least_tier)
        raise TierNeeded(
            _("%(title)s 是会员专享，需要 %(tier)s") % {"title": asked.title, "tier": name} if name else "",
            sku_id=str(asked.sku_id), tier=asked.least_tier, tier_name=name,
        )  # fmt: skip
