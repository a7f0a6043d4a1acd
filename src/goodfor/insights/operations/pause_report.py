"""Let a saved report rest, or come again."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.insights import states
from goodfor.insights.locks import locked_report
from goodfor.insights.mapping import report_view
from goodfor.insights.models import Report
from goodfor.insights.rhythm import next_due
from goodfor.insights.types import ReportView
from goodfor.kernel import audit
from goodfor.kernel.statemachine import record_history


@transaction.atomic(savepoint=False)
def pause_report(*, shop_id: UUID, report_id: UUID, paused: bool, actor: str, now: datetime) -> ReportView:
    """Paused it is never due; afterwards its next time is the first one after now, and what it missed is not made up.

    The same again changes nothing. Raises ReportNotFound.
    """
    row = locked_report(shop_id, report_id)
    to = states.PAUSED if paused else states.LIVE
    if row.state == to:
        return report_view(row)
    states.REPORT.check(row.state, to)
    due = None if paused else next_due(
        row.rhythm, at_hour=row.at_hour, weekday=row.weekday, day=row.day, after=now
    )  # fmt: skip
    Report.objects.filter(shop_id=shop_id, id=row.id).update(state=to, due_at=due)
    record_history(
        shop_id=shop_id, machine=states.REPORT, subject_id=row.id, moves=[(row.state, to)], actor=actor,
        cause="paused" if paused else "resumed", now=now,
    )  # fmt: skip
    audit.record(
        shop_id=shop_id, actor=actor, action="insights.report_paused" if paused else "insights.report_resumed",
        subject=("insights.report", row.id), data={"name": row.name}, now=now,
    )  # fmt: skip
    row.state, row.due_at = to, due
    return report_view(row)
