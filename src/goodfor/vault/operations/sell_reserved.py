"""Sell what was reserved."""

from datetime import datetime
from uuid import UUID

from goodfor.kernel.sql import Statement
from goodfor.vault.claiming import check_quantity
from goodfor.vault.errors import ReservationLost
from goodfor.vault.types import Taken

_SELL = Statement("goodfor.vault", "sql/sell_reserved.sql")


def sell_reserved(*, shop_id: UUID, holder_id: UUID, quantity: int, now: datetime) -> Taken:
    """Sell exactly the `quantity` codes that the holder has reserved, in one statement, or none.

    A reservation past its time still sells while nobody has released it. Raises ReservationLost when there are more
    or fewer, or some have expired or are in quarantine; InvalidQuantity.
    """
    check_quantity(quantity)
    row = _SELL.row({"shop_id": shop_id, "holder_id": holder_id, "quantity": quantity, "now": now})
    if row is None or row[0] != quantity:
        raise ReservationLost(holder_id=str(holder_id))
    return Taken(row[0], row[1])
