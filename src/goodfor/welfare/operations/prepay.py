"""A company's money came by the bank: the shop's staff enter it, once for the bank's reference."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.ids import uuid7
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.kernel.money import Money
from goodfor.ledger import operations as ledger
from goodfor.welfare import accounts
from goodfor.welfare.errors import InvalidWelfare, PrepaymentDiffers
from goodfor.welfare.locks import lock_company
from goodfor.welfare.models import Prepayment
from goodfor.welfare.operations.steps import filled, noted
from goodfor.welfare.types import PrepaymentView
from goodfor.welfare.worth import MOST_MINOR


@transaction.atomic(savepoint=False)
def prepay(
    *, shop_id: UUID, company_id: UUID, minor: int, bank: str, reference: str, paid_on: date, actor: str, now: datetime
) -> PrepaymentView:
    """`bank` names the account in the books (1002:bank:...). The same again changes nothing.

    Raises CompanyNotFound, InvalidWelfare, PrepaymentDiffers (the same reference of another company or amount).
    """
    company = lock_company(shop_id, company_id)
    if not 0 < minor <= MOST_MINOR or not accounts.is_bank(bank):
        raise InvalidWelfare(field="amount" if accounts.is_bank(bank) else "bank")
    named = filled(reference, 80, "reference")
    # Another company's form may hold the same reference.
    advisory_xact_lock(("welfare_prepayment", shop_id, bank, named))
    row = Prepayment.objects.filter(shop_id=shop_id, bank=bank, reference=named).first()
    if row is not None:
        if (row.company_id, row.minor) != (company.id, minor):
            raise PrepaymentDiffers
    else:
        row = Prepayment.objects.create(
            id=uuid7(), shop_id=shop_id, company=company, minor=minor, currency=company.currency, bank=bank,
            reference=named, paid_on=paid_on, actor=actor[:80], at=now,
        )  # fmt: skip
        noted(
            company, "welfare.prepaid", ("welfare_prepayment", row.id), actor,
            {"minor": minor, "bank": bank, "reference": named}, now,
        )  # fmt: skip
        entry = accounts.prepaid_entry(
            prepayment_id=row.id, company_id=company.id, bank=bank, minor=minor, now=now
        )  # fmt: skip
        ledger.post(shop_id=shop_id, currency=company.currency, entries=(entry,), now=now, actor=actor)
    return PrepaymentView(row.id, Money(row.minor, row.currency), row.bank, row.reference, row.paid_on, row.at)
