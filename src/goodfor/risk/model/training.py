"""A model made and judged: trained on what was known at a moment, tested on what came later. Pure but for LightGBM."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from goodfor.risk.model import boosting, states
from goodfor.risk.model.bands import Bands, Economics, chosen, cost_curve
from goodfor.risk.model.boosting import Settings
from goodfor.risk.model.calibration import Calibration, learned, reliability
from goodfor.risk.model.drift import histogram, histograms
from goodfor.risk.model.metrics import auc, average_precision, precision_at
from goodfor.risk.model.rows import Encoding, Rows
from goodfor.risk.model.windows import Floats

TOPS: Final = (50, 100, 200, 500, 1000)
#: Bad and good acts to learn from, bad and good acts to judge by, features that tell something.
Counted = tuple[int, int, int, int, int]
COUNTED: Final = ("to learn from, bad", "to learn from, good", "to judge by, bad", "to judge by, good", "features")


class TooFewLabels(ValueError):
    """There is not enough to learn from, or to judge by. `counts` says of what there is how much."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self.counts = dict(counts)
        super().__init__("too few labels: " + ", ".join(f"{name} {many}" for name, many in counts.items()))


@dataclass(frozen=True, slots=True)
class Plan:
    """How the time is cut. The last `test` before `until - delay` is what the model is judged by; it learns from acts
    older than `delay` when the test began. `delay`: after which an act that nobody complained about is good.
    `train`: how far back it looks; None: everything. `folds`: so many times the same is done one test earlier, to see
    whether the figures are luck."""

    until: datetime
    delay: timedelta = timedelta(days=7)
    test: timedelta = timedelta(days=14)
    train: timedelta | None = None
    least_bad: int = 30
    least_bad_in_test: int = 10
    folds: int = 0

    @property
    def begin(self) -> datetime:
        """When the test begins."""
        return self.until - self.delay - self.test

    def earlier(self, tests: int) -> "Plan":
        """The same, so many tests before."""
        return replace(self, until=self.until - tests * self.test)

    def counts(self, counted: Counted) -> dict[str, int]:
        """What there is, by names that people read."""
        return dict(zip(COUNTED, counted, strict=True))

    def least(self) -> Counted:
        """What is needed, in the same order."""
        return (self.least_bad, self.least_bad, self.least_bad_in_test, self.least_bad_in_test, 1)


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, whole. `text`: LightGBM's. `report`: figures for people, and what drift is measured against."""

    text: str
    encoding: Encoding
    calibration: Calibration
    bands: Bands
    report: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """Who hears how it goes: words for a terminal; a phase and which share of it is done. `may`: whether there is
    still time for what is not needed."""

    say: Callable[[str], None] = lambda _: None
    tick: Callable[[str, float], None] = lambda _phase, _share: None
    may: Callable[[], bool] = lambda: True


def train_model(
    rows: Rows,
    plan: Plan,
    *,
    settings: Settings | None = None,
    economics: Economics | None = None,
    say: Callable[[str], None] = lambda _: None,
    told: Told | None = None,
) -> Trained:
    """Learn before a cut in time, be judged by what came after it. Raises TooFewLabels or NoLightGBM.

    Figures, calibration and bands come from the test, which the model had not seen. It is this very model that is
    kept: another one, grown from the test as well, would score on another scale than the one that was calibrated.
    """
    how, prices, told = settings or Settings(), economics or Economics(), told or Told(say)
    learning, judging = cut(rows, plan)
    _enough(rows, learning, judging, plan)
    told.say(f"训练 / training: {int(learning.sum()):,}")
    learned_from, tested = rows.among(learning), rows.among(judging)
    text = _grown(learned_from, how, lambda share: told.tick(states.LEARNING, share))
    told.tick(states.JUDGING, 0.0)
    raw = boosting.raw_scores(boosting.booster(text), tested.values)
    calibration = learned(raw, tested.bad, tested.weights)
    score = calibration.many(raw)
    bands, cost = chosen(score, tested.bad, tested.amounts, prices, tested.weights)
    report = {
        **_figures(tested, raw, score, prices),
        "bands_cost_minor": cost,
        "without_minor": _without(tested),
        "economics": prices.to_json(),
        "settings": {"trees": how.trees, "leaves": how.leaves, "rate": how.rate, "seeds": list(how.seeds)},
        "windows": {
            "judged_on": [_day(plan.begin.timestamp()), _day((plan.until - plan.delay).timestamp())],
            "learned": _counts(learned_from),
            "until": _day(plan.until.timestamp()),
            "delay_days": plan.delay.total_seconds() / 86_400,
        },
        "importance": _importance(text, rows.encoding.names),
        "histograms": histograms(learned_from.values, rows.encoding.names, rows.encoding.categorical),
        "score_histogram": histogram(raw),
        "folds": _folds(rows, plan, how, told),
    }
    return Trained(text, rows.encoding, calibration, bands, report)


