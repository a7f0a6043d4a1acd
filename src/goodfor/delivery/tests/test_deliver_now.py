"""Delivery from free stock: exactly what was asked for, for every line, or nothing."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from goodfor.delivery.operations import deliver_now, reveal
from goodfor.delivery.tests.factories import bought, held, levels, line, refused, reserved, stocked
from goodfor.delivery.types import Delivered, ToDeliver
from goodfor.vault import operations as vault
from goodfor.vault import queries
from goodfor.vault.errors import HolderHasCodes, InvalidQuantity, OutOfStock
from goodfor.vault.tests.factories import load, rows
from goodfor.vault.types import Taken

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_line_gets_the_oldest_codes_and_their_cost(now: datetime) -> None:
    shop = stocked(5, now, unit_cost_minor=800)
    made = line(shop, 3)
    assert deliver_now(shop_id=shop.shop_id, lines=[made], now=now) == [
        Delivered(made.line_id, shop.sku_id, Taken(3, 2400))
    ]
    assert levels(shop, now) == (2, 0, 3)
    assert rows("SELECT count(*) FROM vault_code WHERE sold_at = %s AND reserved_until IS NULL", [now]) == [(3,)]
    # Delivering is not showing.
    assert rows("SELECT count(*) FROM delivery_reveal") == [(0,)]
    shown = reveal(
        shop_id=shop.shop_id, subject=("order", made.line_id), holder_ids=[made.line_id], code_ids=None, actor="t",
        ip="", now=now,
    )  # fmt: skip
    assert [(code.number, code.secret) for code in shown] == shop.codes[:3]


def test_every_line_gets_its_own(now: datetime) -> None:
    first = stocked(3, now)
    others = [stocked(2, now, shop_id=first.shop_id, unit_cost_minor=cost) for cost in (1, 20, 300)]
    lines = [line(first, 2), *(line(other) for other in reversed(others))]
    done = deliver_now(shop_id=first.shop_id, lines=lines, now=now)
    costs = {first.sku_id: 200, **dict(zip((other.sku_id for other in others), (1, 20, 300), strict=True))}
    assert {made.line_id: (made.sku_id, made.taken) for made in done} == {
        made.line_id: (made.sku_id, Taken(made.quantity, costs[made.sku_id])) for made in lines
    }
    # One order for everyone.
    assert [made.sku_id for made in done] == sorted(costs)
    assert held(first, lines) == [2, 1, 1, 1]


def test_two_lines_of_one_sku_share_nothing(now: datetime) -> None:
    shop = stocked(5, now)
    lines = [line(shop, 2), line(shop, 3)]
    deliver_now(shop_id=shop.shop_id, lines=lines, now=now)
    ids = [{code.code_id for code in queries.held(shop.shop_id, made.line_id)} for made in lines]
    assert [len(found) for found in ids] == [2, 3]
    assert ids[0].isdisjoint(ids[1])
    assert levels(shop, now) == (0, 0, 5)


def test_no_lines_need_nothing(now: datetime) -> None:
    assert deliver_now(shop_id=uuid4(), lines=[], now=now) == []


@pytest.mark.parametrize("quantity", [1, 2, 20, 10_000])
def test_a_shortage_takes_nothing(now: datetime, quantity: int) -> None:
    shop = stocked(quantity - 1 if quantity < 100 else 3, now) if quantity > 1 else stocked(1, now)
    if quantity == 1:
        bought(shop, now)
    with refused(OutOfStock, sku_id=str(shop.sku_id), quantity=quantity):
        deliver_now(shop_id=shop.shop_id, lines=[line(shop, quantity)], now=now)


def test_a_shortage_of_one_line_takes_nothing_for_the_others(now: datetime) -> None:
    rich = stocked(5, now)
    poor = stocked(1, now, shop_id=rich.shop_id)
    for lines in ([line(rich, 2), line(poor, 2)], [line(poor, 2), line(rich, 2)], [line(rich, 3), line(rich, 3)]):
        short = poor if any(made.sku_id == poor.sku_id for made in lines) else rich
        with refused(OutOfStock, sku_id=str(short.sku_id), quantity=2 if short is poor else 3), transaction.atomic():
            deliver_now(shop_id=rich.shop_id, lines=lines, now=now)


@pytest.mark.parametrize("quantity", [0, -1, 10_001, 10**12])
def test_a_quantity_that_cannot_be_is_refused(now: datetime, quantity: int) -> None:
    shop = stocked(2, now)
    with refused(InvalidQuantity, limit=10_000):
        deliver_now(shop_id=shop.shop_id, lines=[line(shop, quantity)], now=now)


def test_a_line_is_delivered_once(now: datetime) -> None:
    shop = stocked(6, now)
    for made in (bought(shop, now, 2), reserved(shop, now, 2)):
        with refused(HolderHasCodes, holder_id=str(made.line_id)):
            deliver_now(shop_id=shop.shop_id, lines=[made], now=now)
    assert levels(shop, now) == (2, 2, 2)


def test_what_others_have_reserved_is_not_taken(now: datetime) -> None:
    shop = stocked(3, now)
    reserved(shop, now, 2)
    with refused(OutOfStock, sku_id=str(shop.sku_id), quantity=2):
        deliver_now(shop_id=shop.shop_id, lines=[line(shop, 2)], now=now)
    bought(shop, now)
    assert levels(shop, now) == (0, 2, 1)


def test_what_is_past_its_time_or_suspect_is_not_delivered(now: datetime) -> None:
    shop = stocked(2, now, expires_at=now + timedelta(days=1))
    later = now + timedelta(days=1)
    with refused(OutOfStock, sku_id=str(shop.sku_id), quantity=1):
        deliver_now(shop_id=shop.shop_id, lines=[line(shop)], now=later)
    free = [code_id for (code_id,) in rows("SELECT id FROM vault_code WHERE shop_id = %s", [shop.shop_id])]
    vault.quarantine_codes(shop_id=shop.shop_id, code_ids=free, reason="t", actor="t", now=now)
    with refused(OutOfStock, sku_id=str(shop.sku_id), quantity=1):
        deliver_now(shop_id=shop.shop_id, lines=[line(shop)], now=now)


def test_codes_of_another_shop_or_sku_are_not_delivered(now: datetime) -> None:
    shop, other = stocked(2, now), stocked(2, now)
    # The same SKU id in two shops: each has its own stock.
    load(other.shop_id, shop.sku_id, 1, now)
    for shop_id, sku_id in ((shop.shop_id, other.sku_id), (shop.shop_id, uuid4()), (uuid4(), shop.sku_id)):
        with refused(OutOfStock, sku_id=str(sku_id), quantity=1):
            deliver_now(shop_id=shop_id, lines=[ToDeliver(uuid4(), sku_id, 1)], now=now)
    with refused(OutOfStock, sku_id=str(shop.sku_id), quantity=2):
        deliver_now(shop_id=other.shop_id, lines=[line(shop, 2)], now=now)


def test_it_is_undone_with_the_transaction_that_asked_for_it(now: datetime) -> None:
    shop = stocked(2, now)

    class Undo(Exception):
        """The caller changes its mind."""

    with refused(Undo), transaction.atomic():
        deliver_now(shop_id=shop.shop_id, lines=[line(shop, 2)], now=now)
        raise Undo
