"""A company wants an invoice of what it prepaid; the shop's staff write it elsewhere and say so here."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.ids import uuid7
from goodfor.kernel.money import Money
from goodfor.welfare import states
from goodfor.welfare.errors import InvalidWelfare, InvoiceNotFound
from goodfor.welfare.locks import lock_company, lock_invoice
from goodfor.welfare.mapping import invoice_view
from goodfor.welfare.models import Company, InvoiceWish, Prepayment
from goodfor.welfare.operations.steps import filled, moved, noted
from goodfor.welfare.types import InvoiceView


@transaction.atomic(savepoint=False)
def ask_invoice(
    *, shop_id: UUID, company_id: UUID, prepayment_id: UUID, title: str, tax_number: str, actor: str, now: datetime
) -> InvoiceView:
    """Once for a prepayment; one that was declined may be asked for anew, with another title.

    Raises CompanyNotFound, InvoiceNotFound (no such prepayment of it), InvalidWelfare.
    """
    company = lock_company(shop_id, company_id)
    paid = Prepayment.objects.filter(shop_id=shop_id, company=company, id=prepayment_id).first()
    if paid is None:
        raise InvoiceNotFound
    amount = Money(paid.minor, paid.currency)
    known = InvoiceWish.objects.filter(shop_id=shop_id, prepayment=paid).first()
    if known is not None and known.state != states.DECLINED:
        return invoice_view(known, amount)
    number = tax_number.strip().upper()
    if not (number.isascii() and number.isalnum() and 15 <= len(number) <= 20):
        raise InvalidWelfare(field="tax_number")
    row = known or InvoiceWish(id=uuid7(), shop_id=shop_id, prepayment=paid, company=company)
    moved(shop_id, states.INVOICE, row.id, (known.state if known else None, states.ASKED), actor, now)
    row.state, row.title, row.tax_number = states.ASKED, filled(title, 120, "title"), number
    row.asked_by, row.asked_at, row.reason, row.done_by, row.done_at = actor[:80], now, "", "", None
    row.save()
    return invoice_view(row, amount)


@transaction.atomic(savepoint=False)
def end_invoice(
    *, shop_id: UUID, invoice_id: UUID, number: str = "", reason: str = "", actor: str, now: datetime
) -> None:
    """It is written under a `number`, or declined for a `reason`. Again, the same changes nothing.

    Raises InvoiceNotFound, InvalidWelfare, IllegalTransition.
    """
    row = lock_invoice(shop_id, invoice_id)
    to_state = states.WRITTEN if number.strip() else states.DECLINED
    if row.state == to_state and row.number == number.strip():
        return
    if to_state == states.DECLINED:
        row.reason = filled(reason, 200, "reason")
    else:
        row.number = filled(number, 40, "number")
    moved(shop_id, states.INVOICE, row.id, (row.state, to_state), actor, now)
    row.state, row.done_by, row.done_at = to_state, actor[:80], now
    row.save()
    company = Company.objects.get(shop_id=shop_id, id=row.company_id)
    noted(company, f"welfare.invoice_{to_state}", ("welfare_invoice", row.id), actor, {"number": row.number}, now)
