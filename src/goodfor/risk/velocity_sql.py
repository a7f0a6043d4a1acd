"""One statement for everything that a decision of a scene reads: velocities, how long keys are known, the last sign-in.

Of each key the newest `CAP` events are read from one index, per scene and result where guessers are at it, so that the
cost does not grow with history. Months stand in the text as constants: partitions are pruned when it is planned, once;
the text changes a few times a month. The exact windows are parameters.

A key is a hash over its shop's id (`keys.key_of`): no other shop's event has it, so the indexes need no `shop_id`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Any, Final
from uuid import UUID

from psycopg.types.numeric import Int8

from goodfor.risk.link_kinds import JOINING
from goodfor.risk.numbering import numbered
from goodfor.risk.types import BY_STAFF, KIND_NUMBERS, SCENE_NUMBERS, KeyKind, Result, Scene, Value
from goodfor.risk.velocities import BY_SCENE, CAP, KNOWN, PRONE, Velocity

#: Events of others that were written before ours but are dated later (clocks differ) count as well: whoever looks
#: last sees them all.
AHEAD: Final = timedelta(minutes=2)
#: Where the buyer was before: of the newest so many good sign-ins.
SIGN_INS: Final = 10
LAST_SEEN_SCENES: Final = frozenset({Scene.SIGN_IN, Scene.REVEAL})
LAST_SEEN_WINDOW: Final = timedelta(days=90)
#: How exact an entity's `last_at` is: most acts need not touch their keys' rows.
TOUCHED: Final = timedelta(days=30)
#: A sign-in ends within so long after it was tried.
SIGN_IN_TAKES: Final = timedelta(days=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
#: Parts of a month that the text knows; see `months_of`.
Months = tuple[datetime, ...]
Scan = tuple[KeyKind, Scene | None, Result | None]


@dataclass(frozen=True, slots=True)
class Reading:
    """A statement with $1, $2 ..., the names of its values in order, and what its first column's array begins with."""

    text: str
    names: tuple[str, ...]
    velocities: tuple[Velocity, ...]
    known: tuple[KeyKind, ...]
    groups: bool
    last_seen: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """Where a buyer's good sign-ins of 90 days came from: the last one, and all provinces (overseas: countries)."""

    at: datetime
    province: str | None
    city: str | None
    provinces_90d: frozenset[str]


def month_of(at: datetime) -> datetime:
    """The beginning of its month, in UTC, as partitions are cut."""
    return at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def next_month(month: datetime) -> datetime:
    """The beginning of the month after."""
    return (month + timedelta(days=32)).replace(day=1)


@cache
def windows_of(scene: Scene) -> tuple[timedelta, ...]:
    """All windows that a scene's statement reads, shortest first."""
    found = {one.window for one in BY_SCENE[scene]}
    if scene in LAST_SEEN_SCENES:
        found |= {LAST_SEEN_WINDOW, LAST_SEEN_WINDOW + SIGN_IN_TAKES}
    return tuple(sorted(found))


def months_of(scene: Scene, at: datetime) -> Months:
    """The month in which each window of the scene begins, then the one after the last that is read."""
    return (*(month_of(at - window) for window in windows_of(scene)), next_month(month_of(at + AHEAD)))


def reading(scene: Scene, at: datetime) -> Reading:
    """The statement for a scene at an instant: the same object while its months stay the same."""
    return _reading(scene, months_of(scene, at))


def params_of(what: Reading, scene: Scene, shop_id: UUID, keys: Mapping[KeyKind, int], at: datetime) -> list[Any]:
    """Values for the statement, in its order. A key that the act does not have is 0, which no event has: of one type
    always, so that one prepared statement serves all acts of a scene.
    """
    found: dict[str, Any] = {"shop": shop_id, "until": at + AHEAD, "touched": at - TOUCHED}
    for kind in KeyKind:
        found[f"k_{kind}"] = Int8(keys.get(kind, 0))
    for window in windows_of(scene):
        found[_bound(window)] = at - window
    return [found[name] for name in what.names]


