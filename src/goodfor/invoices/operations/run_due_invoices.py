"""Go on with invoices whose time has come."""

from datetime import datetime
from uuid import UUID

import structlog

from goodfor.invoices import locks, states
from goodfor.invoices.operations.execute_invoice import execute_invoice
from goodfor.invoices.operations.look_at_order import look_at_order
from goodfor.kernel.outbound.http import require_no_transaction
from goodfor.kernel.side_by_side import side_by_side
from goodfor.kernel.tenancy import platform_job

log = structlog.get_logger(__name__)

CALLS_AT_ONCE = 4
#: After so many unanswered calls of one shop in a run, the rest of its invoices wait for the next.
SILENT_CALLS = 2


def run_due_invoices(*, now: datetime, limit: int = 32) -> int:
    """All shops; how many were tried. Never inside a transaction.

    Each shop has a thread of its own, so that an issuer that hangs keeps no other shop waiting.
    """
    require_no_transaction()
    shops: dict[UUID, list[UUID]] = {}
    with platform_job("due invoices"):
        for shop_id, invoice_id in locks.due_invoices(now, limit):
            shops.setdefault(shop_id, []).append(invoice_id)

    def work(due: tuple[UUID, list[UUID]]) -> int:
        tried = silent = 0
        for invoice_id in due[1]:
            if silent >= SILENT_CALLS:
                break
            tried += 1
            silent += not _answered(due[0], invoice_id, now)
        return tried

    return sum(side_by_side(list(shops.items()), work, at_once=CALLS_AT_ONCE))


def run_due_looks(*, now: datetime, limit: int = 100) -> int:
    """All shops; how many invoices and red letters were written."""
    with platform_job("orders to look at"):
        due = locks.due_looks(now, limit)
    written = 0
    for shop_id, order_id in due:
        try:
            written += look_at_order(shop_id=shop_id, order_id=order_id, now=now)
        except Exception:
            log.exception("invoice_look_crashed", order=str(order_id))
    return written


def _answered(shop_id: UUID, invoice_id: UUID, now: datetime) -> bool:
    """Try one; False without an answer. A crash is an unknown end: asked about when the lease is over."""
    try:
        view = execute_invoice(shop_id=shop_id, invoice_id=invoice_id, now=now)
    except Exception:
        log.exception("invoice_crashed", invoice=str(invoice_id))
        return False
    return view.state != states.UNKNOWN and not (view.state == states.REQUESTED and view.failure)
