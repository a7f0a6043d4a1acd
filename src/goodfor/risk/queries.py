"""Reads of risk control: decisions and why, what happened with a key, figures by the hour."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final
from uuid import UUID

from goodfor.kernel.crypto import Sealed, keyring
from goodfor.kernel.errors import NotFound
from goodfor.kernel.sql import Row, Statement
from goodfor.risk import hot
from goodfor.risk.ids import instant_of
from goodfor.risk.keys import entity_aad
from goodfor.risk.read_types import DecisionLine, DecisionView, EntityView, EventLine, HourFigures
from goodfor.risk.types import KIND_NUMBERS, SCENE_NUMBERS, Hit, KeyKind, Outcome, Result
from goodfor.risk.velocities import PRONE

#: No list is longer.
MOST: Final = 200
#: Of a key, what lies further back is history that pages do not read.
EVENTS_BACK: Final = timedelta(days=90)
_SCENES: Final = {number: scene for scene, number in SCENE_NUMBERS.items()}
_KINDS: Final = {number: kind for kind, number in KIND_NUMBERS.items()}
_DECISION = Statement(__package__, "sql/decision.sql")
_LINES = Statement(__package__, "sql/decision_lines.sql", planned_each_time=True)
_OF_SUBJECT = Statement(__package__, "sql/decisions_of_subject.sql", planned_each_time=True)
_NEWEST = Statement(__package__, "sql/decisions_newest.sql", planned_each_time=True)
_STOPPED = Statement(__package__, "sql/decisions_stopped.sql", planned_each_time=True)
_ENTITIES = Statement(__package__, "sql/entities.sql")
_ENTITY_VALUE = Statement(__package__, "sql/entity_value.sql")
_FIGURES = Statement(__package__, "sql/figures.sql", planned_each_time=True)
_KEYS: Final = ", ".join(KeyKind)


def decision(shop_id: UUID, decision_id: UUID) -> DecisionView:
    """One decision with all that it was made from. Raises NotFound."""
    try:
        first = instant_of(decision_id)
    except OverflowError:
        # An id of an instant that no calendar has.
        raise NotFound from None
    row = _DECISION.row({"shop": shop_id, "id": decision_id, "first": first, "last": first + timedelta(milliseconds=1)})
    if row is None:
        raise NotFound
    (event_id, features, set_version, hits, model_id, challengers, why, rules_version, cost, absent, silent, latency,
     expires_at, result, *keys) = row[12:]  # fmt: skip
    return DecisionView(
        line=_line(row[:12]),
        event_id=event_id,
        features=json.loads(features),
        set_version=set_version,
        hits=tuple(map(hit_of, json.loads(hits))),
        model_id=model_id,
        challengers=json.loads(challengers),
        why=json.loads(why),
        rules_version=rules_version,
        cost=cost,
        absent=tuple(absent),
        silent=tuple(silent),
        latency=timedelta(microseconds=latency),
        expires_at=expires_at,
        keys=_keys(keys),
        result=None if result is None else Result(result),
    )


def decision_lines(shop_id: UUID, ids: Iterable[UUID]) -> list[DecisionLine]:
    """These decisions, in no order; what is none of this shop is missing. At most `MOST`."""
    asked = [one for one in dict.fromkeys(ids) if one.version == 7][:MOST]
    params = {"shop": shop_id, "ids": asked, "firsts": [instant_of(one) for one in asked]}
    return [_line(row) for row in _LINES.rows(params)] if asked else []


def decisions_of(shop_id: UUID, kind: str, subject_id: UUID, limit: int = 50) -> list[DecisionLine]:
    """The newest decisions about one thing ("order", id), newest first."""
    params = {"shop": shop_id, "kind": kind, "subject": subject_id, "limit": min(limit, MOST)}
    return [_line(row) for row in _OF_SUBJECT.rows(params)]


def newest_decisions(
    shop_id: UUID, *, before: tuple[datetime, UUID], outcome: Outcome | None = None, limit: int = 50
) -> list[DecisionLine]:
    """Decisions, newest first, from a place on: (at, id) of the last one shown, or the present and the greatest UUID.

    `outcome`: only those that ended so; of those that were allowed, `allow` is picked from all.
    """
    params: dict[str, Any] = {
        "shop": shop_id, "before_at": before[0], "before_id": before[1], "limit": min(limit, MOST), "outcome": outcome,
    }  # fmt: skip
    if outcome is None or outcome is Outcome.ALLOW:
        lines = [_line(row) for row in _NEWEST.rows(params)]
        return [line for line in lines if outcome is None or line.outcome is outcome]
    return [_line(row) for row in _STOPPED.rows(params)]


def events_of(shop_id: UUID, kind: KeyKind, key: int, *, now: datetime, limit: int = 50) -> list[EventLine]:
    """The newest events of a key within 90 days, newest first."""
    params = {
        "shop": shop_id, "key": key, "since": now - EVENTS_BACK, "until": now + timedelta(days=1),
        "limit": min(limit, MOST), "scenes": list(_SCENES),
    }  # fmt: skip
    return [
        EventLine(
            id=row[0], at=row[1], scene=_SCENES[row[2]], result=Result(row[3]), amount_minor=row[4], decision_id=row[5],
            subject_id=row[6], keys=_keys(row[7:]),
        )
        for row in hot.rows("risk.events_of", _events_text(kind), params, prepare=False)
    ]  # fmt: skip


def entities(shop_id: UUID, keys: Iterable[tuple[KeyKind, int]]) -> dict[tuple[KeyKind, int], EntityView]:
    """How people see these keys; one that is not known is missing."""
    asked = list(keys)
    rows = _ENTITIES.rows(
        {"shop": shop_id, "kinds": [KIND_NUMBERS[kind] for kind, _ in asked], "keys": [key for _, key in asked]}
    )
    return {
        (_KINDS[kind], key): EntityView(_KINDS[kind], key, label, first_at, last_at, has_value)
        for kind, key, label, first_at, last_at, has_value in rows
    }


def entity_value(shop_id: UUID, kind: KeyKind, key: int) -> str:
    """The whole value behind a key. Who may see it, and that it was seen, is the caller's care. Raises NotFound."""
    row = _ENTITY_VALUE.row({"shop": shop_id, "kind": KIND_NUMBERS[kind], "key": key})
    if row is None:
        raise NotFound
    entity_id, key_id, blob = row
    return keyring().open(Sealed(key_id, bytes(blob)), entity_aad(shop_id, entity_id)).decode("utf-8", "replace")


