"""Where no guard of theirs keeps a price from rising: bought from on the operator's word only, with a budget a day."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from goodfor.supply import queries
from goodfor.supply.errors import SupplierInvalid
from goodfor.supply.models import Supplier
from goodfor.supply.operations import begin_attempt, carry_out
from goodfor.supply.operations.connect_supplier import Connection, Contract, reconnect_supplier
from goodfor.supply.operations.set_offers import set_route
from goodfor.supply.purchase_models import Day
from goodfor.supply.replaying import Past, replay
from goodfor.supply.routing import Candidate, Pick, Wanted, choose
from goodfor.supply.tests.market import ITEM, Market, rows, spent
from goodfor.supply.types import TrialDraft
from goodfor.supply.watching import costs_of

WANTED = Wanted(UUID(int=1), 2, 1_050, 0, 2, "storefront", "code")
ONE = Candidate(
    offer_id=UUID(int=2), item_ref=UUID(int=3), supplier_id=UUID(int=4), supplier="s", protocol="dujiao", item_id="1",
    variant="", kind="code", cost=Decimal("10.20"), currency="CNY", rate=Decimal(1), enabled=True, state="on",
    stock_word="unlimited", stock=None, least=1, most=None, multiple=1, guardless=True, surprise_left=1_000,
)  # fmt: skip


def judged(one: Candidate, wanted: Wanted = WANTED) -> Pick | str:
    choice = choose(wanted, [one], 0)
    return choice.picks[0] if choice.picks else choice.why_not[one.offer_id]


def test_who_has_no_guard_is_bought_from_with_a_budget_only() -> None:
    assert judged(replace(ONE, surprise_left=None)) == "unguarded"
    assert judged(replace(ONE, surprise_left=0)) == "surprise"
    assert judged(replace(ONE, surprise_left=-5, cost=Decimal(1))) == "surprise", "spent, whatever this one risks"
    assert isinstance(judged(replace(ONE, surprise_left=None, guardless=False)), Pick)


def test_what_a_rise_would_lose_must_be_left_of_the_day() -> None:
    # Two at 10.20 may cost 21.00; five per cent more is 21.42.
    pick = judged(ONE)
    assert isinstance(pick, Pick)
    assert (pick.room_minor, pick.exposed_minor, pick.max_cost) == (2_100, 42, Decimal(21))
    assert isinstance(judged(replace(ONE, surprise_left=42)), Pick)
    assert judged(replace(ONE, surprise_left=41)) == "surprise"
    cheap, guarded = judged(replace(ONE, cost=Decimal(10))), judged(replace(ONE, guardless=False))
    assert isinstance(cheap, Pick)
    assert isinstance(guarded, Pick)
    assert (cheap.exposed_minor, guarded.exposed_minor) == (0, 0), "far enough from the floor, and guarded"
    foreign = judged(replace(ONE, cost=Decimal("1.02"), rate=Decimal(10)))
    assert isinstance(foreign, Pick)
    assert (foreign.room_minor, foreign.exposed_minor) == (2_100, 42)
    # What is sold at a loss on purpose is the route's to count; a rise beyond it is a surprise.
    loss = judged(replace(ONE, cost=Decimal(11)), replace(WANTED, loss_left_minor=100))
    assert isinstance(loss, Pick)
    assert (loss.loss_minor, loss.room_minor, loss.exposed_minor) == (100, 2_200, 110)


def test_prices_follow_and_trials_choose_whatever_was_spent_today() -> None:
    spent_up = replace(ONE, surprise_left=0)
    assert costs_of([spent_up], 2) is not None
    assert costs_of([replace(ONE, surprise_left=None)], 2) is None, "nobody buys there"
    past = Past(UUID(int=1), UUID(int=9), 2, 1_050, 2, "storefront", "code", 0, 0, True, {})
    assert [pick.candidate for pick in replay(past, [spent_up], TrialDraft()).picks]
    assert not replay(past, [replace(ONE, surprise_left=None)], TrialDraft()).picks


def at_dujiao(fair: Market, budget: int | None, *, cost: str = "47.00") -> Any:
    contract = Contract(surprise_minor=budget)
    return fair.supplier("dora", protocol="dujiao", cost=Decimal(cost), contract=contract)


def rising(monkeypatch: pytest.MonkeyPatch, rise: Callable[[], object]) -> None:
    """Between the question and the order."""
    asked = carry_out.ask_price

    def ask_then_rise(*args: Any) -> Any:
        told = asked(*args)
        rise()
        return told

    monkeypatch.setattr(carry_out, "ask_price", ask_then_rise)


def used(fair: Market) -> int:
    row = Day.objects.filter(shop_id=fair.shop, key=fair.ids["dora"]).first()
    return row.used if row else 0


def test_a_price_that_rises_after_the_question_counts_once(fair: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    site = at_dujiao(fair, 200)
    set_route(shop_id=fair.shop, sku_id=fair.sku, floor_minor=100, actor="test", now=fair.now)
    rising(monkeypatch, lambda: (site.change(ITEM, cost="49.60"), used_while.append(used(fair))))
    used_while: list[int] = []
    line = fair.want()
    fair.buy()
    # 47.50 leaves the floor; five per cent above 47.00 is 1.85 more than that. Then it was 49.60.
    (attempt,) = fair.attempts(line)
    assert (attempt.state, attempt.charged, used_while) == ("delivered", Decimal("49.60"), [185])
    assert (attempt.exposed_minor, used(fair)) == (210, 210)
    fair.later(300)
    assert used(fair) == 210, "whatever is told again"
    sheet = queries.supplier_sheet(fair.shop, fair.ids["dora"], fair.at)
    assert (sheet.contract.surprise_minor, sheet.surprise_used_minor) == (200, 210)
    # Spent: nobody buys there today, at whatever price, and it is not offered.
    site.change(ITEM, cost="10.00")
    fair_item = fair.item("dora")
    type(fair_item).objects.filter(shop_id=fair.shop, id=fair_item.id).update(cost=10)
    assert queries.buyable(fair.shop, [fair.sku], fair.at) == {}
    again = fair.want()
    fair.buy()
    assert (fair.wants(again)[0].state, fair.wants(again)[0].reason, fair.states(again)) == ("failed", "surprise", [])
    assert spent(site) == Decimal("49.60")


def test_what_ends_without_goods_gives_it_back(fair: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    # 48.00 may cost 48.50; five per cent more is 1.90 too much.
    site = at_dujiao(fair, 379, cost="48.00")
    used_while: list[int] = []
    rising(monkeypatch, lambda: used_while.append(used(fair)))
    site.fault("refuse", why="stock", on="create")
    line = fair.want()
    fair.buy()
    (attempt,) = fair.attempts(line)
    assert (attempt.state, attempt.exposed_minor, used_while, used(fair)) == ("rejected", 0, [190], 0)
    rows("DELETE FROM supply_breaker RETURNING 1")
    # While one is under way, a second one risks more than is left: the day's count itself says so.
    first, second = fair.wants(fair.want())[0], fair.wants(fair.want())[0]
    begun = begin_attempt.begin_attempt(shop_id=fair.shop, want_id=first.id, now=fair.at)
    assert begun is not None
    known = begin_attempt.candidates
    monkeypatch.setattr(begin_attempt, "candidates", lambda **more: [
        replace(one, surprise_left=379) for one in known(**more)
    ])  # fmt: skip
    assert begin_attempt.begin_attempt(shop_id=fair.shop, want_id=second.id, now=fair.at) is None
    second.refresh_from_db()
    assert (second.reason, used(fair), fair.prepaid("dora")) == ("surprise", 190, 100_000)
    assert carry_out.carry_out(begun, fair.at) == "delivered"
    assert (used(fair), fair.prepaid("dora")) == (0, 100_000 - 4_800)


def test_nothing_said_nothing_bought(fair: Market) -> None:
    site = at_dujiao(fair, None)
    assert queries.buyable(fair.shop, [fair.sku], fair.at) == {}
    line = fair.want()
    fair.buy()
    assert (fair.wants(line)[0].reason, fair.states(line), spent(site)) == ("unguarded", [], 0)
    row = Supplier.objects.get(shop_id=fair.shop, id=fair.ids["dora"])
    wanted = Connection(row.protocol, row.code, row.name, row.currency, row.config)
    told: dict[str, Any] = {
        "shop_id": fair.shop, "supplier_id": row.id, "wanted": wanted, "shop_currency": "CNY", "actor": "test",
        "now": fair.now,
    }  # fmt: skip
    with pytest.raises(SupplierInvalid):
        reconnect_supplier(contract=Contract(surprise_minor=-1), **told)
    reconnect_supplier(contract=Contract(surprise_minor=5_000), **told)
    assert fair.sku in queries.buyable(fair.shop, [fair.sku], fair.at)
    line = fair.want()
    fair.buy()
    assert (fair.states(line), used(fair)) == (["delivered"], 0)
