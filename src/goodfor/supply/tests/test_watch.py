"""Prices that follow costs, and what stops selling."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from django.utils.timezone import localtime

from goodfor.catalog import queries as catalog
from goodfor.kernel.clock import utc_now
from goodfor.supply import queries
from goodfor.supply.errors import MoveDecided, WatchInvalid
from goodfor.supply.models import Item, Offer, Supplier
from goodfor.supply.operations.decide_move import decide_move
from goodfor.supply.operations.follow_costs import follow_cost, follow_costs
from goodfor.supply.operations.set_offers import Terms, set_route
from goodfor.supply.operations.set_watch import remove_watch, set_watch
from goodfor.supply.operations.sync import freshen, read_hinted
from goodfor.supply.purchase_models import Breaker
from goodfor.supply.tests.market import ITEM, PRICE, Market, rows
from goodfor.supply.types import WatchRule
from goodfor.supply.watching import Costs, Seen, judge, price_for

MARGIN = WatchRule(margin_points=1_000, margin_minor=50, step_minor=100, ending_minor=90, pause_on_loss=True)


def price(fair: Market) -> int:
    return catalog.prices(fair.shop, [fair.sku])[fair.sku].amount_minor


def cost(fair: Market, name: str, to: str, **more: Any) -> None:
    """The supplier's item costs so much now, and the hub read it."""
    fair.sites[name].change(ITEM, cost=to, **more)
    Item.objects.filter(shop_id=fair.shop, supplier_id=fair.ids[name]).update(hint_at=utc_now())
    assert read_hinted(now=utc_now()) == 1


def rule(fair: Market, wanted: WatchRule) -> None:
    set_watch(shop_id=fair.shop, sku_id=fair.sku, rule=wanted, actor="test", now=utc_now())


def did(fair: Market) -> list[tuple[str, str, str]]:
    """What the rule did, oldest first: (what, state, held by)."""
    return [(one.what, one.state, one.held_by) for one in reversed(queries.moves(fair.shop))]


# -- the rule alone ---------------------------------------------------------------------------------


def test_a_price_is_margin_on_cost_at_the_next_ending() -> None:
    assert price_for(MARGIN, Decimal("8.00"), 2) == 990
    assert price_for(MARGIN, Decimal("8.55"), 2) == 1090
    assert price_for(replace(MARGIN, most_minor=950), Decimal("8.00"), 2) == 950
    assert price_for(replace(MARGIN, least_minor=4000), Decimal("8.00"), 2) == 4000
    assert price_for(WatchRule(), Decimal("8.001"), 2) == 801, "never below the cost"
    assert price_for(WatchRule(step_minor=10), Decimal("801"), 0) == 810


def test_prices_never_fall_below_what_the_margin_asks_and_end_as_told() -> None:
    random = Random(7)
    for _ in range(2_000):
        step = random.choice([1, 5, 10, 100])
        asked = WatchRule(
            margin_points=random.randrange(5_000), margin_minor=random.randrange(500), step_minor=step,
            ending_minor=random.randrange(step),
        )  # fmt: skip
        paid = Decimal(random.randrange(1, 10**9)) / 10_000
        found = price_for(asked, paid, 2)
        raw = paid * 100 * (10_000 + asked.margin_points) / 10_000 + asked.margin_minor
        assert raw <= found < raw + step + 1
        assert found % step == asked.ending_minor
        assert price_for(asked, paid + 1, 2) >= found, "dearer goods are not sold cheaper"


def test_a_verdict_is_given_once() -> None:
    costs = Costs(Decimal(8), Decimal(8), UUID(int=1))
    seen = Seen(4850, 4850, 0, 2, None, False)
    first = judge(replace(MARGIN, most_once_points=1_000), seen, costs)
    assert (first.price_minor, first.held_by, first.cost) == (990, "once", Decimal(8))
    again = judge(MARGIN, replace(seen, cost=first.cost), costs)
    assert again == type(again)()
    assert judge(MARGIN, replace(seen, cost=Decimal(9)), None) == type(again)(), "nobody sells it: no price follows"
    dear = judge(WatchRule(mode="alert"), replace(seen, cost=Decimal(9)), Costs(Decimal(50), Decimal(50), UUID(int=1)))
    assert (dear.price_minor, dear.alert, dear.pause) == (None, True, True)
    assert judge(MARGIN, replace(seen, cost=Decimal(8), paused=True), costs).pause is False


