"""Every part of the engine failing in turn, in every scene: the scene's policy holds, never a silent allow."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
import structlog
from django.db import connection

from goodfor.risk import failing, hot, queries, wiring
from goodfor.risk.operations import assess
from goodfor.risk.pieces import Partly, Pieces
from goodfor.risk.tests.engine import FixedModel, FixedRules, Verdict, act_of, counted, hit_of, sql
from goodfor.risk.types import Decision, KeyKind, Outcome, Scene, Value

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _warm() -> None:
    """As in a process that judges: tables are read before the first act."""
    wiring.warm()


@pytest.fixture
def shop() -> UUID:
    """A shop; nothing is remembered of its keys."""
    return uuid4()


@pytest.fixture(autouse=True)
def _planned(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if each connection had planned its statements."""
    monkeypatch.setattr(hot, "PLANNING_MS", 0)


@contextmanager
def held(statement: str) -> Iterator[None]:
    """Somebody else holds a lock for as long as the block lasts."""
    params = {k: v for k, v in connection.get_connection_params().items() if k in ("dbname", "user", "host", "port")}
    with psycopg.connect(**params) as other:
        other.execute(statement)
        yield
        other.rollback()


class Broken:
    """Whatever is asked of it, it raises."""

    def hits(self, *args: Any) -> Any:
        raise ZeroDivisionError

    def score(self, *args: Any) -> Any:
        raise ZeroDivisionError

    def reasons(self, *args: Any) -> Any:
        raise ZeroDivisionError

    def __call__(self, *args: Any) -> Any:
        raise ZeroDivisionError


class BadSql(FixedRules):
    """Rules whose statement fails, and with it the transaction."""

    def hits(self, *args: Any) -> Any:
        sql("SELECT 1 / 0")


class Slow(FixedRules):
    """Rules that take their time."""

    def hits(self, *args: Any) -> Any:
        time.sleep(0.35)
        return self.verdict


PARTS: Mapping[str, Pieces] = {
    "enrich": Pieces(enrich=Broken(), model=FixedModel(0.1), rules=FixedRules()),
    "model": Pieces(model=Broken(), rules=FixedRules()),
    "rules": Pieces(rules=Broken(), model=FixedModel(0.1)),
}


def policy(scene: Scene, decision: Decision) -> None:
    """The scene's policy, told and stored."""
    assert decision.outcome is failing.POLICY[scene]
    assert failing.REASON in decision.reasons
    assert (decision.hold is not None) == (decision.outcome is Outcome.HOLD)
    assert (decision.cost > 0) == (decision.outcome is Outcome.CHALLENGE)


@pytest.mark.parametrize("scene", list(Scene))
@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_raises(shop: UUID, now: datetime, part: str, scene: Scene) -> None:
    with wiring.replaced(PARTS[part]), structlog.testing.capture_logs() as logs:
        decision = assess(act_of(shop, now, scene))
    assert decision.failed == (part,)
    policy(scene, decision)
    view = queries.decision(shop, decision.id)
    assert (view.line.outcome, view.line.failed) == (decision.outcome, (part,))
    assert {line["event"] for line in logs} == {"risk_part_failed", "risk_failing"}
    assert all("ZeroDivisionError" in line["error"] for line in logs if line["event"] == "risk_part_failed")
    assert counted() == (1, 1)


def test_what_is_worse_than_the_policy_stays_so(shop: UUID, now: datetime) -> None:
    rules = FixedRules(Verdict(immutable_block="x"))
    with wiring.replaced(Pieces(rules=rules, model=Broken())):
        assert assess(act_of(shop, now)).outcome is Outcome.DENY


def test_statements_of_rules_may_fail_without_the_decision(shop: UUID, now: datetime) -> None:
    with wiring.replaced(Pieces(rules=BadSql())):
        decision = assess(act_of(shop, now))
    assert decision.failed == ("rules",)
    policy(Scene.ORDER, decision)
    found = queries.decision(shop, decision.id)
    assert found.features["buyer_orders_1h"] == 1, "what was counted before stays known"
    assert connection.in_atomic_block is False


