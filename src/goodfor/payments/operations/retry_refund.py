"""Ask for the money again when a refund hangs: by the same number while its end is unknown, else by a new one."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.money import Money
from goodfor.payments import states
from goodfor.payments.locks import lock_refund
from goodfor.payments.mapping import refund_view
from goodfor.payments.models import Case, Payment, Refund
from goodfor.payments.operations.request_refund import request_refund
from goodfor.payments.refund_keys import next_key
from goodfor.payments.schedule import NOT_REPEATABLE_SECONDS
from goodfor.payments.types import RefundView


def retry_refund(*, shop_id: UUID, refund_id: UUID, actor: str, paid_from: str = "", now: datetime) -> RefundView:
    """The refund that is under way when this returns, in the caller's transaction.

    Unknown: the same refund, asked about within two minutes even if the loop had given up, and sent again, under its
    own number, only if the channel never heard of it. Failed for good: a new refund with a new number, one for each
    that failed, however often this is called; the case of the old one is closed by it. It may come from `paid_from`
    instead of the channel, and then is done at once. On its way or done: as it is.
    Raises RefundNotFound, RefundExceedsPaid.
    """
    with transaction.atomic(savepoint=False):
        row = lock_refund(shop_id, refund_id)
        if row.state == states.FAILED:
            return _anew(row, paid_from, actor, now)
        if row.state == states.UNKNOWN:
            _ask_again(row, actor, now)
        return refund_view(row, Payment.objects.get(shop_id=shop_id, id=row.payment_id))


def _ask_again(row: Refund, actor: str, now: datetime) -> None:
    # Not at once: a call whose answer was lost a moment ago may still be at work there.
    soon = now + timedelta(seconds=NOT_REPEATABLE_SECONDS)
    if row.next_try_at is not None and row.next_try_at <= soon:
        return
    Refund.objects.filter(shop_id=row.shop_id, id=row.id, state=states.UNKNOWN).update(next_try_at=soon)
    _note(row, row.number, actor, now)


def _anew(row: Refund, paid_from: str, actor: str, now: datetime) -> RefundView:
    key = next_key(row.business_key)
    known = Refund.objects.filter(shop_id=row.shop_id, business_key=key).exists()
    again = request_refund(
        shop_id=row.shop_id,
        payment_id=row.payment_id,
        amount=Money(row.amount_minor, row.currency),
        reason=row.reason,
        business_key=key,
        capture_ref=row.capture_ref,
        paid_from=paid_from,
        actor=actor,
        now=now,
    )
    if not known:
        Case.objects.filter(shop_id=row.shop_id, refund_id=row.id, kind="refund_failed", state=states.OPEN).update(
            state=states.CLOSED, closed_at=now, resolution=f"retried:{again.number}"
        )
        _note(row, again.number, actor, now)
    return again


def _note(row: Refund, number: str, actor: str, now: datetime) -> None:
    audit.record(
        shop_id=row.shop_id,
        actor=actor,
        action="payments.refund_retried",
        subject=("payments.refund", row.id),
        data={"number": row.number, "by": number, "amount_minor": row.amount_minor},
        now=now,
    )
