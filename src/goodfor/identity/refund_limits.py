"""How much a shop gives back before somebody must prove who they are, is refused, or is told. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

#: Kept in a shop's settings where its owner emptied the field: no bound. (A setting that is missing has its default.)
NO_BOUND: Final = -1
#: Minor units. The lines of one person are low, since all they cost is a proof; the cap of a day is high, since it
#: refuses people their money until somebody raises it.
REFUND_DEFAULTS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "refund_limit_minor": 20_000,
        "refund_daily_limit_minor": 200_000,
        "refund_daily_cap_minor": 5_000_000,
        "auto_refund_alarm_minor": 5_000_000,
    }
)


@dataclass(frozen=True, slots=True)
class RefundLimits:
    """Minor units of a shop's currency; None is no bound. What is exactly at a bound is within it.

    `each`: one refund above it needs a fresh proof. `daily`: the sum of a person's day above it needs that and a role
    that may. `cap`: the sum of a day that is never passed. `alarm`: the sum of a day of what code gives back by itself
    above which the staff are told.
    """

    each: int | None
    daily: int | None
    cap: int | None
    alarm: int | None


def refund_limits(settings: Mapping[str, Any]) -> RefundLimits:
    """The bounds by a shop's settings. What is not a number there counts as missing: the default holds."""
    return RefundLimits(*(_bound(settings, key) for key in REFUND_DEFAULTS))


def raised_limits(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The keys of the bounds that `after` sets higher, or does away with."""
    return [key for key in REFUND_DEFAULTS if _is_more(_bound(after, key), _bound(before, key))]


def _bound(settings: Mapping[str, Any], key: str) -> int | None:
    kept = settings.get(key)
    if type(kept) is not int or kept < NO_BOUND:
        return REFUND_DEFAULTS[key]
    return None if kept == NO_BOUND else kept


def _is_more(new: int | None, old: int | None) -> bool:
    return old is not None and (new is None or new > old)
