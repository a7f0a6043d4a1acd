"""On and off sale: a product with all of it, or one SKU alone."""

from datetime import datetime
from uuid import uuid4

import pytest

from goodfor.catalog import queries
from goodfor.catalog.errors import NotOnSale, ProductUnknown, SkuUnknown
from goodfor.catalog.operations import set_on_sale
from goodfor.catalog.tests.factories import NOW, audited, offer, refused, row, sku

pytestmark = pytest.mark.django_db
BY = {"actor": "staff:a", "now": NOW}


def test_a_product_goes_off_sale_and_comes_back(now: datetime) -> None:
    made = offer()
    set_on_sale(shop_id=made.shop_id, product_id=made.product_id, on_sale=False, actor="staff:a", now=now)
    assert row("catalog_product", made.product_id)["on_sale"] is False
    # The SKU keeps its own switch, but is not for sale.
    assert row("catalog_sku", made.sku_id)["on_sale"] is True
    with pytest.raises(NotOnSale) as caught:
        queries.skus_for_sale(made.shop_id, [made.sku_id])
    assert caught.value.data == {"sku_id": str(made.sku_id)}
    set_on_sale(shop_id=made.shop_id, product_id=made.product_id, on_sale=True, actor="staff:b", now=now)
    assert list(queries.skus_for_sale(made.shop_id, [made.sku_id])) == [made.sku_id]
    assert audited(made.product_id)[1:] == [
        (made.shop_id, "staff:a", "taken_off_sale", "product", "{}"),
        (made.shop_id, "staff:b", "put_on_sale", "product", "{}"),
    ]


def test_one_sku_goes_off_sale_alone() -> None:
    made = offer()
    other = sku(made.shop_id, made.product_id)
    set_on_sale(shop_id=made.shop_id, product_id=made.product_id, sku_id=made.sku_id, on_sale=False, **BY)
    assert row("catalog_product", made.product_id)["on_sale"] is True
    assert (row("catalog_sku", made.sku_id)["on_sale"], row("catalog_sku", other)["on_sale"]) == (False, True)
    assert list(queries.skus_for_sale(made.shop_id, [other])) == [other]
    with pytest.raises(NotOnSale):
        queries.skus_for_sale(made.shop_id, [other, made.sku_id])
    assert audited(made.sku_id)[1:] == [(made.shop_id, "staff:a", "taken_off_sale", "sku", "{}")]
    assert len(audited(made.product_id)) == 1


def test_what_is_not_there_is_refused() -> None:
    made = offer()
    for on_sale in (True, False):
        with refused(ProductUnknown):
            set_on_sale(shop_id=made.shop_id, product_id=uuid4(), on_sale=on_sale, **BY)
        with refused(ProductUnknown):
            set_on_sale(shop_id=made.shop_id, product_id=made.sku_id, on_sale=on_sale, **BY)
        with refused(ProductUnknown):
            set_on_sale(shop_id=made.shop_id, on_sale=on_sale, **BY)
        with refused(SkuUnknown):
            set_on_sale(shop_id=made.shop_id, sku_id=uuid4(), on_sale=on_sale, **BY)
        with refused(SkuUnknown):
            # The product is there, but only the SKU was meant.
            set_on_sale(shop_id=made.shop_id, product_id=made.product_id, sku_id=uuid4(), on_sale=on_sale, **BY)
