"""Cancel an unpaid order and give its codes back to the shelf."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.orders import states
from goodfor.orders.operations.close_order import close_order
from goodfor.payments.operations.end_attempts import end_attempts


@transaction.atomic(savepoint=False)
def cancel_order(*, shop_id: UUID, order_id: UUID, actor: str, now: datetime) -> None:
    """Cancel, and close what was begun to pay it; money that comes all the same is judged as late.

    Raises WrongState, OrderNotFound.
    """
    close_order(shop_id=shop_id, order_id=order_id, to_state=states.CANCELLED, actor=actor, cause="cancelled", now=now)
    end_attempts(shop_id=shop_id, source_type="order", source_id=order_id, now=now)
