"""Words of rules, lists, labels and reviews. Lazy texts of the reader's language."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from goodfor.risk import rule_states as states
from goodfor.risk.types import KeyKind

#: What a rule is against.
THREATS: Final[Mapping[str, Any]] = {
    "stolen_payment": _("盗用支付工具"),
    "card_testing": _("撞卡与试卡"),
    "payment_gap": _("支付伪造与时间差"),
    "stuffing": _("撞库与扫号"),
    "enumeration": _("卡密与订单枚举"),
    "location": _("异地与匿名网络"),
    "hoarding": _("恶意占库存"),
    "promotion": _("薅羊毛与虚假裂变"),
    "refund": _("恶意退款"),
    "insider": _("内部人员"),
    "other": _("其他"),
}
RULE_STATES: Final[Mapping[str, Any]] = {
    states.DRAFT: _("草稿"),
    states.SHADOW: _("影子运行"),
    states.PERCENT: _("部分生效"),
    states.LIVE: _("生效"),
    states.OFF: pgettext_lazy("state", "停用"),
    states.RETIRED: _("已作废"),
}
#: Why a hit did not count, or what made one.
HIT_WHY: Final[Mapping[str, Any]] = {
    "": _("命中"),
    "shadow": _("影子运行，不生效"),
    "percent": _("不在生效比例内"),
    "snooze": _("已对此对象暂停"),
    "quarantine": _("先前命中，仍在观察期"),
}
LISTS: Final[Mapping[str, Any]] = {
    states.BLOCK_HARD: _("永久封禁"),
    states.BLOCK: _("黑名单"),
    states.ALLOW: _("白名单"),
    states.WATCH: _("关注名单"),
    states.CUSTOM: _("自定义名单"),
}
TYPES: Final[Mapping[str, Any]] = {
    KeyKind.BUYER: _("买家"),
    KeyKind.DEVICE: _("设备"),
    KeyKind.NETWORK: _("网段"),
    KeyKind.ADDRESS: _("IP 地址"),
    KeyKind.PHONE: _("手机号"),
    KeyKind.MAIL: _("邮箱"),
    KeyKind.INSTRUMENT: _("支付工具"),
    KeyKind.BATCH: _("卡密批次"),
    KeyKind.REFERRER: _("推荐人"),
    "mail_domain": _("邮箱域名"),
    "sku": _("SKU 编号"),
    "category": _("商品分类"),
    "ip_country": _("国家或地区"),
    "ip_province": _("省份"),
    "ip_city": _("城市"),
    "ip_carrier": _("运营商"),
    "ip_provider": _("机房或服务商"),
}
SOURCES: Final[Mapping[str, Any]] = {
    states.CHARGEBACK: _("拒付"),
    states.CLAIM_FALSE: _("售后被证伪"),
    states.REVIEWED: _("人工审核"),
    states.SUPPLIER_NOTICE: _("供货商通知"),
    states.MANUAL: _("手工标记"),
}
REVIEW_STATES: Final[Mapping[str, Any]] = {
    states.WAITING: _("待审核"),
    states.TAKEN: _("审核中"),
    states.DONE: _("已审核"),
}
REVIEW_OUTCOMES: Final[Mapping[str, Any]] = {
    states.RELEASE: _("放行"),
    states.DENY: _("拒绝"),
    states.ASK: _("要求验证"),
}
PROPOSALS: Final[Mapping[str, Any]] = {
    states.OF_RULE: _("更改规则"),
    states.OF_ADDING: _("加入永久封禁"),
    states.OF_REMOVING: _("移出黑名单"),
    states.OF_OFF: _("确认紧急停用"),
    states.OF_EXPORT: _("带原值导出名单"),
}
PROPOSAL_STATES: Final[Mapping[str, Any]] = {
    states.OPEN: _("等待批准"),
    states.APPROVED: _("已批准"),
    states.REFUSED: _("已驳回"),
    states.WITHDRAWN: _("已撤回"),
}


BACKTESTS: Final[Mapping[str, Any]] = {
    "waiting": _("等待开始"),
    states.BACKTEST_RUNNING: _("回测中"),
    states.BACKTEST_DONE: _("已完成"),
    states.BACKTEST_BROKEN: _("中断"),
}


def shown(text: str) -> str:
    """A name or words of a rule: those that shops begin with have a translation, others are as somebody wrote them."""
    return gettext(text) if text else ""
