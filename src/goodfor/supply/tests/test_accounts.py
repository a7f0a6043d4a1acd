"""Accounts with suppliers at real sites: refunds nobody told of, balances to the cent, marks that ring once."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from goodfor.kernel.clock import utc_now
from goodfor.sandbox.suppliers.server import StandIn
from goodfor.supply import queries
from goodfor.supply.account_models import Bell, Finding, SweepDay
from goodfor.supply.account_types import AccountView
from goodfor.supply.days import day_of, next_round, span_of
from goodfor.supply.errors import FindingClosed, MovementInvalid
from goodfor.supply.models import Supplier
from goodfor.supply.operations.keep_accounts import keep_account, keep_accounts
from goodfor.supply.operations.note_finding import close_finding
from goodfor.supply.operations.record_movement import record_movement
from goodfor.supply.operations.sample_balance import explains, sample_balance
from goodfor.supply.operations.sweep_orders import SweepOutcome, sweep_due, sweep_orders
from goodfor.supply.operations.watch_balance import watch_balance
from goodfor.supply.tests.market import Market, rows, spent

TODAY = "Asia/Shanghai"


def today() -> date:
    return day_of(utc_now(), TODAY, 0)


def swept(fair: Market, name: str, days: float = 1, most: int = 50) -> SweepOutcome:
    at = fair.to(days * 86_400)
    return sweep_orders(shop_id=fair.shop, supplier_id=fair.ids[name], day=today(), now=at, most=most)


def sampled(fair: Market, name: str, days: int) -> str:
    day = today() + timedelta(days=days)
    at = fair.to(days * 86_400)
    return sample_balance(shop_id=fair.shop, supplier_id=fair.ids[name], day=day, now=at)


def given_back(site: StandIn, place: int, amount: str) -> None:
    site.act(site.orders()[place].number, "refund", amount=amount, tell=False)


def account(fair: Market, name: str) -> AccountView:
    return queries.account_of(fair.shop, fair.ids[name], "CNY", utc_now())


def events(name: str) -> list[dict[str, object]]:
    return [json.loads(row[0]) for row in rows("SELECT payload FROM kernel_event WHERE name = %s ORDER BY id", [name])]


def test_refunds_that_nobody_told_of_are_found_booked_once_and_lie_with_a_person(fair: Market) -> None:
    site = fair.supplier("anna")
    line = fair.want(2)
    fair.buy()
    other = fair.want(1)
    fair.buy()
    assert fair.states(line) == fair.states(other) == ["delivered"]
    assert fair.prepaid("anna") == 100_000 - 2_400
    given_back(site, 0, "8.00")
    assert (out := swept(fair, "anna")).done
    assert (out.asked, out.unanswered, out.changed, out.refunds) == (2, 0, 1, 1)
    assert fair.prepaid("anna") == 100_000 - 1_600
    # Again, and the rest: each coin once.
    assert swept(fair, "anna", 2).refunds == 1
    given_back(site, 0, "8.00")
    assert swept(fair, "anna", 3).refunds == 2
    assert fair.prepaid("anna") == 100_000 - 800
    assert fair.balance("6711:recovery") == -1_600
    (first, second) = queries.findings(fair.shop, only_open=True)
    assert (first.kind, first.amount, first.told_by, first.got) == ("refund", Decimal(8), "sweep", 2)
    assert [row["amount"] for row in events("supply.refunded_after_success")] == ["8", "8"]
    close_finding(shop_id=fair.shop, finding_id=second.id, note="换了一张", actor="test", now=utc_now())
    with pytest.raises(FindingClosed):
        close_finding(shop_id=fair.shop, finding_id=second.id, note="", actor="test", now=utc_now())
    assert account(fair, "anna").open_findings == 1


def test_a_round_goes_on_where_it_stopped(fair: Market) -> None:
    site = fair.supplier("anna")
    for _ in range(3):
        fair.want()
        fair.buy()
    given_back(site, 0, "8.00")
    out = swept(fair, "anna", most=2)
    assert (out.asked, out.refunds, out.done) == (2, 1, False)
    out = swept(fair, "anna")
    assert (out.asked, out.refunds, out.done) == (3, 1, True)
    (sweep,) = queries.sweep_days(fair.shop, fair.ids["anna"])
    assert (sweep.rounds, sweep.running) == (1, False)
    # The next round counts anew, and a silent supplier is said to be one.
    site.fault("refuse", why="not_found", on="query", times=3)
    out = swept(fair, "anna", 2)
    assert (out.asked, out.unanswered, out.done) == (3, 3, True)


def test_what_came_for_nothing_good_is_claimed_and_met_by_the_refund(fair: Market) -> None:
    first, second = fair.supplier("anna"), fair.supplier("bert", cost=Decimal("9.00"))
    fair.want()
    fair.buy()
    first.fault("used_code")
    line = fair.want()
    fair.buy()
    assert fair.states(line) == ["failed", "delivered"]
    assert (fair.balance("1221:supplier:anna:claim"), fair.prepaid("anna")) == (800, 98_400)
    # Asked again, the same bad set is not booked again.
    assert swept(fair, "anna").changed == 0
    assert (fair.balance("1221:supplier:anna:claim"), fair.prepaid("anna")) == (800, 98_400)
    given_back(first, 1, "8.00")
    assert swept(fair, "anna", 2).refunds == 1
    assert (fair.balance("1221:supplier:anna:claim"), fair.prepaid("anna")) == (0, 99_200)
    assert fair.balance("6711:recovery") == 0
    assert queries.findings(fair.shop, only_open=True) == []
    assert spent(second) == Decimal("9.00")


def test_an_order_that_was_no_order_is_found_late(fair: Market) -> None:
    site = fair.supplier("anna")
    site.fault("lost_answer", on="create")
    site.fault("not_found", queries=4)
    line = fair.want(seconds=3000)
    fair.buy()
    for seconds in (6, 200, 250, 900):
        fair.later(seconds)
    assert fair.states(line)[0] == "rejected"
    assert swept(fair, "anna").changed == 1
    assert fair.states(line)[0] == "late"
    assert [row.kind for row in Finding.objects.filter(shop_id=fair.shop)] == ["late"]


def test_balances_agree_to_the_cent_and_a_break_is_told_once_with_what_explains_it(fair: Market) -> None:
    site = fair.supplier("anna")
    assert sampled(fair, "anna", 0) == "first"
    line = fair.want(2)
    fair.buy()
    assert sampled(fair, "anna", 1) == "even"
    assert sampled(fair, "anna", 1) == "even"
    # Sent and not ended: what it may have cost explains the difference, and nothing else does.
    site.fault("lost_answer", on="create")
    lost = fair.want()
    fair.buy()
    assert fair.states(lost) == ["unknown"]
    assert sampled(fair, "anna", 2) == "under_way"
    fair.later(6)
    assert sampled(fair, "anna", 3) == "even"
    given_back(site, 0, "16.00")
    assert sampled(fair, "anna", 4) == "broken"
    assert sampled(fair, "anna", 5) == "broken"
    (told,) = events("supply.balance_broken")
    assert (told["difference"], told["currency"]) == ("16", "CNY")
    day = queries.balance_days(fair.shop, fair.ids["anna"])[0]
    assert (day.difference, day.candidates[0].why, day.candidates[0].fits) == (Decimal(16), "refund", True)
    assert day.candidates[0].attempt_id == fair.attempts(line)[0].id
    swept(fair, "anna", 6)
    assert sampled(fair, "anna", 7) == "even"
    found = queries.balance_days(fair.shop, fair.ids["anna"])
    assert [day.state for day in found] == ["even", "broken", "broken", "even", "under_way", "even", "first"]
    assert found[0].refunds == 16
    with pytest.raises(IntegrityError), transaction.atomic():
        rows("UPDATE supply_balance_day SET said = 1, expected = 1, opening = 1 RETURNING 1")


def test_money_moved_by_hand_stands_in_the_books_and_in_the_equation(fair: Market) -> None:
    site = fair.supplier("anna")
    sampled(fair, "anna", 0)
    common = {"shop_id": fair.shop, "supplier_id": fair.ids["anna"], "shop_currency": "CNY", "actor": "test"}
    key, bank = uuid4(), fair.balance("1002:bank:manual")
    for _ in range(2):
        record_movement(kind="top_up", amount=Decimal("50"), key=key, note="", now=utc_now(), **common)
    record_movement(kind="withdrawal", amount=Decimal("20"), key=uuid4(), note="", now=utc_now(), **common)
    record_movement(kind="correction", amount=Decimal("-0.50"), key=uuid4(), note="手续费", now=utc_now(), **common)
    for kind, amount, note in (("correction", "1", " "), ("top_up", "-1", ""), ("top_up", "0", ""), ("gift", "1", "")):
        with pytest.raises(MovementInvalid):
            record_movement(kind=kind, amount=Decimal(amount), key=uuid4(), note=note, now=utc_now(), **common)
    assert fair.prepaid("anna") == 102_950
    assert (fair.balance("6701:writeoff"), fair.balance("1002:bank:manual") - bank) == (50, -3_000)
    site.topup("29.50")
    assert sampled(fair, "anna", 1) == "even"
    (day, _first) = queries.balance_days(fair.shop, fair.ids["anna"])
    assert (day.top_ups, day.corrections) == (Decimal(30), Decimal("-0.5"))
    seen = account(fair, "anna")
    assert (seen.prepaid, seen.held, seen.payable.amount_minor, seen.claimed.amount_minor) == (
        Decimal("1029.50"), 0, 0, 0,
    )  # fmt: skip
    assert (seen.said, seen.difference) == (Decimal("1029.5"), 0)


def test_a_low_balance_rings_once_a_fall(fair: Market) -> None:
    fair.supplier("anna", paid=4_000)
    supplier = Supplier.objects.filter(shop_id=fair.shop, id=fair.ids["anna"])

    def look() -> int:
        return watch_balance(shop_id=fair.shop, supplier_id=fair.ids["anna"], now=utc_now())

    assert look() == 0
    supplier.update(low_balance=Decimal(30))
    assert look() == 0
    fair.want(2)
    fair.buy()
    assert [look(), look()] == [2, 0]
    said, books = events("supply.balance_low")
    assert (said["which"], said["left"], said["mark"], said["lasts_days"]) == ("said", "24", "30", 1)
    assert (books["which"], books["crossing"]) == ("books", 1)
    assert account(fair, "anna").is_low
    fair.top_up("anna", 10_000)
    assert look() == 0
    assert not Bell.objects.get(shop_id=fair.shop, which="said").armed
    assert Bell.objects.get(shop_id=fair.shop, which="books").armed


def test_the_daily_round_samples_and_asks_by_itself(fair: Market) -> None:
    site = fair.supplier("anna")
    fair.want()
    fair.buy()
    given_back(site, 0, "8.00")
    at = span_of(today(), TODAY, 0)[1] + timedelta(minutes=1)
    fair.to((at - utc_now()).total_seconds())
    common = {"shop_id": fair.shop, "supplier_id": fair.ids["anna"]}
    assert keep_accounts(now=at) == 1
    assert keep_account(**common, now=at + timedelta(minutes=20)) == 0
    assert sweep_due(now=at) == 0
    (sweep,) = queries.sweep_days(fair.shop, fair.ids["anna"])
    assert (sweep.day, sweep.asked, sweep.refunds) == (today(), 1, 1)
    assert SweepDay.objects.get(shop_id=fair.shop).next_at == span_of(today(), TODAY, 0)[1] + timedelta(days=1)


@given(st.lists(st.integers(1, 50), max_size=8), st.integers(-60, 400))
@settings(max_examples=60, deadline=None)
def test_what_is_under_way_explains_exactly_the_sums_of_some_of_it(costs: list[int], missing: int) -> None:
    sums = {0}
    for cost in costs:
        sums |= {one + cost for one in sums}
    assert explains([Decimal(cost) for cost in costs], Decimal(missing)) == (missing in sums)


@given(st.integers(0, 365 * 86_400), st.integers(0, 1439))
@settings(max_examples=60, deadline=None)
def test_every_instant_lies_in_one_day(seconds: int, cutoff: int) -> None:
    at = datetime.fromtimestamp(1_767_225_600 + seconds, UTC)
    day = day_of(at, TODAY, cutoff)
    start, end = span_of(day, TODAY, cutoff)
    assert start <= at < end
    assert end - start == timedelta(days=1)
    assert span_of(day + timedelta(days=1), TODAY, cutoff)[0] == end


def test_rounds_end_with_their_window() -> None:
    end = span_of(date(2026, 3, 1), TODAY, 0)[1]
    at, found = end, []
    while (following := next_round(until_at=end, found_days=30, now=at)) is not None:
        found.append((following - end) / timedelta(days=1))
        at = following
    assert found[:6] == [1, 2, 3, 4, 5, 6]
    assert found[-1] == 28.75
    assert next_round(until_at=end, found_days=1, now=end) is None
