"""What a value of a snapshot is taken for, and the few functions that Python lacks. Used by compiled rules. Pure.

In compiled rules a number that is not known is NaN: no comparison with it holds, and arithmetic passes it on. A text or
a truth that is not known is None.
"""

import math
from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any, Final

from goodfor.risk.language.limits import HUGE, TINY

UNKNOWN_NUMBER: Final = math.nan
_LOWER: Final = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def fetcher(keys: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...] | list[Any]]:
    """All of these from a snapshot, in this order; None for one that it does not have."""
    # One call for all is several times as fast as one each; of a single key it would not give a tuple.
    whole: Callable[[Mapping[str, Any]], tuple[Any, ...]] | None = itemgetter(*keys) if len(keys) > 1 else None

    def fetch(snapshot: Mapping[str, Any]) -> tuple[Any, ...] | list[Any]:
        if whole is not None:
            try:
                return whole(snapshot)
            except KeyError:
                pass
        get = snapshot.get
        return [get(key) for key in keys]

    return fetch


def as_number(value: Any) -> float:
    """A double, or NaN: not a number, infinite, or too large."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not -HUGE < value < HUGE:
        return UNKNOWN_NUMBER
    return float(value) if not -TINY < value < TINY else 0.0


def as_text(value: Any) -> str | None:
    """A text, or None: not one."""
    return value if isinstance(value, str) else None


def as_truth(value: Any) -> bool | None:
    """True, False, or None: neither."""
    return value if value is True or value is False else None


def lower(text: str | None) -> str | None:
    """A to Z only: what lies beyond differs between PostgreSQL's collations."""
    if text is None:
        return None
    return text.lower() if text.isascii() else text.translate(_LOWER)


def least(*numbers: float) -> float:
    """Not known as soon as one is not known."""
    return UNKNOWN_NUMBER if any(number != number for number in numbers) else min(numbers)


def greatest(*numbers: float) -> float:
    """Not known as soon as one is not known."""
    return UNKNOWN_NUMBER if any(number != number for number in numbers) else max(numbers)
