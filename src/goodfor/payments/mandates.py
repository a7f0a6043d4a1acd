"""Mandates and charges: reads for the rooms above, and the way to their channel for the operations here."""

from uuid import UUID

from goodfor.kernel.crypto import DecryptFailed
from goodfor.kernel.money import Money
from goodfor.payments import states
from goodfor.payments.errors import MandateNotFound
from goodfor.payments.mandate_models import Mandate, MandateCharge
from goodfor.payments.mapping import opened
from goodfor.payments.models import Account, Payment
from goodfor.payments.providers.base import Account as OpenAccount
from goodfor.payments.providers.mandates import Consent, Mandates
from goodfor.payments.providers.registry import mandates as adapter_of
from goodfor.payments.types import ChargeView, Cycle, MandateView


def mandate(shop_id: UUID, mandate_id: UUID) -> MandateView:
    """One mandate. Raises MandateNotFound."""
    row = Mandate.objects.filter(shop_id=shop_id, id=mandate_id).first()
    if row is None:
        raise MandateNotFound
    return mandate_view(row)


def mandates_of(shop_id: UUID, holder: str) -> list[MandateView]:
    """All mandates of a holder, newest first."""
    rows = Mandate.objects.filter(shop_id=shop_id, holder=holder).order_by("-id")
    return [mandate_view(row) for row in rows]


def charge_by_key(shop_id: UUID, business_key: str) -> ChargeView | None:
    """One charge by the key it was asked for with, or None."""
    row = MandateCharge.objects.filter(shop_id=shop_id, business_key=business_key).first()
    return charge_view(row) if row else None


def charges_of(shop_id: UUID, mandate_id: UUID) -> list[ChargeView]:
    """All charges by a mandate, oldest first."""
    rows = MandateCharge.objects.filter(shop_id=shop_id, mandate_id=mandate_id).order_by("id")
    return [charge_view(row) for row in rows]


def offers_mandates(shop_id: UUID, account_id: UUID) -> bool:
    """True where buyers may sign by this account: it is switched on, and its contract with the channel has it."""
    row = Account.objects.filter(shop_id=shop_id, id=account_id, enabled=True, valid_to__isnull=True).first()
    adapter = adapter_of(row.provider) if row else None
    return row is not None and adapter is not None and adapter.mandate_terms(opened(row)) is not None


def announces_charges(shop_id: UUID, account_id: UUID) -> bool:
    """True where its channel tells the holder of a charge before, and takes it in a window of time after that."""
    row = Account.objects.filter(shop_id=shop_id, id=account_id).first()
    adapter = adapter_of(row.provider) if row else None
    terms = adapter.mandate_terms(opened(row)) if row is not None and adapter is not None else None
    return terms is not None and terms.announces


def mandate_view(row: Mandate) -> MandateView:
    """As it leaves the room."""
    return MandateView(
        id=row.id, shop_id=row.shop_id, account_id=row.account_id, provider=row.provider,
        account_code=row.account_code, number=row.number, holder=row.holder, subject=row.subject, state=row.state,
        most=Money(row.most_minor, row.currency), cycle=_cycle(row), ref=row.channel_ref, failure=row.failure,
        ended_by=row.ended_by, created_at=row.created_at, active_at=row.active_at, ended_at=row.ended_at,
    )  # fmt: skip


def charge_view(row: MandateCharge) -> ChargeView:
    """As it leaves the room."""
    return ChargeView(
        id=row.id, shop_id=row.shop_id, mandate_id=row.mandate_id, payment_id=row.payment_id,
        business_key=row.business_key, source_type=row.source_type, source_id=row.source_id,
        amount=Money(row.amount_minor, row.currency), state=row.state, code=row.code,
        opens_at=row.opens_at if row.state == states.ANNOUNCED else None, created_at=row.created_at,
        ended_at=row.ended_at,
    )  # fmt: skip


def consent_of(row: Mandate) -> Consent:
    """As an adapter needs it."""
    request = row.request
    return Consent(
        number=row.number, most=Money(row.most_minor, row.currency), cycle=_cycle(row), subject=row.subject,
        holder_name=request.get("holder_name", ""), notify_url=request.get("notify_url", ""),
        return_url=request.get("return_url", ""), client_ip=request.get("client_ip", ""),
        device=request.get("device", ""), payer=request.get("payer", ""), sign_ref=row.sign_ref, ref=row.channel_ref,
    )  # fmt: skip


def account_row_of(row: Mandate) -> Account | None:
    """The account as it is now: the contract is with the merchant, and outlives his keys."""
    own = Account.objects.filter(shop_id=row.shop_id, provider=row.provider, code=row.account_code)
    return own.filter(valid_to__isnull=True).first() or own.filter(id=row.account_id).first()


def channel_of(row: Mandate) -> tuple[Mandates, OpenAccount] | None:
    """Who is asked about it; None where the account is gone or its secrets cannot be opened: no other may wait."""
    return _opened(account_row_of(row))


def channel_of_charge(payment: Payment) -> tuple[Mandates, OpenAccount] | None:
    """As `channel_of`; a charge stays with the version of the account that it was made with, as every payment does."""
    return _opened(Account.objects.filter(shop_id=payment.shop_id, id=payment.account_id).first())


def _opened(account: Account | None) -> tuple[Mandates, OpenAccount] | None:
    adapter = adapter_of(account.provider) if account else None
    if account is None or adapter is None:
        return None
    try:
        return adapter, opened(account)
    except DecryptFailed:
        return None


def _cycle(row: Mandate) -> Cycle:
    return Cycle(row.cycle_unit, row.cycle_count, row.first_at)  # type: ignore[arg-type]
