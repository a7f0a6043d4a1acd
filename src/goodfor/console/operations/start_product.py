"""The first product of a shop: a shelf if there is none, the product and one face value, all or nothing."""

import re
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from goodfor.catalog import operations as catalog
from goodfor.catalog import queries as catalog_reads
from goodfor.kernel.ids import uuid7
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.kernel.money import Money

SHELF = "start"


@transaction.atomic
def start_product(
    *, shop_id: UUID, name: str, sku_name: str, price: Money, how_to_use: str, actor: str, now: datetime
) -> tuple[UUID, bool]:
    """Put the first product on sale; (its id, True). Where something is on sale already: (that one's id, False).

    Raises InvalidOffer; then nothing is there.
    """
    advisory_xact_lock(("start", shop_id, "product"))
    known = catalog_reads.all_products(shop_id)
    for product in known:
        if product.on_sale and any(sku.on_sale for sku in product.skus):
            return product.id, False
    if known:
        category_id = known[0].category.id
    else:
        category_id = catalog.create_category(shop_id=shop_id, slug=SHELF, name=_("全部商品"), actor=actor, now=now)
    mark = uuid7().hex[-6:]
    slug = f"{_word(name)[:50]}-{mark}".lstrip("-")
    product_id = catalog.create_product(
        shop_id=shop_id,
        category_id=category_id,
        slug=slug,
        name=name,
        how_to_use=how_to_use,
        actor=actor,
        now=now,
    )
    catalog.create_sku(
        shop_id=shop_id,
        product_id=product_id,
        code=f"sku-{mark}",
        name=sku_name,
        face_value_label=sku_name.strip()[:40],
        price=price,
        actor=actor,
        now=now,
    )
    return product_id, True


def _word(name: str) -> str:
    return re.sub(r"[^\w-]+", "-", name.strip()).strip("-_")
