"""Words of watched prices, suggested matches and trials."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from goodfor.console.columns import Text
from goodfor.kernel.money import EXPONENTS, Money
from goodfor.kit.writing import sign_of
from goodfor.supply.types import WatchRule

MOVES: Final[Mapping[str, Text]] = {
    "price": _("调价"), "alert": _("成本变动提醒"), "pause": _("暂停供货销售"), "resume": _("恢复供货销售"),
}  # fmt: skip
MOVE_STATES: Final[Mapping[str, tuple[Text, str]]] = {
    "waiting": (_("待审批"), "amber"), "done": (_("已执行"), "green"), "refused": (_("已拒绝"), "plain"),
    "stale": (_("已过时"), "plain"),
}  # fmt: skip
HELD: Final[Mapping[str, Text]] = {"once": _("超过单次幅度"), "day": _("超过当天幅度")}
MODES: Final[tuple[tuple[str, Text], ...]] = (("follow", _("跟随成本自动调价")), ("alert", _("只提醒，不改价")))
REASONS: Final[Mapping[str, tuple[Text, str]]] = {
    "name": (_("名称相同"), "green"), "name_partly": (_("名称相近"), "plain"), "face": (_("面值相同"), "green"),
    "face_in_name": (_("名称里有面值"), "green"), "brand": (_("品牌相同"), "green"),
    "dearer": (_("成本高于售价"), "red"), "very_cheap": (_("成本低得反常"), "amber"),
}  # fmt: skip
TRIALS: Final[Mapping[str, tuple[Text, str]]] = {
    "waiting": (_("等待试算"), "amber"), "running": (_("试算中"), "amber"), "done": (_("已完成"), "green"),
    "broken": (_("试算出错"), "red"),
}  # fmt: skip
#: What to do about a value that supply refuses.
FIELDS: Final[Mapping[str, Text]] = {
    "margin_points": _("请填 0 以上的百分比，最多两位小数"),
    "margin_minor": _("请写成 0.50 这样的金额"),
    "ending": _("请选择尾数"),
    "most_once_points": _("请填 0 以上的百分比，或留空"),
    "most_day_points": _("请填 0 以上的百分比，或留空"),
    "least_minor": _("请写成 9.90 这样的金额，或留空"),
    "most_minor": _("请写成 9.90 这样的金额，或留空；最高价不能低于最低价"),
    "draft": _("请至少改动一项"),
    "priority": _("优先级是 0 到 1000 的整数"),
    "weight": _("权重是 1 到 1000 的整数"),
    "cost": _("成本请写成 8.50 这样的数"),
    "cost_points": _("成本变化请写成 5 或 -5 这样的百分比"),
    "floor": _("最低毛利请写成 0.50 这样的金额"),
}


def cost(value: Decimal | None, currency: str) -> str:
    """A cost as it is read: as many digits as it has, at least those of its currency."""
    if value is None:
        return "–"
    digits = EXPONENTS.get(currency, 2)
    short = value.normalize()
    places = max(digits, min(6, -int(short.as_tuple().exponent)))
    return f"{sign_of(currency) if currency in EXPONENTS else ''}{value:,.{places}f}"


def money(value: Decimal, currency: str) -> Money:
    """An exact amount rounded to the currency's minor unit."""
    minor = value.scaleb(EXPONENTS[currency]).to_integral_value(ROUND_HALF_UP)
    return Money(int(minor), currency)


def points(value: int) -> str:
    """Hundredths of a percent: 1250 is 12.5 %."""
    return f"{Decimal(value) / 100:f}".rstrip("0").rstrip(".") + "%" if value % 100 else f"{value // 100}%"


def rule_line(rule: WatchRule, currency: str) -> str:
    """A rule in one line."""
    if rule.mode == "alert":
        return _now("只提醒，不改价")
    parts = [_now("成本加 %(percent)s") % {"percent": points(rule.margin_points)}]
    if rule.margin_minor:
        parts.append(_now("再加 %(amount)s") % {"amount": _amount(rule.margin_minor, currency)})
    if rule.step_minor > 1:
        ending = Money(rule.ending_minor, currency).as_decimal_string()
        parts.append(_now("尾数 %(ending)s") % {"ending": ending[1:] if ending.startswith("0.") else ending})
    return " · ".join(parts)


def _amount(minor: int, currency: str) -> str:
    return f"{sign_of(currency)}{Money(minor, currency).as_decimal_string()}"
