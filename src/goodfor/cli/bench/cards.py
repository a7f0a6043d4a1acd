"""`bench cards`: a million cards with codes of 85 random bits, each sealed and findable, then all of them made good."""

import os
import sys
import time
from datetime import datetime
from typing import Any

from django.db import connection
from rich.console import Console

from goodfor.cli.bench.memory import PeakMemory
from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.bench.site import running_site
from goodfor.cli.lazy import load
from goodfor.kernel.clock import utc_now
from goodfor.kernel.tenancy import platform_job

MILLION_SECONDS, MEMORY_MB = 60.0, 600


def run(*, json: bool = False, rows: str = "1000000") -> BenchResult:
    """On a throw-away database with fsync on, by the worker's own steps. Options: rows (up to 5,000,000)."""
    with running_site(Console(stderr=True), web=False) as site:
        figures = _measure(site.made, int(rows), quiet=json)
    seconds, memory = figures["seconds_a_million"], figures["peak_memory_mb"]
    return BenchResult(
        "cards",
        figures,
        [
            Bar("a batch of a million cards, s", seconds, f"< {MILLION_SECONDS}", seconds < MILLION_SECONDS),
            Bar("peak memory, MB", memory, f"<= {MEMORY_MB}", memory <= MEMORY_MB),
        ],
    )


def _measure(made: Any, rows: int, *, quiet: bool) -> dict[str, Any]:
    making, walking = load("goodfor.cards.operations.make_batch"), load("goodfor.cards.operations.walk")
    now = utc_now()
    actor = _person(made.shop_id, now)
    batch = _batch(made, rows, actor, now)
    with PeakMemory() as peak:
        began = time.perf_counter()
        while making.write_cards(now=now):
            _say(quiet, "cards", time.perf_counter() - began)
        wrote = time.perf_counter() - began
    began = time.perf_counter()
    walking.activate_cards(shop_id=made.shop_id, batch_id=batch.id, actor=actor, now=now)
    while walking.walk_on(now=now):
        _say(quiet, "made good", time.perf_counter() - began)
    activated = time.perf_counter() - began
    with platform_job("bench cards"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT code_index) FROM cards_card WHERE state = 'active'")
        good, different = cursor.fetchone()
    if (good, different) != (rows, rows):
        raise RuntimeError(f"{good} of {rows} cards are good, {different} of them different")
    return {
        "rows": rows,
        "seconds": round(wrote, 2),
        "seconds_a_million": round(wrote / rows * 1_000_000, 2),
        "cards_a_second": round(rows / wrote),
        "made_good_seconds": round(activated, 2),
        "peak_memory_mb": round(peak.peak / 2**20),
        "cores": os.cpu_count() or 1,
    }


def _person(shop_id: Any, now: datetime) -> str:
    user_id = load("goodfor.identity.operations.create_user").create_user(username="bench-cards")
    staff = load("goodfor.identity.operations.add_staff").add_staff(
        shop_id=shop_id, user_id=user_id, role="owner", actor="bench", now=now
    )
    return str(staff.actor)


def _batch(made: Any, rows: int, actor: str, now: datetime) -> Any:
    types = load("goodfor.cards.types")
    wish = types.ProgramWish("bench", "value", types.Skin("bench", "#ffffff", "#000000"), value_minor=10_000)
    program = load("goodfor.cards.operations.set_program").make_program(
        shop_id=made.shop_id, wish=wish, actor=actor, now=now
    )
    return load("goodfor.cards.operations.make_batch").make_batch(
        shop_id=made.shop_id, wish=types.BatchWish(program.id, "bench", rows, 9000, "batch"), actor=actor, now=now
    )


def _say(quiet: bool, what: str, seconds: float) -> None:
    if not quiet:
        sys.stderr.write(f"{what}: {seconds:.1f} s\n")
