"""Words of subscriptions for the staff, of the audit trail, and of the worker's duties."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from goodfor.console.columns import Text
from goodfor.subscriptions import states

PLANS: Final[Mapping[str, tuple[Text, str]]] = {
    states.DRAFT: (_("没有上架"), "plain"),
    states.ON_SALE: (_("在售"), "green"),
    states.OFF_SALE: (_("已下架"), "plain"),
}
SUBSCRIPTIONS: Final[Mapping[str, tuple[Text, str]]] = {
    states.AWAITING: (_("等签约或首期扣款"), "amber"),
    states.ACTIVE: (_("生效中"), "green"),
    states.PAST_DUE: (_("扣款失败，重试中"), "red"),
    states.PAUSED: (_("已暂停"), "plain"),
    states.ENDED: (_("已结束"), "plain"),
}
PERIODS: Final[Mapping[str, tuple[Text, str]]] = {
    states.DUE: (_("待扣款"), "plain"),
    states.CHARGING: (_("扣款中"), "amber"),
    states.PAID: (_("已付"), "green"),
    states.CLOSED: (_("已付，收入已确认完"), "green"),
    states.FAILED: (_("没有扣款"), "plain"),
    states.REFUNDED: (_("已退款"), "red"),
}
KINDS: Final[Mapping[str, Text]] = {
    states.FIRST: _("首期"),
    states.RENEWAL: _("续期"),
    states.UPGRADE: _("换方案"),
}
WHYS: Final[Mapping[str, Text]] = {
    states.CANCELLED: _("买家取消续订"),
    states.LAPSED: _("多次扣款失败"),
    states.MANDATE_LOST: _("扣款授权已解除"),
    states.NOT_SIGNED: _("没有完成签约"),
    states.REFUSED_FIRST: _("首期扣款失败"),
    states.ODD_AMOUNT: _("到账金额不符"),
    states.MONEY_BACK: _("已退款"),
    states.DISPUTED: _("拒付"),
    states.BY_STAFF: _("店员结束"),
    states.ERASED: _("账号注销"),
    states.CHANGED: _("改为别的安排"),
    states.PAUSING: _("暂停"),
}
#: Who moved a subscription, where it was nobody of the staff.
BY: Final[Mapping[str, Text]] = {"buyer": _("买家"), "channel": _("支付渠道")}
DEFAULTS: Final[Mapping[str, Text]] = {
    states.NOTHING: _("不补"),
    states.GOODS: _("自动给一件商品"),
    states.POINTS: _("换成积分"),
}
CYCLES: Final[Mapping[int, Text]] = {1: _("每月"), 3: _("每季度"), 12: _("每年")}
#: What is wrong, by the room's name of the field.
PROBLEMS: Final[Mapping[str, Text]] = {
    "name": _("填一个名称，最多 80 个字"),
    "slug": _("网址只能用小写字母、数字和横线，最多 40 个，不能和别的方案相同"),
    "words": _("最多 400 个字"),
    "price": _("请写成 100.00 这样的金额"),
    "months": _("请选一种"),
    "picks": _("1 到 50 件"),
    "carry": _("不能多于每期可选的件数"),
    "pause_days": _("0 到 365 天"),
    "skus": _("填 1 到 50 个规格编号，都要在售，价格大于 0"),
    "tier_rank": _("没有这个等级"),
    "default": _("补的商品要在可选范围内，不能是直充；换积分要填大于 0 的数"),
}
ACTIONS: Final[Mapping[str, Text]] = {
    "subscriptions_plan_made": pgettext_lazy("audit", "新建订阅方案"),
    "subscriptions_plan_changed": pgettext_lazy("audit", "修改订阅方案"),
    "subscriptions_plan_on_sale": pgettext_lazy("audit", "上架订阅方案"),
    "subscriptions_plan_off_sale": pgettext_lazy("audit", "下架订阅方案"),
    "subscriptions_refunded": pgettext_lazy("audit", "退一期订阅款"),
    "subscriptions_cancelled": pgettext_lazy("audit", "结束买家的订阅"),
    "subscriptions_paused": pgettext_lazy("audit", "暂停买家的订阅"),
}
SUBJECTS: Final[Mapping[str, Text]] = {
    "subscriptions_plan": pgettext_lazy("audit", "订阅方案"),
    "subscription": pgettext_lazy("audit", "订阅"),
}
LOOPS: Final[Mapping[str, Text]] = {
    "subscriptions.charge": pgettext_lazy("job", "扣订阅的款"),
    "subscriptions.turn": pgettext_lazy("job", "通知续费，处理暂停和到期的订阅"),
    "subscriptions.remind": pgettext_lazy("job", "提醒还没选的订阅权益"),
    "subscriptions.settle": pgettext_lazy("job", "处理到期没选的订阅权益"),
    "subscriptions.recognise": pgettext_lazy("job", "按天确认订阅收入"),
}
HANDLERS: Final[Mapping[str, Text]] = {
    "subscriptions.on_mandate_active": pgettext_lazy("job", "签约后开始订阅"),
    "subscriptions.on_mandate_ended": pgettext_lazy("job", "解约后停止续订"),
    "subscriptions.on_charge_refused": pgettext_lazy("job", "记录订阅扣款失败"),
    "subscriptions.on_dispute_ended": pgettext_lazy("job", "拒付后结束订阅"),
    "subscriptions.on_order_refunded": pgettext_lazy("job", "退款后退回订阅的可选次数"),
    "subscriptions.on_order_partly_refunded": pgettext_lazy("job", "部分退款后调整订阅账"),
    "subscriptions.on_buyer_erasing": pgettext_lazy("job", "注销时结束订阅"),
    "subscription_messages.on_renewal_announced": pgettext_lazy("job", "续费前通知买家"),
    "subscription_messages.on_period_paid": pgettext_lazy("job", "通知买家订阅已扣款"),
    "subscription_messages.on_charge_failed": pgettext_lazy("job", "通知买家订阅扣款失败"),
    "subscription_messages.on_mandate_lost": pgettext_lazy("job", "通知买家扣款授权已解除"),
    "subscription_messages.on_subscription_ended": pgettext_lazy("job", "通知买家订阅已结束"),
    "subscription_messages.on_picks_waiting": pgettext_lazy("job", "提醒买家选订阅权益"),
    "subscription_messages.on_picks_settled": pgettext_lazy("job", "通知买家没选的权益已处理"),
}
EVENTS: Final[Mapping[str, Text]] = {
    "subscriptions.renewal_announced": pgettext_lazy("job", "订阅将要续费"),
    "subscriptions.period_paid": pgettext_lazy("job", "订阅已扣款"),
    "subscriptions.charge_failed": pgettext_lazy("job", "订阅扣款失败"),
    "subscriptions.mandate_lost": pgettext_lazy("job", "订阅的扣款授权已解除"),
    "subscriptions.subscription_ended": pgettext_lazy("job", "订阅已结束"),
    "subscriptions.picks_waiting": pgettext_lazy("job", "订阅权益还没选"),
    "subscriptions.picks_settled": pgettext_lazy("job", "没选的权益已处理"),
}
