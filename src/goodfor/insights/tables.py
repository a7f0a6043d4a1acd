"""What a chart shows as a table: for the page beside it, for files and for mails."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from goodfor.insights import rights, wording
from goodfor.insights.errors import InvalidAsk
from goodfor.insights.reads import slices, steps
from goodfor.insights.types import NONE, STEPS, Ask, By, Figures, Slice, Spec, Steps, Table
from goodfor.kernel.money import Money

#: What a table of figures shows where nobody chose.
COLUMNS: Final = (
    "gmv_minor", "paid_orders", "sales_minor", "sales_back_minor", "net_minor", "cost_minor", "margin_minor",
    "margin_rate", "profit_minor", "refund_rate", "units",
)  # fmt: skip
#: Figures that are named otherwise in the dataclass.
_STEP_RATES: Final[Mapping[str, str]] = {
    "conversion": "conversion", "delivery_rate": "delivery_rate", "refund_order_rate": "refund_rate",
    "claim_rate": "claim_rate",
}  # fmt: skip


def figures_table(shop_id: UUID, ask: Ask, by: By, columns: Sequence[str] = COLUMNS) -> Table:
    """The figures by one dimension. Raises InvalidAsk for a figure or a dimension that there is not."""
    if by not in wording.BY:
        raise InvalidAsk(_("没有这个维度"), field="by")
    if unknown := [name for name in columns if name not in wording.FIGURES]:
        raise InvalidAsk(_("没有这个指标"), field="columns", unknown=unknown[0])
    found = slices(shop_id, ask, by)
    title = _("%(first)s 至 %(last)s 按%(by)s") % {
        "first": ask.first.isoformat(), "last": ask.last.isoformat(), "by": wording.BY[by],
    }  # fmt: skip
    return Table(
        title,
        (str(wording.BY[by]), *(str(wording.FIGURES[name][0]) for name in columns)),
        tuple((shown_key(by, one), *(_shown(one.figures, name, ask.currency) for name in columns)) for one in found),
        ("", *(str(wording.FIGURES[name][1]) for name in columns)),
    )


def steps_table(shop_id: UUID, ask: Ask, by: By = "day") -> Table:
    """The funnel by one dimension. Raises InvalidAsk."""
    found = steps(shop_id, ask, by)
    names = [name for name in STEPS if name in wording.STEPS] + list(_STEP_RATES)
    rows = [
        (shown_key(by, Slice(key, Figures())), *(_step(one, name) for name in names))
        for key, one in sorted(found.items())
    ]
    title = _("%(first)s 至 %(last)s 的漏斗") % {"first": ask.first.isoformat(), "last": ask.last.isoformat()}
    return Table(
        title, (str(wording.BY[by]), *(str(wording.STEPS[name][0]) for name in names)), tuple(rows),
        ("", *(str(wording.STEPS[name][1]) for name in names)),
    )  # fmt: skip


def needed_by(spec: Spec) -> frozenset[str]:
    """What whoever gets a report like this must be allowed."""
    return rights.needed(spec.by, spec.columns or COLUMNS, [name for name, _values in spec.filters])


def shown_key(by: By, one: Slice) -> str:
    """A slice's key for people: its name, the segment's word, or what stands for nobody."""
    if one.key == str(NONE):
        return str(wording.NOBODY)
    if by == "segment":
        return str(wording.SEGMENTS.get(one.key, one.key or wording.NOBODY))
    return one.name or one.key


def _shown(figures: Figures, name: str, currency: str) -> str | int | float | None:
    value = getattr(figures, name)
    if name.endswith("_minor") and value is not None:
        return Money(value, currency).as_decimal_string()
    return _rate(value) if isinstance(value, float) else value


def _step(counted: Steps, name: str) -> int | float | None:
    value = getattr(counted, _STEP_RATES.get(name, name))
    return _rate(value) if isinstance(value, float) else value


def _rate(value: float) -> float:
    """Shares to a hundredth of a percent."""
    return float(round(Decimal(value), 4))
