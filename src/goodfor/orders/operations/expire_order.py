"""The time to pay is over."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.orders import states
from goodfor.orders.errors import WrongState
from goodfor.orders.operations.close_order import close_order


@transaction.atomic(savepoint=False)
def expire_order(*, shop_id: UUID, order_id: UUID, now: datetime) -> bool:
    """Expire an order that is still unpaid; False when something else ended it first."""
    try:
        close_order(
            shop_id=shop_id, order_id=order_id, to_state=states.EXPIRED, actor="system", cause="pay_by", now=now
        )
    except WrongState:
        return False
    return True
