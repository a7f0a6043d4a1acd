"""Refund an order on request of its owner or of the staff."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.delivery import queries as delivery
from goodfor.kernel import audit
from goodfor.kernel.errors import Conflict
from goodfor.orders import states, store
from goodfor.orders.errors import WrongState
from goodfor.orders.operations.start_refund import start_refund
from goodfor.orders.types import RefundView
from goodfor.payments import queries as payments
from goodfor.payments.types import RefundView as PaymentRefund
from goodfor.vault import operations as vault


class CodesRevealed(Conflict):
    """A code that was shown cannot be taken back by its buyer; report it as not working instead."""

    code = "codes_revealed"
    title = _("卡密已被查看，不能自助退款；如卡密无效请申请售后")


@transaction.atomic(savepoint=False)
def refund_order(
    *, shop_id: UUID, order_id: UUID, reason: str, actor: str, by_staff: bool = False, now: datetime
) -> RefundView:
    """Give the whole price back by the route it was paid by; asking again returns the same refund.

    Codes that nobody has seen go back on the shelf. Codes that were shown stay sold: only the staff may refund
    them. Raises OrderNotFound, WrongState (nothing was paid), CodesRevealed.
    """
    order = store.lock_order(shop_id, order_id)
    if order.state in (states.REFUNDING, states.REFUNDED):
        assert order.payment_id is not None
        return _view(order, payments.refunds_of(shop_id, order.payment_id)[-1])
    if order.state not in (states.PAID, states.DELIVERED):
        raise WrongState(state=order.state)
    if order.state == states.DELIVERED:
        holders = [line.id for line in store.lines_of(shop_id, order_id)]
        seen = delivery.revealed(shop_id, holders)
        if seen and not by_staff:
            raise CodesRevealed
        for holder_id in holders:
            vault.take_back(shop_id=shop_id, holder_id=holder_id, seen=list(seen), now=now)
    refund = start_refund(shop_id=shop_id, order=order, reason=reason, actor=actor, now=now)
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="order_refunded",
        subject=("order", order_id),
        data={"reason": reason[:200], "amount_minor": order.total.amount_minor},
        now=now,
    )
    return _view(order, refund)


def _view(order: store.LockedOrder, refund: PaymentRefund) -> RefundView:
    return RefundView(
        refund.id, refund.number, order.number, refund.amount, refund.state, refund.created_at, refund.finished_at
    )
