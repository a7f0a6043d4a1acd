"""A challenger beside the champion on live acts, counted by hand; and one that is tried before any champion."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from goodfor.kernel.ids import uuid7
from goodfor.risk import queries, wiring
from goodfor.risk.model import scoring
from goodfor.risk.model.comparing import compared
from goodfor.risk.model.groups import PURCHASE
from goodfor.risk.model.scoring import Loaded, Scored, Serving
from goodfor.risk.operations.assess import assess
from goodfor.risk.pieces import MODEL, Pieces
from goodfor.risk.tests.model_world import decided_at
from goodfor.risk.types import Act, Outcome, Scene

pytestmark = pytest.mark.django_db
SHOP = UUID("018f0000-0000-7000-8000-00000000b001")
OTHER = UUID("018f0000-0000-7000-8000-00000000b002")
MINE, THEIRS = UUID(int=8), UUID(int=7)
NOW = datetime(2026, 3, 20, tzinfo=UTC)
MATURE = timedelta(days=60)


def seen(score: float | None, mine: float, *, bad: bool | None = None, days: int = 1, minor: int = 100,
         outcome: str = "allow", scene: int = 5, shop_id: UUID = SHOP, model: UUID = MINE) -> UUID:  # fmt: skip
    """A stored decision of some days ago, which both scored, and what is known of it."""
    at = NOW - timedelta(days=days, seconds=len(_made))
    decision_id = decided_at(at)
    _made.append(decision_id)
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO risk_decision (shop_id, at, id, event_id, scene, subject_kind, features, set_version, hits,
                   score, model_id, challengers, why, rules_version, outcome, reasons, cost, sampled, failed, absent,
                   silent, latency_us, expires_at)
               VALUES (%s, %s, %s, 1, %s, '', jsonb_build_object('amount_minor', %s::int), 1, '[]', %s, %s,
                   jsonb_build_object(%s::text, %s::float8), '[]', 1, %s, '{}', 0, false, '{}', '{}', '{}', 1, %s)""",
            [shop_id, at, decision_id, scene, minor, score, THEIRS, str(model), mine, outcome, at],
        )
        if bad is not None:
            cursor.execute(
                """INSERT INTO risk_label (id, shop_id, decision_id, subject_type, bad, source, known_at, by)
                   VALUES (%s, %s, %s, '', %s, 'review', %s, 'staff:ann')""",
                [uuid7(), shop_id, decision_id, bad, at + timedelta(hours=1)],
            )
    return decision_id


_made: list[UUID] = []


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    _made.clear()
    scoring.forget()
    yield
    scoring.forget()


def told(**given: Any) -> Any:
    return compared(SHOP, MINE, PURCHASE, since=NOW - timedelta(days=70), now=NOW, mature_after=MATURE, **given)


def test_both_are_counted_on_the_same_acts() -> None:
    # Bands of goods: from 0.5 on something is asked.
    seen(0.9, 0.9, bad=True, minor=1000)
    seen(0.1, 0.8, bad=True, minor=2000)
    seen(0.6, 0.2, bad=False)
    seen(0.1, 0.1, bad=False)
    seen(0.2, 0.7)
    # Old enough to be good by itself; what was denied never shows.
    seen(0.1, 0.6, days=61)
    seen(0.99, 0.99, days=61, outcome="deny")
    # None of these: another kind of act, another shop, another challenger, no challenger's word on a later day.
    seen(0.9, 0.9, scene=2, bad=True)
    seen(0.9, 0.9, shop_id=OTHER, bad=True)
    seen(0.9, 0.9, model=UUID(int=9), bad=True)
    seen(0.9, 0.9, days=71, bad=True)
    found = told()
    assert (found.acts, found.bad, found.good, found.differ) == (7, 2, 3, 4)
    mine, theirs = found.challenger, found.champion
    assert (mine.stopped, mine.caught, mine.annoyed, mine.caught_minor) == (5, 2, 1, 3000)
    assert (theirs.stopped, theirs.caught, theirs.annoyed, theirs.caught_minor) == (3, 1, 1, 1000)
    # Of five known: mine puts both bad ones first; theirs has one of them last, beside two equal ones.
    assert mine.auc == pytest.approx(1.0)
    assert mine.average_precision == pytest.approx(1.0)
    assert theirs.auc == pytest.approx((3 + 1) / 6)


def test_alone_it_is_measured_by_itself() -> None:
    seen(None, 0.9, bad=True, minor=500)
    seen(None, 0.2, bad=False)
    found = told()
    assert (found.acts, found.champion, found.differ) == (2, None, 0)
    assert (found.challenger.caught, found.challenger.annoyed, found.challenger.caught_minor) == (1, 0, 500)
    assert found.challenger.auc == 1.0
    assert told_nothing().acts == 0


def told_nothing() -> Any:
    return compared(OTHER, MINE, PURCHASE, since=NOW - timedelta(days=70), now=NOW, mature_after=MATURE)


def test_a_first_model_is_tried_before_it_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its word is kept with the decision, of which nothing follows: rules only, and it is said."""
    held = Serving({"shadow": MINE}, None, _loaded(), "", 1e18)
    monkeypatch.setattr(scoring, "serving", lambda shop_id, group: held)
    scored = scoring.score(SHOP, Scene.ORDER, {})
    assert scored == Scored(None, None, 0.0, Outcome.ALLOW, {MINE: 0.99})
    act = Act(shop_id=SHOP, scene=Scene.ORDER, at=datetime.now(tz=UTC), buyer="guest:a", amount_minor=5)
    with wiring.replaced(Pieces(model=scoring)):  # type: ignore[arg-type]
        made = assess(act)
    assert (made.outcome, made.score, MODEL in made.absent) == (Outcome.ALLOW, None, True)
    view = queries.decision(SHOP, made.id)
    assert (view.model_id, view.challengers, view.line.score) == (None, {str(MINE): 0.99}, None)
    assert "score" not in view.features
    # Without even that there is nothing.
    monkeypatch.setattr(scoring, "serving", lambda shop_id, group: Serving({}, None, None, "", 1e18))
    assert scoring.score(SHOP, Scene.ORDER, {}) is None


def _loaded() -> Loaded:
    plain: Any = SimpleNamespace(row=lambda snapshot: snapshot, one=lambda raw: 0.99)
    return Loaded(MINE, 1, None, lambda row: 4.0, plain, plain, plain)  # type: ignore[arg-type]
