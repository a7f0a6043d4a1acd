"""How many units of each SKU will be wanted in the next days, with a band. Pure, but for the library.

One gradient-boosted model for a whole shop (LightGBM, quantile loss) learns from every SKU's past what follows what:
lately sold, the same days of earlier weeks, trend, noise. It answers for the sum of a horizon at once, since bands of
days cannot be added. How far the newest past fell outside of the band widens or narrows it (conformal prediction), so
that 8 of 10 times holds, whatever the model thinks. What counts are deliveries: days without stock look like days
without demand. Where the past is too short for a model, the mean of the last weeks
goes on, with a band of a negative binomial distribution of the same spread.
"""

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import NormalDist
from typing import Any, Final
from uuid import UUID

import numpy as np

from goodfor.insights.types import Demand

HORIZONS: Final = (7, 14, 30)
#: Days of the past that are looked at.
PAST: Final = 400
#: A SKU speaks for itself from so many days on; a model is made from so many examples.
LEAST_DAYS: Final = 35
LEAST_EXAMPLES: Final = 600
#: Every so many days one example; the newest examples, this many days, judge the band and are not learned from.
STEP: Final = 3
JUDGED_DAYS: Final = 42
COVER: Final = 0.8
_LOW, _MID, _HIGH = (1 - COVER) / 2, 0.5, (1 + COVER) / 2
_WINDOWS: Final = (3, 7, 14, 28, 56)
_ROUNDS: Final = 120
_SETTINGS: Final[Mapping[str, Any]] = {
    "objective": "quantile", "learning_rate": 0.08, "num_leaves": 15, "min_data_in_leaf": 30, "feature_fraction": 0.8,
    "lambda_l2": 1.0, "verbosity": -1, "num_threads": 1, "seed": 7, "deterministic": True, "force_row_wise": True,
}  # fmt: skip
MODEL, MEAN = "boosted", "mean"

Numbers = Any


@dataclass(frozen=True, slots=True)
class Past:
    """Units of a SKU day by day without a gap, from its first sale to the last whole day."""

    sku_id: UUID
    units: Sequence[int]


def forecast(pasts: Sequence[Past], today: date) -> list[Demand]:
    """A demand for each SKU and horizon; `today` is the first day that is not in the past."""
    long = [past for past in pasts if len(past.units) >= LEAST_DAYS]
    trained = _trained(long, today)
    found: list[Demand] = []
    for past in pasts:
        for horizon in HORIZONS:
            band = trained.band(past, horizon, today) if trained and len(past.units) >= LEAST_DAYS else None
            low, mid, high = band or mean_band(past.units, horizon)
            found.append(Demand(past.sku_id, horizon, low, mid, high, today, MODEL if band else MEAN))
    return found


def mean_band(units: Sequence[int], horizon: int) -> tuple[int, int, int]:
    """Low, mid and high of a sum of days that go on like the last weeks."""
    last = np.asarray(units[-56:], dtype=float)
    if not len(last) or not last.any():
        return 0, 0, 0
    spread = float(last.var(ddof=1)) if len(last) > 1 else float(last.mean())
    # The days vary, and the mean itself is not known better than so few days allow.
    variance = spread * horizon + spread * horizon * horizon / len(last)
    low, mid, high = _quantiles(float(last.mean()) * horizon, variance, (_LOW, _MID, _HIGH))
    return low, mid, high


def _quantiles(mean: float, variance: float, shares: Sequence[float]) -> list[int]:
    """Of a count with this mean and variance: Poisson where it is no wider, else negative binomial."""
    if mean > 100_000:
        return [max(0, round(NormalDist(mean, max(variance, mean) ** 0.5).inv_cdf(share))) for share in shares]
    counts = np.arange(1, int(mean + 12 * max(variance, mean) ** 0.5) + 20)
    if variance <= mean * 1.0001:
        begin, steps = -mean, np.log(mean / counts)
    else:
        rate, size = mean / variance, mean * mean / (variance - mean)
        begin, steps = size * float(np.log(rate)), np.log((counts - 1 + size) / counts * (1 - rate))
    chances = np.exp(np.concatenate(([begin], begin + np.cumsum(steps))))
    return [int(np.searchsorted(np.cumsum(chances), share)) for share in shares]


