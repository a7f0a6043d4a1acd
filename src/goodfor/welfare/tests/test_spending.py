"""Units buy what the company offers, with its markup; refunds bring both back; nobody spends what is not his."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from goodfor.kernel.errors import DomainError
from goodfor.kernel.money import Money
from goodfor.ledger import operations as ledger_moves
from goodfor.ledger.types import Entry, Line
from goodfor.orders import queries as orders
from goodfor.orders.errors import PriceChanged
from goodfor.orders.operations import cancel_order, refund_part
from goodfor.orders.tests.factories import begin, open_till, pay, refund_all, relay_all, sql, together
from goodfor.welfare import queries
from goodfor.welfare.errors import EmployeeNotFound, NotForWelfare, WelfareShort
from goodfor.welfare.models import Use
from goodfor.welfare.operations.leave import mark_left, take_what_came_late
from goodfor.welfare.operations.set_company import set_company
from goodfor.welfare.tests.conftest import PRICE, UNITS, World
from goodfor.welfare.types import CompanyWish
from goodfor.welfare.worth import back

pytestmark = pytest.mark.django_db(transaction=True)
FEE = UNITS - PRICE


def code_of(work: Any) -> str:
    try:
        work()
    except DomainError as error:
        return error.code
    return ""


def test_units_buy_with_the_markup_and_all_comes_back(world: World) -> None:
    """The order gets the shop's price, the markup is a fee; a refund turns both round."""
    world.give(("A01", "100"))
    world.join("A01")
    bought = world.buy("A01", request_key="r1")
    assert orders.order_view(world.shop_id, bought.order_id).state == "delivered"
    assert world.buy("A01", request_key="r1").order_id == bought.order_id
    assert (bought.units, world.held("A01")) == (UNITS, 100_00 - UNITS)
    assert world.booked("5001:fee:welfare") == FEE
    assert world.booked("2203:redeemed") == 0
    assert world.booked("2203:points:welfare") == 100_00 - UNITS
    assert world.faults() == {}
    world.refund(bought.order_id)
    assert world.held("A01") == 100_00
    assert world.booked("5001:fee:welfare") == world.booked("2203:redeemed") == 0
    use = Use.objects.get(order_id=bought.order_id)
    assert (use.units, use.back) == (UNITS, UNITS)
    told = world.statement()
    assert (told.spent, told.back, told.held_closing) == (UNITS, UNITS, 100_00)
    assert told.balances
    assert world.faults() == {}


def test_a_part_that_comes_back_takes_its_markup_along(world: World) -> None:
    """Two pieces, one of them refunded."""
    world.give(("A01", "200"))
    world.join("A01")
    bought = world.buy("A01", 2)
    assert bought.units == 9943
    line = orders.order_view(world.shop_id, bought.order_id).lines[0]
    with transaction.atomic():
        refund_part(
            shop_id=world.shop_id, order_id=bought.order_id, amount=line.unit_price, reason="test",
            actor="staff:test", now=world.now,
        )  # fmt: skip
    refund_all(world.now)
    assert world.held("A01") == 200_00 - 9943 + 9943 // 2
    assert world.statement().balances
    assert world.faults() == {}


def test_units_and_own_money(world: World) -> None:
    """The markup is of what the units pay; the rest is an order that waits for its money."""
    world.give(("A01", "30"))
    world.join("A01")
    (member,) = queries.memberships(world.shop_id, world.buyers["A01"], world.now)
    part = queries.bought_by(member.company, member.held.amount_minor)
    assert part == 2927
    bought = world.buy("A01", part_minor=part)
    order = orders.order_view(world.shop_id, bought.order_id)
    assert (order.state, order.total.amount_minor, bought.units) == ("placed", PRICE - part, 3000)
    assert (world.held("A01"), world.booked("2203:redeemed"), world.booked("5001:fee:welfare")) == (0, part, 73)
    assert queries.used_for(world.shop_id, bought.order_id) == 3000
    # It ends unpaid: the units are back with their markup.
    cancel_order(shop_id=world.shop_id, order_id=bought.order_id, actor="buyer", now=world.now)
    relay_all(world.now)
    assert (world.held("A01"), world.booked("2203:redeemed"), world.booked("5001:fee:welfare")) == (3000, 0, 0)
    assert Use.objects.get(order_id=bought.order_id).back == 3000
    assert world.faults() == {}


