"""A condition over what is known of a buyer. Three-valued: True, False, or None where it is not known. Pure."""

from collections.abc import Callable, Mapping
from operator import eq, ge, gt, le, lt, ne
from typing import Final

from goodfor.promotions.spec_types import Compare, Condition

Facts = Mapping[str, int | bool | frozenset[str]]

_NUMBERS: Final[Mapping[str, Callable[[int, int], bool]]] = {"eq": eq, "ne": ne, "lt": lt, "le": le, "gt": gt, "ge": ge}
_TRUTHS: Final = frozenset({"eq", "ne"})


def holds(condition: Condition, facts: Facts) -> bool | None:
    """Whether it is so; None: not known."""
    if isinstance(condition, Compare):
        return _compared(condition, facts)
    if condition.op == "not":
        inner = holds(condition.parts[0], facts)
        return None if inner is None else not inner
    decides = condition.op == "or"
    unknown = False
    for part in condition.parts:
        found = holds(part, facts)
        if found is None:
            unknown = True
        elif found is decides:
            return decides
    return None if unknown else not decides


def asked_of(condition: Condition | None) -> frozenset[str]:
    """Which facts it asks for."""
    if condition is None:
        return frozenset()
    if isinstance(condition, Compare):
        return frozenset({condition.fact})
    return frozenset().union(*(asked_of(part) for part in condition.parts))


def least_tier(condition: Condition | None) -> int:
    """The tier that it takes at least; 0: it says nothing of tiers, or not that alone of one."""
    if isinstance(condition, Compare):
        if condition.fact != "tier" or isinstance(condition.value, bool) or not isinstance(condition.value, int):
            return 0
        return max(0, condition.value + (condition.op == "gt")) if condition.op in ("ge", "gt", "eq") else 0
    if condition is None or condition.op != "and":
        return 0
    return max(least_tier(part) for part in condition.parts)


def _compared(condition: Compare, facts: Facts) -> bool | None:
    fact, value = facts.get(condition.fact), condition.value
    if condition.op == "has":
        return value in fact if isinstance(fact, frozenset) and isinstance(value, str) else None
    if fact is None or isinstance(fact, frozenset) or isinstance(value, str):
        return None
    if isinstance(fact, bool) is not isinstance(value, bool) or (
        isinstance(fact, bool) and condition.op not in _TRUTHS
    ):
        return None
    return _NUMBERS[condition.op](fact, value)
