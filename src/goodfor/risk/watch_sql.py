"""Statements by which pages look at what was decided, made from parts. Pure."""

from collections.abc import Iterable
from functools import cache
from typing import Final

from goodfor.risk import failing, pipeline
from goodfor.risk.types import KeyKind, Outcome
from goodfor.risk.velocities import PRONE

#: What an act was stopped by, where it was no rule with a threat.
LIST: Final = "list"
MODEL: Final = "model"
FAILING: Final = "failing"
OTHER: Final = "other"
KEYS: Final = ", ".join(KeyKind)
EVENT_KEYS: Final = ", ".join(f"e.{kind}" for kind in KeyKind)
STOPPED: Final = tuple(outcome for outcome in Outcome if outcome is not Outcome.ALLOW)

#: The strongest reason; that an act was sampled is none.
_FIRST: Final = f"(CASE WHEN d.reasons[1] = '{pipeline.SAMPLE}' THEN d.reasons[2] ELSE d.reasons[1] END)"
#: Why a decision `d` is what it is, in one word: each counts under one, so that sums are exact.
CAUSE: Final = f"""
CASE WHEN d.outcome = '{Outcome.ALLOW}' THEN '' ELSE CASE {_FIRST}
    WHEN '{pipeline.IMMUTABLE}' THEN '{LIST}' WHEN '{pipeline.BLOCKED}' THEN '{LIST}'
    WHEN '{pipeline.SCORED}' THEN '{MODEL}' WHEN '{failing.REASON}' THEN '{FAILING}'
    ELSE coalesce((
        SELECT v.threat FROM jsonb_array_elements(d.hits) AS h
        JOIN risk_rule_version v ON v.shop_id = d.shop_id AND v.rule_id = (h ->> 'rule_id')::uuid
            AND v.number = (h ->> 'version')::int
        WHERE h ->> 'code' = {_FIRST} AND (h ->> 'live')::boolean LIMIT 1), '{OTHER}') END END
"""  # noqa: S608
#: What happened in each hour, of one shop.
HOURS: Final = f"""
SELECT date_trunc('hour', x.at), x.scene, x.outcome, x.cause, count(*), coalesce(sum(x.amount_minor), 0)::bigint,
    count(*) FILTER (WHERE cardinality(x.failed) > 0), count(*) FILTER (WHERE x.sampled)
FROM (
    SELECT d.at, d.scene, d.outcome, d.failed, d.sampled, e.amount_minor, {CAUSE} AS cause
    FROM risk_decision d
    LEFT JOIN risk_event e ON e.shop_id = d.shop_id AND e.at = d.at AND e.id = d.event_id AND d.outcome <> 'allow'
    WHERE d.shop_id = %(shop)s AND d.at >= %(since)s AND d.at < %(until)s
) AS x
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""  # noqa: S608
#: The newest that were stopped, so many of each outcome: by the index of these.
_NEWEST_STOPPED: Final = """
    SELECT s.* FROM unnest(%(outcomes)s::text[]) AS o (outcome)
    CROSS JOIN LATERAL (
        SELECT d.at, d.id, d.event_id, d.outcome, d.failed, d.scene FROM risk_decision d
        WHERE d.shop_id = %(shop)s AND d.outcome = o.outcome AND d.outcome <> 'allow'
            AND d.at >= %(since)s AND d.at < %(until)s
        ORDER BY d.at DESC, d.id DESC LIMIT %(most)s
    ) AS s
