"""Words of the background: duties, jobs, queues, and who hears which event. What has none is shown by its key."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import pgettext_lazy as _

from goodfor.console.columns import Text

#: Loops of the worker, by `kernel.loops`.
DUTIES: Final[Mapping[str, Text]] = {
    "aftersales.figures": _("job", "统计兑现数据"),
    "aftersales.recalls": _("job", "告知召回的买家"),
    "aftersales.reserve": _("job", "计提赔付准备金"),
    "config.job_messages": _("job", "提醒任务失败"),
    "console.batches": _("job", "执行批量操作"),
    "console.exports": _("job", "生成导出文件"),
    "demo.runs": _("job", "填充或清空演示数据"),
    "identity.erase_due": _("job", "清除到期注销的账户"),
    "identity.purge_buyer_records": _("job", "清理过期的买家记录"),
    "identity.purge_nonces": _("job", "清理用过的请求编号"),
    "kernel.check_audit": _("job", "核对操作记录"),
    "kernel.purge_events": _("job", "清理旧事件"),
    "kernel.purge_keys": _("job", "清理旧请求键"),
    "kernel.relay": _("job", "传达事件"),
    "kernel.reseal": _("job", "用新密钥重新加密"),
    "kernel.seal_audit": _("job", "封存操作记录"),
    "ledger.roll_up": _("job", "汇总账户余额"),
    "ledger.seal": _("job", "封存账本"),
    "notify.purge": _("job", "清理旧消息"),
    "notify.reports": _("job", "查询送达结果"),
    "notify.send": _("job", "发送消息"),
    "orders.deadlines": _("job", "处理到时的订单"),
    "orders.figures": _("job", "更新店面交付数据"),
    "payments.bills": _("job", "下载账单"),
    "payments.inbox": _("job", "核实未处理的回调"),
    "payments.poll": _("job", "查询待付款结果"),
    "payments.purge": _("job", "清理伪造的回调"),
    "payments.refunds": _("job", "执行退款"),
    "payments.splits": _("job", "执行分账"),
    "payments.want_bills": _("job", "登记要下载的账单"),
    "supply.accounts": _("job", "核对供应商余额"),
    "supply.ask": _("job", "查询采购结果"),
    "supply.buy": _("job", "向供应商采购"),
    "supply.fresh": _("job", "重看在售的供货商品"),
    "supply.items": _("job", "更新变动的供货商品"),
    "supply.recount": _("job", "复查往日采购"),
    "supply.score": _("job", "统计供应商表现"),
    "supply.sweep": _("job", "同步供货目录与余额"),
    "supply.tally": _("job", "按小时统计供应商"),
    "supply.tidy": _("job", "清理到期的采购与记录"),
    "supply.trials": _("job", "路由试算"),
    "supply.watch": _("job", "按成本调价"),
    "vault.expire_lots": _("job", "停售过期卡密"),
    "vault.expire_reservations": _("job", "释放到期预留"),
    "vault.fold_stock": _("job", "汇总库存数量"),
    "vault.intakes": _("job", "处理导入文件"),
    "vault.purge_cancelled": _("job", "清理取消的导入"),
    "vault.tidy_intakes": _("job", "清理未确认的导入文件"),
    "vault.watch_stock": _("job", "检查低库存"),
}
#: Jobs with a calendar, or queued.
JOBS: Final[Mapping[str, Text]] = {
    "console.expire_exports": _("job", "删除过期的导出文件"),
    "console.forget_held": _("job", "删除没有导入的文件"),
    "console.forget_tries": _("job", "清理后台登录尝试"),
    "storefront.forget_attempts": _("job", "清理店面查询尝试"),
    "storefront.forget_sessions": _("job", "清理到期的浏览器会话"),
}
QUEUES: Final[Mapping[str, Text]] = {
    "housekeeping": _("job", "日常清理"),
    "default": _("job", "默认队列"),
}
#: Who hears events, by the names that the wiring gives.
HANDLERS: Final[Mapping[str, Text]] = {
    "account_messages.on_account_changed": _("job", "通知买家账户变动"),
    "aftersales.on_order_delivered": _("job", "核对是否按时交付"),
    "aftersales.pay_on_case_decided": _("job", "赔付并向供应商追偿"),
    "aftersales.pay_on_deadline_missed": _("job", "为超时付补偿"),
    "aftersales.recover_on_complaint_ended": _("job", "登记投诉收回的钱"),
    "codes.on_buyer_erasing": _("job", "清除发送记录里的地址"),
    "complaints.on_closed": _("job", "记录投诉结束"),
    "complaints.on_opened": _("job", "把投诉记到供应商"),
    "messages.on_case_opened": _("job", "提醒有异常单"),
    "messages.on_claim_closed": _("job", "通知售后结果"),
    "messages.on_claim_opened": _("job", "提醒有售后"),
    "messages.on_late_payment": _("job", "通知迟到的付款"),
    "messages.on_low_stock": _("job", "提醒库存低"),
    "messages.on_price_watched": _("job", "提醒成本变动"),
    "messages.on_order_delivered": _("job", "通知已发货"),
    "messages.on_order_paid": _("job", "通知已付款"),
    "messages.on_order_refunded": _("job", "通知已退款"),
    "messages.on_order_refunding": _("job", "通知退款中"),
    "messages.on_refund_failed": _("job", "提醒退款失败"),
    "supply_messages.on_balance_broken": _("job", "提醒供应商余额不符"),
    "supply_messages.on_balance_low": _("job", "提醒供应商余额不足"),
    "supply_messages.on_refunded": _("job", "提醒供应商事后退款"),
    "orders.on_batch_activated": _("job", "为等货的订单发货"),
    "orders.on_buyer_erasing": _("job", "清除订单里的联系方式"),
    "orders.on_codes_voided": _("job", "处理卡密被作废的订单"),
    "orders.on_fact_recorded": _("job", "按收款结果更新订单"),
    "orders.on_line_failed": _("job", "为无法供货的订单退款"),
    "orders.on_line_supplied": _("job", "为到货的订单发货"),
    "orders.on_refund_failed": _("job", "记录退款失败"),
    "orders.on_refund_succeeded": _("job", "记录退款成功"),
    "siblings.on_partly_refunded": _("job", "让买货的店铺查询部分退款"),
    "siblings.on_refunded": _("job", "让买货的店铺查询退款"),
}
EVENTS: Final[Mapping[str, Text]] = {
    "aftersales.case_decided": _("job", "售后作出决定"),
    "aftersales.deadline_missed": _("job", "承诺超时"),
    "identity.buyer_account_changed": _("job", "买家账户变动"),
    "identity.buyer_erasing": _("job", "买家账户即将清除"),
    "orders.claim_closed": _("job", "售后结束"),
    "orders.claim_opened": _("job", "提出售后"),
    "orders.late_payment_came": _("job", "收到迟到的付款"),
    "orders.order_closed": _("job", "订单关闭"),
    "orders.order_delivered": _("job", "订单发货"),
    "orders.order_paid": _("job", "订单付款"),
    "orders.order_partly_refunded": _("job", "订单部分退款"),
    "orders.order_placed": _("job", "订单创建"),
    "orders.order_refund_failed": _("job", "订单退款失败"),
    "orders.order_refunded": _("job", "订单退款完成"),
    "orders.order_refunding": _("job", "订单开始退款"),
    "payments.case_opened": _("job", "出现异常单"),
    "payments.fact_recorded": _("job", "记录收款结果"),
    "payments.payment_closed": _("job", "支付关闭"),
    "payments.refund_failed": _("job", "退款失败"),
    "payments.refund_succeeded": _("job", "退款成功"),
    "supply.attempt_needs_person": _("job", "采购需要人工确认"),
    "supply.balance_broken": _("job", "供应商余额不符"),
    "supply.balance_low": _("job", "供应商余额不足"),
    "supply.breaker_opened": _("job", "暂停向供应商采购"),
    "supply.complaint_ended": _("job", "供应商投诉结束"),
    "supply.line_failed": _("job", "无法供货"),
    "supply.line_supplied": _("job", "供应商到货"),
    "supply.price_watched": _("job", "成本变动"),
    "supply.refunded_after_success": _("job", "供应商事后退款"),
    "vault.batch_activated": _("job", "卡密批次上架"),
    "vault.codes_voided": _("job", "卡密作废"),
    "vault.low_stock": _("job", "库存低"),
    "vault.stock_quarantined": _("job", "库存被隔离"),
}


def word(words: Mapping[str, Text], key: str) -> str:
    """The words for a key; what has none is shown as it is."""
    return str(words.get(key, key))


def duty(name: str) -> str:
    """A loop or a job in words: both stand in the same lists."""
    return str(DUTIES.get(name) or JOBS.get(name, name))
