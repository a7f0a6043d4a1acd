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
#: Why a row of a batch was refused, by the refusal's code; others are told by the code.
PROBLEMS: Final[Mapping[str, Text]] = {
    "wrong_order_state": _("当前状态不能进行此操作"),
    "order_not_found": _("找不到订单"),
    "refund_running": _("有未完成的退款或异常"),
    "refund_exceeds_paid": _("超过可退金额"),
    "payment_case_not_found": _("找不到该异常单"),
    "price_too_low": _("改后的价格必须大于 0"),
    "invalid_offer": _("改后的价格不能用"),
    "not_ready": _("没有在售的规格"),
    "sku_unknown": _("没有这个规格"),
    "product_unknown": _("没有这个商品"),
}


def word(words: Mapping[str, Text], key: str) -> str:
    """The label; what has none is shown as it is."""
    return str(words.get(key, key))
