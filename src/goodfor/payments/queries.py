"""Reads of payments, all within one shop."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, Sum

from goodfor.payments import states
from goodfor.payments.account_desk import AccountSheet, FormField, Probe, ProviderForm, account_sheet, provider_forms
from goodfor.payments.bills import bill, bill_rows, bills, bills_of_day, shops_with_bills
from goodfor.payments.desk import case, cases, count_payments, payments_by_ids, search_payments, walk_payments
from goodfor.payments.disputes import dispute, disputes_of, holds_back
from goodfor.payments.errors import AccountNotFound, PaymentNotFound, RefundNotFound
from goodfor.payments.mandates import (
    announces_charges,
    charge_by_key,
    charges_of,
    mandate,
    mandates_of,
    offers_mandates,
)
from goodfor.payments.mapping import account_view, case_view, payment_view, recorded_fact, refund_view
from goodfor.payments.models import Account, Case, FactRow, Payment, Refund
from goodfor.payments.providers.registry import transferrer
from goodfor.payments.reconciling import MoneyRow, money_by_number, money_by_posting, money_of_day
from goodfor.payments.reconciling_inside import (
    SplitRow,
    accounts_that_split,
    balance_money_by_posting,
    balance_money_of_day,
    balances_moved,
    shops_with_balances,
    splits_by_posting,
    splits_by_ref,
    splits_of_day,
)
from goodfor.payments.splits import frozen_now, pot_of, pots, receiver, splitting_accounts
from goodfor.payments.types import (
    AccountView,
    CaseView,
    CheckoutMethod,
    PaymentView,
    RecordedFact,
    RefundView,
)
from goodfor.payments.ways import brands, routes, unknown_payer

__all__ = [
    "AccountSheet",
    "FormField",
    "MoneyRow",
    "Probe",
    "ProviderForm",
    "SplitRow",
    "account",
    "account_sheet",
    "accounts",
    "accounts_that_split",
    "announces_charges",
    "balance_enabled",
    "balance_money_by_posting",
    "balance_money_of_day",
    "balances_moved",
    "bill",
    "bill_rows",
    "bills",
    "bills_of_day",
    "brands",
    "case",
    "cases",
    "cases_of",
    "charge_by_key",
    "charges_of",
    "checkout_methods",
    "count_payments",
    "dispute",
    "disputes_of",
    "exposure",
    "facts_of",
    "frozen_now",
    "holds_back",
    "mandate",
    "mandates_of",
    "money_by_number",
    "money_by_posting",
    "money_of_day",
    "offers_mandates",
    "open_cases",
    "payment",
    "payment_by_number",
    "payments_by_ids",
    "payments_of",
    "pending_of",
    "pot_of",
    "pots",
    "provider_forms",
    "receiver",
    "recorded",
    "refund",
    "refund_by_key",
    "refunds_of",
    "routes",
    "search_payments",
    "settling_of",
    "shops_with_balances",
    "shops_with_bills",
    "splits_by_posting",
    "splits_by_ref",
    "splits_of_day",
    "splitting_accounts",
    "transferring_accounts",
    "unknown_payer",
    "walk_payments",
]


def payment(shop_id: UUID, payment_id: UUID) -> PaymentView:
    """One payment. Raises PaymentNotFound."""
    row = Payment.objects.filter(shop_id=shop_id, id=payment_id).first()
    if row is None:
        raise PaymentNotFound
    return payment_view(row)


def payment_by_number(shop_id: UUID, number: str) -> PaymentView:
    """One payment by our number, as the channel knows it. Raises PaymentNotFound."""
    row = Payment.objects.filter(shop_id=shop_id, number=number).first()
    if row is None:
        raise PaymentNotFound
    return payment_view(row)


def payments_of(shop_id: UUID, source_type: str, source_id: UUID) -> list[PaymentView]:
    """All attempts to pay a source, oldest first."""
    rows = Payment.objects.filter(shop_id=shop_id, source_type=source_type, source_id=source_id)
    return [payment_view(row) for row in rows.order_by("id")]


def pending_of(shop_id: UUID, source_type: str, source_id: UUID) -> list[PaymentView]:
    """Attempts that a buyer may still complete."""
    return [p for p in payments_of(shop_id, source_type, source_id) if p.state in states.PAYABLE]


def settling_of(shop_id: UUID, source_type: str, source_id: UUID) -> PaymentView | None:
    """The payment that pays the source, or None."""
    rows = Payment.objects.filter(shop_id=shop_id, source_type=source_type, source_id=source_id, settles=True)
    row = rows.first()
    return payment_view(row) if row else None


def _current(shop_id: UUID, now: datetime) -> "Sequence[Account]":
    valid = Q(valid_from__lte=now) & (Q(valid_to__isnull=True) | Q(valid_to__gt=now))
    return list(Account.objects.filter(valid, shop_id=shop_id).order_by("provider", "code"))


def accounts(shop_id: UUID, now: datetime) -> list[AccountView]:
    """Channel accounts valid now, switched on or not, without secrets."""
    return [account_view(row) for row in _current(shop_id, now)]


def transferring_accounts(shop_id: UUID, currency: str, now: datetime) -> list[AccountView]:
    """Accounts of the shop's own that pay to bank accounts, switched on; not those that are lent to it."""
    found = [account_view(row) for row in _current(shop_id, now)]
    return [
        one for one in found if one.enabled and not one.lent and one.currency == currency and transferrer(one.provider)
    ]


