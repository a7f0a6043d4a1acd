"""Where `soak members` is held: members by sets, runs that are killed, and what must be true in the end."""

import os
import signal
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connections
from rich.console import Console

from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.soak.sql import rows
from goodfor.kernel import audit, invariants
from goodfor.kernel.clock import utc_now
from goodfor.kernel.ids import uuid7
from goodfor.kernel.loops import REGISTRY
from goodfor.kernel.sql import Statement
from goodfor.ledger import operations as ledger
from goodfor.ledger.types import Entry, Line
from goodfor.loyalty.operations.set_terms import set_terms
from goodfor.loyalty.operations.set_tiers import set_tiers
from goodfor.loyalty.types import Terms, Tier, TierSet

_FILL: Final = Statement("goodfor.cli", "sql/members_fill.sql")
STEP: Final = 50_000
TIERS: Final = TierSet(
    (
        Tier("普通", birthday_points=10),
        Tier("银卡", 500, 400, monthly_points=20, birthday_points=50, anniversary_points=30),
        Tier("金卡", 1000, 900, monthly_points=50, birthday_points=100, anniversary_points=30),
    )
)
#: Where the rules, read off the tiers above, put everybody: written for this soak alone, from the numbers of the fill.
_PLAIN: Final = """
WITH m AS (
    SELECT n, n %% 3 AS rank, n %% 70 * 20 AS growth, n %% 3 > 0 AND n %% 12 = 0 AS ended
    FROM generate_series(1, %s) n
), told AS (
    SELECT n, CASE WHEN growth >= 1000 THEN 2 WHEN growth >= 500 THEN greatest(1, rank)
                   ELSE rank END AS up, rank, growth, ended FROM m
), after AS (
    SELECT n, CASE WHEN up > rank OR NOT ended THEN up
                   WHEN rank = 2 AND growth < 900 THEN 1 WHEN rank = 1 AND growth < 400 THEN 0 ELSE rank END AS rank
    FROM told
)
SELECT count(*) FROM after a
JOIN loyalty_member l ON l.shop_id = %s AND l.owner = md5('member ' || a.n)::uuid WHERE l.rank <> a.rank
"""
_MONTHLY: Final = """
SELECT count(*) FILTER (WHERE b.units IS DISTINCT FROM CASE m.rank WHEN 1 THEN 20 WHEN 2 THEN 50 END)
FROM loyalty_member m LEFT JOIN loyalty_benefit b
     ON b.shop_id = m.shop_id AND b.owner = m.owner AND b.kind = 'monthly'
WHERE m.shop_id = %s
"""
#: Entries of presents are as many as presents, and no member has two of a kind.
_ONCE: Final = """
SELECT (SELECT count(*) FROM loyalty_benefit WHERE shop_id = %s)
     - (SELECT count(*) FROM loyalty_entry WHERE shop_id = %s AND source_kind IN ('monthly', 'birthday', 'anniversary'))
"""
_BIRTHDAYS: Final = """
SELECT count(*) FROM identity_buyer i LEFT JOIN loyalty_benefit b
    ON b.shop_id = i.shop_id AND b.owner = i.id AND b.kind = 'birthday'
WHERE i.shop_id = %s AND (b.owner IS NOT NULL) <> EXISTS (
    SELECT FROM generate_series(-7, 7) d
    WHERE to_char(%s::date + d, 'MMDD') = to_char(i.birthday, 'MMDD'))
"""
#: Who stands above the lowest tier and has been here for a year and a day, and nobody else.
_ANNIVERSARIES: Final = """
SELECT count(*) FROM generate_series(1, %s) n
JOIN loyalty_member m ON m.shop_id = %s AND m.owner = md5('member ' || n)::uuid
LEFT JOIN loyalty_benefit b ON b.shop_id = m.shop_id AND b.owner = m.owner AND b.kind = 'anniversary'
WHERE (b.owner IS NOT NULL) <> (m.rank > 0 AND n %% 10 = 0)
"""
#: A fourth has points that end in a week; a twelfth a silver card that ends within the month, kept from 400 on.
_TOLD: Final = """
SELECT count(*) FROM generate_series(1, %s) n
LEFT JOIN (SELECT owner, count(*) FILTER (WHERE kind = 'ending') AS ending,
                  count(*) FILTER (WHERE kind = 'falling') AS falling
           FROM loyalty_notice WHERE shop_id = %s GROUP BY owner) t ON t.owner = md5('member ' || n)::uuid
WHERE coalesce(t.ending, 0) <> (n %% 4 = 0)::int
   OR coalesce(t.falling, 0) <> (n %% 12 = 1 AND n %% 70 * 20 < 400)::int
"""
_AT_IT: Final = (
    "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND state <> 'idle' AND xact_start IS NOT NULL"
)
_LEFT: Final = "SELECT count(*) FROM loyalty_lot WHERE shop_id = %s AND remaining > 0 AND expires_at <= %s"


