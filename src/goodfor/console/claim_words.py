"""Words of claims on the desk: states, facts and what they mean, actions, what suppliers say, prepared replies."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from goodfor.console.columns import Text

STATES: Final[Mapping[str, tuple[Text, str]]] = {
    "person": (_("等人处理"), "red"),
    "checking": (_("核实中"), "amber"),
    "asking": (_("等买家补充"), "plain"),
    "carrying": (_("办理中"), "amber"),
    "closed": (_("已结束"), "plain"),
}
#: What became of the claim itself.
CLAIM_STATES: Final[Mapping[str, tuple[Text, str]]] = {
    "open": (_("未了结"), "amber"),
    "replacing": (_("换货中"), "amber"),
    "refunded": (_("已退款"), "green"),
    "replaced": (_("已换新"), "green"),
    "rejected": (_("未通过"), "red"),
    "withdrawn": (_("买家撤回"), "plain"),
}
REASONS: Final[Mapping[str, Text]] = {
    "invalid": _("提示码无效"),
    "used": _("显示已被使用"),
    "expired": _("已经过期"),
    "wrong": _("不是我买的商品"),
    "not_received": _("没有收到"),
    "changed_mind": _("不想要了"),
    "top_up_missing": _("充值没到账"),
}
ACTIONS: Final[Mapping[str, Text]] = {
    "refund": _("退款"),
    "replace": _("换新"),
    "reject": _("不通过"),
    "void_refund": _("先请供应商作废再退款"),
    "ask_supplier": _("问供应商"),
    "ask_buyer": _("请买家补充"),
    "person": _("交给人处理"),
}
LATE: Final[Mapping[str, Text]] = {
    "any": _("任一项超时"),
    "answer": _("首次答复超时"),
    "decision": _("处理结果超时"),
}
BEARERS: Final[Mapping[str, Text]] = {"supplier": _("向供应商追偿"), "shop": _("本店承担"), "": _("没有支出")}

SAID: Final[Mapping[str, Text]] = {
    "": _("没有问过，或这家不能查"),
    "asked": _("已问，还没有回答"),
    "unused": _("没有被使用"),
    "locked": _("被锁定"),
    "used": _("已被使用，没说时间"),
    "used_before": _("在买家查看之前就被使用"),
    "used_after": _("在买家查看之后被使用"),
    "voided": _("已作废"),
    "expired": _("已过期"),
    "invalid": _("无效"),
    "silent": _("没有在时限内回答"),
    "mixed": _("几个卡密的状态不一样"),
    "refused": pgettext_lazy("state", "拒绝"),
}
INQUIRIES: Final[Mapping[str, Text]] = {"ask": _("查询卡密"), "void": _("请求作废"), "complain": _("投诉")}
INQUIRY_STATES: Final[Mapping[str, tuple[Text, str]]] = {
    "due": (_("等待发出"), "amber"),
    "sent": (_("等待回答"), "amber"),
    "done": (_("已回答"), "green"),
    "failed": (_("没有结果"), "red"),
}
GROUPS: Final[Mapping[str, Text]] = {
    "batch": _("同一批次"),
    "buyer": _("同一买家"),
    "sku": _("同一规格（最近的）"),
}


@dataclass(frozen=True, slots=True)
class FactWords:
    """A fact that the table may ask for. `kind`: flag, number, seconds, money or choice. `means`: why it matters."""

    label: Text
    kind: str
    means: Text
    choices: Mapping[str, Text] | None = None


_LINE_KINDS: Final[Mapping[str, Text]] = {"code": _("卡密"), "direct": _("直充")}
_FIRST: Final[Mapping[str, Text]] = {"refund": _("先退款"), "replace": _("先换新")}
_RISK: Final[Mapping[str, Text]] = {
    "": _("没有判断"),
    "allow": pgettext_lazy("claim", "放行"),
    "challenge": _("要验证"),
    "review": _("要审核"),
    "hold": _("先扣住"),
    "deny": _("拒绝"),
}

#: In the order in which somebody would ask.
FACTS: Final[Mapping[str, FactWords]] = {
    "reason": FactWords(_("买家说的原因"), "choice", _("一键选择的原因"), REASONS),
    "units": FactWords(_("涉及数量"), "number", _("这张售后单说的是几个")),
    "amount_minor": FactWords(_("涉及金额"), "money", _("这几个当时付的钱")),
    "kind": FactWords(_("交付方式"), "choice", _("直充没有卡密可查，看充值凭证"), _LINE_KINDS),
    "within_promise": FactWords(_("在承诺期内"), "flag", _("过了可申请的天数，承诺就不再适用")),
    "covered": FactWords(_("原因在承诺范围"), "flag", _("承诺里写明不包括的原因不适用")),
    "seen": FactWords(_("买家看过几个"), "number", _("没看过的可以直接收回再卖")),
    "unseen": FactWords(_("买家没看过几个"), "number", _("没看过的和新的一样")),
    "at_once": FactWords(_("可以马上退款"), "flag", _("承诺没看过的马上退，申请的人也刚验证过")),
    "seen_for": FactWords(_("第一次查看距今"), "seconds", _("看过多久才来说有问题")),
    "since_delivery": FactWords(_("发货距今"), "seconds", _("从发货到申请售后")),
    "can_ask": FactWords(_("供应商能查状态"), "flag", _("能问，就不用凭猜")),
    "can_void": FactWords(_("供应商能作废"), "flag", _("作废后钱能要回来")),
    "code_said": FactWords(_("供应商怎么说"), "choice", _("对卡密状态最直接的证据"), SAID),
    "expired": FactWords(_("卡密已过有效期"), "flag", _("按入库时写的有效期")),
    "batch_bad": FactWords(_("同批已证实的坏码"), "number", _("按订单计，多了说明整批有问题")),
    "batch_sold": FactWords(_("同批已卖出"), "number", _("和坏码数一起看比例")),
    "batch_share": FactWords(_("同批证实率（千分之）"), "number", _("每卖出一千个里证实的坏码")),
    "recalled": FactWords(_("整批召回"), "flag", _("本店自己召回了这批卡密")),
    "batch_claims": FactWords(_("同批其他订单的售后"), "number", _("包括还没有证实的")),
    "buyer_orders": FactWords(_("买家成交订单"), "number", _("老买家更可信")),
    "buyer_claims": FactWords(_("买家看码后的售后"), "number", _("太多说明可能在滥用")),
    "buyer_proven": FactWords(_("其中被证实的"), "number", _("以前说的是真的")),
    "buyer_refused": FactWords(_("其中没通过的"), "number", _("以前说的不是真的")),
    "buyer_trusted": FactWords(_("其中没证实也通过的"), "number", _("180 天内已经相信过几次")),
    "doubt": FactWords(_("存疑售后占订单（%）"), "number", _("没证实就通过的和没通过的，合起来看")),
    "buyer_back_minor": FactWords(_("买家 90 天内已退"), "money", _("看过码还退的钱")),
    "account": FactWords(_("有账号"), "flag", _("访客没有可查的历史")),
    "replaceable": FactWords(_("现在能换新"), "flag", _("有库存，或能从供应商买到且不亏")),
    "first": FactWords(_("承诺的先后"), "choice", _("下单时承诺先退还是先换"), _FIRST),
    "replaced_before": FactWords(_("换过一次"), "flag", _("换来的又有问题")),
    "pictures": FactWords(_("图片"), "number", _("买家上传的截图")),
    "asked_buyer": FactWords(_("已请买家补充过"), "flag", _("不会为同一件事再问一次")),
    "topped": FactWords(_("有充值成功凭证"), "flag", _("对方说已经充上")),
    "objection": FactWords(_("买家申诉"), "flag", _("不同意上一次的结果")),
    "disputed_payment": FactWords(_("支付有争议"), "flag", _("银行正在裁定，不能同时退")),
    "risk": FactWords(_("风险判断"), "choice", _("风控给出的结论"), _RISK),
}
SECONDS: Final[tuple[tuple[int, Text], ...]] = (
    (86_400, _("天")),
    (3600, _("小时")),
    (60, _("分钟")),
    (1, _("秒")),
)


@dataclass(frozen=True, slots=True)
class Snippet:
    """A prepared reply with placeholders: {number}, {product}, {reason}, {amount}."""

    label: Text
    text: Text


#: Short, polite, and each says what happens next.
SNIPPETS: Final[tuple[Snippet, ...]] = (
    Snippet(
        _("已收到"), _("您好，订单 {number} 的售后我们收到了，正在核实，有结果会马上告诉您。")
    ),
    Snippet(
        _("请补截图"), _("您好，请把使用 {product} 时的报错截图发给我们，要看得到完整的提示和时间，卡密请打码。")
    ),
    Snippet(
        _("请说明在哪里使用"), _("您好，请告诉我们 {product} 是在哪个平台、哪个地区的账号上使用的，方便核实。")
    ),
    Snippet(
        _("请再试一次"), _("您好，供应商确认 {product} 的卡密有效、没有使用，请完整复制再试一次，仍不行请告诉我们。")
    ),
    Snippet(
        _("在问供应商"), _("您好，我们正在向供应商核实订单 {number} 的卡密，等回复期间不用做任何操作。")
    ),
    Snippet(
        _("已退款"), _("您好，订单 {number} 的 {amount} 已原路退回，到账时间以支付渠道为准，给您添麻烦了。")
    ),
    Snippet(
        _("已换新"), _("您好，订单 {number} 已换了新的卡密，请到订单页查看。给您添麻烦了。")
    ),
    Snippet(
        _("没有通过"), _("您好，供应商记录显示 {product} 的卡密在您查看之后被使用，这次不能退款。有新的证据可以申诉。")
    ),
)  # fmt: skip

#: What stands in braces.
PLACES: Final[Mapping[str, Text]] = {
    "number": _("订单号"),
    "product": _("商品"),
    "reason": _("原因"),
    "amount": _("金额"),
}
#: What a buyer can be asked for.
QUESTIONS: Final[Mapping[str, Text]] = {
    "need_picture": _("使用时报错的截图"),
    "staff_ask": _("补充说明（写在下面）"),
}


def state(key: str) -> tuple[Text, str]:
    """A case's state in words with its tone."""
    return STATES.get(key, (key, "plain"))


def reason(key: str) -> str:
    """What the buyer says."""
    return str(REASONS.get(key, key))


def action(key: str) -> str:
    """A decision in words."""
    return str(ACTIONS.get(key, key))


def said(key: str) -> str:
    """What a supplier says of a code."""
    return str(SAID.get(key, key))
