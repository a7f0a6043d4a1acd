"""Judge an act: write it down first, then count, ask lists, rules and model, store the decision, then tell it."""

from typing import Any, Final

import structlog
from django.conf import settings
from django.db import connection, transaction

from goodfor.kernel.events import publish
from goodfor.risk import hot, metrics, pieces, stored, velocity_sql, wiring
from goodfor.risk import keys as surrogate
from goodfor.risk.catalogue import SCORE, snapshot_of
from goodfor.risk.course import Course
from goodfor.risk.events import ActStopped
from goodfor.risk.features import SET_VERSION
from goodfor.risk.ids import id_of
from goodfor.risk.pieces import Partly
from goodfor.risk.pipeline import EXPIRY, combine
from goodfor.risk.recording import recording_of
from goodfor.risk.types import SCENE_NUMBERS, Act, Decision, Outcome, Result

log = structlog.get_logger(__name__)
_STORE = hot.Line("sql/decision_insert.sql")
_STORE_NAMED = hot.Line("sql/decision_insert_named.sql")
#: Ways of asking the model again are not worth it for what passes anyway.
_ASK_WHY_FROM: Final = Outcome.CHALLENGE


def assess(act: Act) -> Decision:
    """What to do about an act that is about to happen. Never raises for what goes wrong inside of the engine.

    Called outside of any transaction (else RuntimeError): the event is committed before anything is counted, so that of
    any number at once no more pass than a limit allows. Whatever fails or takes longer than `GOODFOR_RISK_BUDGET_MS`
    (longer on a new connection, which has to plan first) leads to the scene's policy (`failing.POLICY`). The event and
    the decision are on disk when this returns, unless `failed` says "event" or "decision"; without an event `event_id`
    is 0.
    """
    hot.require_no_transaction()
    reading = velocity_sql.reading(act.scene, act.at)
    course = Course(
        act=act,
        decision_id=id_of(act.at),
        pieces=wiring.installed(),
        budget=(settings.GOODFOR_RISK_BUDGET_MS + hot.planning_ms(reading.text)) / 1000,
    )
    course.absent.extend(course.pieces.absent())
    limits = hot.Limits(None if connection.in_atomic_block else int(course.budget * 1000))
    try:
        course.attempt(pieces.EVENT, lambda: _record(course, limits))
        if course.event_id:
            _look(course, reading)
        decision = _decide(course)
        if course.event_id:
            decision = _store(course, decision)
    finally:
        limits.lift()
    return _end(course, decision)


def _record(course: Course, limits: hot.Limits) -> None:
    recording = recording_of(course.act, Result.ATTEMPT, course.decision_id)
    course.keys, course.values = recording.keys, recording.values
    limits.set()
    course.event_id = hot.rows("risk.event", recording.text, recording.params)[0][0]


def _look(course: Course, reading: velocity_sql.Reading) -> None:
    """Fill the snapshot: counts, what tables know, the model's score, lists and rules."""
    act, parts = course.act, course.pieces
    course.snapshot, odd = snapshot_of(act)
    if odd:
        log.warning("risk_facts_unknown", names=odd, scene=str(act.scene))
    last_seen = course.attempt(pieces.VELOCITIES, lambda: _velocities(course, reading))
    if (enrich := parts.enrich) is not None:
        course.attempt(pieces.ENRICH, lambda: _enrich(course, enrich, last_seen))
    if (model := parts.model) is not None:
        course.attempt(pieces.MODEL, lambda: _score(course, model))
    if (rules := parts.rules) is not None:
        course.attempt(pieces.RULES, lambda: _rules(course, rules))


def _velocities(course: Course, reading: velocity_sql.Reading) -> velocity_sql.Seen | None:
    act = course.act
    params = velocity_sql.params_of(reading, act.scene, act.shop_id, course.keys, act.at)
    [row] = hot.rows("risk.velocities", reading.text, params)
    hot.note_planned(reading.text)
    course.unnamed = velocity_sql.unnamed_of(reading, row, course.keys)
    features, last_seen = velocity_sql.values_of(reading, row, course.keys, act.at)
    course.snapshot.update(features)
    return last_seen


def _enrich(course: Course, enrich: pieces.Enrichment, last_seen: velocity_sql.Seen | None) -> None:
    try:
        course.snapshot.update(enrich(course.act, last_seen))
    except Partly as partly:
        course.snapshot.update(partly.features)
        raise


def _score(course: Course, model: pieces.Model) -> None:
    scored = model.score(course.act.shop_id, course.act.scene, course.snapshot)
    if scored is None or scored.score is None:
        course.absent.append(pieces.MODEL)
        course.scored = scored
        return
    if not 0.0 <= scored.score <= 1.0:
        raise ValueError(f"a score of {scored.score}")
    course.scored = scored
    course.snapshot[SCORE] = scored.score


