"""Put a product or one of its SKUs on or off sale."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.catalog.errors import ProductUnknown, SkuUnknown
from goodfor.catalog.models import Product, Sku
from goodfor.kernel import audit


@transaction.atomic
def set_on_sale(
    *,
    shop_id: UUID,
    on_sale: bool,
    product_id: UUID | None = None,
    sku_id: UUID | None = None,
    actor: str,
    now: datetime,
) -> None:
    """Switch the product, or only the SKU when `sku_id` is given. Raises ProductUnknown, SkuUnknown."""
    if sku_id is not None:
        if not Sku.objects.filter(shop_id=shop_id, id=sku_id).update(on_sale=on_sale):
            raise SkuUnknown
        subject: tuple[str, UUID] = ("sku", sku_id)
    else:
        if product_id is None or not Product.objects.filter(shop_id=shop_id, id=product_id).update(on_sale=on_sale):
            raise ProductUnknown
        subject = ("product", product_id)
    action = "put_on_sale" if on_sale else "taken_off_sale"
    audit.record(shop_id=shop_id, actor=actor, action=action, subject=subject, data={}, now=now)
