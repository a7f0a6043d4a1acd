"""Orders of Lsxd, read. Only 03 is failure; 04 ("abnormal") is still under way, and so is any other word."""

from collections.abc import Mapping
from typing import Any, Final

from goodfor.supply.providers.numbers import text
from goodfor.supply.providers.values import Order, OrderState

_STATES: Final[Mapping[str, OrderState]] = {"01": "success", "02": "processing", "03": "failed", "04": "processing"}


def order_of(row: Mapping[str, Any], number: str) -> Order:
    """One order, which is known to be `number`. They say nothing of money."""
    word = text(row.get("status"), 20)
    return Order(state=_STATES.get(word, "processing"), number=number, word=word)
