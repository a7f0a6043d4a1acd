"""Rules tried on what was decided: exact figures, equal to live evaluation; precision by week; shadow beside live."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from goodfor.risk.backtest import Span, backtest, run, sample_check
from goodfor.risk.operations.label import label
from goodfor.risk.precision import Record, compare, precision
from goodfor.risk.rule_reading import read
from goodfor.risk.rule_types import Week
from goodfor.risk.tests import rule_world
from goodfor.risk.tests.rule_world import World
from goodfor.risk.types import Scene

world = rule_world.world
#: A Monday.
FIRST = datetime(2026, 1, 5, tzinfo=UTC)
DAY = timedelta(days=1)
LATER = FIRST + 200 * DAY


def span(world: World, **more: Any) -> Span:
    """Everything, known to the end."""
    given = {"scenes": [Scene.ORDER, Scene.PAY], "since": FIRST - DAY, "until": LATER, "as_of": LATER}
    return Span(world.shop_id, **(given | more))


def known(world: World, bad: bool, at: datetime, **what: Any) -> None:
    """A label."""
    label(shop_id=world.shop_id, bad=bad, source="chargeback", known_at=at, by="system", now=LATER, **what)


def test_figures_are_exact(world: World) -> None:
    big, small = {"amount_minor": 9_000}, {"amount_minor": 100}
    caught = world.decided(big, FIRST, outcome="deny")
    annoyed = world.decided(big, FIRST + DAY)
    world.decided(big, FIRST + 2 * DAY)
    young = world.decided(big, FIRST + 190 * DAY)
    world.decided(small, FIRST + DAY)
    missed = world.decided(small, FIRST + 8 * DAY)
    world.decided({"quantity": 1}, FIRST + 8 * DAY)
    world.decided(big, FIRST, scene=Scene.CLAIM)
    rule_world.open_world(world.now, "other").decided(big, FIRST)
    known(world, True, FIRST + 40 * DAY, decision_id=caught)
    known(world, False, FIRST + 40 * DAY, decision_id=annoyed)
    known(world, True, FIRST + 40 * DAY, decision_id=missed)
    rule = read(world.shop_id, "amount_minor >= 5000")
    told = run(rule, span(world))
    assert told.weeks == (
        Week(FIRST, decisions=4, fitted=3, caught=1, annoyed=2, caught_minor=9_000, annoyed_minor=18_000, bad=1),
        Week(FIRST + 7 * DAY, decisions=2, not_evaluable=1, bad=1),
        Week(FIRST + 189 * DAY, decisions=1, fitted=1, young=1),
    )
    total = told.total
    assert (total.decisions, total.fitted, total.caught, total.annoyed, total.young) == (7, 4, 1, 2, 1)
    assert (total.not_evaluable, total.bad, told.done) == (1, 2, 1.0)
    assert total.precision == 1 / 3
    assert young != caught


def test_what_was_not_known_then_is_not_known(world: World) -> None:
    one = world.decided({"amount_minor": 9_000}, FIRST)
    order = ("order", uuid4())
    two = world.decided({"amount_minor": 7_000}, FIRST, subject=order)
    known(world, False, FIRST + DAY, decision_id=one)
    known(world, True, FIRST + 30 * DAY, decision_id=one)
    known(world, True, FIRST + 20 * DAY, subject=order)
    known(world, False, FIRST + 50 * DAY, decision_id=two)
    rule = read(world.shop_id, "amount_minor >= 5000")

    def at(days: int) -> tuple[int, int, int, int, int]:
        total = run(rule, span(world, as_of=FIRST + days * DAY)).total
        return total.caught, total.annoyed, total.young, total.caught_minor, total.annoyed_minor

    assert at(0) == (0, 0, 2, 0, 0)
    assert at(1) == (0, 1, 1, 0, 9_000)
    assert at(20) == (1, 1, 0, 7_000, 9_000)
    assert at(30) == (2, 0, 0, 16_000, 0)
    assert at(50) == (1, 1, 0, 9_000, 7_000)


def test_it_comes_in_pieces_and_ends(world: World) -> None:
    for number in range(40):
        world.decided({"amount_minor": number}, FIRST + number * DAY)
    rule = read(world.shop_id, "amount_minor >= 20")
    told = list(backtest(rule, span(world), slices=8))
    assert [one.done for one in told] == [number / 8 for number in range(1, 9)]
    assert [one.total.decisions for one in told] == sorted(one.total.decisions for one in told)
    assert (told[-1].total.decisions, told[-1].total.fitted) == (40, 20)
    [nothing] = list(backtest(rule, span(world, since=LATER, until=LATER + DAY)))
    assert (nothing.weeks, nothing.done, nothing.total.decisions) == ((), 1.0, 0)


VALUES: dict[str, list[Any]] = {
    "amount_minor": [0, 1, 4_999, 5_000, 10**9, 0.5, "5000", True, None],
    "quantity": [0, 1, 2, 50, 1e19, None],
    "sku": ["A-1", "a-1", "", "卡", "x" * 200, None],
    "ip_cloud": [True, False, None, 1],
    "night": [True, False, None],
}
TEXTS = (
    "amount_minor >= 5000 and (ip_cloud or quantity > 1)",
    "either(quantity, 7) * 2 > amount_minor / 1000 or not night",
    'sku in ["A-1", "卡"] and known(amount_minor)',
    'starts_with(lower(sku), "a") or length(sku) > 100 or night and not ip_cloud',
    "amount_minor / quantity > 100 and not (night or ip_cloud)",
)


def test_the_database_says_what_the_engine_says(world: World) -> None:
    dice = random.Random(7)
    for number in range(400):
        features = {name: value for name, values in VALUES.items() if (value := dice.choice(values)) is not None}
        world.decided(features, FIRST + number * timedelta(hours=1))
    for text in TEXTS:
        rule = read(world.shop_id, text)
        told = sample_check(rule, span(world))
        assert (told.compared, told.different) == (400, ())
        assert sample_check(rule, span(world), size=20).compared == 20


# -- rules that ran ---------------------------------------------------------------------------------


def hit(rule_id: UUID, live: bool = True) -> dict[str, Any]:
    """As the engine stores one."""
    return {"rule_id": str(rule_id), "code": "r", "version": 1, "outcome": "deny", "live": live, "label": "R0014",
            "hard": False, "hold": None, "cost": 0, "why": "" if live else "shadow"}  # fmt: skip


def test_precision_by_week(world: World) -> None:
    one, two = uuid4(), uuid4()
    amount = {"amount_minor": 1_000}
    for number in range(12):
        bad = world.decided(amount, FIRST + number * timedelta(hours=1), hits=[hit(one), hit(two, live=False)])
        known(world, True, FIRST + DAY, decision_id=bad)
    for number in range(12):
        world.decided(amount, FIRST + 7 * DAY + number * timedelta(hours=1), outcome="deny", hits=[hit(one)])
    world.decided(amount, FIRST + 180 * DAY, hits=[hit(one)])
    world.decided(amount, FIRST)
    found = precision(world.shop_id, since=FIRST, until=LATER, as_of=LATER)
    assert set(found) == {one, two}
    assert [(week.fitted, week.caught, week.annoyed, week.young) for week in found[one].live] == [
        (12, 12, 0, 0), (12, 0, 12, 0), (1, 0, 0, 1),
    ]  # fmt: skip
    assert [week.precision for week in found[one].live] == [1.0, 0.0, None]
    assert found[one].live[0].caught_minor == 12_000
    assert found[one].falling
    assert found[two].live == ()
    assert [week.fitted for week in found[two].shadow] == [12]
    assert not found[two].falling
    assert precision(world.shop_id, since=FIRST, until=LATER, as_of=LATER, rule_id=two) == {two: found[two]}
    assert Record().falling is False


def test_shadow_beside_live(world: World) -> None:
    rule = world.go(world.draft(), "shadow")
    shadow = [hit(rule.id, live=False)]
    amount = {"amount_minor": 1_000}
    let_through = world.decided(amount, FIRST, hits=shadow)
    world.decided(amount, FIRST, hits=shadow)
    stopped = world.decided(amount, FIRST, outcome="deny", hits=[*shadow, hit(uuid4())])
    world.decided(amount, FIRST, outcome="review")
    world.decided(amount, FIRST)
    world.decided(amount, FIRST, scene=Scene.PAY, hits=shadow)
    known(world, True, FIRST + DAY, decision_id=let_through)
    known(world, True, FIRST + DAY, decision_id=stopped)
    told = compare(world.shop_id, rule.id, since=FIRST - DAY, until=LATER, as_of=LATER)
    assert (told.fitted, told.agreed, told.caught_more, told.annoyed_more) == (3, 1, 1, 1)
    assert (told.caught_more_minor, told.annoyed_more_minor) == (1_000, 1_000)
    assert (told.live_caught, told.live_annoyed) == (1, 1)
