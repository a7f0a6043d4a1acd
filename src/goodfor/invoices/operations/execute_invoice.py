"""Have an invoice issued, or go on with one whose end is not known."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.invoices import states
from goodfor.invoices.locks import lock_invoice
from goodfor.invoices.mapping import invoice_view, line_view, secret_of, title_of
from goodfor.invoices.models import Invoice, InvoiceLine, Issuer
from goodfor.invoices.operations.moving import move
from goodfor.invoices.operations.settle_invoice import settle_invoice
from goodfor.invoices.providers.base import NOT_FOUND, NOT_SENT, Account, IssuingProvider, Paper
from goodfor.invoices.providers.registry import provider_for
from goodfor.invoices.schedule import LEASE
from goodfor.invoices.types import InvoiceView
from goodfor.kernel.faultpoints import reach
from goodfor.kernel.outbound.http import require_no_transaction
from goodfor.kernel.outcomes import Outcome, Rejected, Unknown


@dataclass(frozen=True, slots=True)
class _Claimed:
    row: Invoice
    paper: Paper
    account: Account
    provider: IssuingProvider
    ask_first: bool


def execute_invoice(*, shop_id: UUID, invoice_id: UUID, now: datetime) -> InvoiceView:
    """One try, always under the same number; after a try of unknown end the issuer is asked before anything else.

    Two at a time cannot happen: the row is leased. Never inside a transaction. Raises InvoiceNotFound.
    """
    require_no_transaction()
    claimed = _claim(shop_id, invoice_id, now)
    if claimed is None:
        return invoice_view(Invoice.objects.get(shop_id=shop_id, id=invoice_id))
    reach("invoices.claimed")
    outcome = _outcome(claimed, now)
    reach("invoices.called")
    return settle_invoice(shop_id=shop_id, invoice_id=invoice_id, outcome=outcome, now=now)


def _claim(shop_id: UUID, invoice_id: UUID, now: datetime) -> _Claimed | None:
    """Lease the row for this try, committed before the call; None when it has ended or somebody is at it."""
    with transaction.atomic():
        row = lock_invoice(shop_id, invoice_id)
        if row.state not in states.UNFINISHED or row.next_try_at is None or row.next_try_at > now:
            return None
        issuer = Issuer.objects.filter(shop_id=shop_id).first()
        name = row.provider or (issuer.provider if issuer else "")
        provider = provider_for(name)
        if issuer is None or provider is None or issuer.provider != name:
            # Whoever it was sent to is not the issuer any more: a person has to find out.
            _rest(row)
            return None
        before = row.state
        move(
            row, states.ISSUING, actor="system", cause=f"attempt:{row.attempts + 1}", now=now, provider=name,
            attempts=row.attempts + 1, next_try_at=now + LEASE,
        )  # fmt: skip
        account = Account(issuer.url, issuer.app_key, secret_of(issuer), issuer.seller_name, issuer.seller_tax)
        return _Claimed(row, _paper(row), account, provider, ask_first=before != states.REQUESTED)


def _rest(row: Invoice) -> None:
    Invoice.objects.filter(shop_id=row.shop_id, id=row.id).update(next_try_at=None, failure="issuer_changed")


def _paper(row: Invoice) -> Paper:
    lines = InvoiceLine.objects.filter(shop_id=row.shop_id, invoice_id=row.id).order_by("seq")
    blue = Invoice.objects.filter(shop_id=row.shop_id, id=row.blue_id).first() if row.blue_id else None
    return Paper(
        number=row.number, kind=row.kind, paper=row.paper, title=title_of(row), currency=row.currency,
        total_minor=row.total_minor, tax_minor=row.tax_minor, lines=[line_view(line) for line in lines],
        original=blue.official if blue else "", reason=row.reason,
    )  # fmt: skip


def _outcome(claimed: _Claimed, now: datetime) -> Outcome:
    provider, account, paper = claimed.provider, claimed.account, claimed.paper
    if claimed.ask_first:
        told = provider.ask(account, paper.number, now)
        if isinstance(told, Unknown) and told.reason == NOT_SENT:
            # A question that was not sent says nothing about the invoice that may have been.
            return Unknown("unreachable")
        if not (isinstance(told, Rejected) and told.code == NOT_FOUND):
            return told
        # It was never heard of there: the same number again.
    outcome = provider.issue(account, paper, now)
    if claimed.ask_first and isinstance(outcome, Unknown) and outcome.reason == NOT_SENT:
        # This call was not sent; an earlier one may still be on its way.
        return Unknown("unreachable")
    if isinstance(outcome, Rejected):
        # "No" may mean "done before": the answer to the question counts.
        told = provider.ask(account, paper.number, now)
        if isinstance(told, Unknown) and told.reason == NOT_SENT:
            return Unknown("unreachable")
        return outcome if isinstance(told, Rejected) else told
    return outcome
