"""Words of splits: who receives, how far a pot, a split, a share and a return are, and why a channel refused."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.console.columns import Text

RECEIVER_KINDS: Final[Mapping[str, Text]] = {"merchant": _("商户"), "person": _("个人")}
RECEIVER_STATES: Final[Mapping[str, tuple[Text, str]]] = {
    "asked": (_("等待通道确认"), "amber"),
    "bound": (_("可以分账"), "green"),
    "refused": (_("通道拒绝"), "red"),
    "leaving": (_("正在移除"), "amber"),
}
#: What a receiver is to the shop, in the words of WeChat Pay; Alipay keeps it as a note.
RELATIONS: Final[Mapping[str, Text]] = {
    "PARTNER": _("合作伙伴"),
    "SUPPLIER": _("供应商"),
    "DISTRIBUTOR": _("分销商"),
    "SERVICE_PROVIDER": _("服务商"),
    "STORE": _("门店"),
    "STORE_OWNER": _("门店老板"),
    "STAFF": _("店员"),
    "HEADQUARTER": _("总部"),
    "BRAND": _("品牌方"),
    "USER": _("用户"),
}
#: `PotView.stage`.
STAGES: Final[Mapping[str, tuple[Text, str]]] = {
    "waiting": (_("等待分账"), "plain"),
    "again": (_("被拒，会自动再试"), "amber"),
    "stuck": (_("被拒，需要处理"), "red"),
    "under_way": (_("分账中"), "amber"),
    "unknown": (_("结果未知，正在查询"), "amber"),
    "shared": (_("已分账"), "green"),
    "free": (_("已解冻"), "plain"),
}
ERRAND_STATES: Final[Mapping[str, tuple[Text, str]]] = {
    "created": (_("待发送"), "amber"),
    "requested": (_("已请求"), "amber"),
    "unknown": (_("结果未知，正在查询"), "amber"),
    "succeeded": (_("已完成"), "green"),
    "failed": (_("被拒绝"), "red"),
}
SHARE_STATES: Final[Mapping[str, tuple[Text, str]]] = {
    "pending": (_("处理中"), "amber"),
    "succeeded": (_("已分到"), "green"),
    "failed": (_("没有分到"), "red"),
}
#: By the channel's code in lower case; a code without words is shown as it is.
REASONS: Final[Mapping[str, Text]] = {
    "account_abnormal": _("接收方的账户状态异常"),
    "no_relation": _("接收方与商户的关系不存在，请移除后重新添加"),
    "receiver_high_risk": _("接收方被通道限制收款"),
    "receiver_real_name_not_verified": _("接收方没有实名认证"),
    "no_auth": _("商户没有开通分账权限"),
    "name_missing": _("商户接收方必须填写全称"),
    "balance_not_enough": _("接收方余额不足"),
    "no_funds": _("可分的余额不足"),
    "time_out_closed": _("通道处理超时，已关闭"),
    "receiver_is_person": _("个人接收方不能退回，只能线下收回"),
    "too_many_receivers": _("接收方超过一次能分的数量"),
    "receiver_twice": _("同一个接收方出现了两次"),
    "no_trade_number": _("付款没有通道单号"),
    "no_account": _("收款账户已不在"),
    "no_secrets": _("收款账户的密钥解不开"),
    "not_sent": _("连不上通道"),
    "unreachable": _("连不上通道"),
    "timeout": _("通道没有按时回答"),
    "connection_lost": _("连接中断，没有得到回答"),
    "refused": _("随整次分账被拒"),
}


def reason(code: str) -> str:
    """Why a channel refused, in words; empty for no code."""
    return str(REASONS.get(code.lower(), code))


def points(basis_points: int) -> str:
    """12.5% of 1250 basis points: no needless zeros."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + "%"