def account(shop_id: UUID, account_id: UUID) -> AccountView:
    """One account, also an old one: callbacks of old payments come to it. Raises AccountNotFound."""
    row = Account.objects.filter(shop_id=shop_id, id=account_id).first()
    if row is None:
        raise AccountNotFound
    return account_view(row)


def checkout_methods(shop_id: UUID, currency: str, now: datetime) -> list[CheckoutMethod]:
    """What a buyer may choose from; the balance is not among them (it needs a wallet: `balance_enabled`)."""
    return [
        CheckoutMethod(row.id, row.provider, row.code, row.name, method)
        for row in _current(shop_id, now)
        if row.enabled and row.currency == currency and row.provider != "balance"
        for method in row.methods
    ]


def balance_enabled(shop_id: UUID, currency: str, now: datetime) -> bool:
    """True when the shop takes payment from wallets."""
    return any(row.enabled and row.currency == currency and row.provider == "balance" for row in _current(shop_id, now))


def exposure(shop_id: UUID, account_id: UUID) -> int:
    """Money in minor units that lies with the counterparty since its last withdrawal, by our books."""
    since = Account.objects.filter(shop_id=shop_id, id=account_id).values_list("exposure_since", flat=True).first()
    if since is None:
        return 0
    total = Payment.objects.filter(
        shop_id=shop_id,
        account_id=account_id,
        succeeded_at__gte=since,
        captured_minor__gt=F("refunded_minor"),
        wallet_account="",
    ).aggregate(total=Sum(F("captured_minor") - F("refunded_minor")))["total"]
    # What went back another way still lies with the counterparty.
    elsewhere = (
        Refund.objects.filter(shop_id=shop_id, payment__account_id=account_id, payment__succeeded_at__gte=since)
        .exclude(paid_from="")
        .aggregate(total=Sum("amount_minor"))["total"]
    )
    return int(total or 0) + int(elsewhere or 0)


def recorded(shop_id: UUID, fact_id: UUID) -> RecordedFact | None:
    """A fact of the table, or None; what the listener of `FactRecorded` reads before `apply_fact`."""
    row = FactRow.objects.filter(shop_id=shop_id, id=fact_id).first()
    return recorded_fact(row) if row else None


def facts_of(shop_id: UUID, payment_id: UUID) -> list[RecordedFact]:
    """Everything a channel ever said about a payment."""
    rows = FactRow.objects.filter(shop_id=shop_id, payment_id=payment_id).order_by("id")
    return [recorded_fact(row) for row in rows]


def refund(shop_id: UUID, refund_id: UUID) -> RefundView:
    """One refund. Raises RefundNotFound."""
    row = Refund.objects.select_related("payment").filter(shop_id=shop_id, id=refund_id).first()
    if row is None:
        raise RefundNotFound
    return refund_view(row, row.payment)


def refund_by_key(shop_id: UUID, business_key: str) -> RefundView | None:
    """One refund by the key it was requested with, or None."""
    row = Refund.objects.select_related("payment").filter(shop_id=shop_id, business_key=business_key).first()
    return refund_view(row, row.payment) if row else None


def refunds_of(shop_id: UUID, payment_id: UUID) -> list[RefundView]:
    """Refunds of a payment, oldest first."""
    rows = Refund.objects.select_related("payment").filter(shop_id=shop_id, payment_id=payment_id).order_by("id")
    return [refund_view(row, row.payment) for row in rows]


def open_cases(shop_id: UUID, limit: int = 200) -> list[CaseView]:
    """Cases that wait for a person, oldest first."""
    rows = Case.objects.filter(shop_id=shop_id, state=states.OPEN).order_by("opened_at", "id")[:limit]
    return [case_view(row) for row in rows]


def case_by_id(shop_id: UUID, case_id: UUID) -> CaseView | None:
    """One case, open or closed, or None."""
    row = Case.objects.filter(shop_id=shop_id, id=case_id).first()
    return case_view(row) if row else None


def cases_of(shop_id: UUID, payment_id: UUID) -> list[CaseView]:
    """All cases about a payment, oldest first."""
    rows = Case.objects.filter(shop_id=shop_id, payment_id=payment_id).order_by("opened_at", "id")
    return [case_view(row) for row in rows]
