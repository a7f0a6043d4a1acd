"""Orders of Fulu, read."""

import binascii
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from goodfor.supply.providers.fulu import signing
from goodfor.supply.providers.fulu.client import BEIJING
from goodfor.supply.providers.fulu.settings import Settings
from goodfor.supply.providers.numbers import BadReply, decimal, records, text, whole
from goodfor.supply.providers.values import Code, Order, OrderRef, OrderState

_STATES: Final[Mapping[str, OrderState]] = {
    "untreated": "accepted", "processing": "processing", "success": "success", "failed": "failed",
}  # fmt: skip
_LINKS: Final = ("https://", "http://")


def order_of(row: Mapping[str, Any], asked: OrderRef, settings: Settings) -> Order:
    """The order that was asked about. A state that is not known is `processing`. Raises BadReply."""
    ref = text(row.get("order_id"), 64)
    check_numbers(row, asked.number, asked.ref)
    word = text(row.get("order_state"), 20)
    if not ref or not word:
        raise BadReply("no_order")
    state = _STATES.get(word, "processing")
    cards = row.get("cards")
    return Order(
        state=state,
        number=asked.number,
        ref=ref,
        # Failed is never charged or money back; they say no amount of either.
        charged=None if state == "failed" else charged(row, settings, asked.quantity),
        codes=codes_of(cards, settings.secret),
        has_codes=bool(cards),
        word=word,
    )


def check_numbers(row: Mapping[str, Any], number: str, ref: str) -> None:
    """An order's numbers, where they are told, are those that were asked about. Raises BadReply."""
    told, theirs = text(row.get("customer_order_no"), 64), text(row.get("order_id"), 64)
    if told not in ("", number) or (ref and theirs not in ("", ref)):
        raise BadReply("other_number")


def charged(row: Mapping[str, Any], settings: Settings, asked: int) -> Decimal | None:
    """Whether `order_price` is for one or for all is not published: sure for one unit, else by the settings."""
    price = decimal(row.get("order_price"))
    count = asked if row.get("buy_num") is None else whole(row.get("buy_num"))
    if price is None or price < 0 or count is None or count < 1:
        return None
    if count == 1 or settings.order_price == "total":
        return price
    return price * count if settings.order_price == "unit" else None


def codes_of(rows: Any, secret: str) -> tuple[Code, ...]:
    """Cards, opened; the number may be empty, the password may be a link. Raises BadReply."""
    return tuple(_code(row, secret) for row in records(rows))


def _code(row: Mapping[str, Any], secret: str) -> Code:
    number, word = _opened(row.get("card_number"), secret), _opened(row.get("card_pwd"), secret)
    if not number and not word:
        raise BadReply("empty_card")
    is_link = word.strip().lower().startswith(_LINKS) and len(word.split()) == 1
    return Code(
        number=number,
        secret="" if is_link else word,
        link=word.strip() if is_link else "",
        expires_at=_time(row.get("card_deadline")),
    )


def _opened(value: Any, secret: str) -> str:
    if value is None or value == "":
        return ""
    if not isinstance(value, str):
        raise BadReply("bad_cards")
    try:
        return signing.decrypt(value, secret)
    except (ValueError, binascii.Error):
        raise BadReply("bad_cards") from None


def _time(value: Any) -> datetime | None:
    """A Beijing time without a zone; None where it says nothing."""
    told = text(value, 32).strip().replace("T", " ").replace("/", "-")
    for shape in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d"):
        try:
            return datetime.strptime(told, shape).replace(tzinfo=BEIJING)
        except ValueError:
            continue
    return None