# -- with real suppliers ----------------------------------------------------------------------------


def test_a_price_follows_its_cost_once(fair: Market) -> None:
    fair.supplier("anna")
    rule(fair, MARGIN)
    assert follow_costs(now=utc_now()) == 1
    assert price(fair) == 990
    assert follow_costs(now=utc_now()) == 0
    cost(fair, "anna", "9.00")

    # As two workers at once would.
    def work(_one: int) -> int:
        try:
            return follow_cost(shop_id=fair.shop, sku_id=fair.sku, now=utc_now())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(work, range(2))) == 1
    assert price(fair) == 1090
    (first, second) = reversed(queries.moves(fair.shop))
    assert (first.old_minor, first.new_minor, first.old_cost, first.new_cost) == (PRICE, 990, None, Decimal("8"))
    assert (second.old_cost, second.new_cost, second.state) == (Decimal("8"), Decimal("9"), "done")
    actions = rows(
        "SELECT action, actor FROM kernel_audit WHERE action LIKE 'supply.price%%' OR action = 'price_changed'"
    )
    assert sorted(actions) == [("price_changed", "system")] * 2 + [("supply.price_followed", "system")] * 2
    assert rows("SELECT count(*) FROM kernel_event WHERE name = 'supply.price_watched'") == [(2,)]


def test_a_large_change_waits_for_a_person(fair: Market) -> None:
    fair.supplier("anna")
    rule(fair, replace(MARGIN, most_once_points=5_000, most_day_points=6_000))
    follow_costs(now=utc_now())
    assert (price(fair), did(fair)) == (PRICE, [("price", "waiting", "once")])
    cost(fair, "anna", "8.10")
    assert follow_costs(now=utc_now()) == 1
    assert did(fair) == [("price", "stale", "once"), ("price", "waiting", "once")], "the newer proposal counts"
    waiting = queries.moves(fair.shop, state="waiting")[0]
    decide_move(shop_id=fair.shop, move_id=waiting.id, approve=True, actor="staff:a", now=utc_now())
    assert price(fair) == waiting.new_minor == 990
    with pytest.raises(MoveDecided):
        decide_move(shop_id=fair.shop, move_id=waiting.id, approve=False, actor="staff:a", now=utc_now())
    # Of the morning's price 80 % are gone: a small step more is beyond the day.
    cost(fair, "anna", "7.00")
    assert follow_costs(now=utc_now()) == 1
    assert did(fair)[-1] == ("price", "waiting", "day")
    last = queries.moves(fair.shop, state="waiting")[0]
    decide_move(shop_id=fair.shop, move_id=last.id, approve=False, actor="staff:a", now=utc_now())
    assert follow_costs(now=utc_now()) == 0, "a no is remembered until the cost changes"
    assert price(fair) == 990


def test_selling_at_a_loss_stops_and_goes_on(fair: Market) -> None:
    fair.supplier("anna")
    set_route(shop_id=fair.shop, sku_id=fair.sku, floor_minor=100, actor="test", now=utc_now())
    rule(fair, WatchRule(mode="alert"))
    assert follow_costs(now=utc_now()) == 0
    cost(fair, "anna", "48.00")
    follow_costs(now=utc_now())
    assert did(fair) == [("alert", "done", ""), ("pause", "done", "")]
    assert queries.buyable(fair.shop, [fair.sku], utc_now()) == {}
    assert queries.watches(fair.shop)[0].paused_at is not None
    cost(fair, "anna", "47.00")
    follow_costs(now=utc_now())
    assert [what for what, _state, _by in did(fair)] == ["alert", "pause", "alert", "resume"]
    assert fair.sku in queries.buyable(fair.shop, [fair.sku], utc_now())
    assert price(fair) == PRICE
    cost(fair, "anna", "49.00")
    follow_costs(now=utc_now())
    remove_watch(shop_id=fair.shop, sku_id=fair.sku, actor="test", now=utc_now())
    assert queries.buyable(fair.shop, [fair.sku], utc_now()) == {}, "still dearer than its price"
    assert fair.sku in queries.buyable(fair.shop, [fair.sku], utc_now(), sold=True)


