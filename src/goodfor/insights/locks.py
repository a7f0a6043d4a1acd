"""Row locks of insights."""

from uuid import UUID

from goodfor.insights.errors import ReportNotFound
from goodfor.insights.models import Report
from goodfor.insights.states import KEPT


def locked_report(shop_id: UUID, report_id: UUID) -> Report:
    """A saved report, to change it. Raises ReportNotFound, for a dropped one as well."""
    row = Report.objects.select_for_update().filter(shop_id=shop_id, id=report_id, state__in=KEPT).first()
    if row is None:
        raise ReportNotFound
    return row