def test_a_table_of_addresses_is_missing(shop: UUID, now: datetime) -> None:
    def enrich(act: Any, seen: Any) -> dict[str, Value]:
        raise Partly({"ip_province": "浙江"})

    with wiring.replaced(Pieces(enrich=enrich)):
        decision = assess(act_of(shop, now, Scene.SIGN_IN))
    assert decision.failed == ("enrich",)
    policy(Scene.SIGN_IN, decision)
    assert queries.decision(shop, decision.id).features["ip_province"] == "浙江"


@pytest.mark.parametrize("score", [float("nan"), -0.1, 1.1])
def test_a_score_that_is_none(shop: UUID, now: datetime, score: float) -> None:
    with wiring.replaced(Pieces(model=FixedModel(score))):
        decision = assess(act_of(shop, now))
    assert (decision.failed, decision.score) == (("model",), None)
    policy(Scene.ORDER, decision)


def test_a_model_that_is_not_trained_yet_is_absent(shop: UUID, now: datetime) -> None:
    class Untrained:
        def score(self, *args: Any) -> None:
            return None

        def reasons(self, *args: Any) -> list[dict[str, Any]]:
            return []

    with wiring.replaced(Pieces(model=Untrained())):
        decision = assess(act_of(shop, now))
    assert (decision.outcome, decision.failed) == (Outcome.ALLOW, ())
    assert "model" in decision.absent


def test_a_part_that_is_late(shop: UUID, now: datetime, settings: Any) -> None:
    settings.GOODFOR_RISK_BUDGET_MS = 300
    rules = Slow(Verdict(hits=(hit_of(Outcome.CHALLENGE, "r1"),)))
    with wiring.replaced(Pieces(rules=rules)):
        decision = assess(act_of(shop, now))
    assert decision.failed == ("rules",)
    assert decision.reasons == (failing.REASON, "r1"), "what it said late is not forgotten"
    policy(Scene.ORDER, decision)
    assert counted() == (1, 1)


def test_after_the_time_is_up_nobody_else_is_asked(shop: UUID, now: datetime, settings: Any) -> None:
    def enrich(act: Any, seen: Any) -> dict[str, Value]:
        time.sleep(0.35)
        return {}

    settings.GOODFOR_RISK_BUDGET_MS = 300
    model = FixedModel(0.99)
    with wiring.replaced(Pieces(enrich=enrich, model=model, rules=FixedRules())):
        decision = assess(act_of(shop, now))
    assert decision.failed == ("enrich", "model", "rules")
    assert decision.score is None
    policy(Scene.ORDER, decision)


@pytest.mark.parametrize("scene", [Scene.ORDER, Scene.SIGN_IN, Scene.EXPORT])
def test_the_event_cannot_be_written(shop: UUID, now: datetime, settings: Any, scene: Scene) -> None:
    """Nothing is stored, and the answer comes in time nonetheless."""
    settings.GOODFOR_RISK_BUDGET_MS = 200
    with held("LOCK TABLE risk_event IN ACCESS EXCLUSIVE MODE"):
        began = time.perf_counter()
        decision = assess(act_of(shop, now, scene))
        assert time.perf_counter() - began < 3
    assert (decision.failed, decision.event_id) == (("event",), 0)
    policy(scene, decision)
    assert counted() == (0, 0)
    assert sql("SELECT count(*) FROM risk_entity") == [(0,)]
    assert assess(act_of(shop, now, scene)).failed == (), "the next one finds everything as it was"


def test_velocities_are_late(shop: UUID, now: datetime, settings: Any) -> None:
    assess(act_of(shop, now, Scene.PAY))
    settings.GOODFOR_RISK_BUDGET_MS = 300
    with held("LOCK TABLE risk_entity IN ACCESS EXCLUSIVE MODE"), wiring.replaced(Pieces(rules=FixedRules())):
        decision = assess(act_of(shop, now, Scene.PAY))
    assert decision.failed[0] == "velocities"
    policy(Scene.PAY, decision)
    view = queries.decision(shop, decision.id)
    assert "buyer_paid_24h" not in view.features
    assert counted() == (2, 2)