@pytest.mark.parametrize("change", [{"margin_points": -1}, {"mode": "x"}, {"ending_minor": 5}, {"least_minor": 0},
                                    {"least_minor": 5, "most_minor": 4}])  # fmt: skip
def test_rules_that_cannot_be_are_refused(fair: Market, change: dict[str, Any]) -> None:
    with pytest.raises(WatchInvalid):
        rule(fair, replace(WatchRule(), **change))
    assert queries.watches(fair.shop) == []


# -- what can be bought -----------------------------------------------------------------------------


def test_what_a_supplier_takes_away_stops_selling_within_a_minute(fair: Market) -> None:
    """Without a word of theirs: what is offered is looked at again."""
    site = fair.supplier("anna")
    assert fair.sku in queries.buyable(fair.shop, [fair.sku], utc_now())
    site.change(ITEM, state="banned")
    started = time.monotonic()
    assert freshen(now=utc_now()) == 0, "just looked at"
    later = utc_now() + timedelta(seconds=45)
    assert freshen(now=later) == 1
    assert read_hinted(now=later) == 1
    assert queries.buyable(fair.shop, [fair.sku], later) == {}
    assert time.monotonic() - started < 10
    site.change(ITEM, state="deleted")
    Item.objects.filter(shop_id=fair.shop).update(state="on", hint_at=utc_now())
    read_hinted(now=utc_now() + timedelta(seconds=50))
    assert queries.buyable(fair.shop, [fair.sku], utc_now()) == {}, "gone for good"


def test_only_what_can_really_be_bought_counts(fair: Market) -> None:
    fair.supplier("anna", terms=Terms(daily_quota=30))
    now = utc_now()
    item = Item.objects.filter(shop_id=fair.shop)
    offer, supplier = Offer.objects.filter(shop_id=fair.shop), Supplier.objects.filter(shop_id=fair.shop)

    def units(**how: Any) -> int:
        found = queries.buyable(fair.shop, [fair.sku], now, **how).get(fair.sku)
        return found.units if found else 0

    assert units() == 30, "the day's quota"
    fair.want(20)
    fair.buy()
    assert units() == 10, "what was bought of it today"
    offer.update(daily_quota=None)
    supplier.update(balance=Decimal("41"), credit=0)
    assert units() == 5, "41 yuan at 8.00"
    supplier.update(balance=None)
    local = localtime(now)
    minute = local.hour * 60 + local.minute
    offer.update(from_minute=(minute + 5) % 1440, to_minute=(minute + 9) % 1440)
    assert units() == 0, "not at this hour"
    offer.update(from_minute=0, to_minute=0)
    around = [f"{at % 1440 // 60:02d}:{at % 60:02d}" for at in (minute - 5, minute + 5)]
    terms = dict(item.get().terms)
    item.update(terms=terms | {"closed": [around]})
    assert units() == 0, "closed there"
    item.update(terms=terms | {"banned_channels": ["api"], "floors": {"storefront": "50.00"}})
    assert (units(channel="api"), units(channel="storefront"), units() > 0) == (0, 0, True)
    item.update(terms=terms, least=3)
    assert (units(), units(quantity=3) > 0) == (0, True)
    item.update(least=1)
    offer.update(channels=["api"])
    assert (units(channel="storefront"), units(channel="api") > 0) == (0, True)
    Breaker.objects.create(
        shop_id=fair.shop, supplier_id=fair.ids["anna"], item_key="", failures=1, opened_at=now,
        until=now + timedelta(minutes=1), reason="x", times=1,
    )  # fmt: skip
    assert units(channel="api") == 0, "its breaker is open"
