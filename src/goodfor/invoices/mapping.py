"""From rows to values, and what is sealed of them."""

import json
from dataclasses import asdict
from uuid import UUID

from goodfor.invoices.models import Invoice, InvoiceLine, Issuer
from goodfor.invoices.types import InvoiceView, IssuerView, LineOf, Title
from goodfor.kernel.crypto import Sealed, keyring


def title_aad(shop_id: UUID, invoice_id: UUID) -> bytes:
    """What binds a title to its invoice."""
    return b"invoices.title:" + shop_id.bytes + invoice_id.bytes


def secret_aad(shop_id: UUID) -> bytes:
    """What binds an issuer's secret to its shop."""
    return b"invoices.secret:" + shop_id.bytes


def sealed_title(shop_id: UUID, invoice_id: UUID, title: Title) -> Sealed:
    """A title, sealed."""
    return keyring().seal(json.dumps(asdict(title), ensure_ascii=False).encode(), title_aad(shop_id, invoice_id))


def title_of(row: Invoice) -> Title:
    """The title, opened."""
    text = keyring().open(Sealed(row.title_key_id, bytes(row.title_blob)), title_aad(row.shop_id, row.id))
    return Title(**json.loads(text))


def secret_of(row: Issuer) -> str:
    """The issuer's secret, opened; empty where there is none."""
    if row.secret_key_id is None or row.secret_blob is None:
        return ""
    return keyring().open(Sealed(row.secret_key_id, bytes(row.secret_blob)), secret_aad(row.shop_id)).decode()


def invoice_view(row: Invoice) -> InvoiceView:
    """An invoice, without its title."""
    return InvoiceView(
        id=row.id,
        shop_id=row.shop_id,
        order_id=row.order_id,
        order_number=row.order_number,
        number=row.number,
        kind=row.kind,
        paper=row.paper,
        blue_id=row.blue_id,
        state=row.state,
        title_kind=row.title_kind,
        currency=row.currency,
        total_minor=row.total_minor,
        tax_minor=row.tax_minor,
        reversed_minor=row.reversed_minor,
        tax_reversed_minor=row.tax_reversed_minor,
        reason=row.reason,
        provider=row.provider,
        official=row.official,
        link=row.link,
        failure=row.failure,
        attempts=row.attempts,
        next_try_at=row.next_try_at,
        asked_at=row.asked_at,
        asked_by=row.asked_by,
        issued_at=row.issued_at,
        ended_at=row.ended_at,
    )


def line_view(row: InvoiceLine) -> LineOf:
    """A line as it stands on the paper."""
    return LineOf(
        row.order_line_id, row.sku_id, row.name, row.quantity, row.tax_class, row.rate_bp, row.amount_minor,
        row.tax_minor, row.reversed_minor, row.tax_reversed_minor,
    )  # fmt: skip


def issuer_view(row: Issuer | None) -> IssuerView:
    """Who writes the invoices; without a row the staff do, and the seller is not known yet."""
    if row is None:
        return IssuerView("", "", "", "", "", False, None, "")
    return IssuerView(
        row.provider, row.url, row.app_key, row.seller_name, row.seller_tax, row.secret_key_id is not None,
        row.changed_at, row.changed_by,
    )  # fmt: skip
