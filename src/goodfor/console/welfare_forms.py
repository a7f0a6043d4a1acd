"""Forms of companies that give their people something."""

import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from goodfor.catalog import queries as catalog
from goodfor.catalog.errors import SkuUnknown
from goodfor.console.money_fields import points_of
from goodfor.identity import queries as identity
from goodfor.welfare.errors import InvalidWelfare
from goodfor.welfare.types import CompanyView, CompanyWish

_BETWEEN: Final = re.compile(r"[\s,，、;；]+")
#: What is wrong with a field, in words.
PROBLEMS: Final[Mapping[str, Any]] = {
    "code": _("小写字母、数字和连字符，至少两位"),
    "name": _("请填写名称"),
    "domains": _("写成 example.com；人人都能注册的邮箱域名不行"),
    "skus": _("没有这个规格编号"),
    "categories": _("选得太多"),
    "markup": _("0 到 50 之间的百分比"),
    "contact": _("太长"),
    "client": _("这个客户端已经是另一家企业的"),
    "mail": _("邮箱不正确"),
    "role": _("请选择角色"),
    "amount": _("请写成 100.00 这样的金额，不能是 0"),
    "bank": _("字母、数字、点、连字符，最多 40 位"),
    "reference": _("请填写银行流水号"),
    "number": _("请填写发票号码"),
    "reason": _("请写明原因"),
}


class CompanyForm(forms.Form):
    """A company, what its people may buy, and what it costs."""

    code = forms.CharField(label=_("企业代码"), max_length=40, help_text=_("建好后不能改"))
    name = forms.CharField(label=_("企业名称"), max_length=80)
    contact = forms.CharField(label=_("联系方式"), required=False, max_length=200)
    domains = forms.CharField(
        label=_("工作邮箱域名"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("一行一个；员工用这些域名的邮箱加入"),
    )  # fmt: skip
    markup = forms.CharField(label=_("加价（%）"), max_length=8, initial="0", help_text=_("加在商品价上，由福利支付"))
    categories = forms.MultipleChoiceField(
        label=_("可买的分类"), required=False, widget=forms.CheckboxSelectMultiple
    )  # fmt: skip
    skus = forms.CharField(
        label=_("另外可买的规格编号"), required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 3})
    )
    client = forms.ChoiceField(
        label=_("可以发放的 API 客户端"), required=False, help_text=_("公司自己的系统用它发放；一个客户端只给一家企业")
    )
    on = forms.BooleanField(label=_("启用"), required=False, initial=True)

    def __init__(self, shop_id: UUID, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.shop_id = shop_id
        choices = [(str(shelf.id), shelf.name) for shelf in catalog.shelves(shop_id)]
        self.fields["categories"].choices = choices  # type: ignore[attr-defined]
        # The client that it has stays until another is chosen, switched off or not.
        kept = self.initial.get("client")
        clients = [
            (str(one.id), one.name if one.active else f"{one.name} · {_('已停用')}")
            for one in identity.clients_of_shop(shop_id)
            if one.active or str(one.id) == kept
        ]
        self.fields["client"].choices = [("", "—"), *clients]  # type: ignore[attr-defined]

    def wish(self) -> CompanyWish:
        """What was typed, after `is_valid`. Raises InvalidWelfare, InvalidInput."""
        sent = self.cleaned_data
        return CompanyWish(
            sent["code"], sent["name"], tuple(filter(None, _BETWEEN.split(sent["domains"].strip()))),
            tuple(UUID(one) for one in sent["categories"]), self._skus(sent["skus"]), points_of(sent, "markup"),
            sent["contact"], UUID(sent["client"]) if sent["client"] else None,
        )  # fmt: skip

    def _skus(self, text: str) -> tuple[UUID, ...]:
        try:
            codes = filter(None, _BETWEEN.split(text.strip()))
            return tuple(catalog.sku_by_code(self.shop_id, code[:80]).id for code in codes)
        except SkuUnknown:
            raise InvalidWelfare(field="skus") from None


def initial_of(shop_id: UUID, view: CompanyView) -> dict[str, Any]:
    """A company as its form shows it; what is off sale now is offered again once it is on."""
    codes = [one.sku.code for one in catalog.desk_skus(shop_id, view.skus)]
    whole, part = divmod(view.markup_bp, 100)
    return {
        "code": view.code, "name": view.name, "contact": view.contact, "domains": "\n".join(view.domains),
        "markup": f"{whole}.{part:02d}" if part else str(whole), "categories": [str(one) for one in view.categories],
        "skus": "\n".join(codes), "on": view.on,
        "client": str(view.client_id or ""),
    }  # fmt: skip
