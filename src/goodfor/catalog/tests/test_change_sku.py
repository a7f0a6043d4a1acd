"""A new price and new limits: checked, written down, and nothing else touched."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from goodfor.catalog.errors import InvalidOffer, SkuUnknown
from goodfor.catalog.operations import change_sku
from goodfor.catalog.operations.check_offer import MAX_PRICE_MINOR
from goodfor.catalog.queries import skus_for_sale
from goodfor.catalog.tests.factories import NOW, Offered, audited, cny, offer, refused, row, sku
from goodfor.kernel.money import MAX_MINOR, Money

pytestmark = pytest.mark.django_db


def change(made: Offered, **values: Any) -> None:
    given = {"price": cny(4700), "per_order_limit": 3, "per_buyer_limit": 2, "actor": "test", "now": NOW, **values}
    change_sku(shop_id=made.shop_id, sku_id=made.sku_id, **given)


def test_price_and_limits_are_set_and_written_down(now: datetime) -> None:
    made = offer()
    other = sku(made.shop_id, made.product_id)
    before, untouched = row("catalog_sku", made.sku_id), row("catalog_sku", other)
    change_sku(
        shop_id=made.shop_id, sku_id=made.sku_id, price=cny(4700), per_order_limit=3, per_buyer_limit=2,
        actor="staff:a", now=now,
    )  # fmt: skip
    assert row("catalog_sku", made.sku_id) == {
        **before, "price_minor": 4700, "per_order_limit": 3, "per_buyer_limit": 2,
    }  # fmt: skip
    assert row("catalog_sku", other) == untouched
    assert audited(made.sku_id)[1:] == [
        (
            made.shop_id, "staff:a", "sku_changed", "sku",
            '{"price_minor": 4700, "per_buyer_limit": 2, "per_order_limit": 3}',
        )
    ]  # fmt: skip
    sold = skus_for_sale(made.shop_id, [made.sku_id])[made.sku_id]
    assert (sold.price, sold.per_order_limit, sold.per_buyer_limit) == (cny(4700), 3, 2)


def test_a_limit_for_buyers_can_be_lifted() -> None:
    made = offer()
    change(made, per_buyer_limit=1)
    change(made, per_buyer_limit=None)
    assert row("catalog_sku", made.sku_id)["per_buyer_limit"] is None


@pytest.mark.parametrize(
    ("price", "list_price"), [(4700, 5000), (4850, 5000), (5000, 5000), (5001, None), (1, 5000), (10**12, None)]
)
def test_a_list_price_stays_unless_the_price_is_above_it(price: int, list_price: int | None) -> None:
    made = offer()
    listed = sku(made.shop_id, made.product_id, list_price=cny(5000))
    change_sku(
        shop_id=made.shop_id, sku_id=listed, price=cny(price), per_order_limit=1, per_buyer_limit=None, actor="t",
        now=NOW,
    )  # fmt: skip
    found = row("catalog_sku", listed)
    assert (found["price_minor"], found["list_price_minor"]) == (price, list_price)


@pytest.mark.parametrize(
    ("values", "data"),
    [
        ({"price": cny(0)}, {"field": "price"}),
        ({"price": cny(-1)}, {"field": "price"}),
        ({"price": cny(MAX_PRICE_MINOR + 1)}, {"field": "price"}),
        ({"price": cny(MAX_MINOR)}, {"field": "price"}),
        ({"price": Money(4700, "USD")}, {"field": "price", "reason": "currency"}),
        ({"price": Money(4700, "JPY")}, {"field": "price", "reason": "currency"}),
        ({"per_order_limit": 0}, {"field": "limit"}),
        ({"per_order_limit": -1}, {"field": "limit"}),
        ({"per_order_limit": 10_001}, {"field": "limit"}),
        ({"per_buyer_limit": 0}, {"field": "limit"}),
        ({"per_buyer_limit": 2**31}, {"field": "limit"}),
    ],
)
def test_what_cannot_be_is_refused(values: dict[str, Any], data: dict[str, str]) -> None:
    made = offer()
    with refused(InvalidOffer, **data):
        change(made, **values)


def test_a_sku_that_is_not_there_is_refused() -> None:
    made = offer()
    with refused(SkuUnknown):
        change(Offered(made.shop_id, made.category_id, made.product_id, uuid4()))
    with refused(SkuUnknown):
        # A product is no SKU.
        change(Offered(made.shop_id, made.category_id, made.product_id, made.product_id))
