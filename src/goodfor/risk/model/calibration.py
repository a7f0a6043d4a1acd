"""From log-odds to the chance that an act is bad, learned on acts that the model had not seen. Pure."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import exp
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from goodfor.risk.model.windows import Floats

ISOTONIC: Final = "isotonic"
PLATT: Final = "platt"
#: With fewer bad acts than this a curve of two numbers is all that can be known.
ENOUGH: Final = 200
#: No score says never or always.
LEAST: Final = 1e-5


@dataclass(frozen=True, slots=True)
class Calibration:
    """Isotonic: points (raw, chance), ascending, straight lines between. Platt: `xs` is (slope, shift)."""

    kind: str
    xs: tuple[float, ...]
    ys: tuple[float, ...] = ()

    def one(self, raw: float) -> float:
        """The chance for one score; a microsecond."""
        if self.kind == PLATT:
            return _bounded(_sigmoid(self.xs[0] * raw + self.xs[1]))
        xs, ys = self.xs, self.ys
        place = bisect_right(xs, raw)
        if place == 0:
            return ys[0]
        if place == len(xs):
            return ys[-1]
        left, right = xs[place - 1], xs[place]
        return (ys[place] - ys[place - 1]) / (right - left) * (raw - left) + ys[place - 1]

    def many(self, raw: Floats) -> Floats:
        """The same for many."""
        if self.kind == PLATT:
            chance = 1 / (1 + np.exp(-np.clip(self.xs[0] * raw + self.xs[1], -500, 500)))
            return np.clip(chance, LEAST, 1 - LEAST)
        return np.interp(raw, self.xs, self.ys)

    def to_json(self) -> dict[str, Any]:
        """As it is stored with its model."""
        return {"kind": self.kind, "xs": list(self.xs), "ys": list(self.ys)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Calibration":
        """Back from where it is stored. Raises ValueError."""
        xs, ys = tuple(map(float, stored["xs"])), tuple(map(float, stored["ys"]))
        lengths = (2, 0) if stored["kind"] == PLATT else (len(xs), len(xs))
        if stored["kind"] not in (ISOTONIC, PLATT) or (len(xs), len(ys)) != lengths or not xs:
            raise ValueError("no calibration")
        return cls(stored["kind"], xs, ys)


def learned(raw: Floats, bad: NDArray[np.bool_], weight: Floats | None = None) -> Calibration:
    """Isotonic where enough acts were bad, else Platt's. Raises ValueError when all are of one kind."""
    if bad.all() or not bad.any():
        raise ValueError("all acts are of one kind")
    each = np.ones(raw.size) if weight is None else weight
    return _isotonic(raw, bad, each) if int(bad.sum()) >= ENOUGH else _platt(raw, bad, each)


def _isotonic(raw: Floats, bad: NDArray[np.bool_], weight: Floats) -> Calibration:
    """Pool adjacent violators; each pool is a point at the mean of its scores."""
    order = np.argsort(raw, kind="stable")
    pools: list[list[float]] = []
    for score, truth, each in zip(raw[order].tolist(), bad[order].tolist(), weight[order].tolist(), strict=True):
        pools.append([each, each * truth, each * score])
        while len(pools) > 1 and pools[-2][1] * pools[-1][0] >= pools[-1][1] * pools[-2][0]:
            last = pools.pop()
            pools[-1] = [old + new for old, new in zip(pools[-1], last, strict=True)]
    points: dict[float, float] = {}
    for total, wrong, scores in pools:
        points[scores / total] = _bounded(wrong / total)
    xs = sorted(points)
    return Calibration(ISOTONIC, tuple(xs), tuple(points[x] for x in xs))


def _platt(raw: Floats, bad: NDArray[np.bool_], weight: Floats) -> Calibration:
    """Logistic regression on the score, targets drawn in a little as Platt does; Newton's steps."""
    many_bad, many_good = float(weight[bad].sum()), float(weight[~bad].sum())
    target = np.where(bad, (many_bad + 1) / (many_bad + 2), 1 / (many_good + 2))
    inputs = np.column_stack([raw, np.ones(raw.size)])
    at = np.array([1.0, 0.0])
    for _ in range(100):
        chance = 1 / (1 + np.exp(-np.clip(inputs @ at, -500, 500)))
        slope = inputs.T @ (weight * (chance - target))
        bend = (inputs * (weight * chance * (1 - chance))[:, None]).T @ inputs + 1e-9 * np.eye(2)
        step = np.linalg.solve(bend, slope)
        # Far steps from a bad start would overshoot.
        at = at - step / max(1.0, float(np.abs(step).max()))
        if np.abs(step).max() < 1e-9:
            break
    # A score that tells nothing, or the opposite, must not turn the order around.
    return Calibration(PLATT, (max(float(at[0]), 1e-3), float(at[1])))


def reliability(raw: Floats, bad: NDArray[np.bool_], weight: Floats | None = None) -> dict[str, Any]:
    """What was said against what came: each half (in the order given, by time) is judged by what the other taught.

    `bins`, finer towards high chances, and `error`, the mean distance between chance and share. No bins, and no error,
    when a half has only one kind.
    """
    each = np.ones(raw.size) if weight is None else weight
    half = raw.size // 2
    halves = (slice(0, half), slice(half, raw.size))
    if any(bad[some].all() or not bad[some].any() for some in halves):
        return {"bins": [], "error": None}
    said = np.empty(raw.size)
    for judged, taught in (halves, halves[::-1]):
        said[judged] = learned(raw[taught], bad[taught], each[taught]).many(raw[judged])
    order = np.argsort(said, kind="stable")
    bins: list[dict[str, float]] = []
    # The few with high scores matter most: half of the rows, half of the rest, and so on.
    cuts = [0, *(raw.size - raw.size // 2**power for power in range(1, 11)), raw.size]
    error = 0.0
    for first, last in pairwise(cuts):
        some = order[first:last]
        if not (total := float(each[some].sum())):
            continue
        mean = float((said[some] * each[some]).sum() / total)
        share = float((bad[some] * each[some]).sum() / total)
        bins.append({"rows": int(some.size), "said": mean, "came": share})
        error += total * abs(mean - share)
    return {"bins": bins, "error": error / float(each.sum())}


def _sigmoid(value: float) -> float:
    return 1 / (1 + exp(-value)) if value >= 0 else 1 - 1 / (1 + exp(max(value, -500.0)))


def _bounded(chance: float) -> float:
    return min(max(chance, LEAST), 1 - LEAST)
