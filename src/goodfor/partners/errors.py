"""What this room refuses."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound, Unavailable


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


class ExchangeNotFound(NotFound):
    """No such exchange of this partner's person."""

    code = "partner_exchange_not_found"
    title = _("没有这笔兑换")


class OfferGone(Conflict):
    """It is not up any more, takes another number of points, or is more than the partner's people may take."""

    code = "partner_offer_gone"
    title = _("这件商品现在不能兑换，请返回重新选择")


class EntryNeeded(Forbidden):
    """Whoever asks has not come from the partner's app, or too long ago."""

    code = "partner_entry_needed"
    title = _("请回到合作方的应用，从那里再打开一次")


class PartnerBusy(Unavailable):
    """So many of its people are exchanging at once that nobody else is let wait for it."""

    code = "partner_busy"
    title = _("现在兑换的人多，请稍后再试")
