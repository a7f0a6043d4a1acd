"""Ten thousand employees: a list with faults, granted once it is right, spent, returned; both sides to the fen."""

import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest

from goodfor.cli import world as shops
from goodfor.kernel.clock import utc_now
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.kinds import WELFARE
from goodfor.orders.operations import refund_order
from goodfor.orders.tests.factories import refund_all, sql
from goodfor.welfare import parsing, queries
from goodfor.welfare.models import Employee, Use
from goodfor.welfare.operations.agree_grant import give_on
from goodfor.welfare.operations.leave import mark_left, take_what_came_late
from goodfor.welfare.tests.conftest import PRICE, UNITS, World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.soak]
PEOPLE, BUYERS, LEAVERS = 10_000, 400, 1_500


@contextmanager
def told(what: str) -> Iterator[None]:
    begun = time.monotonic()
    yield
    sys.stdout.write(f"{what}: {time.monotonic() - begun:.1f} s\n")


def test_ten_thousand_employees(world: World) -> None:
    """Dry run, report, grant in steps, spending, refunds, leaving, ends; statement and audit."""
    dice = random.Random(7)
    limits = '{"refund_limit_minor": -1, "refund_daily_limit_minor": -1, "refund_daily_cap_minor": -1}'
    sql("UPDATE identity_shop SET settings = settings || %s::jsonb WHERE id = %s", [limits, world.shop_id])
    shops.load_codes(world.shop_id, world.shop.sku_id, shops.random_codes(BUYERS), world.now, cost_minor=800)
    world.prepay(3_000_000_00)
    with told("10,000 employees listed"):
        rows = [f"E{n:05d},员工{n},部门{n % 20},e{n}@acme.example" for n in range(PEOPLE)]
        assert world.list_people("工号,姓名,部门,邮箱\n" + "\n".join(rows)).added == PEOPLE
    good = [f"E{n:05d},{dice.randint(6000, 30000) / 100:.2f}," for n in range(PEOPLE)]
    bad = ["X1,5,", "E00001,5,", "E00002,-1,", "E00003,1E+03,", ",5,", "E00004,,"]
    with told("a list of 10,006 lines with six faults is looked at"):
        faulty = world.draft(("工号,金额,备注\n" + "\n".join([*good, *bad])).encode("gbk"))
    assert [one.code for one in faulty.faults] == [
        parsing.UNKNOWN, parsing.TWICE, parsing.TWICE, parsing.CELL, parsing.EMPTY, parsing.EMPTY,
    ]  # fmt: skip
    assert queries.budget(world.shop_id, world.company_id).promised_minor == 0
    with told("the list put right is looked at"):
        drafted = world.draft("工号,金额,备注\n" + "\n".join(good), days=30)
    assert drafted.faults == ()
    with told("10,000 employees are given"):
        world.agree(drafted)
        while give_on(shop_id=world.shop_id, grant_id=drafted.id, now=world.now):
            pass
    assert sum(loyalty.held_in(world.shop_id, WELFARE, world.company_id).values()) == drafted.total.amount_minor
    with told(f"{BUYERS} of them buy"):
        _buy(world)
    used = list(Use.objects.order_by("id").values_list("order_id", flat=True))
    assert len(used) == BUYERS
    with told("an eighth of it is refunded"):
        for order_id in used[::8]:
            refund_order(
                shop_id=world.shop_id, order_id=order_id, reason="t", actor="staff:t", by_staff=True, now=world.now
            )
        refund_all(world.now)
    with told(f"{LEAVERS} leave"):
        ids = list(Employee.objects.filter(shop_id=world.shop_id).order_by("-work_id").values_list("id", flat=True))
        mark_left(shop_id=world.shop_id, company_id=world.company_id, employees=ids[:LEAVERS], actor="t", now=utc_now())
    world.now = utc_now()
    middle = world.statement()
    assert middle.balances
    assert (middle.spent, middle.back) == (BUYERS * UNITS, BUYERS // 8 * UNITS)
    world.now += timedelta(days=31)
    with told("what is left of the others ends"):
        world.expire()
        take_what_came_late(now=world.now)
    with told("the statement"):
        end = world.statement()
    kept = BUYERS - BUYERS // 8
    assert end.held_closing == world.booked("2203:points:welfare") == 0
    assert end.closing == end.booked == world.budget == 3_001_000_00 - kept * UNITS
    assert world.booked("5001:fee:welfare") == kept * (UNITS - PRICE)
    assert end.balances
    with told("the audit"):
        assert world.faults() == {}


def _buy(world: World) -> None:
    for n in range(BUYERS):
        work_id = f"E{n:05d}"
        world.buyers[work_id] = uuid4()
        world.join(work_id)
        world.buy(work_id)
