"""What was reserved under one name is sold to another."""

from datetime import datetime
from uuid import UUID

from goodfor.kernel.sql import Statement
from goodfor.vault.claiming import check_quantity
from goodfor.vault.errors import ReservationLost
from goodfor.vault.types import Taken

_HAND_OVER = Statement("goodfor.vault", "sql/hand_over.sql")


def hand_over(*, shop_id: UUID, from_holder: UUID, to_holder: UUID, quantity: int, now: datetime) -> Taken:
    """Sell exactly the `quantity` codes that `from_holder` has reserved to `to_holder`, in one statement, or none.

    On top of what that one holds: a replacement joins the other codes of its line. A reservation past its time still
    sells while nobody has released it. Raises ReservationLost when there are more or fewer, or some have expired or
    are in quarantine; InvalidQuantity.
    """
    check_quantity(quantity)
    row = _HAND_OVER.row(
        {
            "shop_id": shop_id,
            "from_holder": from_holder,
            "to_holder": to_holder,
            "quantity": quantity,
            "now": now,
        }
    )
    if row is None or row[0] != quantity:
        raise ReservationLost(holder_id=str(from_holder))
    return Taken(row[0], row[1])
