"""The staff asks for the money of an order once more, after its channel refused or nobody could tell the end."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.events import publish
from goodfor.orders import given_back, queries, states, store
from goodfor.orders.deciding import AUTO, Decider, decided_by
from goodfor.orders.errors import WrongState
from goodfor.orders.events import OrderRefunding
from goodfor.orders.operations.count_refund import count_refund, uncount_refund
from goodfor.orders.operations.finish_refund import finish_refund
from goodfor.orders.operations.note_refund_cap import telling_of_cap
from goodfor.orders.types import RefundView
from goodfor.payments import queries as payments
from goodfor.payments.operations.retry_refund import retry_refund as retry_by_channel
from goodfor.payments.types import RefundView as PaymentRefund


def retry_refund(
    *,
    shop_id: UUID,
    order_id: UUID,
    refund_id: UUID | None = None,
    actor: str,
    paid_from: str = "",
    proven: bool = False,
    now: datetime,
) -> RefundView:
    """The refund that is under way when this commits; one that is on its way or done is returned as it is.

    Of the whole price, or of the part that `refund_id` gave back. What was owed was booked when the refund was decided
    and still is owed: a new refund moves nothing in the ledger until it succeeds. `paid_from` is the account (the
    buyer's wallet, the bank) that pays where the channel refused; then it is done when this commits.
    What failed no longer counts on its day, and this counts today: of code's own promise by the same way as that, else
    as of the staff. `proven`: who decides it proved a moment ago who they are, which the shop's limits may ask for.
    Raises OrderNotFound, WrongState (nothing is to be given back), RefundCapReached, RefundAboveDailyLimit,
    RefundNeedsProof.
    """
    by = decided_by(actor, by_staff=True, proven=proven)
    with telling_of_cap(shop_id, now), transaction.atomic(savepoint=False):
        return _retry(shop_id, order_id, refund_id, by, paid_from, now)


def _retry(
    shop_id: UUID, order_id: UUID, refund_id: UUID | None, by: Decider, paid_from: str, now: datetime
) -> RefundView:
    order = store.lock_order(shop_id, order_id)
    latest = _asked_for(shop_id, order, refund_id)
    if latest is None:
        raise WrongState(state=order.state)
    refund = retry_by_channel(shop_id=shop_id, refund_id=latest.id, actor=by.actor, paid_from=paid_from, now=now)
    if refund.id != latest.id and not given_back.is_part(latest):
        store.mark_refund_failed(shop_id, order_id, None)
        publish(
            shop_id=shop_id,
            event=OrderRefunding(order_id, order.number, refund.id, refund.reason),
            cause=("refund", latest.id),
            now=now,
        )
    if refund.id != latest.id:
        _count(latest, refund, by, paid_from, now)
    if refund.done and refund.id != latest.id:
        finish_refund(shop_id=shop_id, order_id=order_id, refund=refund, now=now)
    return store.refund_view(order.number, refund)


def retry_other_refund(
    *, shop_id: UUID, refund_id: UUID, actor: str, paid_from: str = "", proven: bool = False, now: datetime
) -> PaymentRefund:  # fmt: skip
    """The same of a refund that is not of an order's price: money that came too often or in vain, or of another room.

    No order changes by it. Raises RefundNotFound, WrongState (it is of an order's price), and what count_refund raises.
    """
    by = decided_by(actor, by_staff=True, proven=proven)
    with telling_of_cap(shop_id, now), transaction.atomic(savepoint=False):
        failed = payments.refund(shop_id, refund_id)
        if failed.of_order:
            raise WrongState(state=failed.state)
        refund = retry_by_channel(shop_id=shop_id, refund_id=refund_id, actor=actor, paid_from=paid_from, now=now)
        if refund.id != refund_id:
            _count(failed, refund, by, paid_from, now)
            if refund.done:
                finish_refund(shop_id=shop_id, order_id=None, refund=refund, now=now)
    return refund


def _count(failed: PaymentRefund, refund: PaymentRefund, by: Decider, paid_from: str, now: datetime) -> None:
    # Whoever hears of the failure later finds it given up already.
    was = uncount_refund(shop_id=failed.shop_id, refund_id=failed.id, now=now)
    promised = was in (AUTO, "") and not paid_from
    count_refund(shop_id=failed.shop_id, refund=refund, by=by.keeping_a_promise() if promised else by, now=now)


def _asked_for(shop_id: UUID, order: store.LockedOrder, refund_id: UUID | None) -> PaymentRefund | None:
    """A part by its id, else the refund of the whole price while that is owed or given back; never another's."""
    if refund_id is not None:
        named = payments.refund(shop_id, refund_id)
        if not given_back.of_order(order.id, [named]):
            return None
        if given_back.is_part(named):
            return named
    if order.state not in (states.REFUNDING, states.REFUNDED):
        return None
    return queries.refund_of_order(shop_id, order.id, order.payment_id)
