"""States of an order. A paid order ends in delivered or refunded; a deadline watches until it has."""

from typing import Final

from goodfor.kernel.statemachine import Machine

PLACED: Final = "placed"
PAID: Final = "paid"
DELIVERED: Final = "delivered"
CANCELLED: Final = "cancelled"
EXPIRED: Final = "expired"
REFUNDING: Final = "refunding"
REFUNDED: Final = "refunded"

#: Money may arrive after an order was cancelled or expired: then it is paid after all, and delivered or refunded.
TRANSITIONS: Final[dict[str, frozenset[str]]] = {
    PLACED: frozenset({PAID, CANCELLED, EXPIRED}),
    CANCELLED: frozenset({PAID}),
    EXPIRED: frozenset({PAID}),
    PAID: frozenset({DELIVERED, REFUNDING}),
    DELIVERED: frozenset({REFUNDING}),
    REFUNDING: frozenset({REFUNDED}),
    REFUNDED: frozenset(),
}
MACHINE: Final = Machine("order", PLACED, TRANSITIONS)
OPEN: Final = frozenset({PLACED})
PAID_FOR: Final = frozenset({PAID, DELIVERED, REFUNDING, REFUNDED})
