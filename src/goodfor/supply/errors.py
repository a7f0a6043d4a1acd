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


class FormInvalid(InvalidInput):
    """What was filled in for a top-up is not what is asked for. `data["problems"]`: field -> a word of `formats`."""

    code = "form_invalid"
    title = _("充值信息有误")


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
