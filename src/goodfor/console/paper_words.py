"""Words of suppliers who are written to, and of how suppliers did."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.console.columns import Text

#: `Read.verdict`, with a tone.
VERDICTS: Final[Mapping[str, tuple[Text, str]]] = {
    "whole": (_("到货"), "green"),
    "more": (_("多给了，多的入库存"), "green"),
    "part": (_("给少了"), "amber"),
    "failed": (_("供应商说没有"), "amber"),
    "done": (_("已充值"), "green"),
    "known": (_("已有结果，不动"), "plain"),
    "late": (_("迟到，入库存"), "amber"),
    "unknown": (_("不是这个供应商的单号"), "red"),
    "no_codes": (_("写了完成但没有卡密"), "red"),
}
#: `OutageView.reason`.
REASONS: Final[Mapping[str, Text]] = {
    "config": _("密钥或设置不对"),
    "balance": _("余额不足"),
    "unknown": _("结果不明"),
    "not_sent": _("连不上"),
    "throttled": _("请求太快"),
    "failed": _("接单后失败"),
    "bad_codes": _("给的卡密不能用"),
    "stock": _("没有库存"),
    "off_sale": _("已下架"),
    "price": _("价格变了"),
    "busy": _("对方繁忙"),
}