"""
#: The keys that were stopped most often.
TOP_KEYS: Final = f"""
WITH stopped AS MATERIALIZED ({_NEWEST_STOPPED})
SELECT k.kind, k.key, count(*), count(*) FILTER (WHERE s.outcome = 'deny'), max(s.at)
FROM stopped s
JOIN risk_event e ON e.shop_id = %(shop)s AND e.at = s.at AND e.id = s.event_id
CROSS JOIN LATERAL (
    VALUES (1, e.buyer), (2, e.device), (3, e.network), (4, e.address), (5, e.phone), (6, e.mail), (7, e.instrument),
        (8, e.batch), (9, e.referrer)
) AS k (kind, key)
WHERE k.key IS NOT NULL
GROUP BY 1, 2 HAVING count(*) > 1
ORDER BY 3 DESC, 4 DESC, 5 DESC, 1, 2 LIMIT %(limit)s
"""  # noqa: S608
#: Parts that did not answer.
PARTS: Final = f"""
WITH stopped AS MATERIALIZED ({_NEWEST_STOPPED})
SELECT p.part, count(*), max(s.at) FROM stopped s CROSS JOIN LATERAL unnest(s.failed) AS p (part)
GROUP BY 1 ORDER BY 2 DESC, 1
"""  # noqa: S608
#: Who was asked for more, and of these who then did what they had come for.
PASSED: Final = f"""
WITH asked AS MATERIALIZED ({_NEWEST_STOPPED})
SELECT count(DISTINCT (a.scene, w.who)), count(DISTINCT (a.scene, w.who)) FILTER (WHERE r.result = 1), count(*)
FROM asked a
JOIN risk_event e ON e.shop_id = %(shop)s AND e.at = a.at AND e.id = a.event_id
CROSS JOIN LATERAL (SELECT coalesce(e.device, e.buyer, e.address, e.id)) AS w (who)
LEFT JOIN LATERAL (
    SELECT n.result FROM risk_event n
    WHERE n.shop_id = %(shop)s AND n.decision_id = a.id AND n.result <> 0 LIMIT 1
) AS r ON true
"""  # noqa: S608
LATENCY: Final = """
SELECT count(*), percentile_disc(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY x.latency_us)
FROM (SELECT latency_us FROM risk_decision
      WHERE shop_id = %(shop)s AND at >= %(since)s AND at < %(until)s ORDER BY at DESC LIMIT %(most)s) AS x
