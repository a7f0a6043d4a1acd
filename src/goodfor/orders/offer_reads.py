"""What campaigns took off an order, and why nothing more. Reached through `queries`."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from goodfor.orders.accounts import CREDIT_PART
from goodfor.orders.credit_types import CreditView
from goodfor.orders.models import CreditPart, Discount, LinePoints, OrderLine, Trace
from goodfor.orders.offer_types import MorePoints, Taken, TraceStep

#: What the bill says of the part that units met, by the kind of their wallet.
CREDITS: Final[Mapping[str, Any]] = {"points": _("积分抵付"), "welfare": _("福利抵付")}


def credit_part(shop_id: UUID, order_id: UUID) -> CreditView | None:
    """What units met of an order; None: money paid all of it."""
    row = CreditPart.objects.filter(shop_id=shop_id, order_id=order_id).first()
    return CreditView(row.kind, row.minor, row.back_minor) if row is not None else None


def trace_of_order(shop_id: UUID, order_id: UUID) -> list[TraceStep]:
    """Each campaign that was looked at when the order was priced, in that order; nothing where none was."""
    steps = Trace.objects.filter(shop_id=shop_id, order_id=order_id).values_list("steps", flat=True).first() or ()
    return [
        TraceStep(UUID(campaign), UUID(revision), name, outcome, wanted, given, UUID(coupon) if coupon else None)
        for campaign, revision, name, outcome, wanted, given, coupon in steps
    ]


def points_of_order(shop_id: UUID, order_id: UUID) -> list[MorePoints]:
    """Which of its lines earn more points, by which campaigns."""
    rows = LinePoints.objects.filter(shop_id=shop_id, order_id=order_id).order_by("line_id", "revision_id")
    return [MorePoints(row.line_id, row.campaign_id, row.revision_id, row.times_bp, row.plus) for row in rows]


def taken_of_order(shop_id: UUID, order_id: UUID) -> list[Taken]:
    """What each campaign took off each line, by the order of lines and of campaigns as they were looked at."""
    rows = list(Discount.objects.filter(shop_id=shop_id, order_id=order_id))
    if not rows:
        return []
    lines = OrderLine.objects.filter(shop_id=shop_id, order_id=order_id).order_by("position")
    places = {line_id: place for place, line_id in enumerate(lines.values_list("id", flat=True))}
    told = trace_of_order(shop_id, order_id)
    names = {one.revision_id: one.name for one in told}
    if any(row.campaign_id == CREDIT_PART for row in rows) and (credit := credit_part(shop_id, order_id)) is not None:
        names[CREDIT_PART] = str(CREDITS.get(credit.kind, credit.kind))
    order = {one.revision_id: place for place, one in reversed(list(enumerate(told)))}
    rows.sort(key=lambda row: (places.get(row.line_id, 0), order.get(row.revision_id, len(order)), str(row.id)))
    return [
        Taken(
            row.line_id, row.campaign_id, row.revision_id, row.coupon_id, names.get(row.revision_id, ""), row.minor,
            row.units, row.loss,
        )
        for row in rows
    ]  # fmt: skip
