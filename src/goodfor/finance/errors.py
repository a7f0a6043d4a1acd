"""What finance refuses."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, InvalidInput, NotFound


class PartyNotFound(NotFound):
    """No such party in this shop."""

    code = "finance_party_not_found"
    title = _("没有这个结算方")


class PartyExists(Conflict):
    """The code is taken."""

    code = "finance_party_exists"
    title = _("结算方编号已存在")


class PartyFixed(Conflict):
    """Kind, code and currency of a party never change: accounts are named by them. Nor a supplier's cycle if owed."""

    code = "finance_party_fixed"
    title = _("结算方的类型、编号与币种不能更改")


class InvalidParty(InvalidInput):
    """What is said of a party does not hold together; `field` names what."""

    code = "finance_invalid_party"
    title = _("结算方资料有误")


class InvalidContract(InvalidInput):
    """The terms of a contract do not hold together; `field` names what."""

    code = "finance_invalid_contract"
    title = _("合同条款有误")


class InvalidAgreement(InvalidInput):
    """The terms of an agreement do not hold together; `field` names what."""

    code = "finance_invalid_agreement"
    title = _("分账协议有误")


class InvalidRate(InvalidInput):
    """Not a rate: ten thousandths from 0 to 10,000, and a class of letters, digits, `_`, `.` and `-`."""

    code = "finance_invalid_rate"
    title = _("税率或费率有误")


class OrderNotFollowed(NotFound):
    """Finance has not seen this order: nothing of it was booked, or that was a moment ago."""

    code = "finance_order_not_followed"
    title = _("该订单尚无核算数据")
