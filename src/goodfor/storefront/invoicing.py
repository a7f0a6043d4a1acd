"""The invoice of an order as its buyer sees it: what may be asked for, what there is, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from goodfor.invoices import queries as invoices
from goodfor.invoices.errors import TitleInvalid
from goodfor.invoices.titles import checked
from goodfor.invoices.types import Asked, InvoiceView, Title
from goodfor.kernel.money import Money
from goodfor.orders import queries as orders

PERSONAL: Final = "personal"
COMPANY: Final = "company"
KINDS: Final = ((PERSONAL, _("个人")), (COMPANY, _("企业")))
#: How far one is: words and tone of the seal.
_STATES: Final[Mapping[str, tuple[Any, str]]] = {
    "requested": (_("等待开具"), "amber"),
    "issuing": (_("正在开具"), "amber"),
    "unknown": (_("正在开具"), "amber"),
    "issued": (_("已开具"), "green"),
    "failed": (_("没有开成"), "red"),
    "withdrawn": (_("已撤回"), "plain"),
    "red_lettered": (_("已红冲"), "plain"),
}
#: Why it cannot be asked for now, where that is to be said.
REFUSALS: Final[Mapping[str, Any]] = {
    "invoice_not_delivered": _("发货以后就可以申请发票。"),
    "invoice_not_in_books_yet": _("这笔订单正在入账，过一会儿刷新就可以申请。"),
    "invoice_paid_by_company": _("公司福利支付的订单，发票由公司向商家索取。"),
    "invoice_paid_by_credit": _("用卡、订阅或积分支付的订单不开发票。"),
    "invoice_nothing_left": _("货款已全部退回，没有可以开票的金额。"),
    "invoice_no_tax_class": _("商品还没有设置税目，暂时不能开票，请联系卖家。"),
}
_WRONG: Final[Mapping[str, Any]] = {
    "kind": _("请选择个人或企业"),
    "name": _("请填写发票抬头，最多 100 个字"),
    "tax_number": _("请核对税号：单位的统一社会信用代码是 18 位，最后一位是校验位"),
    "email": _("请填写收发票的邮箱，或留空"),
}
_FIELDS: Final = {"kind": "kind", "name": "title", "tax_number": "tax", "email": "email"}


@dataclass(frozen=True, slots=True)
class ShownInvoice:
    """An invoice or red letter with its words."""

    one: InvoiceView

    @property
    def label(self) -> Any:
        """How far it is."""
        return _STATES.get(self.one.state, (self.one.state, "plain"))[0]

    @property
    def tone(self) -> str:
        """Of its seal."""
        return _STATES.get(self.one.state, ("", "plain"))[1]

    @property
    def amount(self) -> Money:
        """With tax; what a red letter takes back is negative."""
        sign = -1 if self.one.kind == "red" else 1
        return Money(sign * self.one.total_minor, self.one.currency)

    @property
    def may_withdraw(self) -> bool:
        """Nothing was sent yet."""
        return self.one.kind == "blue" and self.one.state == "requested"


class InvoiceForm(forms.Form):
    """Who it is for. The tax number is asked for where it is a company, and its last character checked."""

    kind = forms.ChoiceField(
        choices=KINDS, error_messages={"required": _WRONG["kind"], "invalid_choice": _WRONG["kind"]}
    )
    title = forms.CharField(required=False, max_length=100)
    tax = forms.CharField(required=False, max_length=24)
    email = forms.CharField(required=False, max_length=120)

    def clean(self) -> dict[str, Any]:
        """By the rules of the invoices room, each fault at its field."""
        cleaned: dict[str, Any] = super().clean() or {}
        given = Title(
            cleaned.get("kind", PERSONAL), cleaned.get("title", ""), cleaned.get("tax", ""), cleaned.get("email", "")
        )
        try:
            cleaned["asked"] = checked(given)
        except TitleInvalid as wrong:
            field = str(wrong.data.get("field", "name"))
            self.add_error(_FIELDS[field], _WRONG[field])
        return cleaned

    @property
    def asked(self) -> Title:
        """The title, after `is_valid`."""
        found: Title = self.cleaned_data["asked"]
        return found


def shown_invoices(shop_id: UUID, order_id: UUID) -> list[ShownInvoice]:
    """What there is of an order, oldest first."""
    return [ShownInvoice(one) for one in invoices.of_order(shop_id, order_id)]


def may_ask(shop_id: UUID, order_id: UUID) -> Asked:
    """Whether the invoice may be asked for."""
    return invoices.asked(shop_id, order_id)


def first_form(shop_id: UUID, order_id: UUID) -> InvoiceForm:
    """Filled in with the title that came with the order."""
    given = orders.invoice_of_order(shop_id, order_id)
    if given is None:
        return InvoiceForm(initial={"kind": PERSONAL})
    kind = COMPANY if given.tax_number else PERSONAL
    return InvoiceForm(initial={"kind": kind, "title": given.title, "tax": given.tax_number, "email": given.email})