def figures(shop_id: UUID, *, since: datetime, until: datetime) -> list[HourFigures]:
    """Decisions by hour, scene and outcome; reads every decision between the two."""
    return [
        HourFigures(hour, _SCENES[scene], Outcome(outcome), count, failing, sampled)
        for hour, scene, outcome, count, failing, sampled in _FIGURES.rows(
            {"shop": shop_id, "since": since, "until": until}
        )
    ]


def hit_of(stored: Mapping[str, Any]) -> Hit:
    """A rule that fitted, as `stored.hit_dict` wrote it."""
    hold = stored["hold"]
    return Hit(
        rule_id=UUID(stored["rule_id"]),
        code=stored["code"],
        version=stored["version"],
        outcome=Outcome(stored["outcome"]),
        live=stored["live"],
        label=stored["label"],
        hard=stored["hard"],
        hold=None if hold is None else timedelta(seconds=hold),
        cost=stored["cost"],
        why=stored["why"],
    )


def _line(row: Row) -> DecisionLine:
    (decision_id, at, scene, outcome, reasons, score, sampled, failed, kind, subject_id, hold_until, amount) = row
    return DecisionLine(
        id=decision_id,
        at=at,
        scene=_SCENES[scene],
        outcome=Outcome(outcome),
        reasons=tuple(reasons),
        score=score,
        sampled=sampled,
        failed=tuple(failed),
        subject=(kind, subject_id) if subject_id else None,
        amount_minor=amount or 0,
        hold_until=hold_until,
    )


def _keys(row: Iterable[int | None]) -> dict[KeyKind, int]:
    return {kind: key for kind, key in zip(KeyKind, row, strict=True) if key is not None}


@cache
def _events_text(kind: KeyKind) -> str:
    """Each scene and result from its own place in the index, where the index is made so; then the newest of all."""
    picked = (
        f"SELECT id, at, scene, result, amount_minor, decision_id, subject_id, {_KEYS} FROM risk_event"  # noqa: S608
        f" WHERE {kind} = %(key)s::bigint AND shop_id = %(shop)s AND at > %(since)s AND at <= %(until)s"
    )
    newest = "ORDER BY at DESC, id DESC LIMIT %(limit)s"
    if kind not in PRONE:
        return f"{picked} {newest}"
    return (
        "SELECT e.* FROM unnest(%(scenes)s::smallint[]) AS s (n) CROSS JOIN unnest('{0,1,2}'::smallint[]) AS r (n)"  # noqa: S608
        f" CROSS JOIN LATERAL ({picked} AND scene = s.n AND result = r.n ORDER BY at DESC LIMIT %(limit)s) e {newest}"
    )
