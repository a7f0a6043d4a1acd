"""What follows from how many of a supplier's codes were bad, and how good a supplier is. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from goodfor.supply.inquiry_types import Measure

#: From mild to strict, with what a weight is multiplied and a cost divided by.
LEVELS: Final = ("weigh", "hold", "suspend")
FACTOR: Final = 0.5
#: Fewer bad codes than this prove nothing, whatever the share.
LEAST_BAD: Final = 2
WHOLE: Final = 10_000
GRADES: Final = "ABCDE"
#: A grade is the worst of its measures; each has what A, B, C and D may be at most. Shares, and for speed multiples of
#: what was promised (of two minutes, where nothing was).
BAD: Final = (0.002, 0.005, 0.01, 0.03)
FAILED: Final = (0.01, 0.03, 0.07, 0.15)
SLOW: Final = (0.5, 1.0, 1.5, 3.0)
SILENT: Final = (0.02, 0.05, 0.15, 0.40)
USUAL_SECONDS: Final = 120
#: Fewer say nothing.
LEAST_UNITS: Final = 20
LEAST_TRIES: Final = 10
LEAST_ASKED: Final = 5


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of a contract, in hundredths of a percent; 0: never."""

    least_units: int
    weigh: int
    hold: int
    suspend: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows; `level` empty: nothing."""

    level: str
    rate_points: int
    bound_points: int


def judge(*, units: int, bad: int, bounds: Bounds) -> Verdict:
    """The strictest level whose bound is reached. Too few units, or hardly a bad one: nothing."""
    bad = min(bad, units)
    rate = bad * WHOLE // units if units else 0
    if units < bounds.least_units or bad < LEAST_BAD:
        return Verdict("", rate, 0)
    for level in reversed(LEVELS):
        bound = getattr(bounds, level)
        if bound and rate >= bound:
            return Verdict(level, rate, bound)
    return Verdict("", rate, 0)


def after(now: str, found: str) -> str:
    """What is to hold: stricter at once, milder too, but a suspension only a person ends."""
    return now if now == "suspend" else found


def measure(name: str, value: float | None, bounds: tuple[float, float, float, float], *, enough: bool) -> Measure:
    """How good a value is; none, or too few behind it: no grade."""
    if value is None or not enough:
        return Measure(name, value, "", bounds)
    return Measure(name, value, GRADES[sum(value > bound for bound in bounds)], bounds)


def grade_of(measures: Sequence[Measure]) -> str:
    """The worst; empty where the share of bad codes has none: without it the others say little."""
    if not measures or not measures[0].grade:
        return ""
    return max(one.grade for one in measures)
