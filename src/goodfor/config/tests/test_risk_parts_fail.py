"""Every part of the engine as it is wired, failing in turn, in every scene: its policy holds, never a silent allow."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection

from goodfor.config import risk_wiring
from goodfor.risk import evaluate, failing, hot, pieces, queries, rule_cache, wiring
from goodfor.risk.enrichment import enriching
from goodfor.risk.model import scoring
from goodfor.risk.operations import assess
from goodfor.risk.tests.engine import act_of, counted, hit_of, sql
from goodfor.risk.tests.rule_world import SAYS, World, open_world
from goodfor.risk.types import Decision, Outcome, Scene

pytestmark = pytest.mark.django_db(transaction=True)
Patch = pytest.MonkeyPatch


class Away:
    """A statement that the database does not answer."""

    def rows(self, *_args: Any, **_more: Any) -> Any:
        raise DatabaseError("canceling statement due to statement timeout")

    row = run = rows


class Torn(Away):
    """One that takes the connection with it."""

    def rows(self, *_args: Any, **_more: Any) -> Any:
        sql("SELECT pg_terminate_backend(pg_backend_pid())")

    row = run = rows


def _statement(patch: Patch, name: str) -> None:
    """The database refuses this one of `hot.rows`, with an error of its own."""
    rows = hot.rows

    def answer(asked: str, text: str, params: Any, **more: Any) -> Any:
        return rows(asked, "SELECT 1 / 0", {}) if asked == name else rows(asked, text, params, **more)

    patch.setattr(hot, "rows", answer)


def _raises(*_args: Any, **_more: Any) -> Any:
    raise ZeroDivisionError


def event(patch: Patch) -> None:
    _statement(patch, "risk.event")


def velocities(patch: Patch) -> None:
    _statement(patch, "risk.velocities")


def tables(patch: Patch) -> None:
    for place in (enriching, risk_wiring.enrichment):
        patch.setattr(place, "trouble", lambda: ("enrichment.places",))


def enrichment_raises(patch: Patch) -> None:
    patch.setattr(risk_wiring.enrichment, "enrich", _raises)


def lists_and_rules(patch: Patch) -> None:
    patch.setattr(evaluate, "_JUDGE", Away())


def lists_tear_the_connection(patch: Patch) -> None:
    patch.setattr(evaluate, "_JUDGE", Torn())


def rules_are_not_read(patch: Patch) -> None:
    rule_cache.forget()
    patch.setattr(rule_cache, "_RUNNING", Away())


def rules_raise(patch: Patch) -> None:
    patch.setattr(evaluate, "judge", _raises)


def model_raises(patch: Patch) -> None:
    patch.setattr(scoring, "score", _raises)


def model_is_not_found(patch: Patch) -> None:
    scoring.forget()
    patch.setattr(scoring, "_SERVING", Away())


def model_says_nonsense(patch: Patch) -> None:
    said = scoring.Scored(UUID(int=7), float("nan"), 0.0, Outcome.ALLOW)
    patch.setattr(scoring, "score", lambda *_args: said)


#: What fails, and which part it is.
PARTS: dict[Callable[[Patch], None], tuple[str, ...]] = {
    event: (pieces.EVENT,),
    velocities: (pieces.VELOCITIES,),
    tables: (pieces.ENRICH,),
    enrichment_raises: (pieces.ENRICH,),
    lists_and_rules: (pieces.RULES,),
    lists_tear_the_connection: (pieces.RULES, pieces.DECISION),
    rules_are_not_read: (pieces.RULES,),
    rules_raise: (pieces.RULES,),
    model_raises: (pieces.MODEL,),
    model_is_not_found: (pieces.MODEL,),
    model_says_nonsense: (pieces.MODEL,),
}


@contextmanager
def failing_in(part: Callable[[Patch], None]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        part(patch)
        yield
    scoring.forget()
    rule_cache.forget()


@pytest.fixture
def shop(now: datetime) -> Iterator[World]:
    """A shop with a rule that counts; the parts as the wiring puts them together."""
    parts = pieces.Pieces(rules=evaluate, model=risk_wiring.Champion(), enrich=risk_wiring.enriched)
    with wiring.replaced(parts):
        world = open_world(now)
        world.live(SAYS)
        yield world


def by_policy(scene: Scene, decision: Decision) -> None:
    assert decision.outcome is failing.POLICY[scene] is not Outcome.ALLOW, scene
    assert failing.REASON in decision.reasons
    assert (decision.hold is not None) == (decision.outcome is Outcome.HOLD)
    assert (decision.cost > 0) == (decision.outcome is Outcome.CHALLENGE)


def test_nothing_fails_and_everything_is_allowed(shop: World) -> None:
    """Else the rest would prove nothing. There is no model yet, which is no failure: each decision says so."""
    for scene in Scene:
        decision = assess(act_of(shop.shop_id, shop.now, scene))
        assert (decision.outcome, decision.failed, decision.absent) == (Outcome.ALLOW, (), (pieces.MODEL,)), scene


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_each_part_fails_in_each_scene(shop: World, part: Callable[[Patch], None]) -> None:
    kept_event = pieces.EVENT not in PARTS[part]
    kept_decision = kept_event and pieces.DECISION not in PARTS[part]
    for scene in Scene:
        # The connection is as good as new, and its statements are planned.
        assert assess(act_of(shop.shop_id, shop.now, scene)).failed == ()
        before = counted()
        with failing_in(part):
            decision = assess(act_of(shop.shop_id, shop.now, scene))
        assert decision.failed == PARTS[part], scene
        by_policy(scene, decision)
        assert counted() == (before[0] + kept_event, before[1] + kept_decision), scene
        if kept_decision:
            stored = queries.decision(shop.shop_id, decision.id).line
            assert (stored.outcome, stored.failed) == (decision.outcome, decision.failed)


@pytest.mark.parametrize("scene", list(Scene))
def test_a_decision_that_cannot_be_written(shop: World, scene: Scene, monkeypatch: Patch) -> None:
    for statement in ("_STORE", "_STORE_NAMED"):
        monkeypatch.setattr(sys.modules[assess.__module__], statement, Away())
    decision = assess(act_of(shop.shop_id, shop.now, scene))
    assert decision.failed == (pieces.DECISION,)
    by_policy(scene, decision)


def test_everything_fails_at_once(shop: World, monkeypatch: Patch) -> None:
    """Also the database itself: nothing is raised at whoever asks, and nothing is allowed."""
    for part in (velocities, tables, lists_and_rules, model_raises):
        part(monkeypatch)
    for scene in Scene:
        by_policy(scene, assess(act_of(shop.shop_id, shop.now, scene)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "ensure_connection", _gone)
        connection.close()
        for scene in Scene:
            decision = assess(act_of(shop.shop_id, shop.now, scene))
            assert (decision.failed, decision.event_id) == ((pieces.EVENT,), 0)
            by_policy(scene, decision)


def _gone() -> None:
    raise DatabaseError("connection refused")


def test_what_is_worse_than_the_policy_stays_so(shop: World) -> None:
    """A part that fails takes nothing away from what the others found."""
    judged = evaluate.judge

    def denying(*args: Any) -> Any:
        return replace(judged(*args), hits=(hit_of(Outcome.DENY),))

    with failing_in(model_raises), pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluate, "judge", denying)
        for scene in Scene:
            decision = assess(act_of(shop.shop_id, shop.now, scene))
            # One in seventy is held and looked at instead.
            assert decision.outcome is (Outcome.HOLD if decision.sampled else Outcome.DENY), scene
            assert decision.failed == (pieces.MODEL,)