@dataclass(frozen=True, slots=True)
class _Trained:
    boosters: Mapping[float, Any]
    #: By horizon, as a share of what is usual: how much the band is moved out on both sides.
    widened: Mapping[int, float]

    def band(self, past: Past, horizon: int, today: date) -> tuple[int, int, int]:
        """Low, mid and high, whole units, in this order."""
        units = np.asarray(past.units, dtype=float)
        row = np.asarray([_features(units, horizon, today.toordinal() % 7)])
        usual = _usual(units) * horizon
        low, mid, high = (float(self.boosters[share].predict(row)[0]) for share in (_LOW, _MID, _HIGH))
        wide = self.widened[horizon]
        bottom = max(0, int(np.floor((min(low, mid) - wide) * usual)))
        top = max(bottom, int(np.ceil((max(high, mid) + wide) * usual)))
        return bottom, min(top, max(bottom, round(mid * usual))), top


def _trained(pasts: Sequence[Past], today: date) -> _Trained | None:
    """None: too little to learn from, or no library."""
    learn, judge = _examples(pasts, today)
    if len(learn[0]) < LEAST_EXAMPLES or not len(judge[0]):
        return None
    try:
        lightgbm: Any = importlib.import_module("lightgbm")
    except (ImportError, OSError):
        return None
    boosters = {
        share: lightgbm.train({**_SETTINGS, "alpha": share}, lightgbm.Dataset(learn[0], learn[1]), _ROUNDS)
        for share in (_LOW, _MID, _HIGH)
    }
    low, high = boosters[_LOW].predict(judge[0]), boosters[_HIGH].predict(judge[0])
    outside = np.maximum(low - judge[1], judge[1] - high)
    widened = {}
    for horizon in HORIZONS:
        of_it = outside[judge[0][:, 0] == horizon]
        widened[horizon] = float(np.quantile(of_it, COVER)) if len(of_it) >= 20 else 0.0
    return _Trained(boosters, widened)


def _examples(pasts: Sequence[Past], today: date) -> tuple[tuple[Numbers, Numbers], tuple[Numbers, Numbers]]:
    """What was known on a day and what followed: to learn from, and the newest to judge by; no day is in both."""
    learn: tuple[list[list[float]], list[float]] = ([], [])
    judge: tuple[list[list[float]], list[float]] = ([], [])
    for past in pasts:
        units = np.asarray(past.units, dtype=float)
        end = len(units)
        for horizon in HORIZONS:
            for at in range(LEAST_DAYS - 7, end - horizon + 1, STEP):
                # Learned from is only what had ended before the judged days begin.
                into = judge if at >= end - JUDGED_DAYS else learn if at + horizon <= end - JUDGED_DAYS else None
                if into is None:
                    continue
                known = units[:at]
                into[0].append(_features(known, horizon, (today.toordinal() - (end - at)) % 7))
                into[1].append(float(units[at : at + horizon].sum()) / (_usual(known) * horizon))
    return _arrays(learn), _arrays(judge)


def _arrays(rows: tuple[list[list[float]], list[float]]) -> tuple[Numbers, Numbers]:
    return np.asarray(rows[0], dtype=float), np.asarray(rows[1], dtype=float)


def _usual(known: Numbers) -> float:
    """What a day usually sells; never 0, so that everything else can be told as a multiple of it."""
    return float(known[-28:].mean()) + 0.1


def _features(known: Numbers, horizon: int, weekday: int) -> list[float]:
    usual = _usual(known)
    means = [float(known[-window:].mean()) / usual for window in _WINDOWS]
    weeks = [float(known[-7 * n : len(known) - 7 * (n - 1)].mean()) / usual for n in range(1, 5)]
    return [
        float(horizon), float(weekday), usual, float(known[-28:].std()) / usual, float((known[-28:] == 0).mean()),
        float(min(len(known), 365)), float(known[-1]) / usual, *means, *weeks,
    ]  # fmt: skip
