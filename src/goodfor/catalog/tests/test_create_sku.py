"""SKUs: prices that can be, limits that their columns hold, one code for each shop."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from goodfor.catalog.errors import InvalidOffer, ProductUnknown
from goodfor.catalog.models import Sku
from goodfor.catalog.operations import create_sku
from goodfor.catalog.operations.check_offer import MAX_PER_ORDER, MAX_PRICE_MINOR
from goodfor.catalog.tests.factories import audited, cny, everything, offer, refused, row, sku
from goodfor.kernel.money import MAX_MINOR, Money

pytestmark = pytest.mark.django_db


def test_a_sku_is_on_sale_as_it_was_described(now: datetime) -> None:
    made = offer()
    sku_id = create_sku(
        shop_id=made.shop_id, product_id=made.product_id, code=" kw-50 ", name=" 50 元 ", face_value_label="50 元",
        price=cny(4850), list_price=cny(5000), per_order_limit=20, per_buyer_limit=5, hold_seconds=600, position=2,
        actor="staff:a", now=now,
    )  # fmt: skip
    assert row("catalog_sku", sku_id) == {
        "id": sku_id, "shop_id": made.shop_id, "product_id": made.product_id, "code": "kw-50", "name": "50 元",
        "face_value_label": "50 元", "price_minor": 4850, "list_price_minor": 5000, "currency": "CNY",
        "per_order_limit": 20, "per_buyer_limit": 5, "delivery_kind": "code", "hold_seconds": 600, "on_sale": True,
        "position": 2, "least_tier": 0,
    }  # fmt: skip
    assert audited(sku_id) == [
        (made.shop_id, "staff:a", "sku_created", "sku", '{"currency": "CNY", "price_minor": 4850}')
    ]


def test_without_more_words_there_are_the_usual_limits() -> None:
    made = offer()
    found = row("catalog_sku", made.sku_id)
    assert (found["per_order_limit"], found["per_buyer_limit"], found["hold_seconds"]) == (10_000, None, 900)
    assert (found["list_price_minor"], found["face_value_label"]) == (None, "")


@pytest.mark.parametrize(
    "values",
    [
        {"price": cny(1)},
        {"price": cny(MAX_PRICE_MINOR), "list_price": cny(MAX_PRICE_MINOR)},
        {"price": Money(500, "JPY"), "list_price": Money(500, "JPY")},
        {"per_order_limit": 1, "per_buyer_limit": 1},
        {"per_order_limit": 10_000, "per_buyer_limit": 2**31 - 1},
        {"hold_seconds": 60},
        {"hold_seconds": 86_400},
        {"code": "c" * 64, "name": "名" * 120, "face_value_label": "面" * 40},
        {"code": "SKU 1/2_%\\"},
    ],
)
def test_the_most_and_the_least_that_is_allowed(values: dict[str, Any]) -> None:
    made = offer()
    sku(made.shop_id, made.product_id, **values)
    assert len(everything()["catalog_sku"]) == 2


def test_an_order_of_the_dearest_still_is_money() -> None:
    assert MAX_PER_ORDER * MAX_PRICE_MINOR * 100 < MAX_MINOR
    assert (Money(MAX_PRICE_MINOR, "CNY") * MAX_PER_ORDER).amount_minor == 10**16


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"price": cny(0)}, "price"),
        ({"price": cny(-1)}, "price"),
        ({"price": cny(MAX_PRICE_MINOR + 1)}, "price"),
        ({"price": cny(MAX_MINOR)}, "price"),
        ({"price": cny(-MAX_MINOR)}, "price"),
        ({"list_price": cny(4849)}, "price"),
        ({"list_price": cny(0)}, "price"),
        ({"list_price": cny(-5000)}, "price"),
        ({"list_price": cny(MAX_PRICE_MINOR + 1)}, "price"),
        ({"list_price": Money(5000, "USD")}, "price"),
        ({"per_order_limit": 0}, "limit"),
        ({"per_order_limit": -1}, "limit"),
        ({"per_order_limit": 10_001}, "limit"),
        ({"per_buyer_limit": 0}, "limit"),
        ({"per_buyer_limit": -1}, "limit"),
        ({"per_buyer_limit": 2**31}, "limit"),
        ({"hold_seconds": 59}, "hold_seconds"),
        ({"hold_seconds": 86_401}, "hold_seconds"),
        ({"hold_seconds": 2**31}, "hold_seconds"),
        ({"position": 2**31}, "position"),
        ({"code": ""}, "code"),
        ({"code": "  "}, "code"),
        ({"code": "c" * 65}, "code"),
        ({"code": "a\x00"}, "code"),
        ({"name": ""}, "name"),
        ({"name": "名" * 121}, "name"),
        ({"face_value_label": "面" * 41}, "face_value_label"),
        ({"face_value_label": "\ud83d"}, "face_value_label"),
    ],
)
def test_what_cannot_be_is_refused(values: dict[str, Any], field: str) -> None:
    made = offer()
    with refused(InvalidOffer, field=field):
        sku(made.shop_id, made.product_id, **values)


def test_a_code_is_used_once_in_a_shop() -> None:
    made, other = offer(), offer()
    second = offer(made.shop_id)
    sku(made.shop_id, made.product_id, code="kw-50")
    with refused(InvalidOffer, field="code", reason="taken"):
        sku(made.shop_id, second.product_id, code="kw-50")
    assert row("catalog_sku", sku(other.shop_id, other.product_id, code="kw-50"))["shop_id"] == other.shop_id


def test_a_product_that_is_not_there_is_refused() -> None:
    with refused(ProductUnknown):
        sku(uuid4(), uuid4())


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"price_minor": 0}, "catalog_sku_price_positive"),
        ({"price_minor": -1}, "catalog_sku_price_positive"),
        ({"list_price_minor": 4849}, "catalog_sku_list_price"),
        ({"per_order_limit": 0}, "catalog_sku_order_limit"),
        ({"per_order_limit": 10_001}, "catalog_sku_order_limit"),
        ({"per_buyer_limit": 0}, "catalog_sku_buyer_limit"),
        ({"hold_seconds": 59}, "catalog_sku_hold"),
    ],
)
def test_the_table_refuses_it_too(change: dict[str, int], constraint: str) -> None:
    made = offer()
    before = everything()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Sku.objects.filter(shop_id=made.shop_id, id=made.sku_id).update(**change)
    assert everything() == before
