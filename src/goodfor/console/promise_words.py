"""Words of the pages of promises: labels of choices, and what to do about a value that is refused."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.console.columns import Text

SCOPES: Final[Mapping[str, Text]] = {
    "shop": _("全店"), "supplier": _("供应商"), "category": _("分类"), "sku": _("规格"),
}  # fmt: skip
FIRST: Final[tuple[tuple[str, Text], ...]] = (("replace", _("先换新，换不了再退款")), ("refund", _("直接退款")))
BASES: Final[tuple[tuple[str, Text], ...]] = (("price", _("坏的那几张的实付金额")), ("order", _("整单金额")))
EVIDENCE: Final[tuple[tuple[str, Text], ...]] = (
    ("any", _("通过售后审核就赔")), ("supplier", _("供货方承认才赔")),
)  # fmt: skip
WAYS: Final[tuple[tuple[str, Text], ...]] = (("wallet", _("买家的店内余额")), ("hand", _("由店员转账")))
UNITS: Final[tuple[tuple[str, Text], ...]] = (
    ("1", _("秒")), ("60", _("分钟")), ("3600", _("小时")), ("86400", _("天")),
)  # fmt: skip
REASONS: Final[Mapping[str, Text]] = {
    "invalid": _("提示无效"), "used": _("已被使用"), "expired": _("已经过期"), "wrong": _("发错商品"),
    "not_received": _("没有收到"), "changed_mind": _("不想要了"), "top_up_missing": _("充值没到账"),
}  # fmt: skip
DAYS: Final[tuple[Text, ...]] = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
_SPAN: Final = _("请填整数，发货 10 秒到 7 天，答复 1 分钟到 7 天，处理 1 分钟到 30 天")
_AMOUNT: Final = _("请写成 5.00 这样的金额")
#: What to do about a field that is refused.
FIELDS: Final[Mapping[str, Text]] = {
    "delivery_seconds": _SPAN,
    "answer_seconds": _SPAN,
    "decision_seconds": _SPAN,
    "claim_days": _("请填 1 到 366 的整数"),
    "first": _("请选择一项"),
    "multiple": _("请填 0 到 100 的整数"),
    "base": _("请选择一项"),
    "evidence": _("请选择一项"),
    "way": _("请选择一项"),
    "claim_cap_minor": _AMOUNT,
    "day_cap_minor": _AMOUNT,
    "goodwill_delivery_minor": _AMOUNT,
    "goodwill_answer_minor": _AMOUNT,
    "goodwill_decision_minor": _AMOUNT,
    "reasons": _("请从列出的情况里选"),
    "excluded": _("请从列出的情况里选"),
    "zone": _("请选择时区"),
    "days": _("上下班时间请写成 09:00 这样"),
    "free": _("日期请写成 2026-10-01 这样，用空格或换行分开"),
    "extra": _("日期请写成 2026-10-10 这样，用空格或换行分开"),
}
