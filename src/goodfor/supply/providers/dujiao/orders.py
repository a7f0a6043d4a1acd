"""Orders of a dujiao-next shop, read."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from goodfor.supply.providers.labels import code_of, parts_of
from goodfor.supply.providers.numbers import BadReply, decimal, text
from goodfor.supply.providers.values import Code, Order, OrderState

_STATES: Final[Mapping[str, OrderState]] = {
    "pending_payment": "unpaid", "paid": "accepted", "fulfilling": "processing", "partially_delivered": "partial",
    "delivered": "success", "completed": "success", "canceled": "cancelled",
}  # fmt: skip
#: Only what was delivered is read for codes.
_WITH_GOODS: Final = frozenset({"partially_delivered", "delivered", "completed"})


def order_of(row: Mapping[str, Any], number: str, currency: str, quantity: int | None) -> Order:
    """One order, which is known to be `number`. A state that is not known is `processing`. Raises BadReply.

    `quantity` None: not known how many codes the text should hold; they are to be fetched.
    """
    word = text(row.get("status"), 40)
    given = row.get("fulfillment") if word in _WITH_GOODS else None
    codes = codes_of(given, quantity) if isinstance(given, Mapping) and quantity is not None else ()
    return Order(
        state=_STATES.get(word, "processing"),
        number=number,
        ref=ref_of(row),
        charged=cost_of(row, currency),
        codes=codes,
        has_codes=isinstance(given, Mapping),
        word=word,
    )


def ref_of(row: Mapping[str, Any]) -> str:
    """Their id, by which an order is asked for. Raises BadReply where it is missing."""
    found = text(row.get("order_id") if "order_id" in row else row.get("id"), 64)
    if not (found.isascii() and found.isdigit()):
        raise BadReply("no_order_id")
    return found


def cost_of(row: Mapping[str, Any], currency: str) -> Decimal | None:
    """What it cost, where that is said in the account's own currency."""
    return decimal(row.get("amount")) if text(row.get("currency"), 8).upper() in ("", currency) else None


def codes_of(given: Mapping[str, Any], quantity: int) -> tuple[Code, ...]:
    """The text of a delivery: a code a line, or lines that are labelled; what was shipped by hand is one thing."""
    told = text(given.get("payload"), 200_000).replace("\r\n", "\n").replace("\r", "\n")
    groups = _grouped([line for line in told.split("\n") if line.strip("\ufeff\u200b \t")])
    labelled = [group for group in groups if parts_of(group)]
    if quantity == 1 and len(groups) > 1 and len(labelled) < len(groups):
        # One was bought, and words stand beside it: nothing is taken apart, nothing gets lost.
        return (Code(secret="\n".join(groups)),)
    if quantity > 1 and len(labelled) == quantity:
        groups = labelled
    parts = groups or _data(given.get("delivery_data"))
    return tuple(code for part in parts if (code := code_of("", part)) is not None)


def _grouped(lines: list[str]) -> list[str]:
    """Labelled lines of one code belong together: another number, or a part that is there already, begins the next."""
    groups: list[list[str]] = []
    have: set[str] = set()
    for line in lines:
        parts = set(parts_of(line))
        if parts and have and not parts & have:
            groups[-1].append(line)
            have |= parts
        else:
            groups.append([line])
            have = parts
    return ["\n".join(group) for group in groups]


def _data(value: Any) -> list[str]:
    """What was shipped by hand, "name: value" a line, as one thing."""
    if not isinstance(value, Mapping):
        return []
    lines = [f"{name}: {told}" for name, one in value.items() if (told := text(one).strip())]
    return ["\n".join(lines)] if lines else []
