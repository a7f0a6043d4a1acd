"""The one way to claim free codes, used by reserve and take."""

from collections.abc import Mapping
from typing import Any

from goodfor.kernel.sql import Statement
from goodfor.vault.errors import HolderHasCodes, InvalidQuantity, OutOfStock
from goodfor.vault.models import Code
from goodfor.vault.types import Taken

MAX_QUANTITY = 10_000
_ONE = Statement(__package__, "sql/claim_one.sql")
_MANY = Statement(__package__, "sql/claim.sql")


def check_quantity(quantity: int) -> None:
    """Raise InvalidQuantity outside 1 to 10,000."""
    if type(quantity) is not int or not 1 <= quantity <= MAX_QUANTITY:
        raise InvalidQuantity(limit=MAX_QUANTITY)


def claim(quantity: int, params: Mapping[str, Any]) -> Taken:
    """Claim exactly that many codes, or none. Raises InvalidQuantity, OutOfStock, HolderHasCodes.

    First from where each lot's free codes are known to begin; that hint may be a moment old, so a shortage is
    believed only after looking from the start.
    """
    check_quantity(quantity)
    statement = _ONE if quantity == 1 else _MANY
    for from_start in (False, True):
        row = statement.row({**params, "quantity": quantity, "from_start": from_start})
        if row is not None and row[0]:
            return Taken(row[0], row[1])
    held = Code.objects.filter(shop_id=params["shop_id"], holder_id=params["holder_id"], state__in=(1, 2))
    if held.exists():
        raise HolderHasCodes(holder_id=str(params["holder_id"]))
    raise OutOfStock(sku_id=str(params["sku_id"]), quantity=quantity)
