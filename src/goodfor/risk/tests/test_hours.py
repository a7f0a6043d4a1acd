"""Hours are counted once, as the rows say it; what was not counted yet is read."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from goodfor.identity.operations.create_shop import create_shop
from goodfor.risk import pipeline, watch_queries, watch_sql, wiring
from goodfor.risk.hour_models import Hour, HourFold
from goodfor.risk.keys import keys_of
from goodfor.risk.operations import assess, note
from goodfor.risk.operations import fold_hours as folding
from goodfor.risk.operations.fold_hours import fold_hours, hour_of
from goodfor.risk.pieces import Pieces
from goodfor.risk.tests.engine import HOUR, FixedModel, FixedRules, Verdict, act_of, hit_of, sql
from goodfor.risk.tests.rule_world import SAYS, World, open_world
from goodfor.risk.types import Decision, KeyKind, Outcome, Result, Scene

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def noon(now: datetime, monkeypatch: pytest.MonkeyPatch) -> datetime:
    """A full hour; nothing is held instead of denied by chance, and nothing is remembered."""
    monkeypatch.setattr(pipeline, "SAMPLED", 0)
    return hour_of(now)


@pytest.fixture
def world(db: None, noon: datetime) -> World:
    return open_world(noon)


def judged(
    shop: UUID, at: datetime, outcome: Outcome = Outcome.ALLOW, scene: Scene = Scene.ORDER, **given: Any
) -> Decision:
    """A decision that ends so; `hit`: the rule that says it."""
    hit = given.pop("hit", None) or hit_of(outcome)
    with wiring.replaced(Pieces(rules=FixedRules(Verdict(hits=(hit,))))):
        return assess(act_of(shop, at, scene, **given))


def raw(shop: UUID) -> dict[tuple[Any, ...], tuple[int, int]]:
    """How many decisions there are of each hour, scene and outcome, and for how much, without the causes."""
    rows = sql(
        "SELECT date_trunc('hour', d.at), d.scene, d.outcome, count(*),"
        " sum(CASE WHEN d.outcome = 'allow' THEN 0 ELSE e.amount_minor END)"
        " FROM risk_decision d JOIN risk_event e ON e.decision_id = d.id AND e.result = 0"
        " WHERE d.shop_id = %s GROUP BY 1, 2, 3", [shop],
    )  # fmt: skip
    return {tuple(key): (count, int(amount)) for *key, count, amount in rows}


def stored(shop: UUID) -> dict[tuple[Any, ...], tuple[int, int]]:
    """The same of the hours that were counted."""
    found: dict[tuple[Any, ...], tuple[int, int]] = {}
    for row in Hour.objects.filter(shop_id=shop):
        key = (row.hour, row.scene, row.outcome)
        count, amount = found.get(key, (0, 0))
        found[key] = (count + row.count, amount + row.amount_minor)
    return found


def test_hours_are_counted_as_the_rows_say(world: World, noon: datetime) -> None:
    other = create_shop(code="other", name="店", currency="CNY", actor="test", now=noon).id
    for n in range(40):
        at = noon - 30 * HOUR + n * 45 * MINUTE
        judged(world.shop_id, at, [*Outcome][n % 5], [Scene.ORDER, Scene.PAY][n % 2], amount_minor=100 + n)
    judged(other, noon - 2 * HOUR, Outcome.DENY, amount_minor=5)
    while fold_hours(now=noon + 11 * MINUTE):
        pass
    assert stored(world.shop_id) == raw(world.shop_id)
    assert stored(other) == {(noon - 2 * HOUR, 5, "deny"): (1, 5)}
    assert set(HourFold.objects.values_list("until", flat=True)) == {noon}
    # Again it changes nothing, and an hour that is not over long enough waits.
    before = sql("SELECT h::text FROM risk_hour h ORDER BY 1")
    judged(world.shop_id, noon + MINUTE)
    assert fold_hours(now=noon + HOUR + 9 * MINUTE) == 0
    assert sql("SELECT h::text FROM risk_hour h ORDER BY 1") == before
    assert fold_hours(now=noon + HOUR + 10 * MINUTE) == 2
    assert stored(world.shop_id) == raw(world.shop_id)


def test_two_at_once_count_an_hour_once(world: World, noon: datetime) -> None:
    judged(world.shop_id, noon - HOUR, Outcome.DENY)
    assert folding._fold(world.shop_id, None, noon) == 1
    # Who was slower saw what was there before.
    assert folding._fold(world.shop_id, None, noon) == 0
    assert stored(world.shop_id) == raw(world.shop_id)


def test_old_hours_go(world: World, noon: datetime) -> None:
    Hour.objects.create(
        shop_id=world.shop_id, hour=noon - timedelta(days=401), scene=5, outcome="deny", cause="list", count=1,
        amount_minor=1, failing=0, sampled=0,
    )  # fmt: skip
    fold_hours(now=noon + 11 * MINUTE)
    assert Hour.objects.filter(shop_id=world.shop_id).count() == 0


def test_a_page_reads_the_same_before_and_after_counting(world: World, noon: datetime) -> None:
    now = noon + 20 * MINUTE
    for minutes, outcome in ((0, Outcome.ALLOW), (5, Outcome.DENY), (70, Outcome.DENY), (130, Outcome.HOLD)):
        judged(world.shop_id, now - minutes * MINUTE, outcome, amount_minor=700)
    since = noon - 23 * HOUR
    live = watch_queries.watched(world.shop_id, since=since, now=now)
    assert live.missing is None
    assert sum(cell.count for cell in live.cells) == 4
    while fold_hours(now=now):
        pass
    counted = watch_queries.watched(world.shop_id, since=since, now=now)
    assert sorted(map(str, counted.cells)) == sorted(map(str, live.cells))
    # An hour ago is no full hour: nothing of it is lost.
    hour = watch_queries.watched(world.shop_id, since=now - HOUR, now=now)
    assert sum(cell.count for cell in hour.cells) == 2
    assert watch_queries.watched(uuid4(), since=since, now=now).cells == ()


def test_it_says_what_is_missing(world: World, noon: datetime) -> None:
    judged(world.shop_id, noon - 10 * HOUR, Outcome.DENY)
    found = watch_queries.watched(world.shop_id, since=noon - 23 * HOUR, now=noon)
    assert (found.cells, found.missing) == ((), noon - 3 * HOUR)
    while fold_hours(now=noon + 11 * MINUTE):
        pass
    found = watch_queries.watched(world.shop_id, since=noon - 23 * HOUR, now=noon)
    assert (sum(cell.count for cell in found.cells), found.missing) == (1, None)


def test_each_counts_under_its_strongest_reason(world: World, noon: datetime) -> None:
    rule = world.live()
    version = rule.version
    assert version is not None
    hit = hit_of(Outcome.DENY, rule.code, rule_id=rule.id, version=version.number)
    shop = world.shop_id
    judged(shop, noon, hit=hit)
    judged(shop, noon, hit=hit_of(Outcome.DENY, "nobody-knows"))
    judged(shop, noon)
    with wiring.replaced(Pieces(rules=FixedRules(Verdict(block=object())))):
        assess(act_of(shop, noon))
    with wiring.replaced(Pieces(rules=FixedRules(Verdict(hits=(hit,))), model=FixedModel(0.98))):
        # Denied by both: the score is asked before rules that are not hard.
        assess(act_of(shop, noon))
    with wiring.replaced(Pieces(model=FixedModel(2.0))):
        assess(act_of(shop, noon))
    cells = watch_queries.watched(shop, since=noon, now=noon + MINUTE).cells
    assert {cell.cause: cell.count for cell in cells} == {
        SAYS.threat: 1, watch_sql.OTHER: 1, "": 1, watch_sql.LIST: 1, watch_sql.MODEL: 1, watch_sql.FAILING: 1,
    }  # fmt: skip
    assert sum(cell.failing for cell in cells) == 1


def test_who_is_stopped_again_and_again(world: World, noon: datetime) -> None:
    shop = world.shop_id
    for n in range(5):
        judged(shop, noon + n * MINUTE, Outcome.DENY if n else Outcome.HOLD, buyer=f"buyer:{n}", device="")
    judged(shop, noon, Outcome.ALLOW)
    judged(uuid4(), noon, Outcome.DENY)
    found = watch_queries.top_keys(shop, since=noon, until=noon + HOUR)
    keys = keys_of(act_of(shop, noon))
    assert {(one.kind, one.key) for one in found} == {
        (kind, keys[kind]) for kind in KeyKind if kind not in (KeyKind.BUYER, KeyKind.DEVICE)
    }
    assert {(one.stopped, one.denied, one.last_at) for one in found} == {(5, 4, noon + 4 * MINUTE)}
    assert watch_queries.top_keys(shop, since=noon + HOUR, until=noon + 2 * HOUR) == []


def test_the_honest_pass_a_challenge(world: World, noon: datetime) -> None:
    """Asked, then asked again with the proof in hand and let through: one person, who passed."""
    shop = world.shop_id
    for n, good in ((1, True), (2, False), (3, None)):
        judged(shop, noon, Outcome.CHALLENGE, Scene.SIGN_IN, device=f"d{n}")
        if good is not None:
            again = judged(shop, noon + MINUTE, Outcome.CHALLENGE, Scene.SIGN_IN, device=f"d{n}")
            act = act_of(shop, noon + 2 * MINUTE, Scene.SIGN_IN, device=f"d{n}")
            note(act, Result.GOOD if good else Result.BAD, again.id)
    found = watch_queries.passed(shop, since=noon, until=noon + HOUR)
    assert (found.asked, found.passed, found.read) == (3, 1, 5)
    assert found.share == pytest.approx(1 / 3)
    assert watch_queries.passed(uuid4(), since=noon, until=noon + HOUR).share is None


def test_latencies_and_parts(world: World, noon: datetime) -> None:
    shop = world.shop_id
    assert watch_queries.latency(shop, since=noon, until=noon + HOUR).p50 is None
    for _ in range(9):
        judged(shop, noon)
    values = sorted(value for (value,) in sql("SELECT latency_us FROM risk_decision WHERE shop_id = %s", [shop]))
    found = watch_queries.latency(shop, since=noon, until=noon + HOUR)
    assert (found.read, found.p50, found.p99) == (
        9, timedelta(microseconds=values[4]), timedelta(microseconds=values[8])
    )  # fmt: skip
    with wiring.replaced(Pieces(model=FixedModel(2.0))):
        assess(act_of(shop, noon))
    assert [(one.part, one.count) for one in watch_queries.failed_parts(shop, since=noon, until=noon + HOUR)] == [
        ("model", 1)
    ]