"""
_COLUMNS: Final = (
    "d.id, d.at, d.scene, d.outcome, d.reasons, d.score, d.sampled, d.failed, d.subject_kind, d.subject_id,"
    " d.hold_until, d.latency_us, d.event_id, d.shop_id, d.hits"
)
_AHEAD: Final = (
    "d.shop_id = %(shop)s AND d.at >= %(since)s AND d.at <= %(before_at)s"
    " AND (d.at, d.id) < (%(before_at)s, %(before_id)s::uuid)"
)
#: Conditions that are asked of rows that were read, by the search's names.
_CONDITIONS: Final = {
    "scene": "d.scene = %(scene)s",
    "allow": "d.outcome = 'allow'",
    "stopped": "d.outcome = %(outcome)s",
    "rule": "d.hits @> %(rule)s::jsonb",
    "cause": f"{CAUSE} = %(cause)s",
    "score_from": "d.score >= %(score_from)s",
    "score_until": "d.score <= %(score_until)s",
}


@cache
def search_text(source: str, asked: tuple[str, ...], kind: KeyKind | None = None) -> str:
    """Decisions from a place on, newest first; of at most `scan` that are read, the `limit` first that fit.

    `source`: newest, outcome, subject or key. Each row begins with how many were read, and the last of these.
    """
    conditions = " AND ".join(_CONDITIONS[name] for name in asked) or "true"
    return f"""
    WITH scanned AS MATERIALIZED ({_source(source, kind)}),
    found AS (SELECT d.* FROM scanned d WHERE {conditions} ORDER BY d.at DESC, d.id DESC LIMIT %(limit)s),
    last AS (SELECT count(*) OVER () AS read, s.at, s.id FROM scanned s ORDER BY s.at, s.id LIMIT 1)
    SELECT last.read, last.at, last.id, d.id, d.at, d.scene, d.outcome, d.reasons, d.score, d.sampled, d.failed,
        d.subject_kind, d.subject_id, d.hold_until, e.amount_minor, d.latency_us, {EVENT_KEYS}
    FROM last
    LEFT JOIN found d ON true
    LEFT JOIN risk_event e ON e.shop_id = %(shop)s AND e.at = d.at AND e.id = d.event_id
    ORDER BY d.at DESC, d.id DESC
    """  # noqa: S608


def _source(source: str, kind: KeyKind | None) -> str:
    order = "ORDER BY d.at DESC, d.id DESC LIMIT %(scan)s"
    if source == "outcome":
        return (
            f"SELECT {_COLUMNS} FROM risk_decision d"  # noqa: S608
            f" WHERE {_AHEAD} AND d.outcome = %(outcome)s AND d.outcome <> 'allow' {order}"
        )
    if source == "subject":
        return (
            f"SELECT {_COLUMNS} FROM risk_decision d WHERE {_AHEAD}"  # noqa: S608
            f" AND d.subject_kind = %(subject_kind)s AND d.subject_id = %(subject_id)s {order}"
        )
    if source == "key" and kind is not None:
        return (
            f"SELECT {_COLUMNS} FROM ({attempts_text(kind)}) AS k"  # noqa: S608
            f" JOIN risk_decision d ON d.shop_id = %(shop)s AND d.at = k.at AND d.id = k.decision_id"
            f" WHERE {_AHEAD} {order}"
        )
    return f"SELECT {_COLUMNS} FROM risk_decision d WHERE {_AHEAD} {order}"  # noqa: S608


def attempts_text(kind: KeyKind) -> str:
    """The newest attempts of a key, of each scene from its own place in the index where it is made so."""
    picked = (
        f"SELECT at, decision_id FROM risk_event WHERE {kind} = %(key)s::bigint AND shop_id = %(shop)s"  # noqa: S608
        " AND at >= %(since)s AND at <= %(before_at)s AND result = 0"
        " AND (at, decision_id) < (%(before_at)s, %(before_id)s::uuid)"
    )
    newest = "ORDER BY at DESC, decision_id DESC LIMIT %(scan)s"
    if kind not in PRONE:
        return f"{picked} AND scene = ANY(%(scenes)s::smallint[]) {newest}"
    return (
        "SELECT a.* FROM unnest(%(scenes)s::smallint[]) AS n (scene) CROSS JOIN LATERAL"  # noqa: S608
        f" ({picked} AND scene = n.scene {newest}) AS a {newest}"
    )


@cache
def acts_text(kind: KeyKind) -> str:
    """How often each thing happened with a key, for how much; each counted up to `most`."""
    read = (
        f"SELECT scene, result, amount_minor, at FROM risk_event WHERE {kind} = %(key)s::bigint"  # noqa: S608
        " AND shop_id = %(shop)s AND at >= %(since)s AND at <= %(until)s"
    )
    newest = "ORDER BY at DESC LIMIT %(most)s"
    if kind in PRONE:
        read = (
            "SELECT a.* FROM unnest(%(scenes)s::smallint[]) AS s (n)"  # noqa: S608
            f" CROSS JOIN unnest('{{0,1,2}}'::smallint[]) AS r (n)"
            f" CROSS JOIN LATERAL ({read} AND scene = s.n AND result = r.n {newest}) AS a"
        )
    else:
        read = f"{read} {newest}"
    return (
        "SELECT scene, result, count(*), coalesce(sum(amount_minor), 0)::bigint, min(at), max(at)"  # noqa: S608
        f" FROM ({read}) AS x GROUP BY 1, 2 ORDER BY 1, 2"
    )


@cache
def outcomes_text(kind: KeyKind) -> str:
    """How the newest decisions of a key ended."""
    return (
        f"SELECT d.outcome, count(*) FROM ({attempts_text(kind)}) AS k"  # noqa: S608
        " JOIN risk_decision d ON d.shop_id = %(shop)s AND d.at = k.at AND d.id = k.decision_id GROUP BY 1"
    )


def names(asked: Iterable[tuple[str, bool]]) -> tuple[str, ...]:
    """Those that are asked for, for `search_text`."""
    return tuple(name for name, wanted in asked if wanted)
