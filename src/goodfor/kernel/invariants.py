"""Truths that must hold, as SQL: each room lists its own, `goodfor audit` runs them all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from django.db import connection, transaction

from goodfor.kernel.tenancy import platform_job

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Invariant:
    """One truth. `sql` returns a row (subject, detail) for each violation; none when it holds; may use %(now)s."""

    name: str
    room: str
    why: str
    sql: str


@dataclass(frozen=True, slots=True)
class Result:
    """What running an invariant showed: up to 100 violations and how many there are."""

    invariant: Invariant
    count: int
    violations: tuple[tuple[str, str], ...]

    @property
    def ok(self) -> bool:
        """True when nothing violates it."""
        return self.count == 0


REGISTRY: list[Invariant] = []


def register(invariants: Sequence[Invariant]) -> None:
    """Add a room's invariants; called by the wiring."""
    known = {invariant.name for invariant in REGISTRY}
    REGISTRY.extend(invariant for invariant in invariants if invariant.name not in known)


def run(invariant: Invariant, now: datetime) -> Result:
    """Run one invariant over all shops."""
    params: Mapping[str, Any] = {"now": now}
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(invariant.sql, params)
        rows = [(str(row[0]), str(row[1]) if len(row) > 1 else "") for row in cursor.fetchall()]
    return Result(invariant, len(rows), tuple(rows[:SHOWN]))


def run_all(now: datetime) -> list[Result]:
    """Run every registered invariant in one repeatable-read snapshot, so that they all see the same moment."""
    with platform_job("audit"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SET LOCAL work_mem = '64MB'")
        return [run(invariant, now) for invariant in REGISTRY]
