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


class CallNotFound(NotFound):
    """No such call in this shop, or it was thrown away."""

    code = "supply_call_not_found"
    title = _("找不到这次往来，可能已超过 30 天被清理")


class WatchInvalid(InvalidInput):
    """A rule for prices that cannot be. `data["field"]` says which value."""

    code = "watch_invalid"
    title = _("调价规则有误")


class MoveNotFound(NotFound):
    """No such change of a price in this shop."""

    code = "price_move_not_found"
    title = _("找不到这次调价")


class MoveDecided(Conflict):
    """The change of a price does not wait any more: somebody decided, or the cost changed again."""

    code = "price_move_decided"
    title = _("这次调价已经处理过")


class TrialInvalid(InvalidInput):
    """A draft of another routing that cannot be. `data["field"]` says which value."""

    code = "trial_invalid"
    title = _("试算设置有误")


class TrialNotFound(NotFound):
    """No such trial in this shop."""

    code = "trial_not_found"
    title = _("找不到这次试算")


class TooManyTrials(Conflict):
    """Others are still being worked out."""

    code = "too_many_trials"
    title = _("还有试算没有完成，请稍后再试")


class SheetNotFound(NotFound):
    """No such sheet in this shop."""

    code = "supply_sheet_not_found"
    title = _("找不到这张订单表")


class NothingToPutOut(Conflict):
    """Nothing waits for this supplier, or all of the sheet has ended."""

    code = "supply_nothing_to_put_out"
    title = _("现在没有要发给这个供应商的订单")


class AnswersRefused(InvalidInput):
    """A file that cannot be read. `data["problem"]` says why."""

    code = "supply_answers_refused"
    title = _("这个文件读不了")


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


class InvalidRestock(InvalidInput):
    """No such quantity can be bought for stock, or no amount; `data["field"]` names which."""

    code = "supply_restock_invalid"
    title = _("补货数量或价格有误")


class InquiryNotFound(NotFound):
    """No such question to a supplier in this shop."""

    code = "supply_inquiry_not_found"
    title = _("找不到这次询问")


class ConsequenceNotFound(NotFound):
    """No such consequence in this shop."""

    code = "supply_consequence_not_found"
    title = _("找不到这条处置")


class ConsequenceLifted(Conflict):
    """It holds no more."""

    code = "supply_consequence_lifted"
    title = _("这条处置已经解除")


class PurchaseRunning(Conflict):
    """It is being bought at this moment, and may be done: until that is known its money is not given back."""

    code = "purchase_running"
    title = _("正在向供应商采购，有结果之后才能退款")
