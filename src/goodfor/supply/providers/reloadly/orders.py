"""Transactions of Reloadly and their cards, read."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from goodfor.supply.providers.numbers import BadReply, decimal, read_json, records, text
from goodfor.supply.providers.values import Code, Order, OrderState, StatementRow

REF: Final = re.compile(r"[1-9][0-9]{0,19}")
FORMAT: Final = "%Y-%m-%d %H:%M:%S"
_STATES: Final[Mapping[str, OrderState]] = {"SUCCESSFUL": "success", "PENDING": "processing"}
#: Numbers of cards come as bare digits at times, and may then begin with zeros.
_BARE: Final = re.compile(rb'("(?:cardNumber|pinCode|amount)"\s*:\s*)([0-9][0-9.]*)(?=\s*[,}\]])')
_DIRT: Final = "\ufeff\u200b\u200c\u200d\r\n\t "


def ref_of(row: Mapping[str, Any], name: str = "transactionId") -> str:
    """Their number, longer than any amount. Raises BadReply."""
    found = text(row.get(name), 32)
    if not REF.fullmatch(found):
        raise BadReply("no_ref")
    return found


def order_of(row: Mapping[str, Any], failed: frozenset[str]) -> Order:
    """One order. A state that is not known is `processing`. Raises BadReply."""
    ours = text(row.get("customIdentifier"), 64)
    if not ours:
        raise BadReply("no_number")
    word = text(row.get("status"), 40).strip().upper()
    state: OrderState = "failed" if word in failed else _STATES.get(word, "processing")
    return Order(
        state=state,
        number=ours,
        ref=ref_of(row),
        charged=decimal(row.get("amount")),
        has_codes=state == "success",
        word=word,
    )


def cards_of(body: bytes) -> tuple[Code, ...]:
    """Cards: a list, or one alone; digits as they were written. Raises BadReply."""
    told = read_json(_BARE.sub(rb'\1"\2"', body))
    rows = records(told if isinstance(told, list) else [told])
    codes = tuple(_card(row) for row in rows)
    if not codes:
        raise BadReply("no_codes")
    return codes


def _card(row: Mapping[str, Any]) -> Code:
    """Either part may be missing. One description of theirs calls the PIN `amount`."""
    number = text(row.get("cardNumber"), 2000).strip(_DIRT)
    secret = text(row.get("pinCode") if "pinCode" in row else row.get("amount"), 2000).strip(_DIRT)
    if not number and not secret:
        raise BadReply("no_codes")
    if number.startswith(("https://", "http://")):
        return Code(link=number, secret=secret)
    return Code(number=number, secret=secret)


def row_of(row: Mapping[str, Any]) -> StatementRow:
    """One line of a day's account. Raises BadReply."""
    paid = decimal(row.get("amount"))
    if paid is None:
        raise BadReply("bad_amount")
    try:
        at = datetime.strptime(text(row.get("transactionCreatedTime"), 19), FORMAT).replace(tzinfo=UTC)
    except ValueError:
        raise BadReply("bad_time") from None
    return StatementRow(
        at=at, amount=-paid, currency=text(row.get("currencyCode"), 8).upper(),
        number=text(row.get("customIdentifier"), 64), ref=ref_of(row), kind=text(row.get("status"), 40),
    )  # fmt: skip
