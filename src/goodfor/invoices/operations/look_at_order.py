"""Look at an order whose price changed: what was invoiced of it must not be more than what is left."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from goodfor.identity import queries as identity
from goodfor.invoices import states
from goodfor.invoices.amounts import too_much
from goodfor.invoices.errors import NotInBooksYet
from goodfor.invoices.locks import lock_order
from goodfor.invoices.mapping import line_view, title_of
from goodfor.invoices.models import Invoice, InvoiceLine, Look
from goodfor.invoices.operations.moving import move
from goodfor.invoices.operations.request_invoice import request_invoice
from goodfor.invoices.operations.write_invoice import write_invoice, write_red_letter
from goodfor.invoices.schedule import next_look
from goodfor.invoices.sold import left_of
from goodfor.invoices.types import LineOf, Title
from goodfor.kernel.errors import DomainError
from goodfor.orders import queries as orders
from goodfor.orders.types import OrderView

SYSTEM = "system"


def ask_to_look(*, shop_id: UUID, order_id: UUID, now: datetime) -> None:
    """Have an order looked at; in the caller's transaction."""
    Look.objects.update_or_create(order_id=order_id, defaults={"shop_id": shop_id, "due_at": now, "tries": 0})


def look_at_order(*, shop_id: UUID, order_id: UUID, now: datetime) -> int:
    """How many invoices and red letters were written. Later again, while the books have not followed.

    An invoice that is being issued is left alone: when that ends the order is looked at again.
    """
    with transaction.atomic():
        lock_order(order_id)
        row = Look.objects.filter(shop_id=shop_id, order_id=order_id, due_at__lte=now).first()
        if row is None:
            return 0
        try:
            with transaction.atomic():
                written = _look(shop_id, order_id, now)
        except NotInBooksYet:
            due_at, tries = next_look(tries=row.tries + 1, now=now), row.tries + 1
            _as_seen(row).update(due_at=due_at, tries=tries)
            return 0
        _as_seen(row).delete()
    return written


def _as_seen(row: Look) -> "QuerySet[Look]":
    """The row, as long as nobody has asked to look again meanwhile."""
    return Look.objects.filter(shop_id=row.shop_id, order_id=row.order_id, due_at=row.due_at)


def _look(shop_id: UUID, order_id: UUID, now: datetime) -> int:
    order = orders.order_view(shop_id, order_id)
    known = list(Invoice.objects.filter(shop_id=shop_id, order_id=order_id).order_by("id"))
    if not known:
        return _as_ordered(order, now)
    standing = [row for row in known if row.kind == states.BLUE and row.state in states.STANDING]
    if not standing:
        return 0
    lines = left_of(shop_id, order).lines
    return sum(_answer(order, blue, lines.get(blue.paper, ()), now) for blue in standing)


def _as_ordered(order: OrderView, now: datetime) -> int:
    """The invoice that was asked for with the order. What its title lacks, the order's page asks for."""
    given = orders.invoice_of_order(order.shop_id, order.id)
    if given is None or not identity.shop_by_id(order.shop_id).settings.get("invoices"):
        return 0
    kind = states.COMPANY if given.tax_number else states.PERSONAL
    title = Title(kind, given.title, given.tax_number, given.email)
    try:
        made = request_invoice(
            shop_id=order.shop_id, order_id=order.id, title=title, actor=SYSTEM, now=now, cause="order"
        )
    except NotInBooksYet:
        raise
    except DomainError:
        return 0
    return len(made)


def _answer(order: OrderView, blue: Invoice, left: tuple[LineOf, ...], now: datetime) -> int:
    stored = InvoiceLine.objects.filter(shop_id=blue.shop_id, invoice_id=blue.id).order_by("seq")
    excess = too_much([line_view(row) for row in stored], left)
    if not excess:
        return 0
    if blue.state == states.REQUESTED:
        # Nothing was sent: it is written anew, with what is left.
        move(blue, states.WITHDRAWN, actor=SYSTEM, cause="refund", now=now, next_try_at=None, ended_at=now)
        if left:
            write_invoice(order, blue.paper, left, title=title_of(blue), actor=SYSTEM, cause="refund", now=now)
        return 1
    if blue.state != states.ISSUED or _is_being_taken_back(blue):
        return 0
    write_red_letter(blue, excess, reason=states.REFUND_REASON, actor=SYSTEM, cause="refund", now=now)
    return 1


def _is_being_taken_back(blue: Invoice) -> bool:
    reds = Invoice.objects.filter(shop_id=blue.shop_id, blue_id=blue.id, state__in=states.UNFINISHED)
    return reds.exists()
