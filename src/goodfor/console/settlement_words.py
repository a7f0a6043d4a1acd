"""Words of statements and payouts."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.console.columns import Text

#: State of a statement -> words and tone.
STATES: Final[Mapping[str, tuple[Text, str]]] = {
    "draft": (_("待对方确认"), "amber"),
    "confirmed": (_("待批准"), "amber"),
    "approved": (_("待打款"), "amber"),
    "paying": (_("打款中"), "amber"),
    "paid": (_("已打款"), "green"),
    "closed": (_("已结转"), "plain"),
    "rejected": (_("已作废"), "plain"),
}
#: What a kind of item is, and why it is there.
KINDS: Final[Mapping[str, tuple[Text, Text]]] = {
    "sale": (_("销售分成"), _("发货时按协议应得的份额")),
    "refund": (_("退款冲回"), _("买家退款后按比例收回的份额，协议补算的差额也在这里")),
    "recourse": (_("赔付追偿"), _("坏卡和超时赔付中由对方承担的部分")),
    "fee": (_("手续费"), _("合同约定由对方承担的通道手续费")),
    "tax": (_("税费"), _("从应付款里扣下的税")),
    "purchase": (_("采购"), _("向对方采购和预存的往来")),
    "hold_back": (_("退还保证金"), _("以前留存、现在退还的保证金")),
    "reshared": (_("协议变更补差"), _("协议出了新版本并从更早的日期起算，与已计份额的差额")),
    "by_split": (_("渠道分账已付"), _("渠道已直接分给对方的部分，不再另付")),
    "adjustment": (_("调整"), _("不属于以上各类的分录，请逐笔看明细")),
}
#: State of a payout -> words and tone.
PAYOUTS: Final[Mapping[str, tuple[Text, str]]] = {
    "created": (_("等待发送"), "amber"),
    "requested": (_("已提交，等结果"), "amber"),
    "unknown": (_("结果未知"), "red"),
    "succeeded": (_("已到账"), "green"),
    "failed": (_("没有打成"), "red"),
}
FAILURES: Final[Mapping[str, Text]] = {
    "returned": _("人工登记为没有到账"),
    "not_sent": _("没有发出去，会再试"),
    "bank_changed": _("收款账户已变更"),
    "timeout": _("对方没有应答"),
}
BANKS: Final[Mapping[str, Text]] = {"icbc": _("工商银行批量转账"), "plain": _("通用 CSV")}
#: Why a statement moved, by how the cause begins.
CAUSES: Final[Mapping[str, Text]] = {
    "not_arrived": _("登记没有到账，要重新批准"),
    "bank_changed": _("收款账户变更，批准作废"),
    "nothing_to_pay": _("没有要打的款，余额结转到下一张"),
    "failed": _("打款没有成功"),
}


def way(name: str) -> str:
    """How a payout goes."""
    return str(_("银行文件")) if name == "file" else name


def failure(code: str) -> str:
    """Why a payout failed; what a provider says is shown as it is."""
    return str(FAILURES.get(code, code))
