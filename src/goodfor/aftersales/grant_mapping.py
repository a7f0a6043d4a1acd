"""Rows of grants and recoveries as their public types."""

from goodfor.aftersales.grant_models import Grant, Recovery
from goodfor.aftersales.types import GrantView, RecoveryView
from goodfor.kernel.money import Money


def grant_view(row: Grant) -> GrantView:
    """A grant as pages and other rooms see it."""
    return GrantView(
        id=row.id,
        case_id=row.case_id,
        order_id=row.order_id,
        kind=row.kind,
        amount=Money(row.amount_minor, row.currency),
        way="hand" if row.way == "hand" else "wallet",
        state=row.state,
        made_at=row.made_at,
        paid_at=row.paid_at,
        number=row.number,
        buyer=row.buyer,
        paid_by=row.paid_by,
        reference=row.reference,
    )


def recovery_view(row: Recovery) -> RecoveryView:
    """A recovery as pages and other rooms see it."""
    return RecoveryView(
        id=row.id,
        case_id=row.case_id,
        supplier_id=row.supplier_id,
        amount=Money(row.amount_minor, row.currency),
        settled=Money(row.settled_minor, row.currency),
        state=row.state,
        ref=row.ref,
        made_at=row.made_at,
        ended_at=row.ended_at,
        order_id=row.order_id,
        number=row.number,
        units=row.units,
        purchases=tuple(row.purchases),
        sent_at=row.sent_at,
        note=row.note,
    )
