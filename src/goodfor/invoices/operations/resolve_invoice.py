"""A person tells how an invoice ended: written by hand, or found out where the issuer could not say."""

import re
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.invoices import states
from goodfor.invoices.errors import InvoiceMoved
from goodfor.invoices.locks import lock_invoice
from goodfor.invoices.models import Invoice
from goodfor.invoices.operations.settle_invoice import settle_invoice
from goodfor.invoices.types import InvoiceView
from goodfor.kernel import audit
from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.outbound.http import is_safe_url
from goodfor.kernel.outcomes import Outcome, Rejected, Succeeded

BY_HAND = "by_hand"
_OFFICIAL = re.compile(r"[0-9A-Za-z]{1,40}")


def resolve_invoice(
    *, shop_id: UUID, invoice_id: UUID, issued: bool, official: str, link: str, note: str, actor: str, now: datetime
) -> InvoiceView:
    """`issued`: it is written, under `official`, to be had at `link` (may be empty). Else `note` says why it is not.

    Only what waits for a person. That an unknown one is not written is nobody's word while its issuer is still asked:
    it would be written a second time, under another number. Raises InvoiceNotFound, InvoiceMoved, InvalidInput.
    """
    official, link, note = official.strip(), link.strip(), " ".join(note.split())[:200]
    if issued and not _OFFICIAL.fullmatch(official):
        raise InvalidInput("name the number of the invoice", field="official")
    if link and (len(link) > 400 or not is_safe_url(link)):
        raise InvalidInput("an address of https", field="link")
    if not issued and not note:
        raise InvalidInput("say why", field="note")
    with transaction.atomic():
        row = lock_invoice(shop_id, invoice_id)
        asked = row.next_try_at is not None
        waits = row.state == states.UNKNOWN if issued and asked else row.state in states.UNFINISHED and not asked
        if not waits:
            raise InvoiceMoved(state=row.state)
        if issued and Invoice.objects.filter(shop_id=shop_id, official=official).exclude(id=row.id).exists():
            raise InvalidInput("another invoice has this number", field="official")
        outcome: Outcome = Succeeded(official, {"link": link}) if issued else Rejected(BY_HAND, note)
        view = settle_invoice(shop_id=shop_id, invoice_id=invoice_id, outcome=outcome, now=now, actor=actor)
        audit.record(
            shop_id=shop_id, actor=actor, action="invoices.resolved", subject=("invoices.invoice", invoice_id),
            data={"number": row.number, "issued": issued, "official": official, "note": note}, now=now,
        )  # fmt: skip
    return view
