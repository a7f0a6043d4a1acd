"""Words of reconciliation: kinds of differences, what a machine does about them, what stands against closing."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from goodfor.console.columns import Text

CATEGORIES: Final[Mapping[str, Text]] = {
    "C1": _("对方有，我方没有"), "C2": _("我方有，对方没有"), "C3": _("金额不一致"), "C4": _("状态不一致"),
    "C5": _("手续费不一致"), "C6": _("同一订单付了两次"), "C7": _("跨日"), "C8": _("币种或账户不符"),
    "C9": _("余额接不上"), "C10": _("账本没有这笔"), "S1": _("扣了款，没有供货"), "S2": _("供了货，没有扣款"),
    "S3": _("成本不一致"), "S4": _("重复扣款"), "S5": _("退款之后才供货"), "S6": _("预存余额不符"),
}  # fmt: skip
#: What a person looks at first.
HINTS: Final[Mapping[str, Text]] = {
    "C1": _("钱在对方那里。机器先向通道查询，确认是真的就入账：发货，或原路退回。"),
    "C2": _("我方记了收款，对方账单上没有。先向通道核实，核实之前不要再发货。"),
    "C3": _("两边的金额不一样。先不要动这笔订单，向对方核对。"),
    "C4": _("两边对这笔是成功还是失败说法不同。机器先查询，按对方的结果办。"),
    "C5": _("对方收的手续费和约定的费率算出来的不同，核对费率。"),
    "C6": _("同一张订单收到两笔钱，多的一笔应当原路退回。"),
    "C8": _("钱进了别的账户，或币种不对，由人处理。"),
    "C9": _("上期余额加本期收支不等于期末余额：可能缺文件或缺行。没有解决之前不能关账。"),
    "C10": _("两边一致，账本里没有对应的凭证，或凭证金额不同。"),
    "S1": _("供应商扣了款，没有交货，应当追偿。"),
    "S2": _("供应商交了货，还没有扣款，先记为应付。"),
    "S3": _("实际扣款和约定的成本不同，核对合同价。"),
    "S4": _("一张采购单扣了两次款，应当追偿。"),
    "S5": _("已经退款给买家，之后供应商才交货：记损失，或交给售后决定。"),
    "S6": _("供应商报的余额和账本推算的不同。没有解决之前不能关账。"),
}  # fmt: skip
AREAS: Final[Mapping[str, Text]] = {
    "channel": _("支付通道"), "supplier": _("供应商"), "split": _("分账"), "wallet": _("余额"),
}  # fmt: skip
STATES: Final[Mapping[str, tuple[Text, str]]] = {
    "open": (_("待处理"), "red"), "explained": (_("已说明原因"), "amber"), "corrected": (_("已更正"), "amber"),
    "closed": (_("已了结"), "plain"),
}  # fmt: skip
ACTIONS: Final[Mapping[str, Text]] = {
    "ask_channel": _("向通道查询，确认后入账"), "ask_about_ours": _("向通道核实我方的记录"), "freeze": _("核对金额"),
    "ask_refund": _("查询退款结果"), "post_fee": _("核对费率"), "give_back": _("查询多付的一笔，原路退回"),
    "refetch": _("重新下载账单"), "replay": _("找缺的凭证"), "claim": _("向供应商追偿"), "accrue": _("记为应付"),
    "look": _("核对预存余额"),
}  # fmt: skip
MACHINE: Final[Mapping[str, tuple[Text, str]]] = {
    "none": (_("要人处理"), "red"), "due": (_("机器在办"), "plain"), "done": (_("机器已办"), "green"),
    "person": (_("转给人处理"), "red"),
}  # fmt: skip
OUTCOMES: Final[Mapping[str, tuple[Text, str]]] = {
    "done": (_("办成了"), "green"), "later": (_("过一会儿再试"), "plain"), "person": (_("要人处理"), "amber"),
}  # fmt: skip
NOTES: Final[Mapping[str, Text]] = {
    "ask_the_channel": _("请向通道核实"), "amounts_differ": _("金额不同，机器不做主"), "rate_differs": _("费率不同"),
    "posting_is_missing": _("缺凭证"), "claim_from_supplier": _("请向供应商追偿"),
    "balance_differs": _("余额不同"), "no_machine": _("没有机器能办的"), "owed_since_bought": _("采购时已记为应付"),
    "not_a_payment": _("不是一笔收款"), "no_account": _("找不到收款账户"), "known_already": _("早已入账"),
    "no_answer": _("通道没有答复"), "channel_says_no": _("通道说没有这笔"), "arrived": _("退款已到账"),
    "refund_failed_here": _("我方记的是退款失败"), "asked": _("已向通道查询"),
    "taken_in_as_it_is": _("账单已入库，不会再下载"), "wanted": _("已登记下载"), "on_its_way": _("正在下载"),
    "wanted_again": _("已重新下载"), "there_now": _("账单已到"), "gone": _("再次核对时已经一致"),
    "met_later": _("后面的账单里对上了"), "confirmed": _("已入账"), "late": _("迟到的付款，已按规则处理"),
    "duplicate_payment": _("多付的一笔，原路退回"), "mismatch": _("金额或账户不符"), "unknown": _("无主的款，已挂账"),
}  # fmt: skip
#: What stands against closing a day.
REASONS: Final[Mapping[str, Text]] = {
    "bill_wanted": _("账单还没有下载"), "bill_refused": _("账单文件有问题，没有收"), "not_compared": _("还没有核对"),
    "to_compare_again": _("有变动，正在重新核对"), "totals_differ": _("合计与对方账单的汇总不一致"),
    "chain_broken": _("余额接不上"), "without_case": _("有差异没有立案"),
    "not_over": _("这一天的账单还没有到齐，次日中午以后才能关账"),
}  # fmt: skip
SIDES: Final[Mapping[str, Text]] = {
    "ours": _("我方"), "books": _("账本"), "channel": _("通道账单"), "supplier": _("供应商账单"), "fund": _("资金账单"),
    "split": _("分账账单"), "wallet": _("余额流水"),
}  # fmt: skip
KINDS: Final[Mapping[str, Text]] = {
    "payment": _("收款"), "refund": _("退款"), "charge": _("扣款"), "credit": _("退回"),
    "fee": _("手续费"), "transfer": _("转账"), "split": _("分账"),
    "share": _("分出"), "return": _("收回分账"),
}  # fmt: skip
ROW_STATES: Final[Mapping[str, Text]] = {
    "done": _("成功"), "extra": _("多付的一笔"), "late": _("退款之后"), "void": _("没有成功或已撤销"),
    "open": _("还不知道"),
}  # fmt: skip
PASSES: Final[Mapping[str, Text]] = {
    "person": _("人工确认"), "exact": _("单号一致"), "alternate": _("对方单号一致"), "key": _("单号一致，内容不同"),
}  # fmt: skip
#: Words of a case's detail.
DETAILS: Final[Mapping[str, Text]] = {
    "fee": _("实际手续费"), "expected": _("应有"), "said": _("对方所报"), "reference": _("凭证依据"),
    "want_minor": _("应记金额"), "have_minor": _("账上金额"), "since": _("从哪天起"), "unknown": _("查无此单"),
    "by": _("怎么对上的"), "rows": _("行数"), "stated_rows": _("对方汇总行数"), "what": _("缺什么"),
    "breaks": _("接不上的行"), "gap_minor": _("差额"),
}  # fmt: skip
#: Fields of a row, in the order in which two sides are laid next to each other.
FIELDS: Final[tuple[tuple[str, Text], ...]] = (
    ("key", _("我方单号")), ("alt_key", _("对方单号")), ("kind", pgettext_lazy("recon", "类型")), ("amount", _("金额")),
    ("fee", _("手续费")), ("state", _("结果")), ("day", _("账单日")), ("at", _("时间")), ("account", _("账户")),
)  # fmt: skip
OVERDUE: Final[Mapping[str, Text]] = {"yes": _("已超时")}


def word(words: Mapping[str, Text], key: str) -> str:
    """In words; what has none is shown as it is."""
    return str(words.get(key, key))


def pair(words: Mapping[str, tuple[Text, str]], key: str) -> tuple[Text, str]:
    """In words, with a tone."""
    return words.get(key, (key, "plain"))


def place(where: str) -> str:
    """`channel:wechat:main` as people say it."""
    area, _sep, account = where.partition(":")
    return f"{word(AREAS, area)} {account}"
