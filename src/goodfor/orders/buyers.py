"""What is known of whoever bought, for rooms that decide about them. Reached through `queries`."""

from typing import Final
from uuid import UUID

from goodfor.kernel.sql import Statement

#: More than this many says no more.
MANY: Final = 500
_BOUGHT = Statement(__package__, "sql/bought_times.sql")


def bought_times(shop_id: UUID, buyer: str, but: UUID) -> int:
    """How many orders of a buyer (named as by `buyer_of`) were delivered and kept, but for the order `but`; to 500."""
    kind, _sep, name = buyer.partition(":")
    client_id = UUID(name) if kind == "client" else None
    rows = _BOUGHT.rows(
        {"shop_id": shop_id, "buyer_ref": buyer, "client_id": client_id, "order_id": but, "limit": MANY}
    )
    return int(sum(row[0] for row in rows))
