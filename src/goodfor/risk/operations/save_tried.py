"""Save a rule as it was tried, and ask for where it is to stand."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.risk import rule_states as states
from goodfor.risk.backtest_forms import read_says
from goodfor.risk.backtest_models import Backtest
from goodfor.risk.errors import BacktestNotDone, BacktestNotFound
from goodfor.risk.operations.save_draft import save_draft
from goodfor.risk.operations.submit_rule import submit
from goodfor.risk.rule_types import Saved


@transaction.atomic
def save_tried(
    *, shop_id: UUID, backtest_id: UUID, to: str, actor: str, now: datetime, percent: int = 0, reason: str = ""
) -> Saved:
    """The tried text becomes a version; `to` draft leaves it at that, else it is submitted for that state.

    Again after a draft it submits the same version. Raises BacktestNotFound, BacktestNotDone, and as `save_draft` and
    `submit` do.
    """
    row = Backtest.objects.filter(shop_id=shop_id, id=backtest_id).first()
    if row is None:
        raise BacktestNotFound
    if row.state != states.BACKTEST_DONE:
        raise BacktestNotDone
    saved = save_draft(
        shop_id=shop_id, says=read_says(row.says), actor=actor, now=now, code=row.code, rule_id=row.rule_id,
        latest=row.latest if row.rule_id else None,
    )  # fmt: skip
    number = saved.latest.number
    Backtest.objects.filter(shop_id=shop_id, id=row.id).update(rule_id=saved.id, latest=number)
    change = None
    if to != states.DRAFT:
        change = submit(
            shop_id=shop_id, rule_id=saved.id, version=number, state=to, percent=percent, reason=reason, actor=actor,
            now=now,
        )  # fmt: skip
    return Saved(saved.id, number, change)
