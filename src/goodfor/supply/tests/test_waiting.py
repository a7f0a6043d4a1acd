"""Nobody waits for somebody else's supplier, and no supplier is asked faster than it allows."""

import threading
import time
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from goodfor.kernel.clock import utc_now
from goodfor.supply import calling, tasks
from goodfor.supply.operations import begin_attempt, carry_out, sync
from goodfor.supply.operations import buy_due as buying
from goodfor.supply.operations.guard import free_in, may_call
from goodfor.supply.operations.open_calls import OPEN_CALLS, OpenCalls
from goodfor.supply.operations.set_offers import Terms
from goodfor.supply.providers import registry
from goodfor.supply.providers.base import Rate
from goodfor.supply.tests.market import ITEM, Market, rows, spent


def wait_for(fair: Market, line: UUID, states: list[str], seconds: float = 5.0) -> None:
    until = time.monotonic() + seconds
    while fair.states(line) != states and time.monotonic() < until:
        time.sleep(0.01)
    assert fair.states(line) == states


def test_a_slow_supplier_holds_up_no_other_order(fair: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    fair.supplier("anna")
    slow, quick = fair.want(), fair.want()
    hangs = threading.Event()
    first = fair.wants(slow)[0].id

    def buy_slowly(**more: object) -> int:
        if more["want_id"] == first:
            hangs.wait(10)
        return carry_out.buy(**more)  # type: ignore[arg-type]

    monkeypatch.setattr(buying, "buy", buy_slowly)
    try:
        assert tasks.buy(utc_now()) == 2
        wait_for(fair, quick, ["delivered"])
        # What is being done is not taken up twice.
        assert tasks.buy(utc_now()) == 0
        assert fair.states(slow) == []
    finally:
        hangs.set()
    wait_for(fair, slow, ["delivered"])
    assert buying._BUYERS.wait(5)


def test_a_supplier_with_too_many_calls_out_is_passed_over(fair: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    fair.supplier("anna")
    fair.supplier("bert", cost=Decimal("9.00"))
    monkeypatch.setattr(OPEN_CALLS, "_most", 1)
    with OPEN_CALLS.at(fair.ids["anna"]):
        line = fair.want()
        fair.buy()
    (attempt,) = fair.attempts(line)
    assert attempt.supplier_id == fair.ids["bert"]
    assert "busy" in attempt.trace["why_not"].values()
    # It passes by itself: with nobody else, it is waited for.
    assert not OPEN_CALLS.full(fair.ids["anna"])
    counted = OpenCalls(1)
    with counted.at(fair.shop):
        assert counted.full(fair.shop)
    assert not counted.full(fair.shop)


def test_not_found_is_asked_again_when_it_counts(fair: Market) -> None:
    first = fair.supplier("anna")
    fair.supplier("bert", cost=Decimal("9.00"))
    first.fault("lost_request", on="create")
    line = fair.want()
    fair.buy()
    (attempt,) = fair.attempts(line)
    found_after = timedelta(seconds=180)
    fair.later(6)
    fair.later(60)
    fair.later(120)
    (attempt,) = fair.attempts(line)
    assert attempt.next_at is not None
    assert attempt.next_at <= attempt.sent_at + found_after
    fair.later(181)
    fair.later(242)
    # Four minutes instead of fifteen: the buyer still waits.
    assert fair.states(line) == ["rejected", "delivered"]


def test_a_want_is_looked_at_when_it_is_due(fair: Market) -> None:
    fair.supplier("anna", terms=Terms(enabled=False))
    line = fair.want()
    rows("UPDATE supply_want SET next_at = now() + interval '1 minute' RETURNING 1")
    assert buying._buy((fair.shop, fair.wants(line)[0].id)) == 0
    assert (fair.wants(line)[0].state, fair.wants(line)[0].tries) == ("open", 0)


def speaking(monkeypatch: pytest.MonkeyPatch, **facts: Any) -> None:
    """The one protocol of these tests, with other facts about it."""
    known = registry.connector_for("kasushou")
    assert known is not None
    other = replace(known, about=replace(known.about, **facts))
    for module in (begin_attempt, calling):
        monkeypatch.setattr(module, "connector_for", lambda _protocol: other)


def test_without_a_guard_of_theirs_the_price_is_asked_before(fair: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    site = fair.supplier("anna")
    speaking(monkeypatch, guard="none")
    site.change(ITEM, cost="49.00")
    dear = fair.want()
    fair.buy()
    assert [(attempt.state, attempt.reason) for attempt in fair.attempts(dear)] == [("rejected", "price")]
    assert (spent(site), fair.prepaid("anna")) == (0, 100_000)
    site.change(ITEM, cost="8.00")
    rows("DELETE FROM supply_breaker RETURNING 1")
    cheap = fair.want()
    fair.buy()
    assert fair.states(cheap) == ["delivered"]


def test_the_look_after_a_purchase_keeps_the_pace(fair: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    site = fair.supplier("anna")
    speaking(monkeypatch, rates=(Rate("query", 1, 60.0),))
    lines = [fair.want(), fair.want()]
    fair.buy()
    # Both are bought; the second is asked about when there is room again.
    assert sorted(state for line in lines for state in fair.states(line)) == ["accepted", "delivered"]
    assert spent(site) == Decimal("16.00")
    fair.later(62)
    assert [fair.states(line) for line in lines] == [["delivered"], ["delivered"]]


def test_the_wait_for_a_pace_is_as_long_as_it_takes(fair: Market) -> None:
    fair.supplier("anna")
    known = registry.connector_for("kasushou")
    assert known is not None
    place: dict[str, Any] = {
        "shop_id": fair.shop, "supplier_id": fair.ids["anna"], "method": "page",
        "about": replace(known.about, rates=(Rate("page", 2, 10.0),)),
    }  # fmt: skip
    now = utc_now()
    assert free_in(now=now, **place) == 0
    assert [may_call(now=now, **place) for _ in range(3)] == [True, True, False]
    assert free_in(now=now, **place) == 5
    assert free_in(now=now + timedelta(seconds=3), **place) == 2
    assert not may_call(now=now + timedelta(seconds=4.9), **place)
    assert may_call(now=now + timedelta(seconds=5), **place)


def test_whoever_waits_for_long_gives_up_his_place_at_work(fair: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    fair.supplier("anna")
    monkeypatch.setattr(sync, "_AT_WORK", threading.BoundedSemaphore(1))
    monkeypatch.setattr(sync, "LONG", 0.1)
    rests, others, done = threading.Event(), threading.Event(), []

    def waits_then_reads(**more: Any) -> int:
        if not rests.is_set():
            rests.set()
            more["rest"](0.3)
            done.append(("slow", others.is_set()))
        else:
            others.set()
            done.append(("quick", connection.connection is None))
        return 0

    monkeypatch.setattr(sync, "sweep", waits_then_reads)
    hands = [threading.Thread(target=sync._sweep_in_turn, args=((fair.shop, fair.ids["anna"]),)) for _ in range(2)]
    hands[0].start()
    assert rests.wait(5)
    hands[1].start()
    for hand in hands:
        hand.join(5)
    # The second worked while the first waited, who then had the only place again.
    assert done == [("quick", False), ("slow", True)]
    assert sync._AT_WORK.acquire(blocking=False)
