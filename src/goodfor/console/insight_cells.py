"""How figures stand on a page: cells, tiles with their change, and what charts are drawn of."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from goodfor.console.columns import Text
from goodfor.insights.queries import desk as desk_queries
from goodfor.insights.types import Figures, Slice, Steps
from goodfor.kernel.money import Money
from goodfor.kit import writing

#: Of these less is better.
_LESS: Final = frozenset({
    "sales_back_minor", "paid_back_minor", "refund_rate", "refunds", "claim_rate", "refund_order_rate", "cost_minor",
    "fee_minor", "commission_minor", "marketing_minor", "compensation_minor", "difference_minor", "discount_minor",
})  # fmt: skip
#: A figure of the flow that is named otherwise in its dataclass.
STEP_FIELDS: Final[Mapping[str, str]] = {"refund_order_rate": "refund_rate"}
#: Charts by day up to so many days, by week up to so many, else by month.
DAYS_AT_MOST, WEEKS_AT_MOST = 62, 400


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure with its change to the time before. `tone`: up (good) or down (bad)."""

    label: Text
    value: str
    delta: str
    tone: str
    note: str
    meaning: Text


def cell(value: int | float | None, name: str, currency: str) -> str:
    """A figure as people write it, by its name."""
    if value is None:
        return "–"
    if name.endswith("_minor"):
        return writing.money(Money(int(value), currency))
    return writing.percent(value) if name_is_share(name) else writing.thousands(int(value))


def name_is_share(name: str) -> bool:
    """Whether a figure is a share of something."""
    return name.endswith("_rate") or name == "conversion"


def tile(name: str, now: Any, before: Any, currency: str) -> Tile:
    """A figure of `Figures`, or where there is no such one, of `Steps`."""
    label, meaning = desk_queries.FIGURES.get(name) or desk_queries.STEPS[name]
    field = name if name in desk_queries.FIGURES else STEP_FIELDS.get(name, name)
    value, was = getattr(now, field), getattr(before, field)
    delta, better = _change(value, was, name)
    return Tile(
        label, cell(value, name, currency), delta, "" if better is None else "up" if better else "down",
        _("上期 %(was)s") % {"was": _plain(was, name, currency)}, meaning,
    )  # fmt: skip


def _plain(value: int | float | None, name: str, currency: str) -> str:
    if value is None:
        return "–"
    return amount(int(value), currency) if name.endswith("_minor") else cell(value, name, currency)


def amount(minor: int, currency: str) -> str:
    """Money as bare text."""
    whole, dot, rest = Money(abs(minor), currency).as_decimal_string().partition(".")
    return f"{'−' if minor < 0 else ''}{writing.sign_of(currency)}{int(whole):,}{dot}{rest}"


def _change(now: float | None, before: float | None, name: str) -> tuple[str, bool | None]:
    """In words, and whether it is good; None: it is neither."""
    # What would be written as no change is none.
    same = now == before or (
        now is not None and before is not None and name_is_share(name) and abs(now - before) < 5e-5
    )
    if now is None or before is None or same:
        return ("", None) if now is None or before is None else (_("持平"), None)
    better = (now < before) if name in _LESS else now > before
    if name_is_share(name):
        return _("%(n)s 个百分点") % {"n": f"{(now - before) * 100:+.2f}"}, better
    if before <= 0:
        return "", None
    return f"{(now - before) / before:+.1%}", better


# -- charts -----------------------------------------------------------------------------------------


def grain_of(days: int) -> str:
    """How fine a chart over so many days is."""
    return "day" if days <= DAYS_AT_MOST else "week" if days <= WEEKS_AT_MOST else "month"


def starts(first: date, last: date, grain: str) -> list[date]:
    """Where each day, week or month of a time begins."""
    found, at = [], begin(first, grain)
    while at <= last:
        found.append(at)
        at = _next(at, grain)
    return found


def begin(day: date, grain: str) -> date:
    """Where the day, week or month begins that a day is in."""
    if grain == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if grain == "month" else day


def _next(day: date, grain: str) -> date:
    if grain == "month":
        return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return day + timedelta(days=7 if grain == "week" else 1)


def folded(days: Sequence[Slice], first: date, last: date, grain: str) -> list[tuple[str, Figures]]:
    """Figures by day as figures by day, week or month, without a gap."""
    sums: dict[date, Figures] = defaultdict(Figures)
    for one in days:
        sums[begin(date.fromisoformat(one.key), grain)] += one.figures
    return [(label(at, grain, last.year != first.year), sums[at]) for at in starts(first, last, grain)]


def label(day: date, grain: str, years: bool) -> str:
    """A day, week or month below a chart."""
    if grain == "month":
        return f"{day:%Y-%m}"
    return f"{day:%Y-%m-%d}" if years else f"{day:%m-%d}"


def money_chart(
    points: Sequence[tuple[str, Any]], names: Sequence[str], *, kind: str = "line", unit: str = "", **more: Any
) -> dict[str, Any]:  # fmt: skip
    """Amounts by time."""
    return _chart(points, names, kind, "money", unit or _("元"), getattr, **more)


def count_chart(
    points: Sequence[tuple[str, Any]], names: Sequence[str], *, kind: str = "line", unit: str = "", **more: Any
) -> dict[str, Any]:  # fmt: skip
    """Counts by time."""
    return _chart(points, names, kind, "number", unit, getattr, **more)


def share_chart(points: Sequence[tuple[str, Any]], names: Sequence[str], **more: Any) -> dict[str, Any]:
    """Shares by time, in percent."""
    return _chart(points, names, "line", "percent", "", _share, **more)


def _share(one: Any, name: str) -> float | None:
    value = getattr(one, STEP_FIELDS.get(name, name) if isinstance(one, Steps) else name)
    return None if value is None else round(value * 100, 2)


def _chart(
    points: Sequence[tuple[str, Any]], names: Sequence[str], kind: str, form: str, unit: str,
    value: Callable[[Any, str], Any], **more: Any,
) -> dict[str, Any]:  # fmt: skip
    return {
        "kind": kind, "format": form, "unit": unit,
        "columns": [_("时间"), *(str(word) for word, _meaning in meanings(names))],
        "rows": [[at, *(value(one, name) for name in names)] for at, one in points], **more,
    }  # fmt: skip


def meanings(names: Sequence[str]) -> list[tuple[Text, Text]]:
    """What each of these figures is called and what exactly it is."""
    return [desk_queries.FIGURES.get(name) or desk_queries.STEPS[name] for name in names]
