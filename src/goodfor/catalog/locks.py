"""Row locks of the catalog, with a time limit."""

from uuid import UUID

from django.db import connection

from goodfor.catalog.errors import ProductUnknown, SkuUnknown
from goodfor.catalog.models import Product, Sku
from goodfor.kernel.locks import LOCK_TIMEOUT_MS


def _limit_waiting() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_TIMEOUT_MS}ms"])


def lock_product(shop_id: UUID, product_id: UUID) -> Product:
    """Lock a product. Raises ProductUnknown; OperationalError after 3 s of waiting."""
    _limit_waiting()
    row = Product.objects.select_for_update(no_key=True).filter(shop_id=shop_id, id=product_id).first()
    if row is None:
        raise ProductUnknown
    return row


def lock_sku(shop_id: UUID, sku_id: UUID) -> Sku:
    """Lock a SKU. Raises SkuUnknown; OperationalError after 3 s of waiting."""
    _limit_waiting()
    row = Sku.objects.select_for_update(no_key=True).filter(shop_id=shop_id, id=sku_id).first()
    if row is None:
        raise SkuUnknown
    return row
