"""Backtests that somebody asked for, for people to look at."""

from uuid import UUID

from goodfor.risk import rule_states as states
from goodfor.risk.backtest import report
from goodfor.risk.backtest_forms import read_example, read_says, read_weeks
from goodfor.risk.backtest_models import Backtest
from goodfor.risk.errors import BacktestNotFound
from goodfor.risk.rule_types import BacktestView


def backtest(shop_id: UUID, backtest_id: UUID) -> BacktestView:
    """One, as far as it is. Raises BacktestNotFound."""
    row = Backtest.objects.filter(shop_id=shop_id, id=backtest_id).first()
    if row is None:
        raise BacktestNotFound
    return _view(row)


def backtests(shop_id: UUID, *, rule_id: UUID | None = None, limit: int = 20) -> list[BacktestView]:
    """The latest, of a rule or of the shop."""
    found = Backtest.objects.filter(shop_id=shop_id).order_by("-made_at", "-id")
    return [_view(row) for row in (found.filter(rule_id=rule_id) if rule_id else found)[:limit]]


def newest_of(shop_id: UUID, digest: str) -> UUID | None:
    """The latest that is done of a text and its scenes (`backtest_forms.digest_of`)."""
    found = Backtest.objects.filter(shop_id=shop_id, digest=digest, state=states.BACKTEST_DONE)
    return found.order_by("-made_at", "-id").values_list("id", flat=True).first()


def _view(row: Backtest) -> BacktestView:
    sums = report(read_weeks(row.sums), 0.0, 0.0)
    slices = max(len(row.edges) - 1, 0)
    done = 1.0 if row.state == states.BACKTEST_DONE else row.done / slices if slices else 0.0
    return BacktestView(
        row.id, row.rule_id, row.code, row.latest, read_says(row.says), row.digest, row.since, row.until, row.state,
        done, sums.weeks, sums.total, tuple(read_example(one) for one in row.examples), row.problem, row.made_by,
        row.made_at, row.ended_at,
    )  # fmt: skip
