"""What risk control sees: figures, who attacks, how it works itself. Every read is bounded."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, Sum

from goodfor.kernel.sql import Statement
from goodfor.risk import hot
from goodfor.risk.door_models import Canary, DoorBreaker, Honeypot
from goodfor.risk.doors.table import DOORS
from goodfor.risk.hour_models import Hour, HourFold
from goodfor.risk.rule_models import Rule, RuleVersion
from goodfor.risk.rule_queries import version_view
from goodfor.risk.rule_types import VersionView
from goodfor.risk.types import KIND_NUMBERS, SCENE_NUMBERS, Outcome
from goodfor.risk.watch_sql import HOURS, LATENCY, PARTS, PASSED, STOPPED, TOP_KEYS
from goodfor.risk.watch_types import Alarm, Cell, FailedPart, Latency, Passed, TopKey, Watched

#: What was not counted by the hour is read itself, no further back than so.
LIVE: Final = timedelta(hours=3)
#: So many of each outcome, and of all for latencies: the newest tell.
SAMPLE: Final = 1000
TIMED: Final = 5000
#: What alarms are of.
DOOR: Final = "door"
HONEYPOT: Final = "honeypot"
CANARY: Final = "canary"
_HOURS_OF = Statement(__package__, "sql/hours_of.sql")
_FIRST = Statement(__package__, "sql/first_decision.sql", planned_each_time=True)
_SCENES: Final = {number: scene for scene, number in SCENE_NUMBERS.items()}
_KINDS: Final = {number: kind for kind, number in KIND_NUMBERS.items()}
_DOORS: Final = {door.number: door.name for door in DOORS.values()}


def watched(shop_id: UUID, *, since: datetime, now: datetime) -> Watched:
    """Decisions from `since` to now: hours that are over as they were counted, the others by reading them.

    `since` is a full hour, or within `LIVE`.
    """
    until = now + timedelta(milliseconds=1)
    # A short span may begin within an hour: it is read as a whole.
    short = since >= now - LIVE
    fold = HourFold.objects.filter(shop_id=shop_id).values_list("until", flat=True)
    counted = None if short else fold.first()
    live = max(since, counted or since, now - LIVE)
    rows = list(_HOURS_OF.rows({"shop": shop_id, "since": since, "until": min(counted, live)})) if counted else []
    rows += hot.rows("risk.hours", HOURS, {"shop": shop_id, "since": live, "until": until}, prepare=False)
    gap = max(since, counted or since)
    missing = gap < live and _FIRST.row({"shop": shop_id, "since": gap, "until": live}) is not None
    return Watched(tuple(_cell(row) for row in rows), live if missing else None)


def _cell(row: tuple[Any, ...]) -> Cell:
    hour, scene, outcome, cause, count, amount, failing, sampled = row
    return Cell(hour, _SCENES[scene], Outcome(outcome), cause, count, int(amount), failing, sampled)


def counted_since(shop_id: UUID, since: datetime) -> int:
    """How many decisions there were in hours that were counted: tells how much a longer read would have to read."""
    found = Hour.objects.filter(shop_id=shop_id, hour__gte=since).aggregate(total=Sum("count"))
    return int(found["total"] or 0)


def top_keys(shop_id: UUID, *, since: datetime, until: datetime, limit: int = 12) -> list[TopKey]:
    """Keys that were stopped more than once, the most often first; of the newest `SAMPLE` of each outcome."""
    params = {**_stopped(shop_id, since, until), "limit": limit}
    return [
        TopKey(_KINDS[kind], key, stopped, denied, last_at)
        for kind, key, stopped, denied, last_at in hot.rows("risk.top_keys", TOP_KEYS, params, prepare=False)
    ]


def failed_parts(shop_id: UUID, *, since: datetime, until: datetime) -> list[FailedPart]:
    """Parts of the engine that did not answer, of the newest `SAMPLE` of each outcome: nobody passes without them."""
    rows = hot.rows("risk.failed_parts", PARTS, _stopped(shop_id, since, until), prepare=False)
    return [FailedPart(part, count, last_at) for part, count, last_at in rows]


def passed(shop_id: UUID, *, since: datetime, until: datetime) -> Passed:
    """How many of those who were asked for more turned out to be honest; of the newest `SAMPLE` decisions."""
    params = {**_stopped(shop_id, since, until), "outcomes": [str(Outcome.CHALLENGE)]}
    [(asked, through, read)] = hot.rows("risk.passed", PASSED, params, prepare=False)
    return Passed(asked, through, read)


def latency(shop_id: UUID, *, since: datetime, until: datetime) -> Latency:
    """How long the newest `TIMED` decisions of a span took."""
    params = {"shop": shop_id, "since": since, "until": until, "most": TIMED}
    [(read, found)] = hot.rows("risk.latency", LATENCY, params, prepare=False)
    p50, p99 = (timedelta(microseconds=one) for one in found) if read else (None, None)
    return Latency(read, p50, p99)


def _stopped(shop_id: UUID, since: datetime, until: datetime) -> dict[str, Any]:
    return {"shop": shop_id, "since": since, "until": until, "most": SAMPLE, "outcomes": [str(one) for one in STOPPED]}


def alarms(shop_id: UUID, *, since: datetime, limit: int = 20) -> list[Alarm]:
    """Doors that were under attack and planted codes that were met since then, the latest first."""
    found = [
        Alarm(DOOR, _DOORS[row.door], row.batch, row.why, row.opened_at, row.open_until, row.times)
        for row in DoorBreaker.objects.filter(shop_id=shop_id, opened_at__gte=since).order_by("-opened_at")[:limit]
    ]
    for what, model in ((HONEYPOT, Honeypot), (CANARY, Canary)):
        met = model.objects.filter(shop_id=shop_id, met_at__gte=since).order_by("-met_at")[:limit]
        found += [
            Alarm(what, "", getattr(row, "batch", ""), row.why, row.met_at, None, row.met)
            for row in met
            if row.met_at is not None
        ]
    return sorted(found, key=lambda alarm: alarm.at, reverse=True)[:limit]


def versions_of(shop_id: UUID, asked: Iterable[tuple[UUID, int]]) -> dict[tuple[UUID, int], VersionView]:
    """What rules said at the time: by rule and number of the version."""
    wanted = Q(pk__in=[])
    for rule_id, number in asked:
        wanted |= Q(rule_id=rule_id, number=number)
    return {(row.rule_id, row.number): version_view(row) for row in RuleVersion.objects.filter(wanted, shop_id=shop_id)}


def rule_names(shop_id: UUID) -> dict[str, str]:
    """What rules are called, by their code: the newest name of each."""
    rows = Rule.objects.filter(shop_id=shop_id).values_list("id", "code", "latest")
    names = dict(
        RuleVersion.objects.filter(shop_id=shop_id).order_by("number").values_list("rule_id", "name")
    )  # fmt: skip
    return {code: names[rule_id] for rule_id, code, _latest in rows if rule_id in names}
