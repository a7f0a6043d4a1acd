"""Low stock: one event for each fall below the threshold, however many look, and none without a fall."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from goodfor.catalog.errors import SkuUnknown
from goodfor.catalog.operations import create_category, create_product, create_sku, set_on_sale
from goodfor.identity.operations.create_shop import create_shop
from goodfor.kernel.money import Money
from goodfor.vault import operations, queries, tasks
from goodfor.vault.errors import InvalidThreshold
from goodfor.vault.tests.factories import codes, fold, load, rows
from goodfor.vault.tests.test_concurrency import buy_patiently, race
from goodfor.vault.types import low_stock_line

pytestmark = pytest.mark.django_db(transaction=True)
ACTOR = "staff:test"


def look(shop: UUID, sku: UUID, now: datetime, line: int = 10) -> int:
    return operations.watch_stock(shop_id=shop, sku_ids=[sku], shop_threshold=line, now=now)


def rung(shop: UUID) -> list[dict[str, Any]]:
    """The events of a shop, oldest first."""
    found = rows("SELECT payload FROM kernel_event WHERE shop_id = %s AND name = 'vault.low_stock' ORDER BY id", [shop])
    return [payload if isinstance(payload, dict) else json.loads(payload) for (payload,) in found]


def sell(shop: UUID, sku: UUID, count: int, now: datetime) -> None:
    operations.take(shop_id=shop, sku_id=sku, holder_id=uuid4(), quantity=count, now=now)


def test_once_for_each_fall(shop: UUID, sku: UUID, now: datetime) -> None:
    load(shop, sku, codes(12, prefix="A"), now)
    assert look(shop, sku, now) == 0
    sell(shop, sku, 2, now)
    assert look(shop, sku, now) == 0, "10 is not below 10"
    sell(shop, sku, 1, now)
    assert [look(shop, sku, now) for _ in range(3)] == [1, 0, 0]
    fold(now)
    sell(shop, sku, 5, now)
    assert look(shop, sku, now) == 0, "further down is no new fall"
    load(shop, sku, codes(6, prefix="B"), now)
    assert look(shop, sku, now) == 0
    sell(shop, sku, 1, now)
    assert look(shop, sku, now) == 1
    expected = [
        {"sku_id": str(sku), "left": 9, "threshold": 10, "crossing": 1},
        {"sku_id": str(sku), "left": 9, "threshold": 10, "crossing": 2},
    ]
    assert rung(shop) == expected


def test_what_was_never_enough_does_not_ring(shop: UUID, sku: UUID, now: datetime) -> None:
    assert look(shop, sku, now) == 0
    load(shop, sku, 3, now)
    assert look(shop, sku, now) == 0
    sell(shop, sku, 3, now)
    assert look(shop, sku, now) == 0
    assert rung(shop) == []


def test_carts_that_come_and_go_ring_nothing(shop: UUID, sku: UUID, now: datetime) -> None:
    load(shop, sku, 12, now)
    look(shop, sku, now)
    for _ in range(3):
        holder = uuid4()
        operations.reserve(
            shop_id=shop, sku_id=sku, holder_id=holder, quantity=8, until=now + timedelta(minutes=15), now=now
        )
        assert look(shop, sku, now) == 0
        operations.release(shop_id=shop, holder_id=holder, now=now)
        assert look(shop, sku, now) == 0
    assert rung(shop) == []


def test_many_look_and_one_rings(shop: UUID, now: datetime) -> None:
    skus = [uuid4() for _ in range(20)]
    for sku in skus:
        load(shop, sku, 3, now)
    operations.watch_stock(shop_id=shop, sku_ids=skus, shop_threshold=3, now=now)
    for sku in skus:
        sell(shop, sku, 1, now)

    def watch(number: int) -> str:
        order = skus if number % 2 else skus[::-1]
        for _ in range(3):
            operations.watch_stock(shop_id=shop, sku_ids=order, shop_threshold=3, now=now)
        return "looked"

    assert race(12, watch) == {"looked": 12}
    found = rung(shop)
    assert len(found) == 20
    assert {(event["sku_id"], event["left"], event["crossing"]) for event in found} == {(str(s), 2, 1) for s in skus}


def test_sales_and_looks_at_once(shop: UUID, sku: UUID, now: datetime) -> None:
    """Sellers and watchers race through three falls, refilled in between: three events."""
    for part in "ABC":
        load(shop, sku, codes(28, prefix=part), now)
        look(shop, sku, now)

        def work(number: int) -> str:
            for _turn in range(5):
                if number % 2:
                    buy_patiently(shop, sku, uuid4(), now)
                else:
                    look(shop, sku, now)
            return "done"

        assert race(8, work) == {"done": 8}
        left = queries.stock(shop, [sku], now)[sku].available
        sell(shop, sku, left, now)
        look(shop, sku, now)
    assert [event["crossing"] for event in rung(shop)] == [1, 2, 3]


def test_a_shop_that_lives(now: datetime) -> None:
    """Own thresholds, the shop's, what is off sale, another shop's; through the duty itself."""
    shop = create_shop(code="low", name="低", currency="CNY", settings={"low_stock": 5}, actor=ACTOR, now=now).id
    by: dict[str, Any] = {"shop_id": shop, "actor": ACTOR, "now": now}
    shelf = create_category(slug="s", name="架", **by)
    product = create_product(category_id=shelf, slug="p", name="品", **by)
    own, of_shop, off = (
        create_sku(product_id=product, code=code, name=code, price=Money(100, "CNY"), **by) for code in "abc"
    )
    for sku in (own, of_shop, off):
        load(shop, sku, 20, now)
    set_on_sale(sku_id=off, on_sale=False, **by)
    operations.set_low_stock(sku_id=own, threshold=15, **by)
    assert queries.thresholds(shop, [own, of_shop, off]) == {own: 15}
    assert tasks.watch_stock(now) == 0
    for sku in (own, of_shop, off):
        sell(shop, sku, 10, now)
    assert tasks.watch_stock(now) == 1
    assert [(event["sku_id"], event["threshold"]) for event in rung(shop)] == [(str(own), 15)]
    # A threshold above what is left rings nothing by itself; back at the shop's it is armed again.
    operations.set_low_stock(sku_id=of_shop, threshold=50, **by)
    assert tasks.watch_stock(now) == 0
    operations.set_low_stock(sku_id=own, threshold=None, **by)
    assert tasks.watch_stock(now) == 0
    sell(shop, own, 6, now)
    assert tasks.watch_stock(now) == 1
    assert len(rung(shop)) == 2


def test_thresholds_are_set_for_ones_own(now: datetime) -> None:
    shop = create_shop(code="low", name="低", currency="CNY", settings={}, actor=ACTOR, now=now).id
    by: dict[str, Any] = {"actor": ACTOR, "now": now}
    shelf = create_category(shop_id=shop, slug="s", name="架", **by)
    product = create_product(shop_id=shop, category_id=shelf, slug="p", name="品", **by)
    sku = create_sku(shop_id=shop, product_id=product, code="a", name="a", price=Money(1, "CNY"), **by)
    for shop_id, threshold, error in (
        (uuid4(), 1, SkuUnknown),
        (shop, -1, InvalidThreshold),
        (shop, 10**10, InvalidThreshold),
    ):
        with pytest.raises(error):
            operations.set_low_stock(shop_id=shop_id, sku_id=sku, threshold=threshold, **by)
    assert rows("SELECT count(*) FROM vault_stock_watch") == [(0,)]
    for _ in range(2):
        operations.set_low_stock(shop_id=shop, sku_id=sku, threshold=0, **by)
    assert rows("SELECT data->>'threshold' FROM kernel_audit WHERE action = 'low_stock_set'") == [("0",)]


def test_what_the_table_refuses(shop: UUID, sku: UUID, now: datetime) -> None:
    look(shop, sku, now)
    for wrong in ("threshold = -1", "crossings = 1", "crossed_at = now()"):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows(f"UPDATE vault_stock_watch SET {wrong} WHERE shop_id = %s RETURNING 1", [shop])


@pytest.mark.parametrize(
    ("settings", "line"), [({}, 10), ({"low_stock": 3}, 3), ({"low_stock": "3"}, 10), ({"low_stock": -1}, 10)]
)
def test_the_line_of_a_shop(settings: dict[str, Any], line: int) -> None:
    assert low_stock_line(settings) == line


def test_what_stock_had_cost(shop: UUID, sku: UUID, now: datetime) -> None:
    load(shop, sku, codes(4, prefix="A"), now, unit_cost_minor=300)
    load(shop, sku, codes(6, prefix="B"), now, unit_cost_minor=200)
    fold(now)
    assert queries.stock_costs(shop, [sku]) == {sku: (2400, "CNY")}
    assert queries.stock_costs(uuid4(), [sku]) == {}
