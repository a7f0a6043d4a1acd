"""Orders and keys of Kinguin, read. They tell no amount of what came back: the states of the keys do."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from goodfor.supply.providers.kinguin.client import euros
from goodfor.supply.providers.numbers import BadReply, records, text, whole
from goodfor.supply.providers.values import Code, CodeState, Order, OrderState

_STATES: Final[Mapping[str, OrderState]] = {
    "processing": "processing", "completed": "success", "canceled": "cancelled", "refunded": "refunded",
}  # fmt: skip
#: DELIVERED says nothing of whether it was used. A returned key is voided once its money is back.
KEY_STATES: Final[Mapping[str, CodeState]] = {
    "DELIVERED": "unknown", "RETURNED": "voiding", "REFUNDED": "voided", "CANCELED": "voided",
}  # fmt: skip
DELIVERED: Final = "DELIVERED"
MAX_IMAGE: Final = 1024 * 1024
_MAGIC: Final[Mapping[str, tuple[bytes, ...]]] = {
    "image/jpeg": (b"\xff\xd8\xff",), "image/png": (b"\x89PNG\r\n\x1a\n",), "image/gif": (b"GIF87a", b"GIF89a"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Key:
    """A key of an order, without what it says."""

    id: str
    status: str
    #: What one of its line costs; None where the line does not say.
    price: Decimal | None


def keys_of(row: Mapping[str, Any]) -> list[Key]:
    """All keys of an order. Raises BadReply."""
    return [
        Key(text(key.get("id"), 64), text(key.get("status"), 20), euros(line.get("price")))
        for line in records(row.get("products"))
        for key in records(line.get("keys"))
    ]


def order_of(row: Mapping[str, Any], number: str, ref: str = "") -> Order:
    """The order that was asked about. A state that is not known is `processing`. Raises BadReply."""
    check_numbers(row, number, ref)
    word = text(row.get("status"), 20)
    if not word:
        raise BadReply("no_order")
    state, keys = _STATES.get(word, "processing"), keys_of(row)
    there = sum(key.status == DELIVERED for key in keys)
    count = whole(row.get("totalQty")) or len(keys)
    charged = euros(row.get("paymentPrice"))
    return Order(
        state="partial" if state == "processing" and 0 < there < count else state,
        number=number,
        ref=text(row.get("orderId"), 64),
        charged=charged,
        refunded=_refunded(state, keys, charged, count),
        has_codes=there > 0 or state == "success",
        word=word,
    )


def check_numbers(row: Mapping[str, Any], number: str, ref: str = "") -> str:
    """Their number of the order, which is the one that was asked about. Raises BadReply."""
    theirs = text(row.get("orderId"), 64)
    if not theirs:
        raise BadReply("no_order")
    if text(row.get("orderExternalId"), 64) != number or (ref and theirs != ref):
        raise BadReply("other_number")
    return theirs


def _refunded(state: OrderState, keys: Sequence[Key], charged: Decimal | None, count: int) -> Decimal:
    """All of it where every key's money is back, a part where the prices of the lines add up, else nothing is sure.

    An order that was cancelled before any key was delivered is given back whole, by their description.
    """
    over = {"REFUNDED", "CANCELED"} if state in ("cancelled", "refunded") else {"REFUNDED"}
    back = [key for key in keys if key.status in over]
    if charged is None:
        return Decimal(0)
    if (keys and len(back) == len(keys) == count) or (state == "cancelled" and not keys):
        return charged
    prices = [key.price for key in keys if key.price is not None]
    if len(prices) == len(keys) == count and sum(prices) == charged:
        return sum((key.price for key in back if key.price is not None), Decimal(0))
    return Decimal(0)


def code_of(row: Mapping[str, Any], order_id: str, item_id: str) -> Code:
    """A key, whole: text or a picture. Raises BadReply."""
    number, serial = text(row.get("id"), 64), row.get("serial")
    if item_id and text(row.get("kinguinId"), 32) not in ("", item_id):
        raise BadReply("other_item")
    if not number or not isinstance(serial, str) or not serial.strip():
        raise BadReply("no_key")
    ref, kind = f"{order_id}/{number}", text(row.get("type"), 60).partition(";")[0].strip().lower()
    if kind in _MAGIC:
        return Code(image=_picture(serial, kind), ref=ref)
    if kind != "text/plain":
        raise BadReply("unknown_key")
    return Code(secret=serial, ref=ref)


def _picture(serial: str, kind: str) -> bytes:
    try:
        image = base64.b64decode("".join(serial.split()), validate=True)
    except (ValueError, binascii.Error):
        raise BadReply("bad_image") from None
    if len(image) > MAX_IMAGE or not image.startswith(_MAGIC[kind]):
        raise BadReply("bad_image")
    return image
