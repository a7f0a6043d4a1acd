"""Reads of invoices, as values. A title is opened only where it is asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from goodfor.identity import queries as identity
from goodfor.invoices import schedule, states
from goodfor.invoices.errors import InvoiceNotFound
from goodfor.invoices.mapping import invoice_view, issuer_view, line_view, title_of
from goodfor.invoices.models import Invoice, InvoiceLine, Issuer
from goodfor.invoices.sold import invoiceable
from goodfor.invoices.types import Asked, InvoiceView, IssuerView, LineOf, RegisterFilter, StepView, Title, VatRow
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.sql import Statement, Tally
from goodfor.orders import queries as orders

_SUMMARY = Statement(__package__, "sql/vat_summary.sql")
#: How many papers of a shop wait for a person: without an end, or to be written by hand.
waiting: Final = Tally(__package__, "sql/waiting.sql")
PAGE = 500


def invoice(shop_id: UUID, invoice_id: UUID) -> InvoiceView:
    """One. Raises InvoiceNotFound."""
    return invoice_view(_row(shop_id, invoice_id))


def title(shop_id: UUID, invoice_id: UUID) -> Title:
    """To whom one is written. Raises InvoiceNotFound."""
    return title_of(_row(shop_id, invoice_id))


def lines(shop_id: UUID, invoice_id: UUID) -> list[LineOf]:
    """What stands on one."""
    rows = InvoiceLine.objects.filter(shop_id=shop_id, invoice_id=invoice_id).order_by("seq")
    return [line_view(row) for row in rows]


def history(shop_id: UUID, invoice_id: UUID) -> list[StepView]:
    """How one came to be where it is, oldest first."""
    steps = orders.order_history(shop_id, [invoice_id])
    return [StepView(step.from_state, step.to_state, step.actor, step.cause, step.at) for step in steps]


def of_order(shop_id: UUID, order_id: UUID) -> list[InvoiceView]:
    """Invoices and red letters of an order, oldest first."""
    rows = Invoice.objects.filter(shop_id=shop_id, order_id=order_id).order_by("id")
    return [invoice_view(row) for row in rows]


def asked(shop_id: UUID, order_id: UUID) -> Asked:
    """Whether the invoice of an order may be asked for now: what is left without one, or why not."""
    if not identity.shop_by_id(shop_id).settings.get("invoices"):
        return Asked(0, "", "invoices_not_offered")
    try:
        order, papers = invoiceable(shop_id, order_id)
    except DomainError as error:
        return Asked(0, "", error.code)
    standing = {
        one.paper for one in of_order(shop_id, order_id) if one.kind == states.BLUE and one.state in states.STANDING
    }
    left = sum(line.amount_minor for paper, found in papers.lines.items() if paper not in standing for line in found)
    return Asked(left, order.currency, "" if left else "invoice_exists")


def register(shop_id: UUID, wanted: RegisterFilter, *, offset: int = 0, limit: int = 50) -> list[InvoiceView]:
    """A page of what was asked for, the latest first. Raises InvalidInput (limit over 500)."""
    if not 1 <= limit <= PAGE or offset < 0:
        raise InvalidInput("limit out of range", limit=PAGE)
    return [invoice_view(row) for row in _wanted(shop_id, wanted)[offset : offset + limit]]


def count_by_state(shop_id: UUID, wanted: RegisterFilter, *, most: int = 1000) -> dict[str, int]:
    """How many are in each state, counted up to `most`; the filter's own states do not count."""
    rows = _wanted(shop_id, replace(wanted, states=())).order_by()
    return {state: rows.filter(state=state)[:most].count() for state in sorted(states.INVOICE.states)}


def walk(shop_id: UUID, wanted: RegisterFilter) -> Iterator[list[InvoiceView]]:
    """All of the same, a few hundred at a time."""
    rows = _wanted(shop_id, wanted).iterator(chunk_size=PAGE)
    while page := [invoice_view(row) for row in islice(rows, PAGE)]:
        yield page


def by_ids(shop_id: UUID, ids: Sequence[UUID]) -> list[InvoiceView]:
    """These, without those of other shops."""
    rows = Invoice.objects.filter(shop_id=shop_id, id__in=list(ids)[:PAGE]).order_by("-asked_at", "-id")
    return [invoice_view(row) for row in rows]


def vat_summary(shop_id: UUID, first: date, last: date) -> Sequence[VatRow]:
    """What was issued from the first day to the last (Beijing), red letters beside it."""
    since, until = schedule.days(first, last)
    return [VatRow(*row) for row in _SUMMARY.rows({"shop_id": shop_id, "since": since, "until": until})]


def issuer(shop_id: UUID) -> IssuerView:
    """Who writes the shop's invoices."""
    return issuer_view(Issuer.objects.filter(shop_id=shop_id).first())


def _row(shop_id: UUID, invoice_id: UUID) -> Invoice:
    row = Invoice.objects.filter(shop_id=shop_id, id=invoice_id).first()
    if row is None:
        raise InvoiceNotFound
    return row


def _wanted(shop_id: UUID, wanted: RegisterFilter) -> "QuerySet[Invoice]":
    rows = Invoice.objects.filter(shop_id=shop_id).order_by("-asked_at", "-id")
    if wanted.states:
        rows = rows.filter(state__in=wanted.states)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.paper:
        rows = rows.filter(paper=wanted.paper)
    if wanted.since is not None:
        rows = rows.filter(asked_at__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(asked_at__lt=wanted.until)
    if text := wanted.text.strip()[:60]:
        rows = rows.filter(Q(order_number=text) | Q(number=text) | Q(official=text))
    return rows
