"""How the buyer of an order can be reached. For config's messages alone: everybody else has no use for a contact."""

from dataclasses import dataclass, field
from uuid import UUID

from goodfor.kernel.crypto import DecryptFailed, Sealed, keyring
from goodfor.kernel.sql import Statement
from goodfor.orders.errors import OrderNotFound

_REACH = Statement(__package__, "sql/reach.sql")


@dataclass(frozen=True, slots=True)
class Reach:
    """`contact` is empty where none was given, or it cannot be opened. `client_id`: placed by a program."""

    contact: str = field(repr=False)
    locale: str
    buyer_ref: str
    client_id: UUID | None


def reach(shop_id: UUID, order_id: UUID) -> Reach:
    """Raises OrderNotFound."""
    row = _REACH.row({"shop_id": shop_id, "order_id": order_id})
    if row is None:
        raise OrderNotFound
    contact = ""
    if row[0] is not None and row[1] is not None:
        try:
            contact = keyring().open(Sealed(row[0], bytes(row[1])), order_id.bytes).decode()
        except DecryptFailed:
            contact = ""
    return Reach(contact, row[2], row[3] or "", row[4])
