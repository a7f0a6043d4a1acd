"""Refund an order on request of its owner or of the staff."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.delivery import queries as delivery
from goodfor.kernel import audit
from goodfor.ledger.types import Entry
from goodfor.orders import accounts, given_back, queries, states, store
from goodfor.orders.claims import remedied_codes
from goodfor.orders.deciding import Decider, decided_by
from goodfor.orders.errors import CodesRevealed, GivenAway, RefundRunning, WrongState
from goodfor.orders.given import given_away
from goodfor.orders.line_types import CODE, DIRECT
from goodfor.orders.operations.end_given import end_given
from goodfor.orders.operations.note_refund_cap import telling_of_cap
from goodfor.orders.operations.start_refund import start_refund
from goodfor.orders.types import RefundView
from goodfor.payments import queries as payments
from goodfor.payments.errors import PaymentDisputed
from goodfor.payments.types import RefundView as PaymentRefund
from goodfor.supply.operations.close_want import must_not_be_under_way
from goodfor.vault.operations.take_back import take_back


def refund_order(
    *,
    shop_id: UUID,
    order_id: UUID,
    reason: str,
    actor: str,
    by_staff: bool = False,
    paid_from: str = "",
    proven: bool = False,
    now: datetime,
) -> RefundView:
    """Give the whole price, or what is left of it, back by the route it was paid by, or from `paid_from` (the buyer's
    wallet); asking again returns the same.

    Codes that nobody has seen go back on the shelf, also those that lie in a gift. Codes that were shown or passed on
    stay sold: only the staff may refund them; `proven`: who decides it proved a moment ago who they are, which the
    shop's limits may ask for.
    Raises OrderNotFound, WrongState (nothing was paid), CodesRevealed, GivenAway, RefundRunning (a part is not back
    yet), PaymentDisputed (a bank has the money already), PurchaseRunning (it is being bought at this moment),
    RefundCapReached, RefundAboveDailyLimit, RefundNeedsProof.
    """
    by = decided_by(actor, by_staff=by_staff, proven=proven)
    with telling_of_cap(shop_id, now), transaction.atomic(savepoint=False):
        return _refund(shop_id, order_id, reason, by, paid_from, now)


def _refund(shop_id: UUID, order_id: UUID, reason: str, by: Decider, paid_from: str, now: datetime) -> RefundView:
    order = store.lock_order(shop_id, order_id)
    if order.state in (states.REFUNDING, states.REFUNDED):
        known = queries.refund_of_order(shop_id, order_id, order.payment_id)
        assert known is not None
        return store.refund_view(order.number, known)
    if order.state not in (states.PAID, states.DELIVERED):
        raise WrongState(state=order.state)
    if order.state == states.DELIVERED and not by.by_person:
        lines = [line.id for line in store.lines_of(shop_id, order_id)]
        # What a claim has settled is out of the buyer's hands, seen or not.
        if delivery.revealed(shop_id, lines).keys() - remedied_codes(shop_id, lines):
            raise CodesRevealed
        if any(one.passed for one in given_away(shop_id, lines).values()):
            raise GivenAway
    refund = refund_rest(shop_id=shop_id, order=order, reason=reason, by=by, paid_from=paid_from, now=now)
    return store.refund_view(order.number, refund)


def refund_rest(
    *, shop_id: UUID, order: store.LockedOrder, reason: str, by: Decider, paid_from: str = "", now: datetime
) -> PaymentRefund:
    """The same of a paid or delivered order that the caller's transaction holds; who may ask for it was settled before.

    Raises RefundRunning, PaymentDisputed, PurchaseRunning, and what `start_refund` raises.
    """
    if order.payment_id is not None and payments.holds_back(shop_id, order.payment_id):
        raise PaymentDisputed
    returned: tuple[Entry, ...] = ()
    if order.state == states.PAID:
        # A top-up that is sent cannot be called back; codes would be bought for nobody, which only the staff decide.
        kinds = (DIRECT,) if by.by_person else (CODE, DIRECT)
        must_not_be_under_way(shop_id=shop_id, order_id=order.id, kinds=kinds)
    if order.state == states.DELIVERED:
        assert order.payment_id is not None
        if given_back.owed(given_back.of_order(order.id, payments.refunds_of(shop_id, order.payment_id))):
            raise RefundRunning
        seen = delivery.revealed(shop_id, [line.id for line in store.lines_of(shop_id, order.id)])
        returned = _take_back(shop_id, order, seen, now)
        end_given(shop_id=shop_id, order=order, now=now)
    refund = start_refund(
        shop_id=shop_id, order=order, reason=reason, actor=by.actor, entries=returned, paid_from=paid_from, by=by,
        now=now,
    )  # fmt: skip
    audit.record(
        shop_id=shop_id,
        actor=by.actor,
        action="order_refunded",
        subject=("order", order.id),
        data={"reason": reason[:200], "amount_minor": refund.amount.amount_minor},
        now=now,
    )
    return refund


def _take_back(shop_id: UUID, order: store.LockedOrder, seen: Iterable[UUID], now: datetime) -> tuple[Entry, ...]:
    """Unseen codes go back on the shelf, and their cost from the cost of sales to the stock."""
    burned, back = list(seen), []
    for line in sorted(store.lines_of(shop_id, order.id), key=lambda item: item.sku_id):
        taken = take_back(shop_id=shop_id, holder_id=line.id, seen=burned, now=now)
        back.append((line, taken.cost_minor))
    entry = accounts.take_back_entry(order_id=order.id, lines=back, channel=order.channel, now=now)
    return (entry,) if entry else ()
