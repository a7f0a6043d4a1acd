"""Write down how a try to give money back went."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.events import publish
from goodfor.kernel.faultpoints import reach
from goodfor.kernel.ids import uuid7
from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown
from goodfor.kernel.statemachine import record_history
from goodfor.payments import states
from goodfor.payments.events import RefundFailed, RefundSucceeded
from goodfor.payments.locks import lock_payment, lock_refund
from goodfor.payments.mapping import refund_view
from goodfor.payments.models import Case, FactRow, Payment, Refund
from goodfor.payments.operations.open_case import open_case
from goodfor.payments.operations.take_back_shares import take_back_shares
from goodfor.payments.providers.base import NO_FUNDS, NOT_SENT
from goodfor.payments.schedule import next_refund_try
from goodfor.payments.types import RefundView

#: Cases that are over once the money they speak of is back.
_CURED = ("duplicate", "underpaid", "overpaid")
AMBIGUOUS_AFTER = 5


def settle_refund(
    *, shop_id: UUID, refund_id: UUID, outcome: Outcome, now: datetime, repeatable: bool = True, actor: str = "channel"
) -> RefundView:
    """Move the refund by the outcome and send the event. A finished refund is left as it is. Raises RefundNotFound."""
    with transaction.atomic(savepoint=False):
        row = lock_refund(shop_id, refund_id)
        payment = Payment.objects.get(shop_id=shop_id, id=row.payment_id)
        if row.state not in states.UNFINISHED_REFUND:
            return refund_view(row, payment)
        before = row.state
        if isinstance(outcome, Succeeded):
            _succeed(row, payment, outcome, now)
        elif isinstance(outcome, Rejected) and outcome.code == NO_FUNDS:
            _wait_for_funds(row, payment, outcome, now)
        elif isinstance(outcome, Rejected):
            _fail(row, payment, outcome, now)
        elif isinstance(outcome, Pending):
            row.state, row.accepted_at = states.REQUESTED, row.accepted_at or now
            row.channel_ref = outcome.ref or row.channel_ref
        elif outcome.reason == NOT_SENT and row.state == states.REQUESTED:
            row.state, row.failure = states.CREATED, NOT_SENT
        else:
            row.state, row.failure = states.UNKNOWN, outcome.reason[:64]
            _ambiguous(row, outcome, now)
        if row.state in states.UNFINISHED_REFUND:
            row.next_try_at = next_refund_try(attempts=row.attempts, now=now, repeatable=repeatable)
            if row.next_try_at is None:
                _give_up(row, now)
        _write(row, before, actor, now)
        if row.state == states.SUCCEEDED and payment.request.get("frozen"):
            lock_payment(shop_id, payment.id)
            take_back_shares(shop_id=shop_id, payment_id=payment.id, now=now)
        reach("refunds.settling")
    return refund_view(row, payment)


def _write(row: Refund, before: str, actor: str, now: datetime) -> None:
    Refund.objects.filter(shop_id=row.shop_id, id=row.id, state=before).update(
        state=row.state,
        accepted_at=row.accepted_at,
        finished_at=row.finished_at,
        channel_ref=row.channel_ref,
        failure=row.failure,
        next_try_at=row.next_try_at,
    )
    if row.state != before:
        record_history(
            shop_id=row.shop_id,
            machine=states.REFUND,
            subject_id=row.id,
            moves=[(before, row.state)],
            actor=actor,
            cause=f"attempt:{row.attempts}",
            now=now,
        )


def _succeed(row: Refund, payment: Payment, outcome: Succeeded, now: datetime) -> None:
    row.state, row.finished_at, row.accepted_at = states.SUCCEEDED, now, row.accepted_at or now
    row.channel_ref, row.failure, row.next_try_at = outcome.ref[:64] or row.channel_ref, "", None
    FactRow.objects.create(
        id=uuid7(),
        shop_id=row.shop_id,
        account_id=payment.account_id,
        provider=payment.provider,
        payment_id=payment.id,
        refund_id=row.id,
        kind="refunded",
        our_ref=row.number,
        channel_ref=row.number,
        amount_minor=row.amount_minor,
        currency=row.currency,
        happened_at=now,
        source="query",
        recorded_at=now,
        outcome="confirmed",
        posting_ref=f"refundok:{row.id}",
        applied_at=now,
    )
    publish(
        shop_id=row.shop_id,
        event=RefundSucceeded(
            refund_id=row.id,
            payment_id=payment.id,
            source_type=payment.source_type,
            source_id=payment.source_id,
            business_key=row.business_key,
            amount_minor=row.amount_minor,
            currency=row.currency,
        ),
        cause=("payments.refund", row.id),
        now=now,
    )
    _close_cured(row, payment, now)


def _close_cured(row: Refund, payment: Payment, now: datetime) -> None:
    kept = payment.amount_minor if payment.settles else 0
    cases = Case.objects.filter(shop_id=row.shop_id, refund_id=row.id, state=states.OPEN)
    cases.update(state=states.CLOSED, closed_at=now, resolution="refunded")
    if payment.captured_minor - payment.refunded_minor <= kept:
        Case.objects.filter(shop_id=row.shop_id, payment_id=payment.id, kind__in=_CURED, state=states.OPEN).update(
            state=states.CLOSED, closed_at=now, resolution="refunded"
        )


def _wait_for_funds(row: Refund, payment: Payment, outcome: Rejected, now: datetime) -> None:
    """Our balance there is too low: nothing went. The same number again later, while somebody tops it up."""
    row.state, row.failure = states.CREATED if row.state == states.REQUESTED else row.state, NO_FUNDS
    open_case(
        shop_id=row.shop_id,
        kind="no_funds",
        business_key=f"refund:{row.id}",
        payment_id=payment.id,
        refund_id=row.id,
        detail={"number": row.number, "amount_minor": row.amount_minor, "message": outcome.message[:200]},
        now=now,
    )


def _fail(row: Refund, payment: Payment, outcome: Rejected, now: datetime) -> None:
    # A trigger takes it off payment.refunded_minor again.
    row.state, row.finished_at, row.next_try_at, row.failure = states.FAILED, now, None, outcome.code[:64]
    open_case(
        shop_id=row.shop_id,
        kind="refund_failed",
        business_key=f"refund:{row.id}",
        payment_id=payment.id,
        refund_id=row.id,
        detail={"number": row.number, "code": outcome.code, "message": outcome.message[:200]},
        now=now,
    )
    publish(
        shop_id=row.shop_id,
        event=RefundFailed(
            refund_id=row.id,
            payment_id=payment.id,
            source_type=payment.source_type,
            source_id=payment.source_id,
            business_key=row.business_key,
            amount_minor=row.amount_minor,
            currency=row.currency,
            code=outcome.code,
        ),
        cause=("payments.refund", row.id),
        now=now,
    )


def _ambiguous(row: Refund, outcome: Unknown, now: datetime) -> None:
    """Nobody can tell whether the money went: a person must look, unless the channel answers later."""
    if outcome.reason == "ambiguous" or row.attempts >= AMBIGUOUS_AFTER:
        _open_ambiguous(row, outcome.reason, now)


def _give_up(row: Refund, now: datetime) -> None:
    """The channel was asked often enough; from here on a person decides (`resolve_refund`)."""
    row.state, row.failure = states.UNKNOWN, row.failure or "never_finished"
    _open_ambiguous(row, row.failure, now)


def _open_ambiguous(row: Refund, reason: str, now: datetime) -> None:
    open_case(
        shop_id=row.shop_id,
        kind="ambiguous_refund",
        business_key=f"refund:{row.id}",
        payment_id=row.payment_id,
        refund_id=row.id,
        detail={"number": row.number, "reason": reason, "amount_minor": row.amount_minor},
        now=now,
    )
