"""A person decides a refund that nobody could tell the end of."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.outcomes import Outcome, Rejected, Succeeded
from goodfor.payments import states
from goodfor.payments.errors import RefundNotResolvable
from goodfor.payments.locks import lock_refund
from goodfor.payments.models import Case
from goodfor.payments.operations.settle_refund import settle_refund
from goodfor.payments.types import RefundView


def resolve_refund(
    *, shop_id: UUID, refund_id: UUID, arrived: bool, note: str, actor: str, now: datetime
) -> RefundView:
    """`arrived` True: the channel's own books show the money gone; False: they show that it never went.

    Raises RefundNotFound, RefundNotResolvable unless its state is `unknown`.
    """
    with transaction.atomic(savepoint=False):
        row = lock_refund(shop_id, refund_id)
        if row.state != states.UNKNOWN:
            raise RefundNotResolvable(state=row.state)
        outcome: Outcome = Succeeded() if arrived else Rejected("resolved_failed", note)
        view = settle_refund(shop_id=shop_id, refund_id=refund_id, outcome=outcome, now=now, actor=actor)
        Case.objects.filter(shop_id=shop_id, refund_id=refund_id, kind="ambiguous_refund", state=states.OPEN).update(
            state=states.CLOSED, closed_at=now, resolution=note[:200]
        )
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="payments.refund_resolved",
            subject=("payments.refund", refund_id),
            data={"arrived": arrived, "note": note[:200]},
            now=now,
        )
    return view
