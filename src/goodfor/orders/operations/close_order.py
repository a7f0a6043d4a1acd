"""End an unpaid order, whatever the reason. Runs in the caller's transaction."""

from datetime import datetime
from uuid import UUID

from goodfor.kernel.events import publish
from goodfor.kernel.statemachine import record_history
from goodfor.orders import states, store
from goodfor.orders.errors import WrongState
from goodfor.orders.events import OrderClosed
from goodfor.orders.operations.keep_credit import credit_back
from goodfor.promotions.operations.choices import drop_choice
from goodfor.promotions.operations.phases import release
from goodfor.vault import operations as vault


def close_order(*, shop_id: UUID, order_id: UUID, to_state: str, actor: str, cause: str, now: datetime) -> None:
    """Move a placed order to cancelled or expired and release its codes. Raises WrongState, OrderNotFound."""
    order = store.lock_order(shop_id, order_id)
    if order.state != states.PLACED:
        raise WrongState(state=order.state)
    store.move(shop_id, order_id, states.PLACED, to_state, closed_at=now)
    record_history(
        shop_id=shop_id,
        machine=states.MACHINE,
        subject_id=order_id,
        moves=[(states.PLACED, to_state)],
        actor=actor,
        cause=cause,
        now=now,
    )
    if order.discount_minor:
        drop_choice(shop_id=shop_id, order_id=order_id, cause=cause, now=now)
        release(shop_id=shop_id, order_id=order_id, now=now)
        credit_back(shop_id=shop_id, order_id=order_id)
    for line in store.lines_of(shop_id, order_id):
        vault.release(shop_id=shop_id, holder_id=line.id, now=now)
    publish(shop_id=shop_id, event=OrderClosed(order_id, order.number, to_state), now=now)
