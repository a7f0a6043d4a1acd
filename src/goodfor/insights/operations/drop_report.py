"""Have a saved report no more; what was sent of it stays."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.insights import states
from goodfor.insights.locks import locked_report
from goodfor.insights.models import Report
from goodfor.kernel import audit
from goodfor.kernel.statemachine import record_history


@transaction.atomic(savepoint=False)
def drop_report(*, shop_id: UUID, report_id: UUID, actor: str, now: datetime) -> None:
    """It is made no more, and its name is free. Raises ReportNotFound."""
    row = locked_report(shop_id, report_id)
    Report.objects.filter(shop_id=shop_id, id=row.id).update(state=states.DROPPED, due_at=None)
    record_history(
        shop_id=shop_id, machine=states.REPORT, subject_id=row.id, moves=[(row.state, states.DROPPED)], actor=actor,
        cause="dropped", now=now,
    )  # fmt: skip
    audit.record(
        shop_id=shop_id, actor=actor, action="insights.report_dropped", subject=("insights.report", row.id),
        data={"name": row.name}, now=now,
    )  # fmt: skip
