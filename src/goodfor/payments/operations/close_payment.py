"""End an attempt that was not paid: close it at the channel, ask once more, and only then close it here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Least

from goodfor.kernel.events import publish
from goodfor.kernel.outbound.http import require_no_transaction
from goodfor.kernel.outcomes import Outcome, Succeeded, Unknown
from goodfor.kernel.statemachine import record_history
from goodfor.payments import states
from goodfor.payments.errors import PaymentNotFound
from goodfor.payments.events import PaymentClosed
from goodfor.payments.mapping import attempt_of, opened
from goodfor.payments.models import Account, Payment
from goodfor.payments.operations.record_fact import record_fact
from goodfor.payments.providers.base import Account as OpenAccount
from goodfor.payments.providers.base import Attempt, Provider, fact_of
from goodfor.payments.providers.registry import provider_for
from goodfor.payments.schedule import next_late_poll
from goodfor.payments.types import MANDATE, Fact

#: A channel that does not answer keeps an expired payment open this long; then it is closed here and asked about later.
PATIENCE: Final = timedelta(hours=1)
ASK_AGAIN: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class CloseResult:
    """`closed`; `paid`: it was paid after all, `fact` is recorded with its event and may be applied at once;

    `waiting`: the channel gave no answer, the loop goes on; `ended`: it was not open any more.
    """

    state: Literal["closed", "paid", "waiting", "ended"]
    fact: Fact | None = None


def close_payment(*, shop_id: UUID, payment_id: UUID, now: datetime, actor: str = "system") -> CloseResult:
    """Close an attempt, when it expires or when its source is cancelled. Never inside a transaction.

    Raises PaymentNotFound.
    """
    require_no_transaction()
    row = Payment.objects.filter(shop_id=shop_id, id=payment_id).first()
    if row is None:
        raise PaymentNotFound
    if row.state not in states.PAYABLE:
        return CloseResult("ended")
    if row.method == MANDATE:
        return _give_up_charge(row, now)
    account = Account.objects.filter(shop_id=shop_id, id=row.account_id).first()
    adapter = provider_for(row.provider)
    outcome: Outcome = Unknown("no_account")
    if account is not None and adapter is not None:
        outcome = close_and_ask(adapter, opened(account), attempt_of(row), now)
    if isinstance(outcome, Succeeded):
        fact = fact_of(outcome)
        record_fact(shop_id=shop_id, fact=fact, now=now)
        return CloseResult("paid", fact)
    impatient = row.expires_at is not None and now > row.expires_at + PATIENCE
    if isinstance(outcome, Unknown) and not impatient:
        with transaction.atomic():
            Payment.objects.filter(shop_id=shop_id, id=row.id, state__in=states.PAYABLE).update(
                next_poll_at=now + ASK_AGAIN
            )
        return CloseResult("waiting")
    return CloseResult("closed" if close_locally(row, now=now, actor=actor) else "ended")


def _give_up_charge(row: Payment, now: datetime) -> CloseResult:
    """What is charged by a mandate is nobody's to close but its loop's: it is not sent, or asked about to its end."""
    with transaction.atomic():
        Payment.objects.filter(shop_id=row.shop_id, id=row.id, state=row.state).update(
            expires_at=Least("expires_at", now), next_poll_at=now
        )
    return CloseResult("waiting")


def close_and_ask(adapter: Provider, account: OpenAccount, attempt: Attempt, now: datetime) -> Outcome:
    """The two calls, in this order, so that nobody pays between them; the answer of the second. No database."""
    if adapter.capabilities(account).can_close:
        adapter.close(account, attempt, now)
    return adapter.query(account, attempt, now)


def close_locally(row: Payment, *, now: datetime, actor: str) -> bool:
    """Close the row, if it is still open; its late polls begin. False when it was moved meanwhile."""
    with transaction.atomic():
        moved = Payment.objects.filter(shop_id=row.shop_id, id=row.id, state=row.state).update(
            state=states.CLOSED, closed_at=now, poll_count=0, next_poll_at=next_late_poll(polled=0, now=now)
        )
        if not moved:
            return False
        record_history(
            shop_id=row.shop_id,
            machine=states.PAYMENT,
            subject_id=row.id,
            moves=[(row.state, states.CLOSED)],
            actor=actor,
            cause="payments.close",
            now=now,
        )
        event = PaymentClosed(payment_id=row.id, source_type=row.source_type, source_id=row.source_id)
        publish(shop_id=row.shop_id, event=event, cause=("payments.payment", row.id), now=now)
    return True
