"""Work out the backtests that somebody asked for, a slice of time at a time."""

import time
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import transaction

from goodfor.kernel.sql import Statement
from goodfor.kernel.statemachine import record_history
from goodfor.kernel.tenancy import platform_job
from goodfor.risk import rule_states as states
from goodfor.risk.backtest import Span, Spot, added, edges_of, examples_of, slice_weeks
from goodfor.risk.backtest_forms import read_says, read_weeks, written_example, written_weeks
from goodfor.risk.backtest_models import Backtest
from goodfor.risk.rule_reading import read
from goodfor.risk.rule_types import Week

#: The oldest first, so many at a time; a turn lasts no longer than this, seconds.
AT_ONCE: Final = 4
TURN: Final = 10.0
_LOCK: Final = Statement("goodfor.risk", "sql/lock_backtest.sql")
log = structlog.get_logger(__name__)


def walk_backtests(*, now: datetime) -> int:
    """Slices of the oldest backtests, all shops; how many. A killed worker goes on with the slice that it was at."""
    with platform_job("backtests of rules"):
        due = list(
            Backtest.objects.filter(state__in=("waiting", states.BACKTEST_RUNNING))
            .order_by("made_at", "id")
            .values_list("shop_id", "id")[:AT_ONCE]
        )
    began, count = time.monotonic(), 0
    for shop_id, backtest_id in due:
        try:
            while time.monotonic() - began < TURN and walk_backtest(shop_id=shop_id, backtest_id=backtest_id, now=now):
                count += 1
        except Exception as error:
            # One that cannot be worked out must not hold up the others.
            log.error("risk_backtest_failed", backtest=str(backtest_id), error=type(error).__name__)
            _break(shop_id, backtest_id, type(error).__name__, now)
    return count


@transaction.atomic
def walk_backtest(*, shop_id: UUID, backtest_id: UUID, now: datetime) -> bool:
    """The next slice; False: it is over, or somebody else is at it."""
    row = _held(shop_id, backtest_id)
    if row is None:
        return False
    says = read_says(row.says)
    expression = read(shop_id, says.text)
    span = Span(shop_id, says.scenes, row.since, row.until, row.as_of)
    edges = [datetime.fromisoformat(one) for one in row.edges] or edges_of(span)
    changes: dict[str, Any] = {"edges": [one.isoformat() for one in edges]}
    sums, spots, done = read_weeks(row.sums), list(row.spots), row.done
    if done < len(edges) - 1:
        first, last = edges[done], edges[done + 1]
        weeks = slice_weeks(expression, span, first, last)
        spots.append([first.isoformat(), last.isoformat(), *_counts(weeks)])
        for week in weeks:
            sums[week.week] = added(sums[week.week], week) if week.week in sums else week
        done += 1
        changes |= {"sums": written_weeks(sums[week] for week in sorted(sums)), "spots": spots, "done": done}
    over = done >= len(edges) - 1
    if over:
        found = examples_of(expression, span, [_spot(one) for one in spots])
        changes |= {"examples": [written_example(one) for one in found], "ended_at": now}
    _move(row, states.BACKTEST_DONE if over else states.BACKTEST_RUNNING, now, **changes)
    return not over


def _held(shop_id: UUID, backtest_id: UUID) -> Backtest | None:
    if _LOCK.row({"shop_id": shop_id, "id": backtest_id}) is None:
        return None
    row = Backtest.objects.get(shop_id=shop_id, id=backtest_id)
    return row if row.ended_at is None else None


def _counts(weeks: list[Week]) -> tuple[int, int, int]:
    return sum(w.caught for w in weeks), sum(w.annoyed for w in weeks), sum(w.young for w in weeks)


def _spot(stored: list[Any]) -> Spot:
    first, last, *counts = stored
    return Spot(datetime.fromisoformat(first), datetime.fromisoformat(last), *counts)


def _move(row: Backtest, state: str, now: datetime, **changes: Any) -> None:
    Backtest.objects.filter(shop_id=row.shop_id, id=row.id, state=row.state).update(state=state, **changes)
    if state != row.state:
        record_history(
            shop_id=row.shop_id, machine=states.BACKTEST, subject_id=row.id, moves=[(row.state, state)],
            actor="system", cause="slice", now=now,
        )  # fmt: skip


@transaction.atomic
def _break(shop_id: UUID, backtest_id: UUID, problem: str, now: datetime) -> None:
    row = _held(shop_id, backtest_id)
    if row is not None:
        _move(row, states.BACKTEST_BROKEN, now, problem=problem[:40], ended_at=now)
