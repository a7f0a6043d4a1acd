"""A revision tried on orders of the past: limits are counted, what it meets is told, and it is what would have been."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from goodfor.promotions.simulating import simulate
from goodfor.promotions.slots import running, slots_on, upcoming
from goodfor.promotions.tests.factories import flash, line, reduce_by, window
from goodfor.promotions.types import BuyerNames, Cart, Limit, Live, Replay, Window

NOW = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
SKU = uuid4()


def replay(n: int, buyer: str = "", quantity: int = 1, days: int = 0) -> Replay:
    cart = Cart((line(SKU, quantity),), "web", NOW - timedelta(days=5 - days, minutes=-n))
    return Replay(f"G{n}", BuyerNames(buyer or f"b{n}"), cart)


def live(spec: object) -> Live:
    return Live(uuid4(), uuid4(), "活动", spec)  # type: ignore[arg-type]


def test_a_reduction_of_each_order() -> None:
    found = simulate(live(reduce_by(NOW, 200)), [replay(n) for n in range(4)], zone=ZONE)
    assert (found.orders, found.touched, found.given) == (4, 4, 800)
    assert (found.margin_before, found.margin_after, found.below) == (4 * 700, 4 * 500, 0)
    assert found.outcomes == {"applied": 4}
    assert len(found.samples) == 4


def test_limits_are_counted_as_they_would_have_been() -> None:
    spec = reduce_by(NOW, 200, Limit("campaign", "minor", "all", 500), Limit("buyer", "uses", "all", 1))
    found = simulate(live(spec), [replay(n, buyer="b" if n < 2 else "") for n in range(6)], zone=ZONE)
    assert (found.given, found.touched) == (500, 3)
    assert found.outcomes["used_up"] == 1
    daily = reduce_by(NOW, 200, Limit("buyer", "uses", "day", 1))
    days = [replay(n, buyer="b", days=n // 2) for n in range(6)]
    assert simulate(live(daily), days, zone=ZONE).touched == 3


def test_pieces_of_a_flash_sale() -> None:
    spec = flash(NOW, Limit("sku", "units", "all", 3), price=500)
    found = simulate(live(spec), [replay(n, quantity=2) for n in range(3)], zone=ZONE)
    assert (found.given, found.touched) == (1_500, 2)


def test_the_floor_holds_and_what_meets_is_told() -> None:
    other = live(reduce_by(NOW, 100, priority=5))
    tried = live(reduce_by(NOW, 900))
    found = simulate(tried, [replay(1)], others=[other, tried], zone=ZONE)
    # 10.00 at a cost of 3.00: the other one takes 1.00, this one the rest above cost.
    assert (found.given, found.below) == (600, 0)
    assert found.beside == {other.campaign_id: (1, 100)}
    assert (found.margin_before, found.margin_after) == (600, 0)


def test_coupons_are_in_every_hand_and_nobody_ordered_is_nothing() -> None:
    assert simulate(live(reduce_by(NOW, 200, coupon=True)), [replay(1)], zone=ZONE).given == 200
    assert simulate(live(reduce_by(NOW, 200)), [], zone=ZONE).orders == 0


def test_slots_of_a_day() -> None:
    at = datetime(2026, 11, 27, 2, 30, tzinfo=UTC)
    whole = Window(at - timedelta(days=1), at + timedelta(days=3), hours=((600, 720), (1200, 1440)))
    [first, second] = slots_on(whole, at.astimezone(ZONE).date(), ZONE)
    assert [one.isoformat() for one in first] == ["2026-11-27T10:00:00+08:00", "2026-11-27T12:00:00+08:00"]
    assert second[1].isoformat() == "2026-11-28T00:00:00+08:00"
    assert running(whole, at, ZONE) == first[1]
    assert running(whole, at + timedelta(hours=3), ZONE) is None
    assert len(upcoming(whole, at, ZONE)) == 4
    assert running(window(at), at, ZONE) == window(at).ends_at
    monday = Window(at - timedelta(days=1), at + timedelta(days=9), weekdays=frozenset({1}))
    assert slots_on(monday, at.astimezone(ZONE).date(), ZONE) == []
