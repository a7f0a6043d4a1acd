"""How suppliers did: rows of hours added up, never purchases. What a page costs is bounded by the days it shows."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Sum

from goodfor.kernel.sql import Statement
from goodfor.supply.errors import SupplierNotFound
from goodfor.supply.health import Count, Health, OutageView, Point, ReportCard, StockAge, added, validity
from goodfor.supply.health_models import Complaint, Outage, Tally
from goodfor.supply.models import Supplier

_STOCK_AGE: Final = Statement("goodfor.supply", "sql/stock_age.sql")
DAY: Final = timedelta(hours=24)
MONTH: Final = timedelta(days=30)
SHOWN_OUTAGES: Final = 50
_FIELDS: Final = (
    "tries", "ended", "success", "unknown", "speeds", "delays", "good", "faulty", "charged", "refunded", "refunds",
)  # fmt: skip


def health_of_all(shop_id: UUID, now: datetime) -> list[tuple[UUID, str, bool, Count]]:
    """Every supplier of a shop over the last 24 hours: id, name, on, counts. By name."""
    hours: dict[UUID, list[Count]] = {}
    for supplier_id, row in _rows(shop_id, None, _hour(now) - DAY + timedelta(hours=1), now):
        hours.setdefault(supplier_id, []).append(row[1])
    suppliers = Supplier.objects.filter(shop_id=shop_id).order_by("name", "id").values_list("id", "name", "enabled")
    return [(one, name, enabled, added(hours.get(one, ()))) for one, name, enabled in suppliers]


def health(shop_id: UUID, supplier_id: UUID, *, days: int, timezone: str, now: datetime) -> Health:
    """The last 24 hours by the hour (`days` 1), or so many days of the shop's clock. Raises SupplierNotFound."""
    row = _supplier(shop_id, supplier_id)
    starts = _starts(days, ZoneInfo(timezone), now)
    found = [each for _id, each in _rows(shop_id, supplier_id, starts[0], now)]
    points = [
        Point(start, added(count for hour, count, _at in found if start <= hour < end))
        for start, end in zip(starts, [*starts[1:], now + DAY], strict=True)
    ]
    outages = Outage.objects.filter(shop_id=shop_id, supplier_id=supplier_id, opened_at__gte=starts[0])
    return Health(
        supplier_id=supplier_id,
        name=row.name,
        currency=row.currency,
        points=tuple(points),
        total=added(point.count for point in points),
        outages=tuple(
            OutageView(one.item_key, one.reason, one.opened_at, one.until)
            for one in outages.order_by("-opened_at")[:SHOWN_OUTAGES]
        ),
        stock=stock_age(shop_id, supplier_id, now),
        counted_at=max((at for _hour, _count, at in found if at is not None), default=None),
    )


def report_card(shop_id: UUID, supplier_id: UUID, *, now: datetime, since: datetime | None = None) -> ReportCard:
    """Since then, or the last 30 days. Raises SupplierNotFound."""
    row, since = _supplier(shop_id, supplier_id), since or now - MONTH
    total = added(count for _id, (_hour, count, _at) in _rows(shop_id, supplier_id, _hour(since), now))
    complaints = Complaint.objects.filter(shop_id=shop_id, supplier_id=supplier_id, at__gte=since)
    units = complaints.filter(upheld=True).aggregate(units=Sum("units"))["units"] or 0
    return ReportCard(
        supplier_id=supplier_id,
        name=row.name,
        currency=row.currency,
        since=since,
        until=now,
        total=total,
        validity=validity(total, units),
        p50=total.speed(0.5),
        p95=total.speed(0.95),
        promise_seconds=row.promise_seconds,
        complaints=complaints.count(),
        upheld=complaints.filter(upheld=True).count(),
        upheld_units=units,
        outages=Outage.objects.filter(shop_id=shop_id, supplier_id=supplier_id, opened_at__gte=since).count(),
    )


def stock_age(shop_id: UUID, supplier_id: UUID, now: datetime) -> StockAge:
    """Of the items that are offered."""
    row = _STOCK_AGE.row({"shop_id": shop_id, "supplier_id": supplier_id, "now": now})
    return StockAge(*row) if row else StockAge(0, None, None)


def _supplier(shop_id: UUID, supplier_id: UUID) -> Supplier:
    row = Supplier.objects.filter(shop_id=shop_id, id=supplier_id).first()
    if row is None:
        raise SupplierNotFound
    return row


def _rows(
    shop_id: UUID, supplier_id: UUID | None, since: datetime, until: datetime
) -> list[tuple[UUID, tuple[datetime, Count, datetime | None]]]:
    hours = Tally.objects.filter(shop_id=shop_id, hour__gte=since, hour__lte=until)
    if supplier_id is not None:
        hours = hours.filter(supplier_id=supplier_id)
    found = []
    for one, hour, at, *values in hours.values_list("supplier_id", "hour", "counted_at", *_FIELDS):
        named = dict(zip(_FIELDS, values, strict=True))
        count = Count(**named | {"speeds": tuple(named["speeds"]), "delays": tuple(named["delays"])})
        found.append((one, (hour, count, at)))
    return found


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _starts(days: int, zone: ZoneInfo, now: datetime) -> Sequence[datetime]:
    if days == 1:
        return [_hour(now) - timedelta(hours=back) for back in range(23, -1, -1)]
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
