"""Words of the audit trail: what was done, and to what kind of thing. Keys are what rooms write down, and stay.

A key without words is shown as it is. `tests/test_labels.py` walks the code and fails on one that has none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import pgettext
from django.utils.translation import pgettext_lazy as _

from goodfor.console import (
    finance_audit_words,
    insight_audit_words,
    promotion_audit_words,
    recon_audit_words,
    risk_audit_words,
)
from goodfor.console.columns import Text


@dataclass(frozen=True, slots=True)
class Area:
    """Actions that belong together. `prefix`: how all of them, and no others, begin; empty where nothing does."""

    title: Text
    actions: Mapping[str, Text]
    prefix: str = ""


AREAS: Final[tuple[Area, ...]] = (
    Area(
        _("audit", "登录与安全"),
        {
            "console.signed_in_by_password": _("audit", "用密码登录后台"),
            "console.signed_in_by_passkey": _("audit", "用通行密钥登录后台"),
            "identity.signin_link_issued": _("audit", "生成成员登录链接"),
            "identity.signed_in_by_link": _("audit", "用链接登录"),
            "console.proved": _("audit", "再次验证身份"),
            "console.password_set": _("audit", "设置后台密码"),
            "console.totp_added": _("audit", "添加验证器"),
            "console.passkey_added": _("audit", "添加后台通行密钥"),
            "console.recovery_codes_made": _("audit", "生成恢复码"),
            "console.factor_removed": _("audit", "移除登录方式"),
            "console.sessions_ended": _("audit", "退出成员的登录"),
        },
    ),
    Area(
        _("audit", "店铺、成员与接口"),
        {
            "identity.shop_created": _("audit", "创建店铺"),
            "identity.shop_named": _("audit", "命名店铺"),
            "identity.shop_changed": _("audit", "修改店铺设置"),
            "identity.refund_limits_raised": _("audit", "提高退款限额"),
            "identity.staff_added": _("audit", "添加成员"),
            "identity.role_changed": _("audit", "更改成员角色"),
            "identity.api_client_created": _("audit", "新增 API 客户端"),
            "identity.api_client_changed": _("audit", "修改 API 客户端"),
            "identity.api_client_revoked": _("audit", "停用 API 客户端"),
            "identity.api_key_rotated": _("audit", "更换 API 密钥"),
            "identity.signing_key_set": _("audit", "设置请求签名密钥"),
            "identity.oauth_app_set": _("audit", "设置第三方登录"),
        },
    ),
    Area(
        _("audit", "买家账户"),
        {
            "identity.buyer_signed_up": _("audit", "注册买家账户"),
            "identity.buyer_signed_in": _("audit", "登录买家账户"),
            "identity.buyer_signed_out": _("audit", "退出买家账户"),
            "identity.buyer_sessions_revoked": _("audit", "退出买家的其他登录"),
            "identity.buyer_proved": _("audit", "再次验证买家身份"),
            "identity.buyer_profile_changed": _("audit", "修改买家资料"),
            "identity.buyer_consent_changed": _("audit", "更改推广同意"),
            "identity.buyer_contact_changed": _("audit", "更换买家联系方式"),
            "identity.buyer_contact_removed": _("audit", "移除买家联系方式"),
            "identity.buyer_password_set": _("audit", "设置买家密码"),
            "identity.buyer_password_removed": _("audit", "移除买家密码"),
            "identity.passkey_added": _("audit", "添加买家通行密钥"),
            "identity.passkey_removed": _("audit", "移除买家通行密钥"),
            "identity.passkey_copied": _("audit", "发现通行密钥被复制"),
            "identity.buyer_linked": _("audit", "绑定第三方账户"),
            "identity.buyer_unlinked": _("audit", "解绑第三方账户"),
            "identity.saved_account_saved": _("audit", "保存充值账号"),
            "identity.saved_account_removed": _("audit", "删除充值账号"),
            "identity.buyer_data_exported": _("audit", "导出买家个人数据"),
            "identity.buyer_deletion_requested": _("audit", "申请注销账户"),
            "identity.buyer_deletion_cancelled": _("audit", "撤回注销申请"),
            "identity.buyer_erased": _("audit", "清除买家账户"),
        },
    ),
    Area(
        _("audit", "商品与库存"),
        {
            "product_created": _("audit", "新增商品"),
            "product_changed": _("audit", "修改商品"),
            "sku_created": _("audit", "新增规格"),
            "sku_changed": _("audit", "修改规格"),
            "sku_edited": _("audit", "编辑规格"),
            "price_changed": _("audit", "改价"),
            "put_on_sale": _("audit", "上架商品"),
            "taken_off_sale": _("audit", "下架商品"),
            "category_created": _("audit", "新增分类"),
            "category_changed": _("audit", "修改分类"),
            "image_added": _("audit", "上传图片"),
            "image_set": _("audit", "设置商品主图"),
            "picture_added": _("audit", "添加商品图片"),
            "pictures_arranged": _("audit", "排列商品图片"),
            "low_stock_set": _("audit", "设置库存提醒线"),
        },
    ),
    Area(_("audit", "店面"), promotion_audit_words.PAGES, prefix="window_"),
    Area(_("audit", "风控"), risk_audit_words.ACTIONS),
    Area(_("audit", "营销"), promotion_audit_words.ACTIONS),
    Area(_("audit", "邀请"), finance_audit_words.REFERRALS, prefix="referrals."),
    Area(_("audit", "核算"), finance_audit_words.FINANCE, prefix="finance."),
    Area(_("audit", "结算"), finance_audit_words.SETTLEMENT, prefix="settlement."),
    Area(
        _("audit", "订单与售后"),
        {
            "order_refunded": _("audit", "退款（全额）"),
            "order_partly_refunded": _("audit", "退款（部分）"),
            "order_noted": _("audit", "写订单备注"),
            "order_held": _("audit", "暂停发货，先核验"),
            "order_hold_cleared": _("audit", "核验通过，等待成团"),
            "order_released": _("audit", "放行订单"),
            "order_hold_refused": _("audit", "核验不通过，不发货"),
            "order_hold_lapsed": _("audit", "核验中的订单已退款"),
            "order_hold_put_off": _("audit", "付款有争议，延长核验"),
            "claim_opened": _("audit", "提出售后"),
            "claim_withdrawn": _("audit", "撤回售后"),
            "claim_replies_set": _("audit", "修改售后常用回复"),
            "claim_replacing": _("audit", "为售后采购换码"),
            "claim_replaced": _("audit", "为售后换码"),
            "claim_rejected": _("audit", "拒绝售后"),
            "claim_reopened": _("audit", "重新打开售后"),
            "claim_decided": _("audit", "处理售后"),
            "claim_rated": _("audit", "评价售后"),
            "claim_rules_set": _("audit", "修改售后决策表"),
            "codes_revealed": _("audit", "查看卡密"),
            "orders.order_claimed": _("audit", "认领订单"),
            "orders.contacts_forgotten": _("audit", "清除订单里的联系方式"),
            "promise_set": _("audit", "设置售后承诺"),
            "aftersales.batch_pulled": _("audit", "整批下架问题卡密"),
            "aftersales.batch_lifted": _("audit", "恢复下架的批次"),
            "aftersales.recall_started": _("audit", "发起整批召回"),
            "aftersales.compensation_capped": _("audit", "赔付到了当天上限"),
            "aftersales.grant_claimed": _("audit", "领取赔付到余额"),
            "aftersales.grant_paid_by_hand": _("audit", "登记赔付转账"),
            "aftersales.recourse_set": _("audit", "设置供应商赔付条款"),
            "aftersales.recoveries_sent": _("audit", "把追偿发给供应商"),
            "aftersales.recovery_settled": _("audit", "登记追偿收回"),
            "aftersales.recovery_written_off": _("audit", "核销追偿"),
            "aftersales.reserve_rate_set": _("audit", "设置准备金计提比例"),
            "wallet_topped_up": _("audit", "充值客户端余额"),
        },
    ),
    Area(
        _("audit", "收款与退款"),
        {
            "payments.account_opened": _("audit", "新增收款账户"),
            "payments.account_changed": _("audit", "启停或限制收款账户"),
            "payments.bill_handed_in": _("audit", "上传账单文件"),
            "payments.account_reconfigured": _("audit", "修改收款账户配置"),
            "payments.account_lent": _("audit", "借出平台收款账户"),
            "payments.account_recalled": _("audit", "收回平台收款账户"),
            "payments.account_probed": _("audit", "测试收款账户"),
            "payments.case_closed": _("audit", "处理异常单"),
            "payments.refund_resolved": _("audit", "核定退款结果"),
            "payments.refund_retried": _("audit", "重新发起退款"),
            "payments.bill_wanted_again": _("audit", "重新下载账单"),
            "payments.evidence_sent": _("audit", "提交争议证据"),
            "payments.receiver_added": _("audit", "添加分账接收方"),
            "payments.receiver_changed": _("audit", "修改分账比例"),
            "payments.receiver_removed": _("audit", "移除分账接收方"),
            "payments.shared_out": _("audit", "提前分账或解冻"),
            "payments.share_asked_back": _("audit", "再次收回分账"),
        },
        prefix="payments.",
    ),
    Area(
        _("audit", "发票"),
        {
            "invoices.issuer_set": _("audit", "设置开票账户"),
            "invoices.red_letter_asked": _("audit", "红冲发票"),
            "invoices.resolved": _("audit", "登记发票结果"),
            "invoices.retried": _("audit", "重新开具发票"),
        },
        prefix="invoices.",
    ),
    Area(
        _("audit", "供货"),
        {
            "supply.supplier_connected": _("audit", "接入供应商"),
            "supply.judged": _("audit", "按坏码率处置供应商"),
            "supply.judgement_lifted": _("audit", "解除对供应商的处置"),
            "supply.stock_ordered": _("audit", "向供应商补货"),
            "supply.supplier_changed": _("audit", "修改供应商设置"),
            "supply.supplier_switched": _("audit", "启停供应商"),
            "supply.supplier_tested": _("audit", "测试供应商"),
            "supply.supplier_topped_up": _("audit", "登记供应商预存"),
            "supply.sweep_asked": _("audit", "要求同步供应商"),
            "supply.breaker_closed": _("audit", "恢复向供应商采购"),
            "supply.call_seen": _("audit", "查看与供应商的往来"),
            "supply.warned": _("audit", "登记供应商的事后通知"),
            "supply.offer_made": _("audit", "新增货源"),
            "supply.offer_changed": _("audit", "修改货源"),
            "supply.route_set": _("audit", "修改采购规则"),
            "supply.decided_bought": _("audit", "确认采购成功"),
            "supply.decided_not_bought": _("audit", "确认采购未成"),
            "supply.sheet_put_out": _("audit", "生成供应商订单表"),
            "supply.sheet_fetched": _("audit", "下载供应商订单表"),
            "supply.answers_read": _("audit", "导入供应商回执"),
            "supply.asked_again": _("audit", "再次查询采购"),
            "supply.watch_set": _("audit", "设置调价规则"),
            "supply.watch_removed": _("audit", "删除调价规则"),
            "supply.price_followed": _("audit", "按成本调价"),
            "supply.price_held": _("audit", "调价待审批"),
            "supply.price_alert": _("audit", "成本变动提醒"),
            "supply.price_approved": _("audit", "同意调价"),
            "supply.price_refused": _("audit", "拒绝调价"),
            "supply.selling_paused": _("audit", "暂停供货销售"),
            "supply.selling_resumed": _("audit", "恢复供货销售"),
            "supply.match_dismissed": _("audit", "忽略匹配建议"),
            "supply.trial_started": _("audit", "开始路由试算"),
            "supply.money_moved": _("audit", "登记供应商资金往来"),
            "supply.finding_closed": _("audit", "处理供货异动"),
            "supply.profile_set": _("audit", "设置供应商账单格式"),
            "supply.statement_taken": _("audit", "导入供应商账单"),
            "supply.statement_asked": _("audit", "按账单复查采购"),
        },
        prefix="supply.",
    ),
    Area(
        _("audit", "卡密库"),
        {
            "vault.file_handed_in": _("audit", "上传卡密文件"),
            "vault.intake_confirmed": _("audit", "确认导入文件"),
            "vault.intake_cancelled": _("audit", "放弃导入文件"),
            "vault.import_begun": _("audit", "开始导入"),
            "vault.batch_activated": _("audit", "上架卡密批次"),
            "vault.batch_cancelled": _("audit", "取消导入"),
            "vault.batch_voided": _("audit", "作废剩余卡密"),
            "vault.lots_quarantined": _("audit", "隔离批次"),
            "vault.lots_restored": _("audit", "解除批次隔离"),
            "vault.codes_quarantined": _("audit", "隔离卡密"),
            "vault.codes_planted": _("audit", "把卡密设为金丝雀"),
            "vault.codes_pulled": _("audit", "从买家手里撤下卡密"),
            "vault.codes_restored": _("audit", "解除卡密隔离"),
            "vault.codes_voided": _("audit", "作废卡密"),
            "vault.codes_exported": _("audit", "导出未售卡密"),
            "vault.codes_masked": _("audit", "为追偿单读取卡密（打码）"),
            "vault.code_looked_up": _("audit", "查找卡密"),
            "vault.expiry_changed": _("audit", "更改有效期"),
            "vault.cost_changed": _("audit", "更改成本"),
        },
        prefix="vault.",
    ),
    Area(
        _("audit", "消息与渠道"),
        {
            "notify.account_opened": _("audit", "配置消息渠道"),
            "notify.account_switched": _("audit", "启停消息渠道"),
            "notify.channel_tested": _("audit", "测试消息渠道"),
            "notify.template_saved": _("audit", "保存消息模板"),
            "notify.template_dropped": _("audit", "恢复默认消息模板"),
            "notify.switch_set": _("audit", "开关消息通知"),
            "notify.codes_in_messages": _("audit", "更改消息可否带卡密"),
            "notify.keep_days_set": _("audit", "设置消息保留天数"),
            "notify.staff_alerts_set": _("audit", "设置成员提醒"),
            "notify.message_resent": _("audit", "重发消息"),
            "notify.message_retried": _("audit", "重试发送消息"),
            "notify.told_again": _("audit", "重发发货通知"),
            "notify.recipient_forgotten": _("audit", "清除收件地址"),
        },
        prefix="notify.",
    ),
    Area(_("audit", "对账与关账"), recon_audit_words.ACTIONS, prefix=recon_audit_words.PREFIX),
    Area(
        _("audit", "后台操作"),
        {
            "console.posted": _("audit", "提交页面"),
            "console.start_dismissed": _("audit", "收起开店向导"),
            "console.batch_started": _("audit", "开始批量操作"),
            "console.books_taken": _("audit", "取走账本文件"),
            "console.export_asked": _("audit", "申请导出列表"),
            "console.export_taken": _("audit", "下载导出文件"),
            "console.export_wished": _("audit", "申请导出（要两个人）"),
            "console.export_approved": _("audit", "批准导出"),
            "console.export_refused": _("audit", "拒绝导出"),
            "console.export_withdrawn": _("audit", "撤回导出申请"),
            "console.stolen_code_used": _("audit", "看过的未售卡密被盗用"),
        },
    ),
    Area(
        _("audit", "系统维护"),
        {
            "kernel.key_rotated": _("audit", "更换加密密钥"),
            "kernel.key_retired": _("audit", "删除旧加密密钥"),
            "kernel.jobs_retried": _("audit", "重试失败任务"),
            "kernel.events_retried": _("audit", "重试失败事件"),
            "kernel.audit_check_started": _("audit", "核对操作记录"),
        },
        prefix="kernel.",
    ),
    Area(
        _("audit", "演示数据"),
        {
            "demo.adopted": _("audit", "把店铺用于演示"),
            "demo.fill_started": _("audit", "开始填充演示数据"),
            "demo.fill_done": _("audit", "填完演示数据"),
            "demo.empty_started": _("audit", "开始清空演示数据"),
            "demo.empty_done": _("audit", "清完演示数据"),
        },
        prefix="demo.",
    ),
    Area(_("audit", "数据与报表"), insight_audit_words.ACTIONS, prefix="insights."),
)
ACTIONS: Final[Mapping[str, Text]] = {key: words for area in AREAS for key, words in area.actions.items()}
#: Kinds of things that lines are about.
SUBJECTS: Final[Mapping[str, Text]] = {
    **recon_audit_words.SUBJECTS,
    **risk_audit_words.SUBJECTS,
    **promotion_audit_words.SUBJECTS,
    **finance_audit_words.SUBJECTS,
    "shop": _("audit", "店铺"),
    "staff": _("audit", "成员"),
    "user": _("audit", "登录账号"),
    "buyer": _("audit", "买家"),
    "api_client": _("audit", "API 客户端"),
    "oauth_app": _("audit", "第三方登录"),
    "product": _("audit", "商品"),
    "sku": _("audit", "规格"),
    "catalog.sku": _("audit", "规格"),
    "insights.report": _("audit", "报表"),
    "category": _("audit", "分类"),
    "image": _("audit", "图片"),
    "window": _("audit", "店面"),
    "order": _("audit", "订单"),
    "aftersales.promise": _("audit", "售后承诺"),
    "code": _("audit", "卡密"),
    "codes": _("audit", "卡密"),
    "batch": _("audit", "卡密批次"),
    "lots": _("audit", "卡密批次"),
    "vault.intake": _("audit", "导入文件"),
    "invoices.invoice": _("audit", "发票"),
    "supply.supplier": _("audit", "供应商"),
    "supply.offer": _("audit", "货源"),
    "supply.attempt": _("audit", "采购单"),
    "supply.trial": _("audit", "路由试算"),
    "supply.finding": _("audit", "供货异动"),
    "supply.statement": _("audit", "供应商账单"),
    "notify.account": _("audit", "消息渠道"),
    "notify.channel": _("audit", "消息渠道"),
    "notify.message": _("audit", "消息"),
    "notify.scene": _("audit", "通知场景"),
    "notify.setting": _("audit", "消息设置"),
    "notify.template": _("audit", "消息模板"),
    "console.batch": _("audit", "批量操作"),
    "console.export": _("audit", "导出文件"),
    "console.wish": _("audit", "导出申请"),
    "page": _("audit", "页面"),
    "event": _("audit", "事件"),
    "jobs": _("audit", "任务"),
    "audit": _("audit", "操作记录"),
    "sealing_key": _("audit", "加密密钥"),
    "demo_run": _("audit", "演示数据"),
}


def action(key: str) -> str:
    """What was done, in words."""
    return str(ACTIONS.get(key, key))


def subject(kind: str) -> str:
    """The kind of thing it was done to, in words."""
    return str(SUBJECTS.get(kind, kind))


def choices() -> list[tuple[str, list[tuple[str, Text]]]]:
    """What can be asked for: areas with their actions, and first, where one beginning means it, the whole area."""
    found = []
    for area in AREAS:
        whole = pgettext("audit", "%(area)s：全部") % {"area": area.title}
        found.append((str(area.title), [*([(area.prefix, whole)] if area.prefix else []), *area.actions.items()]))
    return found
