"""What a supplier's report card says beside its purchases: the grade, answers, complaints, what followed."""

from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from goodfor.console import supply_words as words
from goodfor.console.views.supply.judged import judged_words
from goodfor.kernel.money import Money
from goodfor.kit.writing import seconds
from goodfor.supply.types import Measure, SupplierReport


def after_lines(found: SupplierReport) -> list[tuple[str, str, str]]:
    """(what, value, note) of what came after the purchases."""
    sales = found.after
    speed = "–" if sales.p50 is None or sales.p95 is None else f"p50 {seconds(sales.p50)} · p95 {seconds(sales.p95)}"
    money = Money(sales.recovered_minor, sales.currency).as_decimal_string() if sales.currency else "0"
    return [
        (_("迟到的采购"), f"{found.late:,}", _("没人等了才到货，已入库")),
        (_("售后询问"), f"{sales.asked:,}", _("答复了 %(n)d 次") % {"n": sales.answered}),
        (_("答复用时"), speed, ""),
        (_("退回卡密"), f"{sales.voids:,}", _("成功 %(n)d 件") % {"n": sales.voided}),
        (_("向供应商提交售后"), f"{sales.complained:,}", _("认可 %(up)d 起，拒绝 %(no)d 起，没有结果 %(un)d 起")
         % {"up": sales.upheld, "no": sales.refused, "un": sales.unheard}),
        (_("售后追回"), f"{money} {sales.currency}".strip(), ""),
    ]  # fmt: skip


def graded(found: SupplierReport, timezone: str) -> dict[str, Any]:
    """The grade with what it is made of, the chart of bad codes by the day, and what followed."""
    zone = ZoneInfo(timezone)
    return {
        "grade": found.grade,
        "grade_tone": words.GRADES[found.grade],
        "measures": [(words.MEASURES[one.name], *_measured(one)) for one in found.measures],
        "chart": {
            "kind": "line", "columns": [_("时间"), _("坏卡率")], "format": "percent", "unit": "%",
            "rows": [[at.astimezone(zone).strftime("%m-%d"), round((rate or 0) * 100, 2)] for at, rate in found.days],
        },
        "judged": [judged_words(one) for one in found.consequences],
    }  # fmt: skip


def _measured(one: Measure) -> tuple[str, str, str, str]:
    """Value, grade, its tone, and what A to D may be at most."""
    times = one.name == "slow"

    def told(value: float) -> str:
        return f"{value:.2g}" if times else f"{value * 100:.3g}%"

    value = "–" if one.value is None else told(one.value)
    bounds = " · ".join(f"{grade} ≤ {told(bound)}" for grade, bound in zip("ABCD", one.bounds, strict=True))
    return value, one.grade or "–", words.GRADES[one.grade], bounds
