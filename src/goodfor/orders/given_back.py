"""An order's refunds by their business keys: the whole rest, a part, the same again after the channel refused. Pure.

`order:<id>` gives back the whole rest, `order:<id>:part:<n>` a part of a delivered order; `...#<n>` is another try of
either, after one that failed (payments.retry_refund).
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from goodfor.kernel.money import Money
from goodfor.payments.types import RefundView

FAILED: Final = "failed"
SUCCEEDED: Final = "succeeded"
_AGAIN: Final = "#"


def whole_key(order_id: UUID) -> str:
    """The key of the refund of the whole rest."""
    return f"order:{order_id}"


def is_part(refund: RefundView) -> bool:
    """True for a refund of a part."""
    return ":part:" in refund.business_key


def of_order(order_id: UUID, refunds: Sequence[RefundView]) -> list[RefundView]:
    """The refunds that the order itself asked for: money paid too often goes back by other keys."""
    key = whole_key(order_id)
    return [r for r in refunds if root(r) == key or r.business_key.startswith(key + ":")]


def unfinished(refunds: Sequence[RefundView]) -> bool:
    """True while the end of any of them is open."""
    return any(refund.state not in (FAILED, SUCCEEDED) for refund in refunds)


def owed(refunds: Sequence[RefundView]) -> bool:
    """True while one of them was decided and has not succeeded on any try."""
    done = {root(refund) for refund in refunds if refund.state == SUCCEEDED}
    return any(root(refund) not in done for refund in refunds)


def parts_back(refunds: Sequence[RefundView]) -> int:
    """Minor units of the parts that are back."""
    return sum(refund.amount.amount_minor for refund in refunds if is_part(refund) and refund.state == SUCCEEDED)


def left(order_id: UUID, total: Money, refunds: Sequence[RefundView]) -> Money:
    """What may still be given back of the price: parts that are under way, back or owed are not."""
    owed: dict[str, int] = {}
    for refund in of_order(order_id, refunds):
        # A part that the channel refused is owed all the same, until another try succeeds.
        owed[root(refund)] = refund.amount.amount_minor
    return Money(total.amount_minor - sum(owed.values()), total.currency)


def root(refund: RefundView) -> str:
    """The key of the first try."""
    return refund.business_key.partition(_AGAIN)[0]


def part_number(refund: RefundView) -> int:
    """Which part of its order a refund of a part is, counted from 1."""
    return int(root(refund).rpartition(":")[2])


def next_part(order_id: UUID, refunds: Sequence[RefundView]) -> str:
    """The key of one more part."""
    count = len({root(refund) for refund in of_order(order_id, refunds) if is_part(refund)})
    return f"{whole_key(order_id)}:part:{count + 1}"
