"""A supplier's report: purchases, bad codes, answers and complaints of some time, its grade, what followed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count as Number
from django.db.models import Q, Sum
from django.db.models.functions import TruncDay

from goodfor.kernel.sql import Statement
from goodfor.supply import states
from goodfor.supply.health import Health
from goodfor.supply.health_models import Complaint
from goodfor.supply.inquiry_models import Inquiry
from goodfor.supply.inquiry_types import AfterSales, ConsequenceView, Measure, SupplierReport
from goodfor.supply.judging import (
    BAD,
    FAILED,
    LEAST_ASKED,
    LEAST_TRIES,
    LEAST_UNITS,
    SILENT,
    SLOW,
    USUAL_SECONDS,
    grade_of,
    measure,
)
from goodfor.supply.judging_models import Consequence
from goodfor.supply.purchase_models import Attempt
from goodfor.supply.reads_health import health, report_card
from goodfor.supply.types import ReportCard

_ANSWERS: Final = Statement("goodfor.supply", "sql/answer_times.sql")
SHOWN: Final = 20


def supplier_report(
    shop_id: UUID, supplier_id: UUID, *, timezone: str, now: datetime, days: int = 30
) -> SupplierReport:  # fmt: skip
    """The last `days` days of the shop's clock. Raises SupplierNotFound."""
    counted = health(shop_id, supplier_id, days=days, timezone=timezone, now=now)
    since = now - timedelta(days=days)
    card = report_card(shop_id, supplier_id, now=now, since=since)
    bad = None if card.validity is None else 1 - card.validity
    sales = after_sales(shop_id, supplier_id, since)
    measures = _measures(card, bad, sales)
    late = Attempt.objects.filter(
        shop_id=shop_id, supplier_id=supplier_id, sent_at__gte=since, state=states.LATE
    ).count()
    return SupplierReport(
        card=card, late=late, bad_rate=bad, after=sales, grade=grade_of(measures), measures=measures,
        days=_days(shop_id, supplier_id, counted, timezone),
        consequences=tuple(consequences(shop_id, supplier_id)),
    )  # fmt: skip


def _measures(card: ReportCard, bad: float | None, sales: AfterSales) -> tuple[Measure, ...]:
    total = card.total
    success = total.success_rate
    promised = card.promise_seconds or USUAL_SECONDS
    silent = None if not sales.asked else 1 - sales.answered / sales.asked
    return (
        measure("bad", bad, BAD, enough=total.good + total.faulty >= LEAST_UNITS),
        measure("failed", None if success is None else 1 - success, FAILED, enough=total.ended >= LEAST_TRIES),
        measure("slow", None if card.p95 is None else card.p95 / promised, SLOW, enough=total.success >= LEAST_TRIES),
        measure("silent", silent, SILENT, enough=sales.asked >= LEAST_ASKED),
    )


def after_sales(shop_id: UUID, supplier_id: UUID, since: datetime) -> AfterSales:
    """What was asked of a supplier since then, as far as it has an end, and how that was."""
    rows = Inquiry.objects.filter(shop_id=shop_id, supplier_id=supplier_id, asked_at__gte=since, ended_at__isnull=False)
    # Where it cannot be asked at all, nobody kept silent.
    heard = rows.filter(kind="ask").exclude(said="silent", tries=0)
    complained = rows.filter(kind="complain")
    found = rows.aggregate(
        voids=Number("id", filter=Q(kind="void", calls__gte=1)),
        voided=Number("id", filter=Q(kind="void", said="voided")),
        complained=Number("id", filter=Q(kind="complain", sent_at__isnull=False)),
        upheld=Number("id", filter=Q(kind="complain", said="upheld")),
        refused=Number("id", filter=Q(kind="complain", said="refused", sent_at__isnull=False)),
        unheard=Number("id", filter=Q(kind="complain", said="silent")),
    )
    times = _ANSWERS.row({"shop_id": shop_id, "supplier_id": supplier_id, "since": since})
    money = complained.filter(amount_minor__isnull=False)
    return AfterSales(
        asked=heard.count(), answered=heard.filter(state=states.INQUIRY_DONE).count(),
        p50=times[0] if times else None, p95=times[1] if times else None, **found,
        recovered_minor=money.aggregate(sum=Sum("amount_minor"))["sum"] or 0,
        currency=money.values_list("currency", flat=True).first() or "",
    )  # fmt: skip


def _days(
    shop_id: UUID, supplier_id: UUID, counted: Health, timezone: str
) -> tuple[tuple[datetime, float | None], ...]:  # fmt: skip
    zone = ZoneInfo(timezone)
    begin = counted.points[0].at
    rows = (
        Complaint.objects.filter(shop_id=shop_id, supplier_id=supplier_id, at__gte=begin, upheld=True)
        .annotate(day=TruncDay("at", tzinfo=zone))
        .values_list("day")
        .annotate(units=Sum("units"))
    )
    upheld: Mapping[datetime, int] = dict(rows)
    found = []
    for point in counted.points:
        units, bad = point.count.good + point.count.faulty, point.count.faulty + upheld.get(point.at, 0)
        found.append((point.at, min(bad, units) / units if units else None))
    return tuple(found)


def consequences(shop_id: UUID, supplier_id: UUID, limit: int = SHOWN) -> list[ConsequenceView]:
    """What followed from bad codes, latest first."""
    rows = Consequence.objects.filter(shop_id=shop_id, supplier_id=supplier_id).order_by("-at", "-id")[:limit]
    return [_view(row) for row in rows]


def consequence_now(shop_id: UUID, supplier_id: UUID) -> ConsequenceView | None:
    """What holds now."""
    row = Consequence.objects.filter(shop_id=shop_id, supplier_id=supplier_id, lifted_at__isnull=True).first()
    return None if row is None else _view(row)


def _view(row: Consequence) -> ConsequenceView:
    return ConsequenceView(
        row.id, row.supplier_id, row.level, row.since, row.units, row.bad, row.rate_points, row.bound_points, row.at,
        row.lifted_at, row.lifted_by, row.note,
    )  # fmt: skip
