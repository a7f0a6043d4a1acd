"""What the channel said of a charge, written down: money as a fact, a refusal as an event; all else is asked again."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from goodfor.kernel.events import publish
from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded
from goodfor.kernel.statemachine import record_history
from goodfor.payments import states
from goodfor.payments.errors import AlreadyApplied
from goodfor.payments.events import ChargeRefused
from goodfor.payments.locks import lock_mandate, lock_payment
from goodfor.payments.mandate_models import Mandate, MandateCharge
from goodfor.payments.models import Payment
from goodfor.payments.operations.open_case import open_case
from goodfor.payments.operations.record_fact import record_fact
from goodfor.payments.providers.base import fact_of
from goodfor.payments.providers.mandates import CODES, MANDATE_ENDED, OTHER
from goodfor.payments.schedule import CHARGE_TAKES, next_late_poll, next_poll

#: A fact that was recorded is applied by its listener; look again until it is.
FACT_WAIT: Final = timedelta(seconds=60)


def settle_charge(payment: Payment, charge: MandateCharge, outcome: Outcome, *, now: datetime) -> Outcome:
    """Outside of a transaction; what the caller is told: a refusal by one of the codes of `ChargeRefused`."""
    if isinstance(outcome, Succeeded):
        recorded = record_fact(shop_id=payment.shop_id, fact=fact_of(outcome), now=now)
        _look_again(payment, None if recorded.outcome else now + FACT_WAIT)
        return Succeeded(payment.number)
    if payment.state not in states.PAYABLE:
        _look_again(payment, next_late_poll(polled=payment.poll_count, now=now))
        return outcome
    if isinstance(outcome, Rejected):
        return _refused(payment, charge, outcome, now)
    with transaction.atomic():
        later = next_poll(polled=payment.poll_count, now=now, expires_at=None)
        changes: dict[str, object] = {"next_poll_at": later}
        if isinstance(outcome, Pending) and payment.state == states.CREATED:
            changes |= {"state": states.PENDING, "pending_at": now, "channel_ref": outcome.ref[:64]}
        row = Payment.objects.filter(shop_id=payment.shop_id, id=payment.id, state=payment.state)
        if row.update(**changes) and "state" in changes:
            _history(payment, states.PENDING, "channel", now)
        if overdue(payment, charge, now):
            open_case(
                shop_id=payment.shop_id, kind="charge_unknown", business_key=f"charge:{charge.id}",
                payment_id=payment.id, detail={"our_ref": payment.number, "provider": payment.provider}, now=now,
            )  # fmt: skip
    return Pending(payment.number) if isinstance(outcome, Pending) else outcome


def overdue(payment: Payment, charge: MandateCharge, now: datetime) -> bool:
    """So long after it could be sent first, its end ought to be known."""
    return now > max(payment.created_at, charge.opens_at or payment.created_at) + CHARGE_TAKES


def _refused(payment: Payment, charge: MandateCharge, outcome: Rejected, now: datetime) -> Outcome:
    try:
        with transaction.atomic():
            # The order of locks: mandate, payment.
            lock_mandate(payment.shop_id, charge.mandate_id)
            row = lock_payment(payment.shop_id, payment.id)
            return Rejected(refuse_charge(row, charge, outcome.code, now=now))
    except AlreadyApplied:
        # Its money came meanwhile, by another way.
        return Pending(payment.number)


def refuse_charge(payment: Payment, charge: MandateCharge, why: str, *, now: datetime) -> str:
    """In the caller's transaction, under the locks of mandate and payment; the code that is told.

    It is asked about some more times: a refusal proves little. Raises AlreadyApplied where it has ended.
    """
    code = why if why in CODES else OTHER
    moved = Payment.objects.filter(shop_id=payment.shop_id, id=payment.id, state__in=states.PAYABLE).update(
        state=states.FAILED,
        failure=why[:64],
        closed_at=now,
        poll_count=0,
        next_poll_at=next_late_poll(polled=0, now=now),
    )
    live = MandateCharge.objects.filter(shop_id=charge.shop_id, id=charge.id, state=charge.state)
    if not moved or not live.update(state=states.REFUSED, code=code, ended_at=now):
        raise AlreadyApplied
    _history(payment, states.FAILED, "channel", now)
    charge_moved(charge, states.REFUSED, "channel", now)
    if code == MANDATE_ENDED:
        one = Mandate.objects.filter(shop_id=charge.shop_id, id=charge.mandate_id, state=states.ACTIVE)
        one.update(next_ask_at=now)
    event = ChargeRefused(
        charge_id=charge.id, mandate_id=charge.mandate_id, payment_id=payment.id, source_type=charge.source_type,
        source_id=charge.source_id, business_key=charge.business_key, amount_minor=charge.amount_minor,
        currency=charge.currency, code=code,
    )  # fmt: skip
    publish(shop_id=charge.shop_id, event=event, cause=("payments.mandate_charge", charge.id), now=now)
    return code


def charge_moved(charge: MandateCharge, to: str, actor: str, now: datetime) -> None:
    """The history of a move that was just made."""
    record_history(
        shop_id=charge.shop_id, machine=states.CHARGE, subject_id=charge.id, moves=[(charge.state, to)], actor=actor,
        cause=charge.business_key, now=now,
    )  # fmt: skip
    charge.state = to


def _history(payment: Payment, to: str, actor: str, now: datetime) -> None:
    record_history(
        shop_id=payment.shop_id, machine=states.PAYMENT, subject_id=payment.id, moves=[(payment.state, to)],
        actor=actor, cause=f"{payment.source_type}:{payment.source_id}", now=now,
    )  # fmt: skip


def _look_again(payment: Payment, at: datetime | None) -> None:
    """Unless it was moved meanwhile: then whoever moved it has said when to ask, if ever."""
    with transaction.atomic():
        Payment.objects.filter(shop_id=payment.shop_id, id=payment.id, state=payment.state).update(next_poll_at=at)
