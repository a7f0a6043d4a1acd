"""Make a saved report whose time has come, keep it as it is, and tell."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import override

from goodfor.identity import queries as identity
from goodfor.insights.events import ReportIssued
from goodfor.insights.locks import locked_report
from goodfor.insights.mapping import ask_of, spec_of
from goodfor.insights.models import Issue, Report
from goodfor.insights.rhythm import next_due
from goodfor.insights.tables import COLUMNS, figures_table, needed_by
from goodfor.kernel.events import publish


@transaction.atomic(savepoint=False)
def issue_report(*, shop_id: UUID, report_id: UUID, now: datetime) -> bool:
    """The next number of it, as the figures are now; False when it is not due (any more). Raises ReportNotFound.

    Missed times (the worker stood still) are made up for by one issue, not by many.
    """
    row = locked_report(shop_id, report_id)
    if row.due_at is None or row.due_at > now:
        return False
    spec = spec_of(row.spec)
    needed = needed_by(spec)
    shop = identity.shop_by_id(shop_id)
    ask = ask_of(spec, shop.currency, now)
    # A report is read by many: it speaks the language of its shop, whoever made it.
    with override("en" if shop.locale.lower().startswith("en") else "zh-hans"):
        table = figures_table(shop_id, ask, spec.by, spec.columns or COLUMNS)
    last = Issue.objects.filter(shop_id=shop_id, report_id=report_id).aggregate(last=Max("number"))["last"] or 0
    Issue.objects.create(
        shop_id=shop_id, report_id=report_id, number=last + 1, first=ask.first, last=ask.last, made_at=now,
        table={
            "title": table.title, "columns": list(table.columns), "rows": [list(one) for one in table.rows],
            "meanings": list(table.meanings), "needed": sorted(needed),
        },
    )  # fmt: skip
    following = next_due(row.rhythm, at_hour=row.at_hour, weekday=row.weekday, day=row.day, after=now)
    Report.objects.filter(shop_id=shop_id, id=row.id).update(due_at=following)
    publish(
        shop_id=shop_id,
        event=ReportIssued(
            row.id, last + 1, row.name, ask.first.isoformat(), ask.last.isoformat(), _still(shop_id, row, needed)
        ),
        cause=("insights.report", row.id),
        now=now,
    )
    return True


def _still(shop_id: UUID, row: Report, needed: frozenset[str]) -> tuple[UUID, ...]:
    """Of its recipients those who still work here and may see it."""
    people = {one.id: one for one in identity.staff_of_shop(shop_id)}
    return tuple(
        one for one in row.staff_ids if one in people and all(people[one].may(right) for right in needed)
    )  # fmt: skip
