"""A buyer pays a placed order from their own balance: paid, booked and delivered in one transaction."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.orders import states, store
from goodfor.orders.errors import WrongState
from goodfor.orders.operations.open_wallet import open_wallet
from goodfor.orders.operations.settle import settle
from goodfor.payments.operations.pay_by_balance import pay_by_balance


@transaction.atomic(savepoint=False)
def pay_from_wallet(*, shop_id: UUID, order_id: UUID, buyer_id: UUID, now: datetime) -> str:
    """The state that the order ended in. The face has made sure that the order and the wallet are this buyer's.

    Raises OrderNotFound, WrongState (not placed, or too late), InsufficientFunds, AccountNotFound (the shop takes no
    balance), AlreadyPaid; then nothing has changed.
    """
    order = store.lock_order(shop_id, order_id)
    if order.state != states.PLACED or order.pay_by <= now:
        raise WrongState(state=order.state)
    wallet = open_wallet(shop_id=shop_id, buyer_id=buyer_id, currency=order.total.currency, now=now)
    paid = pay_by_balance(
        shop_id=shop_id, source_type="order", source_id=order.id, amount=order.total,
        wallet_account=wallet, now=now,
    )  # fmt: skip
    return settle(
        shop_id=shop_id,
        order=order,
        payment_id=paid.payment_id,
        paid=paid.entry(now=now, order_id=order.id),
        paid_at=now,
        cause=f"payment:{paid.payment_id}",
        now=now,
    )
