"""What can go wrong with an order."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound, RateLimited
from goodfor.orders.offer_types import Quote


class OrderNotFound(NotFound):
    """No such order, or not yours, or a wrong secret: the same answer for all."""

    code = "order_not_found"
    title = _("找不到订单，请核对订单号和取货密钥")


class InvalidOrder(InvalidInput):
    """Nothing ordered, too many lines, a quantity out of range, the same SKU twice, or two currencies."""

    code = "invalid_order"
    title = _("订单内容有误")


class OrderLimit(Conflict):
    """More in one order than the SKU allows."""

    code = "per_order_limit"
    title = _("超过单笔限购数量")


class BuyerLimit(Conflict):
    """More for one buyer than the SKU allows."""

    code = "per_buyer_limit"
    title = _("超过每人限购数量")


class TierNeeded(Conflict):
    """Only for members from a tier on; the data say which SKU, which tier (`tier`, from 0) and what it is called."""

    code = "tier_needed"
    title = _("会员专享，你的等级还不够")


class PriceChanged(Conflict):
    """Not what the buyer was shown: a campaign began, ended or is used up. `quote`: what it costs now.

    Its total is in the data, too: `total_minor`, `currency`.
    """

    code = "price_changed"
    title = _("价格有变化，请看过新的价格再下单")

    def __init__(self, quote: Quote) -> None:
        super().__init__(total_minor=quote.total.amount_minor, currency=quote.total.currency)
        self.quote = quote


class CreditTooMuch(Conflict):
    """Of an order so much may be met by points or welfare, `most_minor`: each piece costs some money."""

    code = "credit_too_much"
    title = _("抵付的金额过多，请减少抵付或全部用积分支付")


class TooManyOpenOrders(RateLimited):
    """Too many unpaid orders of one buyer or address: pay or cancel one first."""

    code = "too_many_open_orders"
    title = _("未付款订单过多，请先支付或取消")


class TooManyUnpaidCodes(Conflict):
    """More codes than unpaid orders of one buyer or address may hold: `limit` in all, `held` already."""

    code = "too_many_unpaid_codes"
    title = _("未付款的订单占用的码过多：请先支付或取消已有订单，或减少数量；大额订单请用余额支付")


class UnpaidShare(Conflict):
    """More of what is left of a SKU than unpaid orders of one buyer or address may hold: `limit`, `held` already."""

    code = "unpaid_share_exceeded"
    title = _("余量有限，未付款的订单不能占用这么多：请减少数量，或先支付已有订单后再下单")


class ExternalRefUsed(Conflict):
    """The caller's own reference belongs to another order already."""

    code = "external_ref_used"
    title = _("该外部单号已经下过单")


class OrderOwned(Conflict):
    """The order belongs to an account already; accounts are never merged."""

    code = "order_owned"
    title = _("这笔订单已归入另一个账号")


class WrongState(Conflict):
    """The order is no longer, or not yet, where this is possible."""

    code = "wrong_order_state"
    title = _("订单当前状态不能进行此操作")


class CodesRevealed(Conflict):
    """A code that was shown cannot be taken back by its buyer; report it as not working instead."""

    code = "codes_revealed"
    title = _("卡密已被查看，不能自助退款；如卡密无效请申请售后")


class PaymentMethodUnknown(InvalidInput):
    """The shop does not offer this way to pay."""

    code = "payment_method_unknown"
    title = _("本店不支持该支付方式")


class HoldNotFound(NotFound):
    """The order was never held."""

    code = "hold_not_found"
    title = _("这个订单没有被暂停发货")


class HoldOver(Conflict):
    """The hold ended otherwise before. `state`: released, refused, or lapsed with a refund."""

    code = "hold_over"
    title = _("这个订单的核验已经有了结果，不能再这样处理")


class RefundRunning(Conflict):
    """Another refund of this order is not over yet, or a case about its payment is open: decide that first."""

    code = "refund_running"
    title = _("该订单还有未完成的退款或未处理的异常，请先处理")


class RefundAmount(InvalidInput):
    """A part to give back is more than nothing and less than what is left; the whole rest is a full refund."""

    code = "refund_amount"
    title = _("部分退款金额须大于 0 且小于剩余可退金额")


class InvalidClaim(InvalidInput):
    """A reason that does not exist, words too long, or codes that the line does not hold."""

    code = "invalid_claim"
    title = _("售后申请有误")


class ClaimExists(Conflict):
    """One of these codes (of a top-up: the line) has an open claim already, or had its remedy."""

    code = "claim_exists"
    title = _("这件商品已有一个正在处理的售后")


class ClaimNotFound(NotFound):
    """No such open claim on this order."""

    code = "claim_not_found"
    title = _("没有这个正在处理的售后")


class ClaimMoved(Conflict):
    """The claim is not where this is possible: it has its remedy, was rejected or withdrawn. `state`: where it is."""

    code = "claim_moved"
    title = _("这个售后已经有了结果，不能再这样处理")


class NothingInItsPlace(Conflict):
    """Neither the shelf nor a supplier has as many good codes now, at no loss; a top-up cannot be replaced."""

    code = "nothing_in_its_place"
    title = _("暂时没有可以替换的码")


class CodeRemedied(Conflict):
    """A claim gave money or another code for this one: it does not go back to whoever had it."""

    code = "code_remedied"
    title = _("这个码已经通过售后退款或换码，不能再交还给买家")


class CannotBeGiven(Conflict):
    """A code that was seen, claimed, given away already, or is not the order's."""

    code = "cannot_be_given"
    title = _("只有还没看过、也没申请售后的码可以送人")


class GivenAway(Conflict):
    """A code of the order is with somebody whom it was given to: its buyer does not have its price back by a click."""

    code = "given_away"
    title = _("有码已经送出并被收下，不能自助退款；码有问题可由收到的人申请售后")


class InvalidNote(InvalidInput):
    """Nothing, too many words, or too many notes."""

    code = "invalid_note"
    title = _("备注要写 1 到 500 个字；一个订单最多 100 条")


class RefundCapReached(Conflict):
    """The shop's refunds of a day would pass the cap that its owner set. How much that is, is for the staff alone."""

    code = "refund_cap_reached"
    title = _("今天的退款已到本店的每日上限，这笔没有退。请明天再退，或由店主在店铺设置里提高上限")

    def __init__(self, *, day: date, currency: str, used_minor: int, cap_minor: int) -> None:
        super().__init__()
        self.day, self.currency, self.used_minor, self.cap_minor = day, currency, used_minor, cap_minor


class RefundAboveDailyLimit(Forbidden):
    """With this refund a person's day is above the line that only some roles may pass."""

    code = "refund_above_daily_limit"
    title = _("加上这笔，你今天的退款超过了个人限额：请由店主或财务来退")


class RefundNeedsProof(Forbidden):
    """Above a line of the shop's: only with a fresh proof of who decides it."""

    code = "refund_needs_proof"
    title = _("这笔退款超过了确认线，要先确认是你本人")


class PointsChanged(Conflict):
    """Another number of points meets a part of the price than the page has shown."""

    code = "points_changed"
    title = _("积分能抵的金额变了")


class PointsNotTaken(Conflict):
    """The shop takes no points, or they buy nothing."""

    code = "points_not_taken"
    title = _("这家店现在不能用积分付款")
