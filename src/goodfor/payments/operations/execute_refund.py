"""Send a refund to the channel, or go on with one whose end is not known."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Sum

from goodfor.kernel.crypto import DecryptFailed
from goodfor.kernel.faultpoints import reach
from goodfor.kernel.money import Money
from goodfor.kernel.outbound.http import require_no_transaction
from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown
from goodfor.kernel.statemachine import record_history
from goodfor.payments import queries, states
from goodfor.payments.locks import lock_refund
from goodfor.payments.mapping import opened
from goodfor.payments.models import Account, Payment, Refund
from goodfor.payments.operations.settle_refund import settle_refund
from goodfor.payments.providers.base import NOT_FOUND, NOT_SENT, Capabilities, Provider, RefundAttempt
from goodfor.payments.providers.base import Account as OpenAccount
from goodfor.payments.providers.registry import provider_for
from goodfor.payments.schedule import LEASE
from goodfor.payments.types import RefundView

#: `Refund.failure` of a payment that a bank took back.
DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class _Claimed:
    attempt: RefundAttempt
    ask_first: bool
    #: A bank has the money, or is about to decide: it must not go twice.
    disputed: bool


def execute_refund(*, shop_id: UUID, refund_id: UUID, now: datetime) -> RefundView:
    """One try, always with the same number; after a try of unknown end the channel is asked before anything else.

    Two at a time cannot happen: the row is leased. Never inside a transaction. Raises RefundNotFound.
    """
    require_no_transaction()
    adapter, account = _channel_of(shop_id, refund_id)
    can = adapter.capabilities(account) if adapter is not None and account is not None else Capabilities()
    claimed = _claim(shop_id, refund_id, can, now)
    if claimed is None:
        return queries.refund(shop_id, refund_id)
    reach("refunds.claimed")
    outcome: Outcome = Unknown("no_account")
    repeatable = False
    if claimed.disputed:
        outcome = Rejected(DISPUTED)
    elif adapter is not None and account is not None:
        repeatable = can.refund_repeatable
        outcome = _call(adapter, account, can, claimed, now)
    reach("refunds.called")
    return settle_refund(shop_id=shop_id, refund_id=refund_id, outcome=outcome, now=now, repeatable=repeatable)


def _channel_of(shop_id: UUID, refund_id: UUID) -> tuple[Provider | None, OpenAccount | None]:
    """The adapter and the opened account; None where it is gone or its secrets cannot be opened: no other may wait."""
    payment = Payment.objects.filter(shop_id=shop_id, refunds__id=refund_id).first()
    if payment is None:
        return None, None
    row = Account.objects.filter(shop_id=shop_id, id=payment.account_id).first()
    try:
        return provider_for(payment.provider), opened(row) if row else None
    except DecryptFailed:
        return None, None


def _claim(shop_id: UUID, refund_id: UUID, can: Capabilities, now: datetime) -> _Claimed | None:
    """Lease the row for this try, committed before the call; None when it is finished or somebody is at it."""
    with transaction.atomic():
        row = lock_refund(shop_id, refund_id)
        if row.state not in states.UNFINISHED_REFUND:
            return None
        if row.next_try_at is not None and row.next_try_at > now:
            return None
        ask_first = row.state != states.CREATED
        if not ask_first and (free_at := _free_at(row, can.refund_gap)) > now:
            Refund.objects.filter(shop_id=shop_id, id=row.id, state=row.state).update(next_try_at=free_at)
            return None
        payment = Payment.objects.get(shop_id=shop_id, id=row.payment_id)
        Refund.objects.filter(shop_id=shop_id, id=row.id, state=row.state).update(
            state=states.REQUESTED, attempts=row.attempts + 1, next_try_at=now + LEASE
        )
        if row.state != states.REQUESTED:
            record_history(
                shop_id=shop_id,
                machine=states.REFUND,
                subject_id=row.id,
                moves=[(row.state, states.REQUESTED)],
                actor="system",
                cause=f"attempt:{row.attempts + 1}",
                now=now,
            )
        # Once sent it is asked about as ever: whatever the bank says, its end must be known.
        disputed = not ask_first and queries.holds_back(shop_id, payment.id)
        return _Claimed(_attempt(row, payment), ask_first, disputed)


def _free_at(row: Refund, gap: int) -> datetime:
    """When the channel takes another refund of the same payment."""
    if not gap:
        return row.created_at
    others = Refund.objects.filter(shop_id=row.shop_id, payment_id=row.payment_id).exclude(id=row.id)
    last = others.aggregate(last=Max("accepted_at"))["last"]
    return last + timedelta(seconds=gap) if last else row.created_at


def _attempt(row: Refund, payment: Payment) -> RefundAttempt:
    earlier = Refund.objects.filter(
        shop_id=row.shop_id, payment_id=payment.id, capture_ref=row.capture_ref, state=states.SUCCEEDED
    ).aggregate(total=Sum("amount_minor"))["total"]
    return RefundAttempt(
        number=row.number,
        payment_number=payment.number,
        channel_ref=row.capture_ref,
        amount=Money(row.amount_minor, row.currency),
        paid=Money(payment.captured_minor, row.currency),
        refunded_before=Money(int(earlier or 0), row.currency),
        reason=row.reason,
        notify_url=payment.request.get("notify_url", ""),
    )


def _call(adapter: Provider, account: OpenAccount, can: Capabilities, claimed: _Claimed, now: datetime) -> Outcome:
    attempt = claimed.attempt
    if claimed.ask_first:
        told = _asked(adapter, account, attempt, now)
        if not _not_found(told):
            return told
        # The channel never heard of it: the same number again.
    outcome = adapter.refund(account, attempt, now)
    if claimed.ask_first and isinstance(outcome, Unknown) and outcome.reason == NOT_SENT:
        # This try was not; an earlier one may still be on its way.
        return Unknown("unreachable")
    if isinstance(outcome, Pending) and can.can_query_refund:
        told = _asked(adapter, account, attempt, now)
        return told if isinstance(told, Succeeded | Rejected) and not _not_found(told) else outcome
    if isinstance(outcome, Rejected) and can.can_query_refund and can.refund_repeatable:
        # "No" may mean "done before": the query knows.
        told = _asked(adapter, account, attempt, now)
        return outcome if _not_found(told) else told
    return outcome


def _asked(adapter: Provider, account: OpenAccount, attempt: RefundAttempt, now: datetime) -> Outcome:
    """A question that was not sent says nothing about the refund that may have been: it must not count as not sent."""
    told = adapter.query_refund(account, attempt, now)
    return Unknown("unreachable") if isinstance(told, Unknown) and told.reason == NOT_SENT else told


def _not_found(outcome: Outcome) -> bool:
    return isinstance(outcome, Rejected) and outcome.code == NOT_FOUND
