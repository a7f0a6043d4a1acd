"""What this room refuses."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound


class PlanNotFound(NotFound):
    """No such plan in this shop, or not on sale."""

    code = "subscription_plan_not_found"
    title = _("没有这个订阅方案")


class SubscriptionNotFound(NotFound):
    """No such subscription, or another member's."""

    code = "subscription_not_found"
    title = _("没有这份订阅")


class PeriodNotFound(NotFound):
    """No such period in this shop."""

    code = "subscription_period_not_found"
    title = _("没有这一期")


class InvalidPlan(InvalidInput):
    """Terms that cannot be; `field` names which."""

    code = "invalid_subscription_plan"
    title = _("订阅方案的设置不正确")


class PlanSetForbidden(Forbidden):
    """This person may not set subscriptions."""

    code = "subscription_forbidden"


class AlreadySubscribed(Conflict):
    """This member has it already."""

    code = "already_subscribed"
    title = _("你已经订阅了这个方案")


class NotNow(Conflict):
    """What is asked for does not fit to the state; `state` names it."""

    code = "subscription_not_now"
    title = _("这份订阅现在不能这样操作")


class ChargeRunning(Conflict):
    """A charge is under way: nothing is changed until its end is known."""

    code = "subscription_charge_running"
    title = _("正在扣款，等结果出来后再操作")


class NothingToPick(Conflict):
    """All picks of the period are made, or it is not paid."""

    code = "nothing_to_pick"
    title = _("本期没有可选的次数了")


class NotInPlan(Conflict):
    """What is picked is not of the plan's choice, or costs nothing now."""

    code = "not_in_plan"
    title = _("这件商品不在可选范围内")


class PauseNotAllowed(Conflict):
    """The plan has no pause, or its days are used up; `days`: how many are left."""

    code = "pause_not_allowed"
    title = _("暂停的天数超过了方案允许的天数")


class NoUpgrade(Conflict):
    """The new plan does not cost more than what is left of the old one."""

    code = "no_upgrade"
    title = _("换这个方案要从下一期开始")


class AboveMandate(Conflict):
    """The channel was allowed less than this plan costs: it has to be signed anew."""

    code = "above_mandate"
    title = _("这个方案超过了你签约的单次扣款上限，请重新签约")


class NothingToRefund(Conflict):
    """Nothing of this period is left to give back."""

    code = "nothing_to_refund"
    title = _("这一期没有可退的金额了")
