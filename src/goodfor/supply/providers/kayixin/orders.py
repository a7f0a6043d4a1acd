"""Orders of a Kayixin site, read."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from goodfor.supply.providers.numbers import BadReply, decimal, records, text, whole
from goodfor.supply.providers.values import Code, CodeState, Order, OrderState

#: By the vendor's guidance: 1, 2, 7 and 8 are under way, 3 and 9 are done; what 5 gave back `retMoney` says.
_STATES: Final[Mapping[int, OrderState]] = {
    0: "unpaid", 1: "accepted", 2: "processing", 3: "success", 4: "cancelled", 5: "refunded", 7: "accepted",
    8: "cancelling", 9: "refunding",
}  # fmt: skip
CARD_STATES: Final[Mapping[int, CodeState]] = {0: "unused", 1: "processed", 2: "voided", 3: "used", 4: "voiding"}


def order_of(row: Mapping[str, Any]) -> Order:
    """One order. A state that is not known is `processing`. Raises BadReply."""
    ours = text(row.get("outerNumber"), 64)
    if not ours:
        raise BadReply("no_number")
    word, cards = whole(row.get("status")), row.get("cards")
    return Order(
        state="processing" if word is None else _STATES.get(word, "processing"),
        number=ours,
        ref=text(row.get("orderNumber"), 64),
        charged=decimal(row.get("money")),
        refunded=decimal(row.get("retMoney")) or Decimal(0),
        # A call has them encrypted, as a text.
        codes=codes_of(cards) if isinstance(cards, list) else (),
        has_codes=bool(cards),
        message=text(row.get("result"), 500),
        word=text(row.get("status"), 20),
    )


def codes_of(rows: Any) -> tuple[Code, ...]:
    """Cards as they came; the number may be empty. Raises BadReply."""
    return tuple(
        Code(
            number=text(row.get("cardNo"), 500),
            secret=text(row.get("cardPwd"), 4000),
            ref=text(row.get("cardId"), 64),
            voidable=None if (may := whole(row.get("cancelRequest"))) is None else may == 1,
        )
        for row in records(rows)
    )