def test_units_and_own_money_come_back_together(world: World) -> None:
    """Paid with both, a part and then the rest goes back: each takes its share of the units and their markup."""
    world.give(("A01", "30"))
    world.join("A01")
    till = open_till(world.shop_id, world.now)
    bought = world.buy("A01", part_minor=2927)
    pay(begin(till, bought.order_id, world.now), world.now)
    order = orders.order_view(world.shop_id, bought.order_id)
    assert (order.state, world.booked("2203:redeemed")) == ("delivered", 0)
    assert world.faults() == {}
    half = Money(order.total.amount_minor // 2, "CNY")
    refund_part(
        shop_id=world.shop_id, order_id=order.id, amount=half, reason="test", actor="staff:test", now=world.now
    )  # fmt: skip
    refund_all(world.now)
    part = orders.credit_part(world.shop_id, order.id)
    assert part is not None
    assert world.held("A01") == Use.objects.get(order_id=order.id).back == back(3000, 2927, part.back_minor)
    assert world.faults() == {}
    world.refund(order.id)
    assert (world.held("A01"), world.booked("5001:fee:welfare")) == (3000, 0)
    assert world.statement().balances
    assert world.faults() == {}


def test_what_is_refused_changes_nothing(world: World) -> None:
    """Others' units, too few of them, other goods, another price, a company that is off."""
    world.give(("A01", "60"), ("A02", "1"))
    world.join("A01")
    world.join("A02")
    assert code_of(lambda: world.buy("A02")) == WelfareShort.code
    assert code_of(lambda: world.buy("A01", expect_minor=PRICE - 1)) == PriceChanged.code
    world.buyers["A02"], mine = world.buyers["A01"], world.buyers["A02"]
    assert code_of(lambda: world.buy("A02")) == EmployeeNotFound.code
    world.buyers["A02"] = mine
    company: dict[str, Any] = {"shop_id": world.shop_id, "company_id": world.company_id, "actor": "t", "now": world.now}
    set_company(**company, wish=CompanyWish("acme", "x", skus=(uuid4(),)), on=True)
    assert code_of(lambda: world.buy("A01")) == NotForWelfare.code
    set_company(**company, wish=CompanyWish("acme", "x", skus=(world.shop.sku_id,)), on=False)
    assert code_of(lambda: world.buy("A01")) == "welfare_company_off"
    assert sql("SELECT count(*) FROM orders_order") == [(0,)]
    set_company(**company, wish=CompanyWish("acme", "x", skus=(world.shop.sku_id,)), on=True)
    assert world.buy("A01").units == PRICE
    assert world.faults() == {}


def test_side_by_side_units_are_spent_once(world: World) -> None:
    """Of six tries two are covered; the same request is one order."""
    world.give(("A01", "100"))
    world.join("A01")
    answers = together(lambda _n: world.buy("A01").number, 6)
    assert sum(one == WelfareShort.code for one in answers) == 4
    assert world.held("A01") == 100_00 - 2 * UNITS
    world.give(("A01", "200"))
    again = together(lambda _n: world.buy("A01", request_key="same").number, 4)
    assert len(set(again)) == 1
    assert world.faults() == {}


def test_what_ends_is_the_companys_again(world: World) -> None:
    """Not income: the books owe it to the company, and so what comes back to what has ended."""
    world.give(("A01", "100"), ("A02", "50"), days=10)
    world.join("A01")
    bought = world.buy("A01")
    world.wait(11)
    world.expire()
    assert (world.held("A01"), world.held("A02")) == (0, 0)
    assert world.budget == 1_000_00 - UNITS
    assert world.booked("5001:points") == 0
    world.refund(bought.order_id)
    world.expire()
    assert world.budget == 1_000_00
    assert world.statement().balances
    assert world.faults() == {}


def test_who_leaves_holds_nothing_and_what_comes_late_goes_back(world: World) -> None:
    """The rest at once, and what a refund brings after that by the loop."""
    world.give(("A01", "100"), ("A02", "50"))
    world.join("A01")
    bought = world.buy("A01")
    ids = [world.who("A01"), world.who("A02")]
    left: dict[str, Any] = {
        "shop_id": world.shop_id, "company_id": world.company_id, "employees": ids, "actor": "t", "now": world.now,
    }  # fmt: skip
    assert mark_left(**left) == (2, 150_00 - UNITS)
    assert mark_left(**left) == (0, 0)
    assert world.budget == 1_000_00 - UNITS
    assert queries.memberships(world.shop_id, world.buyers["A01"], world.now) == []
    assert code_of(lambda: world.buy("A01")) == EmployeeNotFound.code
    world.refund(bought.order_id)
    assert world.held("A01") == UNITS
    assert take_what_came_late(now=world.now + timedelta(minutes=1)) == UNITS
    assert world.budget == 1_000_00
    assert world.statement().balances
    assert world.faults() == {}


def test_usage_tells_no_single_person(world: World) -> None:
    """By department and category; of fewer than three people only all together."""
    for work_id in ("A01", "A02", "A03", "A04"):
        world.give((work_id, "100"))
        world.join(work_id)
        world.buy(work_id)
    found = queries.usage(world.shop_id, world.company_id, queries.month_of(world.now, "Asia/Shanghai"))
    assert (found.orders, found.units, found.departments, found.few) == (4, 4 * UNITS, {"研发": 3 * UNITS}, UNITS)
    assert list(found.categories.values()) == [4 * UNITS]


def test_a_company_never_goes_below_zero(world: World) -> None:
    """Its account is guarded by the books themselves."""
    legs = (Line(f"2203:welfare:{world.company_id}", 1_000_01), Line("2203:points:welfare", -1_000_01))
    with pytest.raises(DomainError), transaction.atomic():
        ledger_moves.post(
            shop_id=world.shop_id, currency="CNY", entries=(Entry("x", "points_earn", legs, world.now),), now=world.now
        )
    relay_all(world.now)
    assert world.budget == 1_000_00
