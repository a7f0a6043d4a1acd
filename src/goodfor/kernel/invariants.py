"""Truths that must hold, as SQL: each room lists its own, `goodfor audit` runs them all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from django.db import connection, transaction

from goodfor.kernel.statemachine import Machine
from goodfor.kernel.tenancy import platform_job

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Invariant:
    """One truth. `sql` returns a row (subject, detail) for each violation; none when it holds; may use %(now)s.

    `check`, for what SQL alone cannot tell (a signature), returns the same rows from the same snapshot.
    """

    name: str
    room: str
    why: str
    sql: str = ""
    check: Callable[[datetime], Sequence[tuple[str, str]]] | None = None


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


def history_invariant(machine: Machine, *, table: str, room: str, name: str, born: str = "") -> Invariant:
    """Each row's state is where its history leads: a walk of allowed moves from the first state to the present one.

    It does not ask in which order the steps were written, since clocks of two processes may disagree: each state must
    have been entered as often as it was left, the present one once more. `born`: SQL for the first state of a row `s`,
    where it is not the machine's initial one.
    """
    moves = ", ".join(
        f"('{one}', '{two}')" for one in sorted(machine.transitions) for two in sorted(machine.transitions[one])
    )
    sql = f"""
        WITH step AS MATERIALIZED (
            SELECT shop_id, subject_id, from_state, to_state,
                   from_state IS NOT NULL AND (from_state, to_state) NOT IN (VALUES {moves}) AS odd
            FROM kernel_history WHERE machine = '{machine.name}'
        ), visit AS (
            SELECT shop_id, subject_id, state, sum(n) AS n FROM (
                SELECT shop_id, subject_id, to_state AS state, 1 AS n FROM step
                UNION ALL SELECT shop_id, subject_id, from_state, -1 FROM step WHERE from_state IS NOT NULL) v
            GROUP BY shop_id, subject_id, state
        ), place AS (
            SELECT shop_id, subject_id, string_agg(state, ' and ' ORDER BY state) FILTER (WHERE n <> 0) AS state,
                   coalesce(min(n) FILTER (WHERE n <> 0), 0) = 1 AND coalesce(max(n), 0) = 1 AS one
            FROM visit GROUP BY shop_id, subject_id
        ), birth AS (
            SELECT shop_id, subject_id, bool_or(odd) AS odd,
                   string_agg(to_state, ' and ') FILTER (WHERE from_state IS NULL) AS state
            FROM step GROUP BY shop_id, subject_id
        )
        SELECT coalesce(s.id, p.subject_id)::text,
               coalesce(s.state, 'gone') || ', history from ' || coalesce(b.state, 'nowhere') || ' to '
               || coalesce(p.state, 'nowhere') || CASE WHEN b.odd THEN ' by a forbidden move' ELSE '' END
        FROM {table} s
        FULL JOIN (place p JOIN birth b USING (shop_id, subject_id)) ON p.subject_id = s.id AND p.shop_id = s.shop_id
        WHERE s.state IS DISTINCT FROM p.state OR NOT p.one OR b.odd
           OR b.state IS DISTINCT FROM {born or f"'{machine.initial}'"}
    """  # noqa: S608
    return Invariant(name=name, room=room, why="the state of a thing is where its written history leads", sql=sql)


def run(invariant: Invariant, now: datetime) -> Result:
    """Run one invariant over all shops."""
    params: Mapping[str, Any] = {"now": now}
    rows = [] if invariant.check is None else list(invariant.check(now))
    if invariant.sql:
        with psycopg.Cursor(connection.connection) as cursor:
            cursor.execute(invariant.sql, params)
            rows += [(str(row[0]), str(row[1]) if len(row) > 1 else "") for row in cursor.fetchall()]
    return Result(invariant, len(rows), tuple(rows[:SHOWN]))


def run_all(now: datetime) -> list[Result]:
    """Run every registered invariant in one repeatable-read snapshot, so that they all see the same moment."""
    with platform_job("audit"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SET LOCAL work_mem = '64MB'")
        return [run(invariant, now) for invariant in REGISTRY]