def values_of(
    what: Reading, row: Sequence[Any], keys: Mapping[KeyKind, int], at: datetime
) -> tuple[dict[str, Value], Seen | None]:
    """Features of the statement's row. Without its key a velocity is None: not known, which is not nought."""
    counts = row[0]
    features: dict[str, Value] = {
        one.name: value if one.kind in keys else None for one, value in zip(what.velocities, counts, strict=False)
    }
    now_us = (at - _EPOCH) // _MICROSECOND
    for kind, first_us in zip(KeyKind, counts[len(what.velocities) :], strict=True):
        if kind in what.known:
            # A key without a row is seen for the first time.
            hours = 0.0 if first_us is None else round(max(now_us - abs(first_us), 0) / 3_600_000_000, 3)
            features[KNOWN[kind]] = hours if kind in keys else None
    if what.groups:
        # Whoever is linked to nobody is a group of one.
        buyers, size = row[1] or (1, 1) if any(kind in keys for kind in JOINING) else (None, None)
        features |= {"cluster_buyers": buyers, "cluster_size": size}
    if not what.last_seen or row[2] is None:
        return features, None
    last_at, province, city, provinces = row[2:6]
    return features, Seen(last_at, province, city, frozenset(filter(None, provinces or ())))


def unnamed_of(what: Reading, row: Sequence[Any], keys: Mapping[KeyKind, int]) -> list[KeyKind]:
    """Kinds of the act's keys whose rows, by which people see them, are missing or were not touched for long."""
    firsts = row[0][len(what.velocities) :]
    return [kind for kind, first_us in zip(KeyKind, firsts, strict=True) if kind in keys and (first_us or -1) < 0]


def _bound(window: timedelta) -> str:
    return f"w_{int(window.total_seconds())}"


def scan_of(one: Velocity) -> Scan:
    """Which events a velocity is read from: one scan serves all that share it."""
    return (one.kind, one.scenes[0], one.result) if one.kind in PRONE else (one.kind, None, None)


@lru_cache(maxsize=128)
def _reading(scene: Scene, months: Months) -> Reading:
    begins = dict(zip(windows_of(scene), months, strict=False))
    scans: dict[Scan, list[Velocity]] = {}
    for one in BY_SCENE[scene]:
        scans.setdefault(scan_of(one), []).append(one)
    # Each scan by itself, and its values one array after the other: nothing is joined, so nothing is to be planned.
    arrays = [f"({_scan(scan, ones, begins, months[-1])})" for scan, ones in scans.items()]
    kinds = {KeyKind.BUYER, KeyKind.DEVICE, *(kind for kind, _, _ in scans)}
    known = tuple(kind for kind in KNOWN if kind in kinds)
    arrays.append(f"ARRAY[{', '.join(map(_first_at, KeyKind))}]")
    groups = scene not in BY_STAFF
    text = f"SELECT {' || '.join(arrays)}, {_GROUP if groups else 'NULL'}"
    last_seen = scene in LAST_SEEN_SCENES
    if last_seen:
        text += f", l.at, l.province, l.city, l.provinces FROM ({_last_seen(begins, months[-1])}) l"
    text, names = numbered(text)
    return Reading(
        text=text,
        names=names,
        velocities=tuple(one for ones in scans.values() for one in ones),
        known=known,
        groups=groups,
        last_seen=last_seen,
    )


def _between(column: str, first: datetime, last: datetime) -> str:
    """Months as constants, by which the planner prunes."""
    return f"{column} >= '{first:%Y-%m-%d} 00:00+00' AND {column} < '{last:%Y-%m-%d} 00:00+00'"


