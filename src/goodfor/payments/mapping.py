"""From rows to the values that leave the room."""

import json

from goodfor.kernel.crypto import Sealed, keyring
from goodfor.kernel.money import Money
from goodfor.payments.models import Account, Case, FactRow, Payment, Refund
from goodfor.payments.providers import base, splits
from goodfor.payments.split_models import Receiver
from goodfor.payments.types import (
    AccountView,
    CaseView,
    Fact,
    PaymentView,
    RecordedFact,
    RefundView,
    channel_account,
)


def secret_aad(account_shop: object, account_id: object) -> bytes:
    """Associated data that binds sealed secrets to their row."""
    return f"payments_account:{account_shop}:{account_id}".encode()


def account_view(row: Account) -> AccountView:
    """Without secrets."""
    return AccountView(
        id=row.id,
        shop_id=row.shop_id,
        provider=row.provider,
        code=row.code,
        name=row.name,
        currency=row.currency,
        config=dict(row.config),
        methods=tuple(row.methods),
        enabled=row.enabled,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        exposure_limit_minor=row.exposure_limit_minor,
        lent=row.lender_shop_id is not None,
    )


def opened(row: Account) -> base.Account:
    """With secrets, for an adapter. Raises DecryptFailed."""
    secrets: dict[str, str] = {}
    if row.secret_key_id is not None and row.secret_blob is not None:
        sealed = Sealed(row.secret_key_id, bytes(row.secret_blob))
        secrets = json.loads(keyring().open(sealed, secret_aad(row.shop_id, row.id)))
    return base.Account(
        id=row.id,
        shop_id=row.shop_id,
        code=row.code,
        currency=row.currency,
        config=dict(row.config),
        methods=tuple(row.methods),
        secrets=secrets,
    )


def payment_view(row: Payment) -> PaymentView:
    """One attempt."""
    return PaymentView(
        id=row.id,
        shop_id=row.shop_id,
        account_id=row.account_id,
        account_code=row.account_code,
        provider=row.provider,
        number=row.number,
        source_type=row.source_type,
        source_id=row.source_id,
        amount=Money(row.amount_minor, row.currency),
        state=row.state,
        method=row.method,
        channel_ref=row.channel_ref,
        wallet_account=row.wallet_account,
        settles=bool(row.settles),
        captured_minor=row.captured_minor,
        refunded_minor=row.refunded_minor,
        created_at=row.created_at,
        expires_at=row.expires_at,
        succeeded_at=row.succeeded_at,
    )


def attempt_of(row: Payment) -> base.Attempt:
    """As an adapter needs it."""
    request = row.request
    return base.Attempt(
        number=row.number,
        amount=Money(row.amount_minor, row.currency),
        method=row.method,
        subject=request.get("subject", ""),
        notify_url=request.get("notify_url", ""),
        return_url=request.get("return_url", ""),
        client_ip=request.get("client_ip", ""),
        device=request.get("device", ""),
        payer=request.get("payer", ""),
        channel_ref=row.channel_ref,
        expires_at=row.expires_at,
    )


def refund_view(row: Refund, payment: Payment) -> RefundView:
    """One refund with the account its money comes from."""
    return RefundView(
        id=row.id,
        shop_id=row.shop_id,
        payment_id=row.payment_id,
        number=row.number,
        business_key=row.business_key,
        amount=Money(row.amount_minor, row.currency),
        state=row.state,
        reason=row.reason,
        attempts=row.attempts,
        failure=row.failure,
        ledger_account=row.paid_from
        or payment.wallet_account
        or channel_account(payment.provider, payment.account_code),
        paid_from=row.paid_from,
        created_at=row.created_at,
        accepted_at=row.accepted_at,
        finished_at=row.finished_at,
    )


def fact_value(row: FactRow) -> Fact:
    """As an adapter told it."""
    return Fact(
        kind=row.kind,  # type: ignore[arg-type]
        provider=row.provider,
        account_id=row.account_id,
        our_ref=row.our_ref,
        channel_ref=row.channel_ref,
        amount=Money(row.amount_minor, row.currency),
        happened_at=row.happened_at,
        source=row.source,  # type: ignore[arg-type]
        inbox_id=row.inbox_id,
        parent_ref=row.parent_ref,
    )


def receiver_aad(shop_id: object, receiver_id: object) -> bytes:
    """Associated data that binds a sealed name to its row."""
    return f"payments_receiver:{shop_id}:{receiver_id}".encode()


def receiver_value(row: Receiver) -> splits.Receiver:
    """With its legal name, for an adapter. Raises DecryptFailed."""
    name = ""
    if row.secret_key_id is not None and row.secret_blob is not None:
        sealed = Sealed(row.secret_key_id, bytes(row.secret_blob))
        name = keyring().open(sealed, receiver_aad(row.shop_id, row.id)).decode()
    return splits.Receiver(row.kind, row.ref, name, row.relation)  # type: ignore[arg-type]


def recorded_fact(row: FactRow) -> RecordedFact:
    """With its place in the table."""
    return RecordedFact(id=row.id, payment_id=row.payment_id, fact=fact_value(row), outcome=row.outcome)


def case_view(row: Case) -> CaseView:
    """One case."""
    return CaseView(
        id=row.id,
        shop_id=row.shop_id,
        kind=row.kind,
        business_key=row.business_key,
        payment_id=row.payment_id,
        refund_id=row.refund_id,
        detail=dict(row.detail),
        state=row.state,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        resolution=row.resolution,
    )
