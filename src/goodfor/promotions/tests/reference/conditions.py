"""Random facts of buyers, and conditions over them."""

from typing import Protocol

from goodfor.promotions.spec_types import Compare, Condition, Join


class Dice(Protocol):
    def randrange(self, start: int, stop: int) -> int: ...


#: What each may be; one of another type than usual now and then.
FACTS: dict[str, tuple[int | bool | frozenset[str], ...]] = {
    "orders_paid": (0, 1, 2, True),
    "registered_days": (0, 7, 8),
    "tier": (0, 1, 2),
    "signed_in": (True, False, 1),
    "tags": (frozenset(), frozenset({"vip"}), frozenset({"vip", "old"})),
}
COMPARES = (
    Compare("orders_paid", "eq", 0),
    Compare("orders_paid", "ge", 1),
    Compare("orders_paid", "ne", 1),
    Compare("registered_days", "lt", 8),
    Compare("registered_days", "le", 7),
    Compare("tier", "gt", 0),
    Compare("tier", "has", "vip"),
    Compare("signed_in", "eq", True),
    Compare("signed_in", "ne", False),
    Compare("tags", "has", "vip"),
    Compare("tags", "has", "old"),
    Compare("city", "eq", 1),
)


def condition(dice: Dice, depth: int = 0) -> Condition:
    """At most three deep."""
    kind = dice.randrange(0, 6) if depth < 3 else 0
    if kind < 3:
        return COMPARES[dice.randrange(0, len(COMPARES))]
    if kind == 3:
        return Join("not", (condition(dice, depth + 1),))
    parts = tuple(condition(dice, depth + 1) for _ in range(1 + dice.randrange(0, 3)))
    return Join("and" if kind == 4 else "or", parts)