def test_the_decision_cannot_be_written(shop: UUID, now: datetime, settings: Any) -> None:
    assess(act_of(shop, now, Scene.PAY))
    settings.GOODFOR_RISK_BUDGET_MS = 300
    with held("LOCK TABLE risk_decision IN ACCESS EXCLUSIVE MODE"):
        decision = assess(act_of(shop, now, Scene.PAY))
    assert decision.failed == ("decision",)
    policy(Scene.PAY, decision)
    assert counted() == (2, 1), "the attempt counts nonetheless"


@pytest.mark.parametrize("name", ["risk.event", "risk.velocities"])
def test_statements_that_raise(
    shop: UUID, now: datetime, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:  # fmt: skip
    rows = hot.rows

    def failing_rows(asked: str, text: str, params: Any) -> Any:
        return rows(asked, "SELECT 1 / 0", {}) if asked == name else rows(asked, text, params)

    monkeypatch.setattr(hot, "rows", failing_rows)
    decision = assess(act_of(shop, now))
    assert decision.failed == (name.partition(".")[2],)
    policy(Scene.ORDER, decision)
    assert counted() == ((0, 0) if name == "risk.event" else (1, 1))


def test_a_new_connection_has_time_to_plan(
    shop: UUID, now: datetime, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hot, "PLANNING_MS", 20_000)
    settings.GOODFOR_RISK_BUDGET_MS = 1
    connection.close()

    class Slow(FixedRules):
        def hits(self, *args: Any) -> Any:
            # A quick machine decides within a millisecond: this one takes more.
            sql("SELECT pg_sleep(0.02)")
            return super().hits(*args)

    with wiring.replaced(Pieces(rules=Slow())):
        assert assess(act_of(shop, now)).failed == ()
        assert assess(act_of(shop, now)).failed != (), "and then no longer"


def test_a_limit_that_cannot_be_lifted_goes_with_its_connection(shop: UUID, now: datetime) -> None:
    class Cuts(FixedRules):
        def hits(self, *args: Any) -> Any:
            sql("SELECT pg_terminate_backend(pg_backend_pid())")

    before = sql("SHOW statement_timeout")
    with wiring.replaced(Pieces(rules=Cuts())):
        decision = assess(act_of(shop, now))
    assert set(decision.failed) == {"rules", "decision"}
    policy(Scene.ORDER, decision)
    assert sql("SHOW statement_timeout") == before
    assert assess(act_of(shop, now)).failed == ()


def test_limits_of_time_end_with_the_decision(shop: UUID, now: datetime) -> None:
    before = sql("SHOW statement_timeout") + sql("SHOW synchronous_commit") + sql("SHOW plan_cache_mode")
    assess(act_of(shop, now))
    with wiring.replaced(Pieces(rules=BadSql())):
        assess(act_of(shop, now))
    assert sql("SHOW statement_timeout") + sql("SHOW synchronous_commit") + sql("SHOW plan_cache_mode") == before


def test_the_event_is_seen_by_others_before_anything_is_counted(shop: UUID, now: datetime) -> None:
    seen: list[int] = []

    class Looks(FixedRules):
        def hits(
            self, shop_id: UUID, scene: Scene, snapshot: Any, keys: Mapping[KeyKind, int], now: datetime
        ) -> Verdict:
            params = connection.get_connection_params()
            known = {k: v for k, v in params.items() if k in ("dbname", "user", "host", "port")}
            with psycopg.connect(**known) as other:
                row = other.execute("SELECT count(*) FROM risk_event WHERE shop_id = %s", [shop_id]).fetchone()
            assert row is not None
            seen.append(row[0])
            return self.verdict

    with wiring.replaced(Pieces(rules=Looks())):
        assess(act_of(shop, now))
    assert seen == [1]