def run(shop_id: UUID, console: Console, members: int, most: int) -> BenchResult:
    """All of it."""
    # In the middle of a day of Beijing's, so that all runs are of one day.
    now = utc_now().replace(hour=4, minute=0, second=0, microsecond=0)
    filled = _fill(shop_id, console, members, now)
    figures: dict[str, float] = {"members": members, "fill_seconds": filled}
    bars, again = [], 0
    for name in ("tiers", "expire", "monthly", "birthdays", "anniversaries", "ending", "falling"):
        loop = REGISTRY[f"loyalty.{name}"].fn
        killed = _killed(loop, now, after=1.0)
        took = _through(loop, now)
        figures |= {f"{name}_killed_after": killed, f"{name}_seconds": killed + took}
        console.print(f"{name}: {killed:.1f} + {took:.1f} s")
        bars.append(Bar(f"seconds of the run: {name}", round(killed + took, 1), f"< {most}", killed + took < most))
        again += loop(now)
    bars += [
        Bar("members looked at again on the same day", again, "= 0", again == 0),
        _none("members who do not stand where the rules put them", _PLAIN, members, shop_id),
        _none("members without their month's points, or with others", _MONTHLY, shop_id),
        _none("presents more or less than entries of them", _ONCE, shop_id, shop_id),
        _none("birthdays without a present, and presents without", _BIRTHDAYS, shop_id, now + timedelta(hours=8)),
        _none("anniversaries without a present, and presents without", _ANNIVERSARIES, members, shop_id),
        _none("members told of ends that are none, or not told", _TOLD, members, shop_id),
        _none("units that have ended and are there", _LEFT, shop_id, now),
    ]
    while audit.seal(utc_now()):
        pass
    broken = [one for one in invariants.run_all(now) if not one.ok]
    for one in broken:
        console.print(f"{one.invariant.name}: {one.count} {one.violations[:2]}", markup=False)
    bars.append(Bar("invariants violated", len(broken), "= 0", not broken))
    return BenchResult("members", figures, bars)


def _none(what: str, sql: str, *params: object) -> Bar:
    found = int(rows(sql, *params)[0][0])
    return Bar(what, found, "= 0", found == 0)


def _fill(shop_id: UUID, console: Console, members: int, now: datetime) -> float:
    began, before = time.monotonic(), now - timedelta(days=900)
    set_terms(shop_id=shop_id, terms=Terms(on=True), actor="soak", now=before)
    set_tiers(shop_id=shop_id, tiers=TIERS, actor="soak", now=before)
    for first in range(1, members + 1, STEP):
        last = min(first + STEP - 1, members)
        _FILL.run({"shop_id": shop_id, "first": first, "last": last, "now": now})
        console.print(f"{last:,}", end="\r")
    owed = members * 95 + members // 2 * 38
    lines = (Line("5002:points", owed), Line("2203:points", -owed))
    entry = Entry("soak:members", "points_earn", lines, now - timedelta(days=1), ("soak", uuid7()))
    ledger.post(shop_id=shop_id, currency="CNY", entries=(entry,), now=now)
    rows("ANALYZE")
    return time.monotonic() - began


def _killed(loop: Callable[[datetime], int], now: datetime, *, after: float) -> float:
    """The run in a process of its own, until it is killed; seconds that it had."""
    connections.close_all()
    began, child = time.monotonic(), os.fork()
    if not child:
        try:
            _through(loop, now)
        finally:
            os._exit(0)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    had = time.monotonic() - began
    # Its statement ends by itself on the server, and until then holds what it was at: the next look comes later.
    while int(rows(_AT_IT)[0][0]):
        time.sleep(0.1)
    return had


def _through(loop: Callable[[datetime], int], now: datetime) -> float:
    began = time.monotonic()
    while loop(now):
        pass
    return time.monotonic() - began
