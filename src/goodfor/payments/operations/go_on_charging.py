"""One step of a charge by a mandate: announce it, send it, or ask what became of it. By one number for ever."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from django.db import transaction

from goodfor.kernel.faultpoints import reach
from goodfor.kernel.outbound.http import require_no_transaction
from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown
from goodfor.payments import states
from goodfor.payments.locks import lock_mandate, lock_payment
from goodfor.payments.mandate_models import MandateCharge
from goodfor.payments.mandates import channel_of_charge
from goodfor.payments.mapping import attempt_of
from goodfor.payments.models import Payment
from goodfor.payments.operations.settle_charge import charge_moved, overdue, refuse_charge, settle_charge
from goodfor.payments.providers.base import NOT_FOUND, NOT_SENT, Attempt
from goodfor.payments.providers.base import Account as OpenAccount
from goodfor.payments.providers.mandates import MANDATE_ENDED, ChargeWindow, Mandates, window_of
from goodfor.payments.schedule import LEASE

#: Why a charge was not sent, or was given up: told as `other`, kept on the payment.
PAID_OTHERWISE: Final = "paid_otherwise"
WITHDRAWN: Final = "withdrawn"
WINDOW_MISSED: Final = "window_missed"
NEVER_DONE: Final = "never_done"
_Step = Literal["announce", "send", "ask"]


@dataclass(frozen=True, slots=True)
class _Claimed:
    """`may_send`: what the channel has never heard of may be sent, again as well."""

    payment: Payment
    charge: MandateCharge
    step: _Step
    may_send: bool


def go_on_charging(*, shop_id: UUID, payment_id: UUID, now: datetime) -> Outcome:
    """One step; Pending where it is not its time, or somebody is at it. Never inside a transaction."""
    require_no_transaction()
    charge = MandateCharge.objects.get(shop_id=shop_id, payment_id=payment_id)
    channel = channel_of_charge(Payment.objects.get(shop_id=shop_id, id=payment_id))
    claimed = _claim(shop_id, charge, channel, now)
    if not isinstance(claimed, _Claimed):
        return claimed
    reach("charges.claimed")
    outcome: Outcome = Unknown("no_account")
    if channel is not None:
        adapter, account = channel
        attempt = attempt_of(claimed.payment)
        if claimed.step == "announce":
            outcome = adapter.announce(account, attempt, now)
            if isinstance(outcome, Succeeded):
                return _announced(claimed, window_of(outcome), now)
        elif claimed.step == "send":
            outcome = _send(adapter, account, attempt, now)
        else:
            outcome = _ask(adapter, account, attempt, claimed, now)
    reach("charges.called")
    return settle_charge(claimed.payment, claimed.charge, outcome, now=now)


def charge_answered(*, shop_id: UUID, payment_id: UUID, now: datetime) -> bool:
    """As `go_on_charging`; False when the channel did not answer."""
    return not isinstance(go_on_charging(shop_id=shop_id, payment_id=payment_id, now=now), Unknown)


def _claim(
    shop_id: UUID, charge: MandateCharge, channel: tuple[Mandates, OpenAccount] | None, now: datetime
) -> _Claimed | Outcome:
    """Lease the row for this step and write down what it is, committed before the call."""
    with transaction.atomic():
        mandate = lock_mandate(shop_id, charge.mandate_id)
        payment = lock_payment(shop_id, charge.payment_id)
        charge = MandateCharge.objects.get(shop_id=shop_id, id=charge.id)
        if payment.next_poll_at is None or payment.next_poll_at > now:
            return Pending(payment.number)
        payment.poll_count += 1
        Payment.objects.filter(shop_id=shop_id, id=payment.id).update(
            next_poll_at=now + LEASE, poll_count=payment.poll_count
        )
        chargeable = mandate.state == states.ACTIVE
        if charge.state not in states.UNSENT or payment.state not in states.PAYABLE:
            wanted = payment.state in states.PAYABLE and not _given_up(payment, now)
            may_send = chargeable and wanted and not overdue(payment, charge, now)
            return _Claimed(payment, charge, "ask", may_send)
        why = MANDATE_ENDED if not chargeable else _why_not(payment, charge, now)
        if why:
            return Rejected(refuse_charge(payment, charge, why, now=now))
        if charge.state == states.ANNOUNCED and charge.opens_at is not None and charge.opens_at > now:
            # Somebody wanted it to be asked about: it is not its time yet.
            Payment.objects.filter(shop_id=shop_id, id=payment.id).update(next_poll_at=charge.opens_at)
            return Pending(payment.number)
        if charge.state == states.CREATED and _announces(channel):
            return _Claimed(payment, charge, "announce", True)
        if channel is not None:
            MandateCharge.objects.filter(shop_id=shop_id, id=charge.id, state=charge.state).update(
                state=states.REQUESTED
            )
            charge_moved(charge, states.REQUESTED, "system", now)
        return _Claimed(payment, charge, "send", True)


def _why_not(payment: Payment, charge: MandateCharge, now: datetime) -> str:
    """Why what is not sent yet must not be sent any more; empty when nothing speaks against it."""
    attempts = Payment.objects.filter(
        shop_id=payment.shop_id, source_type=payment.source_type, source_id=payment.source_id, settles=True
    )
    if attempts.exists():
        return PAID_OTHERWISE
    if _given_up(payment, now):
        return WITHDRAWN
    return WINDOW_MISSED if charge.closes_at is not None and now > charge.closes_at else ""


def _given_up(payment: Payment, now: datetime) -> bool:
    """Nobody waits for its money any more (`end_attempts`)."""
    return payment.expires_at is not None and payment.expires_at <= now


def _announces(channel: tuple[Mandates, OpenAccount] | None) -> bool:
    terms = channel[0].mandate_terms(channel[1]) if channel else None
    return terms is not None and terms.announces


def _announced(claimed: _Claimed, window: ChargeWindow, now: datetime) -> Outcome:
    """The holder is told; the charge waits for its window."""
    payment, charge = claimed.payment, claimed.charge
    with transaction.atomic():
        lock_mandate(payment.shop_id, charge.mandate_id)
        moved = MandateCharge.objects.filter(shop_id=charge.shop_id, id=charge.id, state=states.CREATED).update(
            state=states.ANNOUNCED, opens_at=window.opens_at, closes_at=window.closes_at
        )
        if moved:
            charge_moved(charge, states.ANNOUNCED, "channel", now)
            Payment.objects.filter(shop_id=payment.shop_id, id=payment.id, state__in=states.PAYABLE).update(
                next_poll_at=max(window.opens_at, now)
            )
    return Pending(payment.number)


def _send(adapter: Mandates, account: OpenAccount, attempt: Attempt, now: datetime) -> Outcome:
    outcome = adapter.charge(account, attempt, now)
    if isinstance(outcome, Pending):
        told = adapter.query_charge(account, attempt, now)
        return told if isinstance(told, Succeeded | Rejected) and not _not_found(told) else outcome
    return _refusal(adapter, account, attempt, outcome, now) if isinstance(outcome, Rejected) else outcome


def _refusal(adapter: Mandates, account: OpenAccount, attempt: Attempt, outcome: Rejected, now: datetime) -> Outcome:
    """A "no" may mean "done before"; and what is left open there must not be paid after we called it refused."""
    adapter.close_charge(account, attempt, now)
    told = adapter.query_charge(account, attempt, now)
    if isinstance(told, Rejected):
        return outcome
    return told if isinstance(told, Succeeded) else Unknown("refused_but_open")


def _ask(adapter: Mandates, account: OpenAccount, attempt: Attempt, claimed: _Claimed, now: datetime) -> Outcome:
    told = adapter.query_charge(account, attempt, now)
    if isinstance(told, Unknown) and told.reason == NOT_SENT:
        # Of the question: it says nothing about the charge that may have been.
        return Unknown("unreachable")
    if _not_found(told):
        # The channel never heard of it: the same number again, where it may still be done.
        return _send(adapter, account, attempt, now) if claimed.may_send else Rejected(NEVER_DONE)
    if isinstance(told, Pending) and not claimed.may_send:
        adapter.close_charge(account, attempt, now)
        return adapter.query_charge(account, attempt, now)
    if isinstance(told, Rejected) and claimed.payment.state in states.PAYABLE:
        return _refusal(adapter, account, attempt, told, now)
    return told


def _not_found(outcome: Outcome) -> bool:
    return isinstance(outcome, Rejected) and outcome.code == NOT_FOUND
