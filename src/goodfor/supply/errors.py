"""What supply refuses."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, InvalidInput, NotFound


class SupplierNotFound(NotFound):
    """No such supplier in this shop."""

    code = "supplier_not_found"
    title = _("找不到这个供应商")


class SupplierInvalid(InvalidInput):
    """Settings that the protocol cannot work with. `data["field"]` says which."""

    code = "supplier_invalid"
    title = _("供应商设置有误")


class ItemNotFound(NotFound):
    """No such item at this supplier."""

    code = "supply_item_not_found"
    title = _("找不到这个供货商品")


class OfferInvalid(InvalidInput):
    """An offer that cannot be: another shop's SKU or item, numbers out of range."""

    code = "offer_invalid"
    title = _("货源设置有误")


class AttemptNotFound(NotFound):
    """No such purchase in this shop."""

    code = "attempt_not_found"
    title = _("找不到这笔采购")


class AttemptEnded(Conflict):
    """The purchase has ended; there is nothing to decide any more."""

    code = "attempt_ended"
    title = _("这笔采购已经有结果")


class AlreadyWanted(Conflict):
    """These lines were asked for before."""

    code = "already_wanted"
    title = _("这些商品已在采购")


class FindingNotFound(NotFound):
    """No such finding in this shop."""

    code = "supply_finding_not_found"
    title = _("找不到这条供货异动")


class FindingClosed(Conflict):
    """Somebody has looked at it already."""

    code = "supply_finding_closed"
    title = _("这条供货异动已处理")


class MovementInvalid(InvalidInput):
    """An amount that cannot be: nothing, or of the wrong sign for its kind."""

    code = "supply_movement_invalid"
    title = _("金额有误")


class StatementRefused(InvalidInput):
    """A file that cannot be taken in. `data["reason"]` says why, `data["rows"]` where."""

    code = "supply_statement_refused"
    title = _("账单无法导入")


class StatementKnown(Conflict):
    """This file, or this day's account, was taken in before."""

    code = "supply_statement_known"
    title = _("这份账单已导入过")


class StatementNotFound(NotFound):
    """No such statement in this shop."""

    code = "supply_statement_not_found"
    title = _("找不到这份账单")
