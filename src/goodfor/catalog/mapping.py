"""From rows to what other rooms see."""

from django.conf import settings

from goodfor.catalog.models import Sku
from goodfor.catalog.types import SkuView
from goodfor.kernel.money import Money


def sku_view(sku: Sku) -> SkuView:
    """A SKU."""
    return SkuView(
        id=sku.id,
        code=sku.code,
        name=sku.name,
        face_value_label=sku.face_value_label,
        price=Money(sku.price_minor, sku.currency),
        list_price=None if sku.list_price_minor is None else Money(sku.list_price_minor, sku.currency),
        per_order_limit=sku.per_order_limit,
        per_buyer_limit=sku.per_buyer_limit,
        delivery_kind=sku.delivery_kind,
        on_sale=sku.on_sale,
        hold_seconds=sku.hold_seconds,
        least_tier=sku.least_tier,
    )


def image_url(name: str) -> str | None:
    """Where a picture is served."""
    return f"{settings.MEDIA_URL}{name}" if name else None
