"""Orders of Xingquanyi, read. 501 is their own "we do not know"; a state that is not listed is under way."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Final

from goodfor.supply.providers.labels import code_of
from goodfor.supply.providers.numbers import BadReply, decimal, records, text, whole
from goodfor.supply.providers.values import Code, Order, OrderState

BEIJING: Final = timezone(timedelta(hours=8))
_STATES: Final[Mapping[int, OrderState]] = {
    100: "accepted", 101: "processing", 200: "success", 500: "failed", 501: "doubt",
}  # fmt: skip
_TIMES: Final = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d")
#: A picture in base64 is long.
_LONG: Final = 3_000_000
_ZERO: Final = Decimal(0)


def order_of(row: Mapping[str, Any], number: str) -> Order:
    """One order, which is known to be `number`. Money that came back makes `refunded` of what was done."""
    state, codes = state_of(row), codes_of(row)
    charged, refunded = decimal(row.get("total_price")), max(decimal(row.get("refunded_amount")) or _ZERO, _ZERO)
    if state == "success" and charged and refunded >= charged:
        state = "refunded"
    return Order(
        state=state,
        number=number,
        ref=text(row.get("order_id"), 64),
        charged=charged,
        refunded=refunded,
        codes=codes,
        message=text(row.get("recharge_info") or row.get("state_info"), 500),
        word=text(row.get("state"), 20),
    )


def state_of(row: Mapping[str, Any]) -> OrderState:
    """A word that is not known is `processing`, never failure."""
    word = whole(row.get("state"))
    return "processing" if word is None else _STATES.get(word, "processing")


def codes_of(row: Mapping[str, Any]) -> tuple[Code, ...]:
    """Cards and tickets. Buying and asking call the parts of a card differently. Raises BadReply."""
    cards = (
        _code(one.get("card_no") or one.get("no"), one.get("card_password") or one.get("password"), one)
        for one in records(row.get("cards"))
    )
    tickets = (_code(one.get("no"), one.get("ticket"), one) for one in records(row.get("tickets")))
    return (*cards, *tickets)


def _code(number: Any, secret: Any, row: Mapping[str, Any]) -> Code:
    """One code; a ticket is an address or a picture, which is told from what it looks like."""
    found = code_of(text(number, 500), text(secret, _LONG), _time(row.get("expired_at")))
    if found is None:
        raise BadReply("empty_card")
    return found


def _time(value: Any) -> datetime | None:
    """A Beijing time without a zone, or a Unix time; None where it says nothing."""
    told = text(value, 32).strip()
    if told.isascii() and told.isdigit() and len(told) == 10:
        return datetime.fromtimestamp(int(told), BEIJING)
    for shape in _TIMES:
        try:
            return datetime.strptime(told, shape).replace(tzinfo=BEIJING)
        except ValueError:
            continue
    return None
