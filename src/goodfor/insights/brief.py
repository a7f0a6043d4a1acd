"""The brief of a day: which three things are worth a look. Pure; ranked by the money at stake, in minor units.

Usual is the same weekday of the four weeks before. What is within its own noise (two standard deviations) or within a
fifth of what is usual is not told. Where less than three things stick out, the best of the day fill up.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import fmean, stdev
from typing import Final

from goodfor.insights.types import Figures, Restock, Slice, Steps, SupplierHealth

MOST: Final = 3
#: Times the noise, and share of what is usual, that a difference must have.
NOISE: Final = 2.0
LEAST: Final = 0.2
SHORT_DAYS: Final = 7.0
LEAST_TRIES: Final = 20
GOOD_SUCCESS: Final = 0.9


@dataclass(frozen=True, slots=True)
class Facts:
    """What a brief is made of: a day, and the same weekday of the weeks before, the newest first.

    `skus`, `skus_usual`: by SKU, of the day and of those weeks together.
    """

    day: Figures
    usual: Sequence[Figures]
    steps: Steps = field(default_factory=Steps)
    steps_usual: Sequence[Steps] = ()
    skus: Sequence[Slice] = ()
    skus_usual: Sequence[Slice] = ()
    short: Sequence[Restock] = ()
    suppliers: Sequence[SupplierHealth] = ()


@dataclass(frozen=True, slots=True)
class Noted:
    """Something that sticks out: its kind, the money at stake, and what its words are made of."""

    kind: str
    stake: float
    facts: dict[str, str | int | float]


def look(facts: Facts) -> list[Noted]:
    """The three things, the weightiest first; fewer only on a day on which nothing was sold at all."""
    found = sorted(
        (one for find in _FINDERS for one in find(facts)), key=lambda one: (-one.stake, one.kind, str(one.facts))
    )
    told: list[Noted] = []
    for one in found:
        # Of one kind the worst alone: three SKUs that run short are one thing to do.
        if one.kind not in {other.kind for other in told}:
            told.append(one)
    for filler in _fillers(facts):
        if len(told) >= MOST:
            break
        if filler.kind not in {other.kind for other in told}:
            told.append(filler)
    return told[:MOST]


def _sticks_out(now: float, usual: Sequence[float]) -> float:
    """How far from usual, signed; 0 within the noise."""
    if len(usual) < 2:
        return 0.0
    mean = fmean(usual)
    apart = now - mean
    return apart if abs(apart) > max(NOISE * stdev(usual), LEAST * abs(mean)) else 0.0


def _sales(facts: Facts) -> Iterator[Noted]:
    usual = [one.gmv_minor for one in facts.usual]
    apart = _sticks_out(facts.day.gmv_minor, usual)
    if apart:
        kind = "sales_up" if apart > 0 else "sales_down"
        # Good news is worth a look, too, but bad news first.
        yield Noted(
            kind, apart * 0.25 if apart > 0 else -apart, {"now": facts.day.gmv_minor, "usual": round(fmean(usual))}
        )


def _margin(facts: Facts) -> Iterator[Noted]:
    rates = [one.margin_rate for one in facts.usual if one.margin_rate is not None]
    rate = facts.day.margin_rate
    if rate is None or len(rates) < 2:
        return
    lost = fmean(rates) - rate
    if lost > max(NOISE * stdev(rates), 0.02):
        yield Noted("margin_down", lost * facts.day.net_minor, {"now": round(rate, 4), "usual": round(fmean(rates), 4)})


def _refunds(facts: Facts) -> Iterator[Noted]:
    usual = [one.sales_back_minor + one.paid_back_minor for one in facts.usual]
    now = facts.day.sales_back_minor + facts.day.paid_back_minor
    apart = _sticks_out(now, usual)
    if apart > 0:
        yield Noted("refunds_up", apart, {"now": now, "usual": round(fmean(usual)), "count": facts.day.refunds})


def _conversion(facts: Facts) -> Iterator[Noted]:
    rates = [one.conversion for one in facts.steps_usual if one.conversion is not None]
    rate = facts.steps.conversion
    if rate is None or len(rates) < 2 or facts.steps.placed < LEAST_TRIES:
        return
    lost = fmean(rates) - rate
    if lost > max(NOISE * stdev(rates), 0.05):
        yield Noted(
            "conversion_down", lost * facts.steps.placed_minor, {"now": round(rate, 4), "usual": round(fmean(rates), 4)}
        )


def _claims(facts: Facts) -> Iterator[Noted]:
    usual = [float(one.claims) for one in facts.steps_usual]
    apart = _sticks_out(facts.steps.claims, usual)
    if apart > 0 and facts.steps.claims >= 3:
        price = facts.day.average_minor or 0
        yield Noted("claims_up", apart * price, {"now": facts.steps.claims, "usual": round(fmean(usual), 1)})


def _short(facts: Facts) -> Iterator[Noted]:
    prices = {one.key: one.figures.sales_minor / one.figures.units for one in facts.skus_usual if one.figures.units}
    for one in facts.short:
        if one.days_left is not None and one.days_left < SHORT_DAYS and one.advice:
            missing = max(0, one.demand.mid - one.available)
            stake = missing * prices.get(str(one.sku_id), 0.0)
            yield Noted(
                "stock_short", stake,
                {"sku": one.name, "days": round(one.days_left, 1), "advice": one.advice, "left": one.available},
            )  # fmt: skip


def _suppliers(facts: Facts) -> Iterator[Noted]:
    price = facts.day.average_minor or 0
    for one in facts.suppliers:
        if (
            one.enabled
            and one.tries >= LEAST_TRIES
            and one.success_rate is not None
            and one.success_rate < GOOD_SUCCESS
        ):
            stake = (1 - one.success_rate) * one.tries * price
            yield Noted("supplier_failing", stake, {"supplier": one.name, "rate": round(one.success_rate, 4)})


def _skus(facts: Facts) -> Iterator[Noted]:
    today = {one.key: one.figures for one in facts.skus}
    weeks = max(1, len(facts.usual))
    for one in facts.skus_usual:
        usual = one.figures.sales_minor / weeks
        if one.figures.units >= 5 * weeks and not today.get(one.key, Figures()).units:
            yield Noted("sku_silent", usual, {"sku": one.name, "usual": round(usual)})
    for one in facts.skus:
        if one.figures.profit_minor < 0 and one.figures.sales_minor > 0:
            lost = -one.figures.profit_minor
            yield Noted("sku_loses", float(lost), {"sku": one.name, "lost": lost})


def _fillers(facts: Facts) -> Iterator[Noted]:
    sold = [one for one in facts.skus if one.figures.net_minor > 0]
    if sold:
        best = max(sold, key=lambda one: (one.figures.profit_minor, one.key))
        yield Noted(
            "best_sku", 0.0, {"sku": best.name, "profit": best.figures.profit_minor, "units": best.figures.units}
        )
    if facts.day.paid_orders:
        yield Noted("day", 0.0, {"gmv": facts.day.gmv_minor, "orders": facts.day.paid_orders})
    if facts.day.net_minor > 0:
        yield Noted("kept", 0.0, {"profit": facts.day.profit_minor, "net": facts.day.net_minor})


_FINDERS: Final[tuple[Callable[[Facts], Iterator[Noted]], ...]] = (
    _sales, _margin, _refunds, _conversion, _claims, _short, _suppliers, _skus,
)  # fmt: skip