def _rules(course: Course, rules: pieces.Rules) -> None:
    act = course.act
    verdict = rules.hits(act.shop_id, act.scene, course.snapshot, course.keys, act.at)
    course.snapshot.update(verdict.lists)
    course.verdict = verdict


def _decide(course: Course) -> Decision:
    told = combine(
        scene=course.act.scene,
        decision_id=course.decision_id,
        snapshot=course.snapshot,
        verdict=course.verdict,
        score=course.scored.score if course.scored else None,
        failed=course.failed,
    )
    return Decision(
        id=course.decision_id,
        event_id=course.event_id,
        outcome=told.outcome,
        reasons=told.reasons,
        hits=tuple(course.verdict.hits) if course.verdict else (),
        score=course.scored.score if course.scored else None,
        hold=told.hold,
        cost=told.cost,
        sampled=told.sampled,
        failed=tuple(course.failed),
        absent=tuple(course.absent),
    )


def _why(course: Course, decision: Decision) -> None:
    """The model's own reasons, where somebody will ask for them. They are for reading: without them nothing changes."""
    model = course.pieces.model
    asked = model is not None and decision.score is not None and decision.outcome.strength >= _ASK_WHY_FROM.strength
    if model is None or not asked or course.left() <= 0:
        return
    try:
        course.why = tuple(model.reasons(course.act.shop_id, course.act.scene, course.snapshot))
    except Exception as error:
        log.error("risk_reasons_failed", decision_id=str(course.decision_id), error=type(error).__name__)


def _store(course: Course, decision: Decision) -> Decision:
    """The decision, written down; where it cannot be, a more cautious one: nobody acts by what is written nowhere."""
    _why(course, decision)
    try:
        if decision.outcome.strength < Outcome.REVIEW.strength:
            _insert(course, decision)
        else:
            with transaction.atomic():
                _insert(course, decision)
                _tell(course.act, decision)
    except Exception as error:
        course.fail(pieces.DECISION, "raised", error)
        return _decide(course)
    return decision


def _insert(course: Course, decision: Decision) -> None:
    """The row; with it those by which people see the act's keys, where they are not there yet."""
    act, row = course.act, stored.row_json(_row(course, decision))
    if not course.unnamed:
        _STORE.run({"row": row})
        return
    named = surrogate.named_of({kind: course.values[kind] for kind in course.unnamed}, course.keys)
    names = surrogate.rows_of(act.shop_id, named, act.at)
    _STORE_NAMED.run({"row": row, "shop": act.shop_id, "at": act.at, "touched": act.at - velocity_sql.TOUCHED, **names})


def _tell(act: Act, decision: Decision) -> None:
    publish(shop_id=act.shop_id, now=act.at, event=ActStopped(
        decision.id, str(act.scene), str(decision.outcome), decision.sampled, list(decision.reasons),
        act.subject[0] if act.subject else "", act.subject[1] if act.subject else None, act.amount_minor, act.currency,
    ))  # fmt: skip


def _row(course: Course, decision: Decision) -> dict[str, Any]:
    act, scored, verdict = course.act, course.scored, course.verdict
    expiry = EXPIRY[act.scene]
    return {
        "shop_id": act.shop_id,
        "at": act.at,
        "id": decision.id,
        "event_id": decision.event_id,
        "scene": SCENE_NUMBERS[act.scene],
        "subject_kind": act.subject[0] if act.subject else "",
        "subject_id": act.subject[1] if act.subject else None,
        "features": stored.known_of(course.snapshot),
        "set_version": SET_VERSION,
        "hits": [stored.hit_dict(hit) for hit in decision.hits],
        "score": decision.score,
        "model_id": scored.model_id if scored else None,
        "challengers": stored.harmless({str(one): score for one, score in scored.challengers.items()})
        if scored
        else {},
        "why": stored.harmless(course.why),
        "rules_version": verdict.version if verdict else 0,
        "outcome": decision.outcome,
        "reasons": decision.reasons,
        "hold_until": act.at + decision.hold if decision.hold is not None else None,
        "cost": decision.cost,
        "sampled": decision.sampled,
        "failed": decision.failed,
        "absent": decision.absent,
        "silent": list(verdict.silent) if verdict else (),
        "latency_us": course.latency_us(),
        "expires_at": act.at + max(expiry, decision.hold or expiry),
    }


def _end(course: Course, decision: Decision) -> Decision:
    metrics.DECISIONS.labels(str(course.act.scene), str(decision.outcome)).inc()
    metrics.SECONDS.observe(course.latency_us() / 1_000_000)
    if decision.failed:
        log.error(
            "risk_failing", scene=str(course.act.scene), outcome=str(decision.outcome), failed=list(decision.failed),
            decision_id=str(decision.id), stored=course.event_id != 0 and pieces.DECISION not in decision.failed,
        )  # fmt: skip
    return decision
