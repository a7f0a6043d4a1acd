"""What states, kinds and actions are called: labels, never keys."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
    "no_funds": _("通道余额不足，退款在等"),
    "dispute": _("拒付争议"),
    "bill_refused": _("账单文件有问题"),
    "split_refused": _("通道拒绝分账"),
    "split_share_failed": _("有接收方没分到"),
    "split_unknown": _("分账结果未知"),
    "split_not_returned": _("分账没有收回"),
    "refund_cap": _("退款到了每日上限"),
    "refund_alarm": _("自动退款异常多"),
    "bill_missing": _("账单一直没有"),
    "charge_unknown": _("自动扣款结果未知"),
    "mandate_taken": _("自动扣款协议对不上"),
    "mandate_not_ended": _("通道侧没有解约"),
}
#: What to do about a case, where its name does not say.
CASE_NEXT: Final[Mapping[str, Text]] = {
    "split_share_failed": _("这一份已回到你的余额。按原因与接收方核对后，用别的方式付给对方，再标为已处理。"),
    "split_refused": _("多次被拒，钱还冻结着。按原因改好后，到这笔支付的页面点「立即分账」，或「全部解冻」。"),
    "split_unknown": _(
        "系统会继续用同一个单号查询，不会重复分账或收回。到通道的商户后台核对这个单号，一直没有结果请联系通道。"
    ),
    "charge_unknown": _("系统会继续用同一个单号查询，不会重复扣款。到通道的商户后台核对这个单号，没有结果请联系通道。"),
    "mandate_taken": _("通道给出的协议号属于另一份签约，没有启用，也不会扣款。请联系通道核对。"),
    "mandate_not_ended": _("这里已经不再扣款，但通道一直没有确认解约。到通道的商户后台手工解约，再标为已处理。"),
    "split_not_returned": _(
        "买家的退款已经付出，这一份要由你垫付。与接收方沟通后，到这笔支付的页面点「再次收回」，或线下收回后标为已处理。"
    ),
}
BILL_KINDS: Final[Mapping[str, Text]] = {"trade": _("交易账单"), "fund": _("资金账单")}
BILL_STATES: Final[Mapping[str, tuple[Text, str]]] = {
    "wanted": (_("等待下载"), "amber"),
    "imported": (_("已入库"), "green"),
    "empty": (_("当天无交易"), "plain"),
    "refused": (_("文件有问题，没有收"), "red"),
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
    "refunded_minor": _("已退（分）"),
    "account": _("收款账户"),
    "day": _("日期"),
    "bill": _("账单种类"),
    "line": _("行号"),
    "limit_minor": _("上限（分）"),
    "receiver": _("接收方"),
    "attempts": _("尝试次数"),
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
    "jsapi": _("微信内支付"),
    "mini": _("微信小程序"),
    "native": _("微信扫码"),
    "h5": _("微信 H5"),
    "app": _("App 支付"),
    "page": _("支付宝网页"),
    "wap": _("支付宝手机网页"),
    "precreate": _("支付宝扫码"),
    "checkout": _("银行卡收银台"),
    "intent": _("银行卡"),
    "paypal": _("PayPal"),
    "mandate": _("自动扣款"),
}
ROLES: Final[Mapping[str, Text]] = {
    "owner": _("店主"),
    "operator": _("运营"),
    "support": _("客服"),
    "finance": _("财务"),
    "viewer": _("只读"),
}
SESSION_METHODS: Final[Mapping[str, Text]] = {
    "link": _("一次性链接"),
    "password": _("密码"),
    "passkey": pgettext_lazy("one", "通行密钥"),
}
POSTING_KINDS: Final[Mapping[str, Text]] = {
    "payment": _("收款"),
    "delivery": _("发货确认收入"),
    "refund": _("决定退款"),
    "refund_paid": _("退款到账"),
    "take_back": _("卡密退回库存"),
    "purchase": _("采购入库"),
    "supply_purchase": _("向供应商采购（预留）"),
    "supply_purchase.settled": _("向供应商采购"),
    "supply_purchase.voided": _("采购未成，释放预留"),
    "supply_return": _("供应商退款"),
    "supplier_opening": _("供应商期初余额"),
    "supplier_top_up": _("供应商预存"),
    "supplier_withdrawal": _("供应商退回预存"),
    "supplier_correction": _("供应商余额调整"),
    "void": _("作废卡密"),
    "top_up": _("余额充值"),
    "dispute": _("争议扣款"),
    "dispute_won": _("争议胜诉退回"),
    "dispute_lost": _("争议败诉"),
    "freeze": _("冻结待分账"),
    "split": _("分账"),
    "unfreeze": _("解冻"),
    "split_return": _("收回分账"),
    "finance.delivered": _("按合同和税率分解销售"),
    "finance.refunded": _("退款冲回税金与成本"),
    "finance.taken_back": _("退回货物冲回进项"),
    "finance.shares": _("按协议分账"),
    "finance.unshared": _("退款收回分账份额"),
    "finance.reshared": _("协议改版补差"),
    "finance.fee": _("通道手续费"),
    "settlement.statement": _("锁定结算单"),
    "settlement.payout": _("打款发出"),
    "settlement.paid": _("打款到账"),
    "settlement.release": _("退还保证金"),
}
EXPORT_STATES: Final[Mapping[str, tuple[Text, str]]] = {
    "asked": (_("等同事批准"), "amber"),
    "refused": (_("未批准"), "plain"),
    "waiting": (_("排队中"), "plain"),
    "running": (_("导出中"), "amber"),
    "done": (_("可下载"), "green"),
    "failed": (_("失败"), "red"),
    "gone": (_("已过期"), "plain"),
}
#: What takes two.
WISH_KINDS: Final[Mapping[str, Text]] = {"codes": _("卡密明文"), "list": _("列表")}
WISH_STATES: Final[Mapping[str, tuple[Text, str]]] = {
    "asked": (_("等同事批准"), "amber"),
    "approved": (_("已批准"), "green"),
    "refused": (_("未批准"), "plain"),
    "withdrawn": (_("已撤回"), "plain"),
    "lapsed": (_("已过期"), "plain"),
    "used": (_("已取走"), "plain"),
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
#: Lines of the audit trail that belong to a batch's past.
BATCH_ACTS: Final = frozenset(
    {
        "aftersales.batch_pulled",
        "aftersales.batch_lifted",
        "aftersales.recall_started",
        "vault.import_begun",
        "vault.batch_activated",
        "vault.batch_cancelled",
        "vault.lots_quarantined",
        "vault.lots_restored",
        "vault.batch_voided",
        "vault.codes_exported",
        "vault.expiry_changed",
        "vault.cost_changed",
    }
)
MESSAGE_STATES: Final[Mapping[str, tuple[Text, str]]] = {
    "queued": (_("等待发送"), "amber"),
    "sending": (_("发送中"), "amber"),
    "unknown": (_("结果未知"), "amber"),
    "sent": (_("已发送"), "green"),
    "failed": (_("发送失败"), "red"),
    "lost": (_("可能未送达"), "red"),
    "expired": (_("已过时效"), "plain"),
}
#: Why a message was not sent, by the code of its failure; vendors' own codes are shown as they are.
MESSAGE_FAILURES: Final[Mapping[str, Text]] = {
    "template": _("模板无法生成内容"),
    "account": _("服务商不接受账号、密钥或签名，或余额不足"),
    "rate_limited": _("服务商限制了发送频率"),
    "try_later": _("服务商暂时无法接收"),
    "unreachable": _("连接不上服务商"),
    "recipient_refused": _("收件地址被拒收"),
    "not_delivered": _("手机没有收到"),
    "gone": _("浏览器已取消订阅"),
    "unreadable": _("收件地址已被清除"),
    "no_content": _("内容已被清除"),
    "interrupted": _("发送时被中断"),
    "address_not_allowed": _("不允许向这个地址发送"),
    "unsupported": _("通道没有可用的服务商"),
}
#: Why a channel was passed over.
MESSAGE_SKIPS: Final[Mapping[str, Text]] = {
    "off": _("该场景没有开启这个通道"),
    "no_account": _("通道没有设置或已停用"),
    "no_consent": _("买家没有同意"),
    "no_vendor_template": _("没有填写服务商的模板编号"),
    "bad_address": _("收件地址的写法不对"),
    "no_subscription": _("没有开启浏览器推送"),
    "already": _("已经发过"),
}
#: What switching a scene means, where it is not plain.
SCENE_NOTES: Final[Mapping[str, Text]] = {
    "order_paid": _("付款后几秒就会发货，两条都开买家会连收两条。"),
    "order_delivered": _("关闭后买家只能回到订单页找卡密。"),
    "refund_failed": _("关闭后买家不知道退款被拒，会来问客服。"),
    "signin_code": _("关闭后买家不能用这种验证码登录。"),
    "account_changed": _("账号被盗时，这是买家唯一的提醒。"),
    "claim_opened": _("给店员的提醒关闭后，售后可能超过承诺的 24 小时。"),
    "low_stock": _("每次跌破预警线只提醒一次。"),
    "supply_low": _("每次跌破预警线只提醒一次，余额用完就不能采购。"),
    "supply_alert": _("余额对不上或事后退款，可能是钱或货有损失。"),
    "subscription_renewing": _("自动续费前 5 天要明确告诉买家，不要全部关闭。"),
    "campaign_stopped": _("预算用完或优惠被底价截断时，活动会自己停下，只有这一条会提醒。"),
    "risk_rule_off": _("一个人就能停用规则，店主靠这条知道。"),
    "case_opened": _("资金异常需要人处理，不建议全部关闭。"),
    "risk_alarm": _("库存被盗、内部人员异常、入口被攻击，只有这一条会告诉店主。"),
    "report_sent": _("报表里选了谁就发给谁，在报表页修改。"),
    "daily_brief": _("里面有毛利和利润，发到群里前先想好谁能看到。"),
    "job_failed": _("同一种任务每小时最多提醒一次。"),
}
CHANNEL_NOTES: Final[Mapping[str, Text]] = {
    "email": _("免费或很便宜，可能进垃圾箱。"),
    "sms": _("按条计费，模板要先在服务商处审核。"),
    "wechat_oa": _("买家要先关注公众号。"),
    "wechat_mini": _("买家要先在小程序里同意订阅。"),
    "webpush": _("买家要先在浏览器里允许通知。"),
    "wecom": _("发到企业微信群。"),
    "dingtalk": _("发到钉钉群。"),
    "feishu": _("发到飞书群。"),
}
#: Why a row of a batch was refused, by the refusal's code; others are told by the code.
PROBLEMS: Final[Mapping[str, Text]] = {
    "wrong_order_state": _("当前状态不能进行此操作"),
    "order_not_found": _("找不到订单"),
    "refund_running": _("有未完成的退款或异常"),
    "refund_cap_reached": _("已到本店每日退款上限"),
    "refund_above_daily_limit": _("超过你的每日退款限额，请由店主或财务来退"),
    "refund_needs_proof": _("要先确认是你本人"),
    "refund_exceeds_paid": _("超过可退金额"),
    "payment_case_not_found": _("找不到该异常单"),
    "notify_not_retryable": _("该消息不能重发"),
    "notify_message_not_found": _("找不到该消息"),
    "price_too_low": _("改后的价格必须大于 0"),
    "invalid_offer": _("改后的价格不能用"),
    "not_ready": _("没有在售的规格"),
    "sku_unknown": _("没有这个规格"),
    "product_unknown": _("没有这个商品"),
    "case_moved": _("售后单的状态已经改变"),
    "case_not_found": _("找不到该售后单"),
    "invalid_decision": _("不能这样处理"),
}

#: How a purchase from a supplier stands.
ATTEMPT_STATES: Final[Mapping[str, Text]] = {
    "sending": _("正在提交"),
    "accepted": _("供应商处理中"),
    "unknown": _("结果待查"),
    "manual": _("待人工确认"),
    "delivered": _("已完成"),
    "partial": _("部分完成"),
    "rejected": _("被拒绝"),
    "failed": _("未成"),
    "late": _("迟到"),
}


def word(words: Mapping[str, Text], key: str) -> str:
    """The label; what has none is shown as it is."""
    return str(words.get(key, key))


def actor(name: str) -> str:
    """Who it was, where it was nobody of the staff."""
    kind = name.partition(":")[0]
    return str({"system": _("系统"), "staff": _("员工"), "client": "API"}.get(kind, ""))
