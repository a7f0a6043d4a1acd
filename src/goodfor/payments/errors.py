"""What payments refuses."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, InvalidInput, NotFound, Unavailable


class PaymentNotFound(NotFound):
    """No such payment in this shop."""

    code = "payment_not_found"
    title = _("找不到这笔支付")


class RefundNotFound(NotFound):
    """No such refund in this shop."""

    code = "refund_not_found"
    title = _("找不到这笔退款")


class AccountNotFound(NotFound):
    """No such channel account in this shop, or it is switched off."""

    code = "payment_account_not_found"
    title = _("支付方式不可用")


class AccountInvalid(InvalidInput):
    """The configuration or the secrets of a channel account do not fit its provider. `data["field"]` says which."""

    code = "payment_account_invalid"
    title = _("支付账户配置有误")


class MethodNotEnabled(InvalidInput):
    """The account does not offer this way to pay."""

    code = "payment_method_not_enabled"
    title = _("该支付方式未启用")


class ExposureExceeded(Unavailable):
    """Too much money already lies with this counterparty."""

    code = "payment_exposure_exceeded"
    title = _("该支付方式暂时不可用，请换一种方式")


class ChannelUnavailable(Unavailable):
    """The channel gave no usable answer; nothing was paid; trying again uses the same number."""

    code = "payment_channel_unavailable"
    title = _("支付通道暂时没有响应，请稍后再试")


class ChannelRejected(Conflict):
    """The channel refused the payment."""

    code = "payment_channel_rejected"
    title = _("支付通道拒绝了这笔支付")


class PaymentExpired(Conflict):
    """The time to pay is over."""

    code = "payment_expired"
    title = _("支付已过期")


class AlreadyPaid(Conflict):
    """This source was settled by a payment before."""

    code = "already_paid"
    title = _("该订单已支付")


class AlreadyApplied(Conflict):
    """Somebody else moved the row meanwhile; nothing was changed."""

    code = "payment_changed_meanwhile"
    title = _("状态已变化，请刷新")


class RefundExceedsPaid(Conflict):
    """More than what was received and not yet given back."""

    code = "refund_exceeds_paid"
    title = _("退款金额超过可退金额")


class RefundKeyReused(Conflict):
    """The business key belongs to another refund."""

    code = "refund_key_reused"
    title = _("退款请求与之前的不一致")


class RefundNotResolvable(Conflict):
    """Only a refund of unknown outcome is decided by a person."""

    code = "refund_not_resolvable"
    title = _("该退款不需要人工处理")


class CaseNotFound(NotFound):
    """No such case in this shop."""

    code = "payment_case_not_found"
    title = _("找不到该异常单")


class PaymentDisputed(Conflict):
    """The buyer's bank took the money back, or is about to decide about it: giving it back as well would pay twice."""

    code = "payment_disputed"
    title = _("这笔付款有拒付争议，不能再退款")


class DisputeNotFound(NotFound):
    """No such dispute in this shop."""

    code = "payment_dispute_not_found"
    title = _("找不到该争议")


class DisputeOver(Conflict):
    """The channel has decided."""

    code = "payment_dispute_over"
    title = _("争议已有结论，不能再提交证据")


class BillNotFound(NotFound):
    """No such bill in this shop."""

    code = "payment_bill_not_found"
    title = _("找不到该账单")


class BillTakenIn(Conflict):
    """It was taken in before, and stays as it is."""

    code = "payment_bill_taken_in"
    title = _("这份账单已经入库，不能再换")


class BillFileRefused(InvalidInput):
    """The file does not hold together, or is another one; `data["reason"]` and `data["line"]` say where."""

    code = "payment_bill_file_refused"
    title = _("账单文件有问题，没有收")


class PaymentNotFrozen(Conflict):
    """There is nothing to share out: the channel keeps nothing of this payment back, or it is shared out already."""

    code = "payment_not_frozen"
    title = _("这笔付款没有冻结待分账的钱")


class ReceiverInvalid(InvalidInput):
    """A receiver cannot be like that; `field` says where."""

    code = "receiver_invalid"
    title = _("分账接收方的资料不对")


class ReceiverNotFound(NotFound):
    """No such receiver in this shop."""

    code = "receiver_not_found"
    title = _("找不到该分账接收方")


class SharesTooLarge(Conflict):
    """All standing shares together are more than the channel lets one share out; `percent` says how much."""

    code = "shares_too_large"
    title = _("各接收方的比例加起来超过了通道允许的上限")


class NothingToTakeBack(Conflict):
    """Nothing of this share is to be taken back, or it is on its way."""

    code = "nothing_to_take_back"
    title = _("没有要向该接收方收回的钱")


class MandateNotFound(NotFound):
    """No such mandate in this shop."""

    code = "mandate_not_found"
    title = _("找不到这份自动扣款协议")


class MandatesNotOffered(Conflict):
    """The channel, or this account's contract with it, knows no charges by a stored consent."""

    code = "mandates_not_offered"
    title = _("这个支付账户没有开通自动扣款")


class MandateKeyReused(Conflict):
    """The business key belongs to another mandate."""

    code = "mandate_key_reused"
    title = _("签约请求与之前的不一致")


class MandateNotOpen(Conflict):
    """It was signed, ended or given up before: there is nothing to sign any more."""

    code = "mandate_not_open"
    title = _("这份自动扣款协议已经不能再签")


class ChargeKeyReused(Conflict):
    """The business key belongs to another charge."""

    code = "charge_key_reused"
    title = _("扣款请求与之前的不一致")


class ChargeUnderWay(Conflict):
    """Another charge for the same source is under way; its end is told by an event."""

    code = "charge_under_way"
    title = _("正在扣款，请稍后再看结果")
