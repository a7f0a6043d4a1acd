"""Orders that units meet in part: the rest is paid with money, and both go back in the same proportion, to the fen."""

import random
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from goodfor.kernel.errors import DomainError
from goodfor.kernel.ids import uuid7
from goodfor.kernel.money import Money
from goodfor.ledger import operations as ledger_moves
from goodfor.ledger import queries as ledger
from goodfor.ledger.types import Entry, Line
from goodfor.orders import accounts, queries
from goodfor.orders.operations import cancel_order, expire_order, refund_order, refund_part
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import begin, broken, pay, refund_all, relay_all, sql
from goodfor.orders.tests.promoting import Fair, fair
from goodfor.orders.types import Credit, PlacedOrder
from goodfor.promotions.tests.factories import reduce_by

pytestmark = pytest.mark.django_db(transaction=True)


def redeemed(shop_id: UUID) -> int:
    """What is on its way between wallets and orders."""
    return ledger.balance(shop_id, accounts.REDEEMED)


def met(here: Fair, minor: int, *lines: tuple[UUID, int], ref: str = "guest:a") -> PlacedOrder:
    """An order that units meet in part: they are taken in the same transaction, as a wallet's room does it."""
    with transaction.atomic():
        placed = here.place(*lines, ref=ref, order_id=uuid7(), credit=Credit("points", minor))
        legs = (Line(accounts.BANK, minor), Line(accounts.REDEEMED, -minor, order_id=placed.order_id))
        entry = Entry(f"taken:{uuid4()}", "points_spend", legs, here.now, ("test.units", uuid4()))
        ledger_moves.post(shop_id=here.shop_id, currency="CNY", entries=(entry,), now=here.now)
    return placed


def back(here: Fair, order_id: UUID) -> int:
    part = queries.credit_part(here.shop_id, order_id)
    assert part is not None
    return part.back_minor


def no_bounds(here: Fair) -> None:
    sql(
        "UPDATE identity_shop SET settings = settings || %s::jsonb WHERE id = %s",
        ['{"refund_limit_minor": -1, "refund_daily_limit_minor": -1, "refund_daily_cap_minor": -1}', here.shop_id],
    )


def test_units_and_money_buy(shop: Shop, now: datetime) -> None:
    """The buyer pays the rest; sales are at list price; the bill says what units met."""
    here = fair(shop, now)
    placed = met(here, 1000, (shop.sku_id, 2))
    listed = sum(line.listed.amount_minor for line in placed.lines)
    assert placed.total.amount_minor == listed - 1000
    assert redeemed(here.shop_id) == 1000
    here.pay(placed.order_id)
    assert queries.order_view(here.shop_id, placed.order_id).state == "delivered"
    assert here.books(placed.order_id)[accounts.SALES] == -listed
    assert accounts.DISCOUNTS not in here.books(placed.order_id)
    assert redeemed(here.shop_id) == 0
    assert [(one.name, one.minor) for one in queries.taken_of_order(here.shop_id, placed.order_id)] == [
        ("积分抵付", 1000)
    ]
    assert broken(now) == {}


def test_all_goes_back(shop: Shop, now: datetime) -> None:
    """Money by its channel; what units met is on its way to them again, and their room takes it from there."""
    here = fair(shop, now)
    placed = met(here, 1000)
    here.pay(placed.order_id)
    no_bounds(here)
    refund_order(shop_id=here.shop_id, order_id=placed.order_id, reason="t", actor="staff:1", by_staff=True, now=now)
    refund_all(now)
    assert queries.order_view(here.shop_id, placed.order_id).state == "refunded"
    assert (back(here, placed.order_id), redeemed(here.shop_id)) == (1000, 1000)
    assert broken(now) == {}


@pytest.mark.parametrize("end", ["cancel", "expire"])
def test_unpaid_and_late(shop: Shop, now: datetime, end: str) -> None:
    """It ends unpaid: all is back. Money that comes then buys nothing at the lower price: it goes back, too."""
    here = fair(shop, now)
    placed = met(here, 700)
    payment = begin(here.till, placed.order_id, now)
    later = placed.pay_by + timedelta(seconds=1)
    if end == "cancel":
        later = now + timedelta(seconds=5)
        cancel_order(shop_id=here.shop_id, order_id=placed.order_id, actor="buyer", now=later)
    else:
        assert expire_order(shop_id=here.shop_id, order_id=placed.order_id, now=later)
    assert (back(here, placed.order_id), redeemed(here.shop_id)) == (700, 700)
    pay(payment, later)
    relay_all(later)
    refund_all(later)
    assert queries.order_view(here.shop_id, placed.order_id).state == "refunded"
    assert (back(here, placed.order_id), redeemed(here.shop_id)) == (700, 700)
    assert broken(later) == {}


def test_each_piece_costs_money(shop: Shop, now: datetime) -> None:
    """Not all of it by this way, and not nothing; then nothing has happened."""
    here = fair(shop, now)
    [line] = here.place((shop.sku_id, 2), ref="guest:b").lines
    for minor in (line.net.amount_minor - 1, line.net.amount_minor, 10**9, 0, -5):
        with pytest.raises(DomainError) as much:
            met(here, minor, (shop.sku_id, 2))
        assert much.value.code == "credit_too_much"
        assert much.value.data == {"most_minor": line.net.amount_minor - 2}
    assert met(here, line.net.amount_minor - 2, (shop.sku_id, 2)).total.amount_minor == 2
    assert redeemed(here.shop_id) == line.net.amount_minor - 2


@pytest.mark.parametrize("seed", range(4))
def test_parts_in_any_order(shop: Shop, now: datetime, seed: int) -> None:
    """Beside a campaign, two lines, refunded in random parts: at no moment more units than money, at the end all."""
    luck, here = random.Random(seed), fair(shop, now)
    here.run(reduce_by(now, luck.choice([1, 101, 997])))
    no_bounds(here)
    minor = luck.choice([1, 333, 1001, 4000])
    placed = met(here, minor, (shop.sku_id, 2), (here.other_sku, 1))
    here.pay(placed.order_id)
    left, total = placed.total.amount_minor, placed.total.amount_minor
    while left > 1 and luck.random() < 0.8:
        step = luck.randint(1, left - 1)
        refund_part(
            shop_id=here.shop_id, order_id=placed.order_id, amount=Money(step, "CNY"), reason="t", actor="staff:1",
            now=now,
        )  # fmt: skip
        refund_all(now)
        left -= step
        assert back(here, placed.order_id) <= minor * (total - left) // total + len(placed.lines)
        assert redeemed(here.shop_id) == back(here, placed.order_id) < minor or not left
        assert broken(now) == {}
    refund_order(shop_id=here.shop_id, order_id=placed.order_id, reason="t", actor="staff:1", by_staff=True, now=now)
    refund_all(now)
    assert redeemed(here.shop_id) == back(here, placed.order_id) == minor
    assert here.books(placed.order_id).get(accounts.SALES, 0) == 0
    assert broken(now) == {}
