"""Move an invoice along its machine; a step in its caller's transaction, which holds the row."""

from datetime import datetime
from typing import Any

from goodfor.invoices import states
from goodfor.invoices.models import Invoice
from goodfor.kernel.statemachine import record_history


def move(row: Invoice, to: str, *, actor: str, cause: str, now: datetime, **changes: Any) -> None:
    """Write the new state with what changes beside it, and the history. Raises IllegalTransition."""
    before = row.state
    if before != to:
        states.INVOICE.check(before, to)
    Invoice.objects.filter(shop_id=row.shop_id, id=row.id, state=before).update(state=to, **changes)
    row.state = to
    for name, value in changes.items():
        setattr(row, name, value)
    if before != to:
        record_history(
            shop_id=row.shop_id, machine=states.INVOICE, subject_id=row.id, moves=[(before, to)], actor=actor,
            cause=cause, now=now,
        )  # fmt: skip
