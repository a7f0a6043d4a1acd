"""Setting aside: a rate of each day's sales, once a day, and how far it reaches."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from goodfor.aftersales import queries
from goodfor.aftersales.grant_models import ReserveDay
from goodfor.aftersales.operations.accrue_reserve import accrue_reserve, days_due
from goodfor.aftersales.operations.compensate import compensate
from goodfor.aftersales.operations.set_reserve import BOOKS, set_reserve
from goodfor.aftersales.reserve_tasks import accrue
from goodfor.aftersales.tests.money_world import bought_by, money_broken, proven, set_aside, sold
from goodfor.kernel.errors import DomainError
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.conftest import now as now
from goodfor.orders.tests.conftest import shop as shop
from goodfor.orders.tests.factories import booked, buy, open_till, sql, together

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def test_each_day_once(shop: Shop, now: datetime) -> None:
    """A day that is over, at the rate of sales less refunds; one of refunds sets nothing aside; pauses are skipped."""
    shop_id, start = shop.demo.shop_id, now - 6 * DAY
    set_reserve(shop_id=shop_id, basis_points=125, actor="test", now=start)
    sold(shop, 100_001, start)
    sold(shop, -1, start)
    sold(shop, -5000, start + DAY)
    sold(shop, 40_000, start + 2 * DAY)
    until = start + 3 * DAY
    assert len(days_due(shop_id, until)) == 3
    assert accrue(until) == 3
    assert accrue(until) == 0
    rows = ReserveDay.objects.filter(shop_id=shop_id).order_by("day")
    assert [(row.sales_minor, row.accrued_minor) for row in rows] == [(100_000, 1250), (-5000, 0), (40_000, 500)]
    assert booked(shop, "2801:reserve:main") == 1750
    assert booked(shop, "6711:compensation") == 1750
    set_reserve(shop_id=shop_id, basis_points=0, actor="test", now=until)
    sold(shop, 100_000, until)
    assert accrue(until + DAY) == 0
    set_reserve(shop_id=shop_id, basis_points=100, actor="test", now=until + DAY)
    sold(shop, 10_000, until + DAY)
    assert accrue(until + 2 * DAY) == 1
    assert booked(shop, "2801:reserve:main") == 1850
    assert [one.accrued.amount_minor for one in queries.reserve_days(shop_id)] == [100, 500, 0, 1250]
    assert money_broken(now) == {}


def test_a_day_is_not_over_at_midnight(shop: Shop, now: datetime) -> None:
    midnight = now.astimezone(BOOKS).replace(hour=0, minute=0, second=0, microsecond=0)
    set_reserve(shop_id=shop.demo.shop_id, basis_points=100, actor="test", now=midnight - timedelta(hours=1))
    assert days_due(shop.demo.shop_id, midnight + timedelta(minutes=9)) == []
    assert days_due(shop.demo.shop_id, midnight + timedelta(minutes=10)) == [(midnight - DAY).date()]


def test_one_day_by_many_at_once(shop: Shop, now: datetime) -> None:
    set_reserve(shop_id=shop.demo.shop_id, basis_points=100, actor="test", now=now - DAY)
    sold(shop, 100_000, now - DAY)
    day = days_due(shop.demo.shop_id, now)[0]

    def one(_index: int) -> object:
        try:
            return accrue_reserve(shop_id=shop.demo.shop_id, day=day, now=now)
        except Exception as error:
            return type(error).__name__

    results = together(one, 8, threads=8)
    assert results.count(1000) == 1
    assert set(results) <= {1000, 0, "IntegrityError"}
    assert booked(shop, "2801:reserve:main") == 1000
    assert money_broken(now) == {}


@pytest.mark.parametrize("points", [-1, 2001])
def test_a_rate_that_cannot_be(shop: Shop, now: datetime, points: int) -> None:
    with pytest.raises(DomainError) as refused:
        set_reserve(shop_id=shop.demo.shop_id, basis_points=points, actor="test", now=now)
    assert refused.value.data["field"] == "basis_points"
    assert sql("SELECT count(*) FROM aftersales_reserve_rate") == [(0,)]


def test_how_far_it_reaches(shop: Shop, now: datetime) -> None:
    """Balance by what the proven claims of 90 days cost by their terms; older ones and other reasons count nothing."""
    shop_id, till = shop.demo.shop_id, open_till(shop.demo.shop_id, now)
    assert queries.reserve(shop_id, now).ratio is None
    set_aside(shop, 100_000, now)
    for quantity in (1, 3):
        # Three times 485 are above the cap of a claim.
        proven(bought_by(shop, till, now, quantity=quantity), now, units=quantity)
    proven(bought_by(shop, till, now), now, reason="changed_mind")
    sql("UPDATE aftersales_case SET decided_at = decided_at - interval '91 days' WHERE id = %s", [
        proven(bought_by(shop, till, now), now)
    ])  # fmt: skip
    seen = queries.reserve(shop_id, now)
    assert (seen.expected_90d.amount_minor, seen.cases, seen.proven_units) == (48_500 + 100_000, 2, 4)
    assert (seen.ratio, seen.low) == (Decimal("0.67"), True)
    sold(shop, 10_000_000, now)
    set_reserve(shop_id=shop_id, basis_points=200, actor="test", now=now)
    assert accrue(now + DAY) == 1
    assert not queries.reserve(shop_id, now + DAY).low


def test_draws_at_once_never_count_on_the_same_money(shop: Shop, now: datetime) -> None:
    """A dozen draw 48,500 each on 100,000: what they had from it adds up to that, to the fen, and none failed."""
    set_aside(shop, 100_000, now)
    cases = [proven(buy(shop, now), now) for _ in range(12)]
    results = together(lambda i: compensate(shop_id=shop.demo.shop_id, case_id=cases[i], now=now), 12, threads=12)
    assert sorted(one.amount.amount_minor for one in results if one) == [500_000 - 48_500 * 10, *[48_500] * 10]
    assert sql("SELECT sum(reserve_minor) FROM aftersales_grant") == [(100_000,)]
    assert booked(shop, "2801:reserve:main") == 0
    assert money_broken(now) == {}
