"""A model's report as figures, charts and tables."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from goodfor.console import risk_model_words as words
from goodfor.console import risk_words
from goodfor.console.types import Visitor
from goodfor.kernel.money import Money
from goodfor.kit import writing
from goodfor.risk.model.drift import FeatureDrift
from goodfor.risk.model.registry import ModelView
from goodfor.risk.model.wording import DRIFT_WORDS
from goodfor.risk.training_queries import DriftView
from goodfor.risk.types import Outcome

#: So many features stand open; the others are folded.
FIRST: Final = 15
_LADDER: Final = (Outcome.CHALLENGE, Outcome.REVIEW, Outcome.HOLD, Outcome.DENY)


def figure(value: float | None) -> str:
    """0.874; a dash for what is not known."""
    return "–" if value is None else f"{value:.3f}"


def report_of(
    visitor: Visitor, found: ModelView, report: Mapping[str, Any], drift: DriftView | None
) -> dict[str, Any]:  # fmt: skip
    """All that the page says of it."""
    windows, tested, currency = report["windows"], report["tested"], visitor.shop.currency
    features = _features(report, drift)
    error = report["reliability"]["error"]
    return {
        "auc": figure(report["auc"]),
        "ap": figure(report["average_precision"]),
        "base": figure(tested["bad"] / tested["acts"]),
        "precisions": [(int(top), writing.percent(share)) for top, share in report["precision_at"].items()],
        "calibration_error": None if error is None else f"{error * 100:.2f}%",
        "calibration": _calibration(report["reliability"]["bins"]),
        "cost_chart": _cost_chart(report["cost_curve"], writing.sign_of(currency)),
        "without": Money(report["without_minor"], currency),
        "with_bands": Money(report["bands_cost_minor"], currency),
        "bands": _bands(found),
        "learned": windows["learned"],
        "learned_from": _instant(windows["learned"]["from"]),
        "learned_to": _instant(windows["learned"]["to"]),
        "tested": tested,
        "judged_from": _instant(windows["judged_on"][0]),
        "judged_to": _instant(windows["judged_on"][1]),
        "known_until": _instant(windows["until"]),
        "delay": words.days(windows["delay_days"]),
        "settings": report["settings"],
        "folds": [_fold(one) for one in report.get("folds", ())],
        "features": features[:FIRST],
        "other_features": features[FIRST:],
        "shares": _shares(report["importance"]),
    }


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _bands(found: ModelView) -> list[tuple[Any, str, str]]:
    least = (found.bands.challenge, found.bands.review, found.bands.hold, found.bands.deny)
    return [
        (*risk_words.OUTCOMES[outcome], "–" if share is None else f"{share:.3f}")
        for outcome, share in zip(_LADDER, least, strict=True)
    ]


def _calibration(bins: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """What was said beside what came, from the many with low scores to the few with high ones."""
    if not bins:
        return None
    return {
        "kind": "line", "format": "percent", "unit": "%",
        "columns": [_("操作数"), _("模型说的概率"), _("实际的比例")],
        "rows": [
            [f"{one['rows']:,}", round(one["said"] * 100, 2), round(one["came"] * 100, 2)] for one in bins
        ],
    }  # fmt: skip


def _cost_chart(curve: Sequence[Mapping[str, Any]], sign: str) -> dict[str, Any]:
    """If the acts with the highest scores, so many, all went to a person."""
    return {
        "kind": "line", "format": "money", "unit": sign,
        "columns": [_("审核多少次"), _("总成本"), _("漏掉的损失"), _("审核的成本")],
        "rows": [
            [f"{one['acts']:,}", one["total_minor"], one["missed_minor"], one["reviews_minor"]] for one in curve
        ],
    }  # fmt: skip


def _fold(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "from": _instant(one["judged_on"][0]), "to": _instant(one["judged_on"][1]), "learned": one["learned"],
        "acts": one["acts"], "bad": one["bad"], "auc": figure(one["auc"]), "ap": figure(one["average_precision"]),
    }  # fmt: skip


def _features(report: Mapping[str, Any], drift: DriftView | None) -> list[dict[str, Any]]:
    """By weight, each with how far it has moved."""
    moved: dict[str, FeatureDrift] = {one.name: one for one in drift.features} if drift else {}
    return [
        {
            "name": one["name"], "words": risk_words.feature_words(one["name"]),
            "share": writing.percent(one["share"]), **_moved(moved.get(one["name"])),
        }
        for one in report["importance"]
    ]  # fmt: skip


def _moved(one: FeatureDrift | None) -> dict[str, Any]:
    if one is None:
        return {"index": "–", "drift": "", "drift_tone": "", "unknown": ""}
    return {
        "index": f"{one.index:.3f}", "drift": DRIFT_WORDS[one.verdict], "drift_tone": words.DRIFT_TONES[one.verdict],
        "unknown": f"{one.unknown_then * 100:.1f}% → {one.unknown_now * 100:.1f}%",
    }  # fmt: skip


def _shares(importance: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "kind": "bar-flat", "format": "percent", "unit": "%", "columns": [_("特征"), _("权重")],
        "rows": [
            [str(risk_words.feature_words(one["name"])), round(one["share"] * 100, 2)] for one in importance[:FIRST]
        ],
    }  # fmt: skip