def _grown(rows: Rows, how: Settings, tick: Callable[[float], None]) -> str:
    return boosting.train(
        rows.values, rows.bad.astype(np.float64), weight=rows.weights, categorical=rows.encoding.categorical,
        settings=how, tick=tick,
    )  # fmt: skip


def cut(rows: Rows, plan: Plan) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which acts are learned from, and which ones judge."""
    until, delay, begin = plan.until.timestamp(), plan.delay.total_seconds(), plan.begin.timestamp()
    oldest = -np.inf if plan.train is None else begin - delay - plan.train.total_seconds()
    # Of younger acts only the bad ones are known yet: learning from those alone would call everything bad.
    learning = (rows.at < begin - delay) & (rows.at >= oldest) & rows.known_by(begin)
    return learning, (rows.at >= begin) & (rows.at < until - delay) & rows.known_by(until)


def _enough(rows: Rows, learning: NDArray[np.bool_], judging: NDArray[np.bool_], plan: Plan) -> None:
    counted = (
        int(rows.bad[learning].sum()), int((~rows.bad[learning]).sum()), int(rows.bad[judging].sum()),
        int((~rows.bad[judging]).sum()), len(rows.encoding.names),
    )  # fmt: skip
    if any(many < needed for many, needed in zip(counted, plan.least(), strict=True)):
        raise TooFewLabels(plan.counts(counted))


def _folds(rows: Rows, plan: Plan, how: Settings, told: Told) -> list[dict[str, Any]]:
    """The same at earlier cuts, the latest first, with the first seed alone; those with too few labels say so.

    A fold knows what was known then: by labels that came before its own end.
    """
    quick = replace(how, seeds=how.seeds[:1])
    found: list[dict[str, Any]] = []
    for number in range(1, plan.folds + 1):
        if not told.may():
            break
        tick = partial(_heard, told, (number - 1) / plan.folds, plan.folds)
        tick(0.0)
        found.append(_fold(rows, plan.earlier(number), quick, tick))
    return found


def _heard(told: Told, begun: float, folds: int, share: float) -> None:
    told.tick(states.EARLIER, begun + share / folds)


def _fold(rows: Rows, plan: Plan, how: Settings, tick: Callable[[float], None]) -> dict[str, Any]:
    learning, judging = cut(rows, plan)
    fold: dict[str, Any] = {
        "judged_on": [_day(plan.begin.timestamp()), _day((plan.until - plan.delay).timestamp())],
        "learned": int(learning.sum()), "acts": int(judging.sum()), "bad": int(rows.bad[judging].sum()),
        "auc": None, "average_precision": None,
    }  # fmt: skip
    try:
        _enough(rows, learning, judging, plan)
    except TooFewLabels:
        return fold
    tested = rows.among(judging)
    raw = boosting.raw_scores(boosting.booster(_grown(rows.among(learning), how, tick)), tested.values)
    return fold | {
        "auc": auc(tested.bad, raw, tested.weights),
        "average_precision": average_precision(tested.bad, raw, tested.weights),
    }


def _figures(tested: Rows, raw: Floats, score: Floats, prices: Economics) -> dict[str, Any]:
    """By raw scores: calibration may make equal what differs."""
    return {
        "auc": auc(tested.bad, raw, tested.weights),
        "average_precision": average_precision(tested.bad, raw, tested.weights),
        "precision_at": {str(top): share for top, share in precision_at(tested.bad, raw, TOPS).items()},
        "tested": _counts(tested),
        "reliability": reliability(raw, tested.bad, tested.weights),
        "cost_curve": cost_curve(score, tested.bad, tested.amounts, prices, tested.weights),
    }


def _without(tested: Rows) -> int:
    """What all the bad acts of the test cost, if nobody stops one."""
    return round(float((tested.amounts * tested.bad * tested.weights).sum()))


def _importance(text: str, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Share of the gain of each feature, the greatest first."""
    gains = np.asarray(boosting.booster(text).feature_importance("gain"), dtype=np.float64)
    total = float(gains.sum()) or 1.0
    found = [{"name": name, "share": gain / total} for name, gain in zip(names, gains.tolist(), strict=True)]
    return sorted(found, key=lambda each: (-each["share"], each["name"]))


def _counts(rows: Rows) -> dict[str, Any]:
    bad = int(rows.bad.sum())
    return {"acts": len(rows), "bad": bad, "from": _day(float(rows.at[0])), "to": _day(float(rows.at[-1])),
            "amount_bad_minor": int(rows.amounts[rows.bad].sum())}  # fmt: skip


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
