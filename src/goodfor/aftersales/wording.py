"""The words of claims: why it was decided so and what to do next, for the buyer; states, actions and facts, for all."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

#: Why a decision was made, and what the buyer can do now. Placeholders are filled from the findings (`why_text`).
WHY: Final[Mapping[str, Any]] = {
    "too_late": _(
        "这笔订单已过承诺的售后期（发货后 %(days)s 天），不能再自动处理。如有特殊情况，可以申诉一次，由人来看。"
    ),
    "not_covered": _("下单时的承诺不包含这种情况。如果你认为选错了原因，可以换一个原因重新提交，或申诉一次。"),
    "payment_disputed": _("这笔付款正在银行或支付渠道争议中，为避免退两次，由人核对后再处理。"),
    "check_person": _("这笔申请需要人来核对，会在承诺的时间内答复你。"),
    "unseen": _("这张卡密没有人看过，钱按原路退回，卡密已收回。"),
    "not_topped": _("没有查到充值成功的凭证，钱按原路退回。"),
    "top_up_final": _("充值已经到账，无法撤回，所以不能因不想要而退款。如果没有到账，请改选「充值未到账」。"),
    "topped_up": _(
        "供货方已返回充值成功的凭证：流水号 %(ref)s，%(done_at)s 完成。请在充值的账号里核对；"
        "仍然没有到账可以申诉，我们会拿着凭证去查。"
    ),
    "choose_unseen": _("选中的卡密里有已经看过的。没看过的可以马上退：请只勾选没看过的卡密，重新提交。"),
    "mind_taking_back": _("供货方确认这张卡密还没有使用，正在请供货方作废；作废成功后马上退款。"),
    "mind_taken_back": _("供货方确认这张卡密没有使用，作废后已按原路退款。"),
    "mind_seen": _("卡密已经在 %(seen_at)s 被查看，不能因不想要而退款。如果卡密不能用，请按实际原因重新提交。"),
    "recalled_replaced": _("这批卡密有问题，已整批召回。已为你换一张新的，可以马上查看。"),
    "recalled_refunded": _("这批卡密有问题，已整批召回，钱按原路退回。"),
    "bad_replaced": _("供货方确认这张卡密不能用。已为你换一张新的，可以马上查看。"),
    "bad_refunded": _("供货方确认这张卡密不能用，钱按原路退回。"),
    "early_replaced": _(
        "供货方确认这张卡密在 %(used_at)s 已被使用，早于你第一次查看的 %(seen_at)s。已为你换一张新的。"
    ),
    "early_refunded": _("供货方确认这张卡密在 %(used_at)s 已被使用，早于你第一次查看的 %(seen_at)s。钱按原路退回。"),
    "expired_replaced": _("这张卡密发给你时已经过期。已为你换一张新的，可以马上查看。"),
    "expired_refunded": _("这张卡密发给你时已经过期，钱按原路退回。"),
    "taking_back": _("供货方说这张卡密有效且没有使用，正在请供货方作废；作废成功后马上退款，你不会有损失。"),
    "taken_back": _("供货方说这张卡密没有使用，作废后已按原路退款。"),
    "asking": _("正在向供货方查询这张卡密的状态，有结果马上处理，通常几分钟。"),
    "batch_replaced": _("同一批卡密已证实有多张不能用。已为你换一张新的，可以马上查看。"),
    "batch_refunded": _("同一批卡密已证实有多张不能用，钱按原路退回。"),
    "used_after": _(
        "供货方记录显示，这张卡密在 %(used_at)s 被使用，晚于你第一次查看的 %(seen_at)s。如果不是你使用的，"
        "请检查是否给别人看过；有不同意见可以申诉一次，由人来看。"
    ),
    "was_shown": _(
        "记录显示，这张卡密已在 %(seen_at)s 显示给下单的人。如果卡密不能用，请按实际原因重新提交；"
        "有不同意见可以申诉一次。"
    ),
    "still_valid": _(
        "供货方确认这张卡密有效且没有使用。请用「复制」按钮完整复制后再试一次，并核对使用的平台和地区；"
        "仍然不行可以申诉，附上报错截图最快。"
    ),
    "believed_replaced": _("暂时无法向供货方核实。你的记录一直良好，我们先相信你：已为你换一张新的。"),
    "believed_refunded": _("暂时无法向供货方核实。你的记录一直良好，我们先相信你：钱按原路退回。"),
    "first_replaced": _("暂时无法向供货方核实。这是你第一次申请，我们先相信你：已为你换一张新的。"),
    "first_refunded": _("暂时无法向供货方核实。这是你第一次申请，我们先相信你：钱按原路退回。"),
    "need_picture": _("暂时无法向供货方核实。请补一张使用时报错的截图，收到后马上处理；等待期间不计入我们的时限。"),
    "no_answer": _("我们请你补充的内容一直没有收到，这笔申请先关闭。需要时可以申诉一次继续处理。"),
    "repeat": _("之前的多次申请经核实与记录不符，这一次无法核实，不能自动退换。有不同意见可以申诉一次，由人来看。"),
    "large": _("金额较大且暂时无法向供货方核实，由人核对，会在承诺的时间内答复你。"),
    "second_look": _("已收到你的申诉，由人重新核对，会在承诺的时间内答复你。"),
    "cannot_carry": _("处理时遇到问题，已转给人来完成，会在承诺的时间内答复你。"),
    "replace_failed": _("暂时没有可以换的卡密，改为退款：钱按原路退回。"),
    "voided_after_all": _("这张卡密已在供货方作废，钱按原路退回。"),
    "staff_refund": _("客服核对后决定退款，钱按原路退回。"),
    "staff_replace": _("客服核对后决定换一张新的卡密。"),
    "staff_void_refund": _("客服核对后决定先请供货方作废卡密，成功后退款。"),
    "staff_reject": _("客服核对后没有通过这笔申请。有不同意见可以申诉一次。"),
    "staff_final": _("申诉由人核对后，维持原来的结果。"),
    "staff_ask": _("客服需要你补充一点内容，收到后继续处理；等待期间不计入我们的时限。"),
    "closed_refunded": _("这笔订单已经退款，申请随之完成。"),
    "closed_withdrawn": _("你已撤回这笔申请。"),
}
#: The same where what a placeholder tells is not known.
_BARE: Final[Mapping[str, Any]] = {
    "too_late": _("这笔订单已过承诺的售后期，不能再自动处理。如有特殊情况，可以申诉一次，由人来看。"),
    "topped_up": _("供货方已返回充值成功的凭证。请在充值的账号里核对；仍然没有到账可以申诉，我们会拿着凭证去查。"),
    "mind_seen": _("卡密已经被查看，不能因不想要而退款。如果卡密不能用，请按实际原因重新提交。"),
    "early_replaced": _("供货方确认这张卡密在你第一次查看之前已被使用。已为你换一张新的。"),
    "early_refunded": _("供货方确认这张卡密在你第一次查看之前已被使用。钱按原路退回。"),
    "used_after": _("供货方记录显示，这张卡密在你第一次查看之后被使用。有不同意见可以申诉一次，由人来看。"),
    "was_shown": _(
        "记录显示，这张卡密已显示给下单的人。如果卡密不能用，请按实际原因重新提交；有不同意见可以申诉一次。"
    ),
}
#: What a buyer says is wrong, short.
REASONS: Final[Mapping[str, Any]] = {
    "invalid": _("提示码无效"),
    "used": _("显示已被使用"),
    "expired": _("已经过期"),
    "wrong": _("不是我买的商品"),
    "not_received": _("没有收到"),
    "top_up_missing": _("充值未到账"),
    "changed_mind": _("不想要了"),
}
#: What can be decided.
ACTIONS: Final[Mapping[str, Any]] = {
    "refund": _("退款"),
    "replace": _("换新"),
    "reject": _("不通过"),
    "void_refund": _("作废后退款"),
    "ask_supplier": _("询问供货方"),
    "ask_buyer": _("请买家补充"),
    "person": _("转人工"),
}
#: Where a case stands.
STATES: Final[Mapping[str, Any]] = {
    "checking": _("核实中"),
    "asking": _("等买家补充"),
    "person": _("等人处理"),
    "carrying": _("处理中"),
    "closed": _("已结束"),
}
#: What a supplier says of a code.
SAID: Final[Mapping[str, Any]] = {
    "": _("没有问过"),
    "asked": _("等待答复"),
    "unused": _("没有使用"),
    "locked": _("没有使用，但被锁定"),
    "used": _("已使用，没有说时间"),
    "used_before": _("买家查看之前已使用"),
    "used_after": _("买家查看之后才使用"),
    "voided": _("已作废"),
    "expired": _("已过期"),
    "invalid": _("无效"),
    "silent": _("没有答复"),
    "mixed": _("几张卡密各不相同"),
}
#: What a rule may ask for.
FACTS: Final[Mapping[str, Any]] = {
    "reason": _("申请原因"),
    "units": _("涉及数量"),
    "amount_minor": _("涉及金额"),
    "seen": _("已查看的数量"),
    "unseen": _("没看过的数量"),
    "seen_for": _("首次查看至今（秒）"),
    "since_delivery": _("发货至今（秒）"),
    "within_promise": _("在承诺的售后期内"),
    "covered": _("承诺包含这种情况"),
    "kind": _("商品类型"),
    "can_ask": _("供货方可以查询状态"),
    "can_void": _("供货方可以作废"),
    "code_said": _("供货方的答复"),
    "expired": _("发货时已过期"),
    "batch_bad": _("同批已证实不能用的数量"),
    "batch_sold": _("同批已售数量"),
    "batch_share": _("同批证实率（千分之）"),
    "batch_claims": _("同批其他订单的申请数"),
    "buyer_orders": _("买家已完成的订单"),
    "buyer_claims": _("买家看过卡密后的申请"),
    "buyer_proven": _("其中证实的"),
    "buyer_refused": _("其中未通过的"),
    "buyer_trusted": _("其中未经证实而通过的"),
    "buyer_back_minor": _("90 天内看过卡密后退回的金额"),
    "doubt": _("存疑申请占订单的百分比"),
    "account": _("买家有账号"),
    "replaceable": _("现在有卡密可换"),
    "first": _("承诺先换新还是先退款"),
    "replaced_before": _("这张卡密是换来的"),
    "pictures": _("图片数量"),
    "asked_buyer": _("已请买家补充过"),
    "topped": _("有充值成功的凭证"),
    "objection": _("买家在申诉"),
    "disputed_payment": _("付款在争议中"),
    "risk": _("风控结论"),
    "at_once": _("可以马上退款"),
    "recalled": _("卡密已被召回"),
}


def why_text(why: str, values: Mapping[str, str]) -> str:
    """The sentence for a reason, filled; without the times where these are not known; empty for an unknown key."""
    sentence = WHY.get(why)
    if sentence is None:
        return ""
    try:
        return str(sentence) % values
    except KeyError:
        return str(_BARE.get(why, sentence)) % values
