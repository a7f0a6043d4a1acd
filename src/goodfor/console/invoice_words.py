"""Words of invoices: states, kinds, classes, why one was refused."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.console.columns import Text

STATES: Final[Mapping[str, tuple[Text, str]]] = {
    "requested": (_("待开具"), "amber"),
    "issuing": (_("开具中"), "amber"),
    "unknown": (_("结果未知"), "red"),
    "issued": (_("已开具"), "green"),
    "failed": (_("被拒绝"), "red"),
    "withdrawn": (_("已撤回"), "plain"),
    "red_lettered": (_("已全部红冲"), "plain"),
}
KINDS: Final[Mapping[str, Text]] = {"blue": _("蓝字发票"), "red": _("红字发票")}
PAPERS: Final[Mapping[str, Text]] = {"vat": _("应税"), "card": _("不征税（预付卡）")}
TITLES: Final[Mapping[str, Text]] = {"personal": _("个人"), "company": _("企业")}
AGENCY: Final[Text] = _("代理服务费")
#: `InvoiceView.failure`; a code of the issuer's own is shown as it is.
FAILURES: Final[Mapping[str, Text]] = {
    "by_hand": _("人工登记为没有开成"),
    "not_sent": _("没有发出，稍后再试"),
    "unreachable": _("联系不上开票方，稍后再查"),
    "issuer_changed": _("开票账户换了，需要人工核对"),
    "answer_not_signed": _("回答的签名不对，不采信"),
    "number_of_another": _("发票号码已被另一张占用，请核对"),
    "title_invalid": _("开票方认为抬头不正确"),
    "tax_differs": _("开票方算出的税额不同"),
    "no_original": _("开票方找不到原发票"),
    "more_than_original": _("红冲金额超过原发票"),
}


def state(code: str) -> tuple[Text, str]:
    """Words and tone."""
    return STATES.get(code, (code, "plain"))


def failure(code: str) -> Text:
    """Why; a code without words as it is."""
    return FAILURES.get(code, code)


def tax_class(code: str) -> Text:
    """The class of a line: the shop's own word, but for an agent's fee."""
    return AGENCY if code == "agency" else code