def _scan(scan: Scan, ones: Iterable[Velocity], begins: Mapping[timedelta, datetime], last: datetime) -> str:
    kind, scene, result = scan
    longest = max(one.window for one in ones)
    where = [f"{kind} = %(k_{kind})s::bigint"]
    if scene is not None and result is not None:
        where += [f"scene = {SCENE_NUMBERS[scene]}", f"result = {int(result)}"]
    where += [f"at > %({_bound(longest)})s", "at <= %(until)s", _between("at", begins[longest], last)]
    columns = {"at", *(_column(one) for one in ones)} | (set() if scene is not None else {"scene", "result"})
    values = ", ".join(f"{_value(one)}{_filter(one, longest, whole=scene is None)}" for one in ones)
    return (
        f"SELECT ARRAY[{values}] FROM (SELECT {', '.join(sorted(columns - {''}))} FROM risk_event"  # noqa: S608
        f" WHERE {' AND '.join(where)} ORDER BY at DESC LIMIT {CAP}) e"
    )


def _column(one: Velocity) -> str:
    if one.what == "distinct":
        return str(one.of)
    return "amount_minor" if one.what == "sum" else ""


def _value(one: Velocity) -> str:
    if one.what == "count":
        return "count(*)"
    if one.what == "distinct":
        return f"count(DISTINCT {one.of})"
    # A sum of bigints is numeric; no shop's amounts of 500 events come near the end of a bigint.
    return "coalesce(sum(amount_minor)"


def _filter(one: Velocity, longest: timedelta, *, whole: bool) -> str:
    parts = [] if one.window == longest else [f"at > %({_bound(one.window)})s"]
    if whole and one.scenes:
        parts.append(f"scene IN ({', '.join(str(SCENE_NUMBERS[scene]) for scene in one.scenes)})")
    if whole and one.result is not None:
        parts.append(f"result = {int(one.result)}")
    told = f" FILTER (WHERE {' AND '.join(parts)})" if parts else ""
    return f"{told}, 0)::bigint" if one.what == "sum" else told


#: The largest group that any of the keys belongs to: accounts, and keys with what they share.
_GROUP: Final = (
    "(SELECT ARRAY[buyers, size] FROM risk_cluster WHERE shop_id = %(shop)s AND key IN ("  # noqa: S608
    + ", ".join(f"%(k_{kind})s::bigint" for kind in JOINING)
    + ") ORDER BY buyers DESC, size DESC, cluster LIMIT 1)"
)


def _first_at(kind: KeyKind) -> str:
    """Microseconds; negative where the row was not touched for long, NULL where there is none."""
    return (
        "(SELECT CASE WHEN last_at < %(touched)s THEN -1 ELSE 1 END * (extract(epoch FROM first_at) * 1000000)::bigint"  # noqa: S608
        f" FROM risk_entity WHERE shop_id = %(shop)s AND kind = {KIND_NUMBERS[kind]} AND key = %(k_{kind})s::bigint)"
    )


def _last_seen(begins: Mapping[timedelta, datetime], last: datetime) -> str:
    """The snapshots of the buyer's newest good sign-ins: an attempt that failed moves nobody."""
    first = begins[LAST_SEEN_WINDOW]
    return f"""
        SELECT max(g.at) AS at, (array_agg(d.province ORDER BY g.at DESC))[1] AS province,
               (array_agg(d.city ORDER BY g.at DESC))[1] AS city, array_agg(DISTINCT d.province) AS provinces
        FROM (SELECT at, decision_id FROM risk_event
              WHERE buyer = %(k_buyer)s::bigint
                AND scene = {SCENE_NUMBERS[Scene.SIGN_IN]} AND result = {int(Result.GOOD)}
                AND at > %({_bound(LAST_SEEN_WINDOW)})s AND at <= %(until)s AND {_between("at", first, last)}
              ORDER BY at DESC LIMIT {SIGN_INS}) g
        CROSS JOIN LATERAL (
              SELECT coalesce(features->>'ip_province', features->>'ip_country') AS province,
                     features->>'ip_city' AS city
              FROM risk_decision
              WHERE shop_id = %(shop)s AND id = g.decision_id AND at >= risk_decision_time(g.decision_id)
                AND at < risk_decision_time(g.decision_id) + interval '1 millisecond'
                AND {_between("at", begins[LAST_SEEN_WINDOW + SIGN_IN_TAKES], last)}) d"""  # noqa: S608
