"""The words of a brief: one sentence a thing, in the reader's language."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goodfor.kernel.money import Money
from goodfor.kit.writing import plain_money

_SENTENCES: Final[Mapping[str, Any]] = {
    "sales_down": gettext_lazy("支付金额 %(now)s，比往常同一天的 %(usual)s 少，先看漏斗和渠道"),
    "sales_up": gettext_lazy("支付金额 %(now)s，高于往常同一天的 %(usual)s，看看是谁带来的，备足货"),
    "margin_down": gettext_lazy("毛利率 %(now)s，往常 %(usual)s，看看哪家供应商涨了价"),
    "refunds_up": gettext_lazy("退款 %(now)s（%(count)s 笔），往常 %(usual)s，看看集中在哪个商品"),
    "conversion_down": gettext_lazy("支付转化率 %(now)s，往常 %(usual)s，看看支付渠道是否正常"),
    "claims_up": gettext_lazy("售后申请 %(now)s 件，往常 %(usual)s 件，看看是否同一批次"),
    "stock_short": gettext_lazy("“%(sku)s”还剩 %(left)s 件，约够 %(days)s 天，建议补 %(advice)s 件"),
    "supplier_failing": gettext_lazy("供应商“%(supplier)s”过去 24 小时只成功 %(rate)s"),
    "sku_silent": gettext_lazy("“%(sku)s”昨天一件没卖，往常每天 %(usual)s"),
    "sku_loses": gettext_lazy("“%(sku)s”在亏本卖，昨天亏 %(lost)s"),
    "best_sku": gettext_lazy("“%(sku)s”利润最高：%(units)s 件，利润 %(profit)s"),
    "day": gettext_lazy("昨天 %(orders)s 个订单，共付 %(gmv)s，一切如常"),
    "kept": gettext_lazy("净收入 %(net)s，留下利润 %(profit)s"),
}
#: Facts that are amounts, and those that are shares, by kind where they differ.
_MONEY: Final = {
    "sales_down": ("now", "usual"), "sales_up": ("now", "usual"), "refunds_up": ("now", "usual"),
    "sku_silent": ("usual",), "sku_loses": ("lost",), "best_sku": ("profit",), "day": ("gmv",),
    "kept": ("net", "profit"),
}  # fmt: skip
_SHARES: Final = {
    "margin_down": ("now", "usual"), "conversion_down": ("now", "usual"), "supplier_failing": ("rate",),
}  # fmt: skip


def sentence(kind: str, facts: Mapping[str, Any], currency: str) -> str:
    """One thing to look at, said."""
    said = {name: _fact(kind, name, value, currency) for name, value in facts.items()}
    return str(_SENTENCES[kind]) % said


def greeting(day: str, things: int) -> str:
    """How the brief begins."""
    if not things:
        return _("%(day)s 没有生意") % {"day": day}
    return _("%(day)s 值得看的 %(things)s 件事") % {"day": day, "things": things}


def _fact(kind: str, name: str, value: Any, currency: str) -> str:
    if name in _MONEY.get(kind, ()):
        return plain_money(Money(int(value), currency))
    if name in _SHARES.get(kind, ()):
        return f"{float(value):.1%}"
    return str(value)
