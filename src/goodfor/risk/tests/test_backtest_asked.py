"""Backtests that somebody asks for: worked out a slice at a time, equal to a count by hand, and then saved from."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, transaction

from goodfor.kernel import invariants
from goodfor.risk import backtest as backtest_module
from goodfor.risk import backtest_queries, rule_queries
from goodfor.risk.backtest_forms import digest_of, read_says, written_says
from goodfor.risk.backtest_queries import backtest
from goodfor.risk.errors import (
    BacktestNotDone,
    BacktestNotFound,
    BadExpression,
    InvalidBacktest,
    InvalidRule,
    RuleChanged,
    RuleNotFound,
    TooManyBacktests,
)
from goodfor.risk.operations import walk_backtests as walking
from goodfor.risk.operations.approve import approve
from goodfor.risk.operations.label import label
from goodfor.risk.operations.save_draft import save_draft
from goodfor.risk.operations.save_tried import save_tried
from goodfor.risk.operations.start_backtest import start_backtest
from goodfor.risk.operations.submit_rule import set_state
from goodfor.risk.operations.walk_backtests import walk_backtest, walk_backtests
from goodfor.risk.rule_invariants import RULE_INVARIANTS
from goodfor.risk.rule_types import Week
from goodfor.risk.tests import rule_world
from goodfor.risk.tests.rule_world import RULE_TABLES, SAYS, World, dump, open_world, sql
from goodfor.risk.types import KeyKind, Outcome, Scene

world = rule_world.world
DAY = timedelta(days=1)
FIRST = datetime(2025, 10, 6, tzinfo=UTC)
TABLES = (*RULE_TABLES, "risk_backtest")


def ask(world: World, says: Any = SAYS, **more: Any) -> UUID:
    """By Anna, of everything."""
    given = {"code": "big-order", "since": FIRST - DAY, "until": world.now, "actor": world.anna, "now": world.now}
    return start_backtest(shop_id=world.shop_id, says=says, **(given | more))


def through(world: World, backtest_id: UUID) -> None:
    """To its end; the last slice says that there is no more."""
    while walk_backtest(shop_id=world.shop_id, backtest_id=backtest_id, now=world.now):
        pass


def test_all_of_a_rule_is_kept() -> None:
    for says in (SAYS, replace(SAYS, outcome=Outcome.DENY, hold_minutes=0, hard=True, quarantine_days=3,
                               quarantine_by=KeyKind.DEVICE, scenes=(Scene.PAY, Scene.ORDER))):  # fmt: skip
        assert read_says(written_says(says)) == says
    assert digest_of(" a > 1 ", ["pay", "order"]) == digest_of("a > 1", [Scene.ORDER, Scene.PAY])
    assert digest_of("a > 1", ["pay"]) != digest_of("a > 1", ["order"])


def test_figures_equal_a_count_by_hand(world: World) -> None:
    """Every sort, some of each, and every one that is counted is a decision that can be looked at."""
    wanted: dict[str, list[UUID]] = {"caught": [], "annoyed": [], "young": [], "": []}
    caught_minor = annoyed_minor = 0
    for number in range(60):
        amount = 40_000 + number * 500
        at = FIRST + number * timedelta(hours=37)
        one = world.decided({"amount_minor": amount}, at)
        known = {0: True, 1: False}.get(number % 4)
        if known is not None:
            label(shop_id=world.shop_id, bad=known, source="chargeback", known_at=at + DAY, by="system",
                  now=world.now + 365 * DAY, decision_id=one)  # fmt: skip
        if amount < 50_000:
            sort = ""
        elif known is not None and at + DAY <= world.now:
            sort = "caught" if known else "annoyed"
        else:
            sort = "annoyed" if at <= world.now - 60 * DAY else "young"
        if at < world.now:
            wanted[sort].append(one)
            caught_minor += amount if sort == "caught" else 0
            annoyed_minor += amount if sort == "annoyed" else 0
    open_world(world.now, "other").decided({"amount_minor": 90_000}, FIRST)
    made = ask(world)
    assert backtest(world.shop_id, made).state == "waiting"
    assert walk_backtest(shop_id=world.shop_id, backtest_id=made, now=world.now)
    half = backtest(world.shop_id, made)
    assert (half.state, half.done) == ("running", 1 / 16)
    through(world, made)
    told = backtest(world.shop_id, made)
    assert (told.state, told.done, told.ended_at) == ("done", 1.0, world.now)
    total = told.total
    counted = (total.decisions, total.fitted, total.caught, total.annoyed, total.young)
    by_hand = tuple(len(wanted[sort]) for sort in ("caught", "annoyed", "young"))
    assert counted == (sum(map(len, wanted.values())), sum(by_hand), *by_hand)
    assert (total.caught_minor, total.annoyed_minor) == (caught_minor, annoyed_minor)
    assert sum(week.fitted for week in told.weeks) == total.fitted
    assert len(told.examples) == min(10, sum(by_hand))
    assert {one.decision_id for one in told.examples} <= {one for ids in wanted.values() for one in ids}
    for one in told.examples:
        assert one.decision_id in wanted[one.sort]
    for sort in ("caught", "annoyed", "young"):
        shown = [one.decision_id for one in told.examples if one.sort == sort]
        assert shown == list(reversed(wanted[sort]))[: len(shown)], sort
    assert {one.name: 1 for one in RULE_INVARIANTS if not invariants.run(one, world.now).ok} == {}


def test_nothing_is_nothing(world: World) -> None:
    made = ask(world)
    assert walk_backtests(now=world.now) == 0
    told = backtest(world.shop_id, made)
    assert (told.state, told.done, told.weeks, told.examples, told.total.decisions) == ("done", 1.0, (), (), 0)


def test_a_loop_does_all_and_what_breaks_holds_up_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        world.decided({"amount_minor": 90_000}, FIRST + number * DAY)
    first, second = ask(world, replace(SAYS, text="quantity > 1")), ask(world)
    real = walking.slice_weeks

    def broken(expression: Any, *rest: Any) -> list[Week]:
        if "quantity" in expression.names:
            raise DatabaseError("no")
        return real(expression, *rest)

    monkeypatch.setattr(walking, "slice_weeks", broken)
    walk_backtests(now=world.now)
    told = backtest(world.shop_id, first)
    assert (told.state, told.problem) == ("broken", "DatabaseError")
    assert (backtest(world.shop_id, second).state, backtest(world.shop_id, second).total.fitted) == ("done", 5)
    with pytest.raises(BacktestNotDone):
        save_tried(shop_id=world.shop_id, backtest_id=first, to="draft", actor=world.anna, now=world.now)


def test_shares_fill_up() -> None:
    def spot(*counts: int) -> backtest_module.Spot:
        return backtest_module.Spot(FIRST, FIRST, *counts)

    for spots, most, wanted in (
        ([spot(9, 9, 9)], 10, [4, 3, 3]), ([spot(1, 0, 0), spot(0, 0, 50)], 10, [1, 0, 9]), ([], 10, [0, 0, 0]),
        ([spot(0, 3, 0)], 10, [0, 3, 0]),
    ):  # fmt: skip
        assert list(backtest_module._shares(spots, most).values()) == wanted


@pytest.mark.parametrize(
    ("change", "more", "error"),
    [
        ({"text": "amout > 3"}, {}, BadExpression), ({"text": ""}, {}, BadExpression),
        ({"name": ""}, {}, InvalidRule), ({"text": 'in_list("x", buyer)'}, {}, InvalidRule),
        ({}, {"code": "Big"}, InvalidRule), ({}, {"code": ""}, InvalidRule), ({}, {"rule_id": uuid4()}, RuleNotFound),
        ({}, {"until": FIRST - 2 * DAY}, InvalidBacktest), ({}, {"since": FIRST - 2000 * DAY}, InvalidBacktest),
    ],
)  # fmt: skip
def test_what_cannot_be_saved_is_not_tried(
    world: World, change: dict[str, Any], more: dict[str, Any], error: Any
) -> None:
    before = dump(*TABLES)
    with pytest.raises(error):
        ask(world, replace(SAYS, **change), **more)
    with pytest.raises(InvalidBacktest):
        ask(world, until=world.now + DAY)
    assert dump(*TABLES) == before


def test_a_shop_asks_for_three_at_a_time(world: World) -> None:
    for _ in range(3):
        ask(world)
    before = dump(*TABLES)
    with pytest.raises(TooManyBacktests):
        ask(world)
    assert dump(*TABLES) == before
    other = open_world(world.now, "other")
    ask(other)
    with pytest.raises(BacktestNotFound):
        backtest(other.shop_id, backtest_queries.backtests(world.shop_id)[0].id)
    with pytest.raises(BacktestNotFound):
        save_tried(
            shop_id=other.shop_id, backtest_id=backtest_queries.backtests(world.shop_id)[0].id, to="draft",
            actor=other.anna, now=world.now,
        )  # fmt: skip


def test_from_the_trial_to_counting_with_the_same_figures(world: World) -> None:
    world.decided({"amount_minor": 90_000}, FIRST)
    made = ask(world)
    with pytest.raises(BacktestNotDone):
        save_tried(shop_id=world.shop_id, backtest_id=made, to="draft", actor=world.anna, now=world.now)
    through(world, made)
    wish = {"shop_id": world.shop_id, "backtest_id": made, "actor": world.anna, "now": world.now}
    saved = save_tried(to="draft", **wish)
    assert (saved.version, saved.change) == (1, None)
    # Again from the same page: no other rule, no other version.
    again = save_tried(to="shadow", **wish)
    assert (again.rule_id, again.version) == (saved.rule_id, 1)
    assert again.change is not None
    assert again.change.done
    asked = save_tried(to="percent", percent=20, reason="先试两成", **wish)
    assert asked.change is not None
    assert not asked.change.done
    assert asked.change.proposal_id is not None
    waits = rule_queries.proposal(world.shop_id, asked.change.proposal_id)
    assert waits.wanted["backtest"] == str(made)
    approve(shop_id=world.shop_id, proposal_id=waits.id, actor=world.bert, now=world.now)
    rule = rule_queries.rule(world.shop_id, saved.rule_id)
    assert (rule.state, rule.percent) == ("percent", 20)
    # What was tried of the text that counts goes along wherever it is asked for.
    later = set_state(shop_id=world.shop_id, rule_id=rule.id, state="live", actor=world.bert, now=world.now)
    assert later.proposal_id is not None
    assert rule_queries.proposal(world.shop_id, later.proposal_id).wanted["backtest"] == str(made)


def test_another_version_is_tried_against_the_newest(world: World) -> None:
    rule = world.draft()
    made = ask(world, replace(SAYS, text="amount_minor > 1"), rule_id=rule.id, latest=1)
    through(world, made)
    save_draft(shop_id=world.shop_id, rule_id=rule.id, says=replace(SAYS, text="amount_minor > 2"), actor=world.bert,
               now=world.now)  # fmt: skip
    before = dump(*TABLES)
    with pytest.raises(RuleChanged):
        save_tried(shop_id=world.shop_id, backtest_id=made, to="draft", actor=world.anna, now=world.now)
    assert dump(*TABLES) == before


@pytest.mark.parametrize(
    "statement",
    ["UPDATE risk_backtest SET says = '{}'", "UPDATE risk_backtest SET sums = '[]'",
     "UPDATE risk_backtest SET examples = '[]'", "UPDATE risk_backtest SET digest = 'x'",
     "UPDATE risk_backtest SET as_of = as_of + interval '1 day'"],
)  # fmt: skip
def test_figures_stay_what_they_are(world: World, statement: str) -> None:
    world.decided({"amount_minor": 90_000}, FIRST)
    through(world, ask(world))
    before = dump(*TABLES)
    with pytest.raises(DatabaseError), transaction.atomic():
        sql(statement)
    assert dump(*TABLES) == before
