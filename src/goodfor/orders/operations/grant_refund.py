"""A claim is right: its price goes back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.faultpoints import reach
from goodfor.orders import claim_states, queries, store
from goodfor.orders.deciding import Decider, decided_by
from goodfor.orders.models import Claim
from goodfor.orders.operations.move_claim import check_open, locked_claim
from goodfor.orders.operations.note_refund_cap import telling_of_cap
from goodfor.orders.operations.refund_claim import refund_claim
from goodfor.orders.types import RefundView
from goodfor.payments import queries as payments


def grant_refund(
    *,
    shop_id: UUID,
    claim_id: UUID,
    reason: str,
    actor: str,
    by: Decider | None = None,
    paid_from: str = "",
    now: datetime,
) -> RefundView:
    """Refund an open claim, by the route that was paid or from `paid_from`, a ledger account; once: again, the same.

    Unseen codes go back on the shelf, seen ones into quarantine, where their cost stays a cost of sales. `by`: whose
    decision it is, for the bounds of the day; else the actor's. Part of the price, or the whole rest where that is
    all the order still holds.
    Raises ClaimNotFound, ClaimMoved (it has another end, or is being replaced), WrongState, RefundAmount (nothing is
    left of the price), RefundRunning (another refund of the order is not over: try again), PaymentDisputed,
    RefundCapReached, RefundAboveDailyLimit, RefundNeedsProof.
    """
    with telling_of_cap(shop_id, now), transaction.atomic():
        order, claim = locked_claim(shop_id, claim_id)
        if claim.state == claim_states.REFUNDED:
            return _known(order, claim)
        check_open(order, claim)
        refund = refund_claim(
            shop_id=shop_id, order=order, claim=claim, reason=reason, by=by or decided_by(actor), paid_from=paid_from,
            now=now,
        )  # fmt: skip
        reach("orders.claim_refunding")
    reach("orders.claim_refunded")
    return refund


def _known(order: store.LockedOrder, claim: Claim) -> RefundView:
    """The refund that it has; that of the whole order, where this settled it."""
    known = (
        payments.refund(claim.shop_id, claim.refund_id)
        if claim.refund_id
        else queries.refund_of_order(claim.shop_id, order.id, order.payment_id)
    )
    assert known is not None
    return store.refund_view(order.number, known)
