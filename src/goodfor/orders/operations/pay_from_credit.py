"""What is owed to a buyer already pays a placed order: a card, a subscription, points. In the caller's transaction.

The caller's room has taken the units under its own locks and constraints before; here the debt changes its account,
from what was promised to what was ordered, and the order is delivered as after any payment.
"""

from datetime import datetime
from uuid import UUID

from goodfor.orders import states, store
from goodfor.orders.accounts import ORDER_LIABILITY
from goodfor.orders.errors import WrongState
from goodfor.orders.operations.settle import settle
from goodfor.orders.types import CreditPaid
from goodfor.payments.operations.pay_by_balance import pay_by_balance
from goodfor.payments.types import CREDIT


def pay_from_credit(*, shop_id: UUID, order_id: UUID, account: str, now: datetime) -> CreditPaid:
    """Pay the whole order from the ledger account `account` (2203:...); the state that it ended in.

    A refund goes back to the same account at once; `OrderRefunded` and `OrderPartlyRefunded` tell the caller's room.
    Raises OrderNotFound, WrongState (not placed, or too late), AccountNotFound (the shop takes no balances),
    AlreadyPaid; ValueError for any other kind of account.
    """
    if not account.startswith(CREDIT) or account == ORDER_LIABILITY:
        raise ValueError("only what is owed to a buyer pays for an order")
    order = store.lock_order(shop_id, order_id)
    if order.state != states.PLACED or order.pay_by <= now:
        raise WrongState(state=order.state)
    paid = pay_by_balance(
        shop_id=shop_id, source_type="order", source_id=order.id, amount=order.total, wallet_account=account, now=now
    )
    state = settle(
        shop_id=shop_id, order=order, payment_id=paid.payment_id, paid=paid.entry(now=now, order_id=order.id),
        paid_at=now, cause=f"payment:{paid.payment_id}", now=now,
    )  # fmt: skip
    return CreditPaid(paid.payment_id, state)
