"""What this room refuses."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound


class PartnerNotFound(NotFound):
    """No such partner in this shop, or it is switched off."""

    code = "partner_not_found"
    title = _("没有这个合作方")


class InvalidPartner(InvalidInput):
    """Settings that cannot be; `field` names which."""

    code = "invalid_partner"
    title = _("合作方的设置不正确")


class CallRefused(Forbidden):
    """A call that does not prove itself. `why` is for our own log alone."""

    code = "partner_call_refused"
    title = _("请求无效")


class SpendNotFound(NotFound):
    """No such movement of this shop."""

    code = "partner_spend_not_found"
    title = _("没有这笔积分兑换")


class SpendOver(Conflict):
    """It has ended, or was never taken."""

    code = "partner_spend_over"
    title = _("这笔积分兑换已经结束")
