"""A model made and judged: trained on what was known at a moment, tested on what came later. Pure but for LightGBM."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np

from goodfor.risk.model import boosting
from goodfor.risk.model.bands import Bands, Economics, chosen, cost_curve
from goodfor.risk.model.boosting import Settings
from goodfor.risk.model.calibration import Calibration, learned, reliability
from goodfor.risk.model.drift import histogram, histograms
from goodfor.risk.model.metrics import auc, average_precision, precision_at
from goodfor.risk.model.rows import Encoding, Rows
from goodfor.risk.model.windows import Floats

TOPS: Final = (50, 100, 200, 500, 1000)


class TooFewLabels(ValueError):
    """There is not enough to learn from, or to judge by. `counts` says of what there is how much."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self.counts = dict(counts)
        super().__init__("too few labels: " + ", ".join(f"{name} {many}" for name, many in counts.items()))


@dataclass(frozen=True, slots=True)
class Plan:
    """How the time is cut. The last `test` before `until - delay` is what the model is judged by; it learns from acts
    before that whose end was known when the test began. `train`: how far back it looks; None: everything."""

    until: datetime
    delay: timedelta = timedelta(days=7)
    test: timedelta = timedelta(days=14)
    train: timedelta | None = None
    least_bad: int = 30
    least_bad_in_test: int = 10


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, whole. `text`: LightGBM's. `report`: figures for people, and what drift is measured against."""

    text: str
    encoding: Encoding
    calibration: Calibration
    bands: Bands
    report: Mapping[str, Any] = field(default_factory=dict)


def train_model(
    rows: Rows,
    plan: Plan,
    *,
    settings: Settings | None = None,
    economics: Economics | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Trained:
    """Learn before a cut in time, be judged by what came after it. Raises TooFewLabels or NoLightGBM.

    Figures, calibration and bands come from the test, which the model had not seen. It is this very model that is
    kept: another one, grown from the test as well, would score on another scale than the one that was calibrated.
    """
    how, prices = settings or Settings(), economics or Economics()
    until, delay, test = plan.until.timestamp(), plan.delay.total_seconds(), plan.test.total_seconds()
    begin = until - delay - test
    oldest = -np.inf if plan.train is None else begin - delay - plan.train.total_seconds()
    learning = (rows.at < begin) & (rows.at >= oldest) & rows.known_by(begin)
    judging = (rows.at >= begin) & (rows.at < until - delay) & rows.known_by(until)
    _enough(rows, learning, judging, plan)
    say(f"训练 / training: {int(learning.sum()):,}")
    learned_from, tested = rows.among(learning), rows.among(judging)
    text = boosting.train(
        learned_from.values, learned_from.bad.astype(np.float64), weight=learned_from.weights,
        categorical=rows.encoding.categorical, settings=how,
    )  # fmt: skip
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
            "judged_on": [_day(begin), _day(until - delay)],
            "learned": _counts(learned_from),
            "until": _day(until),
            "delay_days": plan.delay.total_seconds() / 86_400,
        },
        "importance": _importance(text, rows.encoding.names),
        "histograms": histograms(learned_from.values, rows.encoding.names, rows.encoding.categorical),
        "score_histogram": histogram(raw),
    }
    return Trained(text, rows.encoding, calibration, bands, report)


def _enough(rows: Rows, learning: Any, judging: Any, plan: Plan) -> None:
    counts = {
        "to learn from, bad": int(rows.bad[learning].sum()),
        "to learn from, good": int((~rows.bad[learning]).sum()),
        "to judge by, bad": int(rows.bad[judging].sum()),
        "to judge by, good": int((~rows.bad[judging]).sum()),
        "features": len(rows.encoding.names),
    }
    least = (plan.least_bad, plan.least_bad, plan.least_bad_in_test, plan.least_bad_in_test, 1)
    if any(many < needed for many, needed in zip(counts.values(), least, strict=True)):
        raise TooFewLabels(counts)


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
