"""What states, kinds and actions are called: labels, never keys."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.console.columns import Text

CHANNELS: Final[Mapping[str, Text]] = {"storefront": _("店铺前台"), "api": "API"}
PAYMENT_STATES: Final[Mapping[str, Text]] = {
    "created": _("未发起"),
    "pending": _("待支付"),
    "succeeded": _("支付成功"),
    "closed": _("已关闭"),
    "failed": _("支付失败"),
}
PAYMENT_TONES: Final[Mapping[str, str]] = {"succeeded": "green", "pending": "amber", "failed": "red"}
REFUND_STATES: Final[Mapping[str, Text]] = {
    "created": _("待发送"),
    "requested": _("已请求"),
    "succeeded": _("已到账"),
    "failed": _("被拒绝"),
    "unknown": _("结果未知"),
}
CASE_KINDS: Final[Mapping[str, Text]] = {
    "underpaid": _("少付"),
    "overpaid": _("多付"),
    "duplicate": _("重复付款"),
    "mismatch": _("金额或商户不符"),
    "unknown_payment": _("来源不明的付款"),
    "foreign": _("别家商户的通知"),
    "tampered": _("通知与通道说法不一致"),
    "unconfirmed_notify": _("通知未能核实"),
    "refunded_outside": _("通道侧退款"),
    "refund_failed": _("退款被拒"),
    "ambiguous_refund": _("退款结果未知"),
}
#: What stands in a case's detail.
CASE_DETAILS: Final[Mapping[str, Text]] = {
    "number": _("单号"),
    "code": _("通道代码"),
    "message": _("通道说明"),
    "reason": _("原因"),
    "amount_minor": _("金额（分）"),
    "expected_minor": _("应收（分）"),
    "received_minor": _("实收（分）"),
    "currency": _("币种"),
    "channel_ref": _("通道单号"),
    "our_ref": _("我方单号"),
}
FACTS: Final[Mapping[str, Text]] = {
    "paid": _("通道确认收款"),
    "closed": _("通道关闭支付"),
    "refunded": _("通道退款成功"),
    "refund_failed": _("通道退款失败"),
}
CASE_STATES: Final[Mapping[str, Text]] = {"open": _("待处理"), "closed": _("已处理")}
METHODS: Final[Mapping[str, Text]] = {
    "alipay": _("支付宝"),
    "wxpay": _("微信支付"),
    "qqpay": _("QQ 钱包"),
    "bank": _("网银支付"),
    "sandbox": _("模拟支付"),
    "balance": _("余额支付"),
}
ROLES: Final[Mapping[str, Text]] = {
    "owner": _("店主"),
    "operator": _("运营"),
    "support": _("客服"),
    "finance": _("财务"),
    "viewer": _("只读"),
}
SESSION_METHODS: Final[Mapping[str, Text]] = {"link": _("一次性链接"), "password": _("密码"), "passkey": _("通行密钥")}
POSTING_KINDS: Final[Mapping[str, Text]] = {
    "payment": _("收款"),
    "delivery": _("发货确认收入"),
    "refund": _("决定退款"),
    "refund_paid": _("退款到账"),
    "take_back": _("卡密退回库存"),
    "purchase": _("采购入库"),
    "void": _("作废卡密"),
    "top_up": _("余额充值"),
}
EXPORT_STATES: Final[Mapping[str, tuple[Text, str]]] = {
    "waiting": (_("排队中"), "plain"),
    "running": (_("导出中"), "amber"),
    "done": (_("可下载"), "green"),
    "failed": (_("失败"), "red"),
    "gone": (_("已过期"), "plain"),
}
BATCH_STATES: Final[Mapping[str, tuple[Text, str]]] = {
    "waiting": (_("排队中"), "plain"),
    "running": (_("进行中"), "amber"),
    "done": (_("已完成"), "green"),
}
#: A batch of codes, by what can be done with it.
BATCH_CONDITIONS: Final[Mapping[str, tuple[Text, str]]] = {
    "staging": (_("导入中"), "amber"),
    "held": (_("待上架"), "amber"),
    "open": (_("在售"), "green"),
    "quarantined": (_("已隔离"), "red"),
    "ended": (_("已售完或过期"), "plain"),
    "cancelled": (_("已取消"), "plain"),
}
LOT_STATES: Final[Mapping[str, tuple[Text, str]]] = {
    "staged": (_("待上架"), "amber"),
    "open": (_("可售"), "green"),
    "drained": (_("已售空"), "plain"),
    "expired": (_("已过期"), "plain"),
    "quarantined": (_("已隔离"), "red"),
}
CODE_STATES: Final[Mapping[str, tuple[Text, str]]] = {
    "free": (_("未售出"), "green"),
    "reserved": (_("已预留"), "amber"),
    "sold": (_("已售出"), "plain"),
    "quarantined": (_("已隔离"), "red"),
    "void": (_("已作废"), "plain"),
}
INTAKE_STATES: Final[Mapping[str, tuple[Text, str]]] = {
    "waiting": (_("检查中"), "amber"),
    "checked": (_("等待确认"), "amber"),
    "refused": (_("无法读取"), "red"),
    "confirmed": (_("导入中"), "amber"),
    "cancelling": (_("正在取消"), "amber"),
    "done": (_("已导入"), "green"),
    "failed": (_("导入失败"), "red"),
    "dropped": (_("已取消"), "plain"),
}
COLUMN_ROLES: Final[Mapping[str, Text]] = {
    "number": _("卡号"),
    "secret": _("卡密"),
    "expiry": _("有效期"),
    "cost": _("成本"),
    "-": _("忽略"),
}
#: What was done to a batch, by the action in the audit trail.
BATCH_ACTS: Final[Mapping[str, Text]] = {
    "vault.import_begun": _("开始导入"),
    "vault.batch_activated": _("上架"),
    "vault.batch_cancelled": _("取消导入"),
    "vault.lots_quarantined": _("隔离批次"),
    "vault.lots_restored": _("解除隔离"),
    "vault.batch_voided": _("作废剩余卡密"),
    "vault.codes_exported": _("导出未售卡密"),
    "vault.expiry_changed": _("更改有效期"),
    "vault.cost_changed": _("更改成本"),
}
#: Why a row of a batch was refused, by the refusal's code; others are told by the code.
PROBLEMS: Final[Mapping[str, Text]] = {
    "wrong_order_state": _("当前状态不能进行此操作"),
    "order_not_found": _("找不到订单"),
    "refund_running": _("有未完成的退款或异常"),
    "refund_exceeds_paid": _("超过可退金额"),
    "payment_case_not_found": _("找不到该异常单"),
}


def word(words: Mapping[str, Text], key: str) -> str:
    """The label; what has none is shown as it is."""
    return str(words.get(key, key))


def actor(name: str) -> str:
    """Who it was, where it was nobody of the staff."""
    kind = name.partition(":")[0]
    return str({"system": _("系统"), "staff": _("员工"), "client": "API"}.get(kind, ""))
