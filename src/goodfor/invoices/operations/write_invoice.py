"""Write an invoice or a red letter down, to be issued; a step in its caller's transaction, which holds the order."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from goodfor.invoices import states
from goodfor.invoices.mapping import sealed_title, title_of
from goodfor.invoices.models import Invoice, InvoiceLine, Issuer
from goodfor.invoices.types import LineOf, Title
from goodfor.kernel.ids import uuid7
from goodfor.kernel.statemachine import record_history
from goodfor.orders.types import OrderView


def write_invoice(
    order: OrderView, paper: str, lines: Sequence[LineOf], *, title: Title, actor: str, cause: str, now: datetime
) -> Invoice:
    """An invoice of an order."""
    row = Invoice(
        shop_id=order.shop_id, order_id=order.id, order_number=order.number, kind=states.BLUE, paper=paper,
        currency=order.currency,
    )  # fmt: skip
    return _write(row, lines, title, actor, cause, now)


def write_red_letter(
    blue: Invoice, lines: Sequence[LineOf], *, reason: str, actor: str, cause: str, now: datetime
) -> Invoice:
    """A red letter of these lines of an issued invoice."""
    row = Invoice(
        shop_id=blue.shop_id, order_id=blue.order_id, order_number=blue.order_number, kind=states.RED,
        paper=blue.paper, currency=blue.currency, blue_id=blue.id, reason=reason[:200],
    )  # fmt: skip
    return _write(row, lines, title_of(blue), actor, cause, now)


def _write(row: Invoice, lines: Sequence[LineOf], title: Title, actor: str, cause: str, now: datetime) -> Invoice:
    row.id = uuid7()
    before = Invoice.objects.filter(shop_id=row.shop_id, order_id=row.order_id).count()
    row.number = f"{row.order_number}-{before + 1}"
    sealed = sealed_title(row.shop_id, row.id, title)
    row.title_kind, row.title_key_id, row.title_blob = title.kind, sealed.key_id, sealed.blob
    row.total_minor = sum(line.amount_minor for line in lines)
    row.tax_minor = sum(line.tax_minor for line in lines)
    row.asked_at, row.asked_by, row.state = now, actor[:80], states.REQUESTED
    # Without an issuer it waits for a person, who writes it by hand.
    row.next_try_at = now if _is_issued_by_machine(row.shop_id) else None
    row.save(force_insert=True)
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice_id=row.id, seq=seq, shop_id=row.shop_id, order_line_id=line.order_line_id, sku_id=line.sku_id,
            name=line.name, quantity=line.quantity, tax_class=line.tax_class, rate_bp=line.rate_bp,
            amount_minor=line.amount_minor, tax_minor=line.tax_minor,
        )
        for seq, line in enumerate(lines, 1)
    )  # fmt: skip
    record_history(
        shop_id=row.shop_id, machine=states.INVOICE, subject_id=row.id, moves=[(None, states.REQUESTED)],
        actor=actor, cause=cause, now=now,
    )  # fmt: skip
    return row


def _is_issued_by_machine(shop_id: UUID) -> bool:
    return Issuer.objects.filter(shop_id=shop_id).exclude(provider="").exists()
