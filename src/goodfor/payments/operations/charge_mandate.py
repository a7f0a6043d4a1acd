"""Charge somebody by his mandate: the payment's row first, then the channel."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.kernel.faultpoints import reach
from goodfor.kernel.ids import order_number, uuid7
from goodfor.kernel.money import Money
from goodfor.kernel.outbound.http import require_no_transaction
from goodfor.kernel.outcomes import Outcome, Rejected, Succeeded
from goodfor.kernel.statemachine import record_history
from goodfor.payments import states
from goodfor.payments.errors import AccountNotFound, AlreadyPaid, ChargeKeyReused, ChargeUnderWay
from goodfor.payments.locks import lock_mandate
from goodfor.payments.mandate_models import Mandate, MandateCharge
from goodfor.payments.mandates import account_row_of
from goodfor.payments.models import Payment
from goodfor.payments.operations.go_on_charging import go_on_charging
from goodfor.payments.providers.mandates import LIMIT, MANDATE_ENDED
from goodfor.payments.types import MANDATE


def charge_mandate(
    *,
    shop_id: UUID,
    mandate_id: UUID,
    source_type: str,
    source_id: UUID,
    amount: Money,
    business_key: str,
    now: datetime,
    subject: str = "",
) -> Outcome:
    """Succeeded: the money came, its fact is recorded with `FactRecorded`. Rejected: see `ChargeRefused`, told too.

    Pending and Unknown end by those same events; a loop goes on, also where this process dies. The same key again tells
    how it stands. Nothing is written, and no event sent, for Rejected("limit") and Rejected("mandate_ended") where this
    room knows it. Never inside a transaction. Raises MandateNotFound, AccountNotFound (gone, or switched off),
    ChargeKeyReused, AlreadyPaid, and ChargeUnderWay where another charge for the source has not been refused.
    """
    require_no_transaction()
    try:
        with transaction.atomic():
            made = _made(shop_id, mandate_id, source_type, source_id, amount, business_key, now, subject)
    except IntegrityError:
        # Another one for the source, by another mandate, in this very moment.
        raise ChargeUnderWay from None
    if isinstance(made, Rejected):
        return made
    reach("charges.inserted")
    if made.state in (states.SUCCEEDED, states.LATE):
        return Succeeded(_number(made))
    if made.state == states.REFUSED:
        return Rejected(made.code)
    return go_on_charging(shop_id=shop_id, payment_id=made.payment_id, now=now)


def _made(
    shop_id: UUID, mandate_id: UUID, source_type: str, source_id: UUID, amount: Money, key: str, now: datetime,
    subject: str,
) -> MandateCharge | Rejected:  # fmt: skip
    """The charge of this key, old or new, under the lock of its mandate."""
    mandate = lock_mandate(shop_id, mandate_id)
    known = MandateCharge.objects.filter(shop_id=shop_id, business_key=key).first()
    if known is not None:
        same = (known.mandate_id, known.source_type, known.source_id, known.amount_minor, known.currency)
        if same != (mandate_id, source_type, source_id, amount.amount_minor, amount.currency):
            raise ChargeKeyReused
        return known
    if mandate.state != states.ACTIVE:
        return Rejected(MANDATE_ENDED)
    if amount.currency != mandate.currency or not 0 < amount.amount_minor <= mandate.most_minor:
        return Rejected(LIMIT)
    of_source = {"shop_id": shop_id, "source_type": source_type, "source_id": source_id}
    if Payment.objects.filter(**of_source, settles=True).exists():
        raise AlreadyPaid
    if MandateCharge.objects.filter(**of_source, state__in=states.LIVE).exists():
        raise ChargeUnderWay
    return _insert(mandate, source_type, source_id, amount, key, now, subject)


def _insert(
    mandate: Mandate, source_type: str, source_id: UUID, amount: Money, key: str, now: datetime, subject: str
) -> MandateCharge:
    account = account_row_of(mandate)
    if account is None or not account.enabled:
        raise AccountNotFound
    payment = Payment.objects.create(
        id=uuid7(),
        shop_id=mandate.shop_id,
        account_id=account.id,
        provider=account.provider,
        account_code=account.code,
        number="P" + order_number(now)[1:],
        source_type=source_type,
        source_id=source_id,
        amount_minor=amount.amount_minor,
        currency=amount.currency,
        method=MANDATE,
        request={
            "subject": (subject or mandate.subject)[:200],
            "notify_url": mandate.request.get("notify_url", ""),
            "payer": mandate.channel_ref,
        },
        created_at=now,
        # From the first moment: this process may die before it calls.
        next_poll_at=now,
    )
    charge = MandateCharge.objects.create(
        id=uuid7(),
        shop_id=mandate.shop_id,
        mandate_id=mandate.id,
        payment_id=payment.id,
        business_key=key,
        source_type=source_type,
        source_id=source_id,
        amount_minor=amount.amount_minor,
        currency=amount.currency,
        created_at=now,
    )
    for machine, subject_id in ((states.PAYMENT, payment.id), (states.CHARGE, charge.id)):
        record_history(
            shop_id=mandate.shop_id, machine=machine, subject_id=subject_id, moves=[(None, states.CREATED)],
            actor="system", cause=f"{source_type}:{source_id}", now=now,
        )  # fmt: skip
    return charge


def _number(charge: MandateCharge) -> str:
    return Payment.objects.values_list("number", flat=True).get(shop_id=charge.shop_id, id=charge.payment_id)
