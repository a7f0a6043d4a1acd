"""The form of a plan: what it costs and gives."""

import re
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from goodfor.catalog import queries as catalog
from goodfor.catalog.errors import SkuUnknown
from goodfor.console import subscription_words as wording
from goodfor.console.money_fields import minor_of
from goodfor.loyalty import queries as loyalty
from goodfor.subscriptions import states
from goodfor.subscriptions.errors import InvalidPlan
from goodfor.subscriptions.types import PlanView, PlanWish

_BETWEEN: Final = re.compile(r"[\s,，、;；]+")


class PlanForm(forms.Form):
    """A plan's terms."""

    name = forms.CharField(label=_("方案名称"), max_length=80)
    slug = forms.CharField(
        label=_("网址"), max_length=40, required=False, help_text=_("小写字母、数字和横线；不填自动生成")
    )
    words = forms.CharField(label=_("一句话介绍"), max_length=400, required=False)
    price = forms.CharField(label=_("每期价格"), max_length=20, help_text=_("例如 30.00"))
    months = forms.TypedChoiceField(label=_("多久扣一次"), choices=list(wording.CYCLES.items()), coerce=int)
    picks = forms.IntegerField(label=_("每期可选几件"), min_value=1, max_value=50, initial=1)
    skus = forms.CharField(
        label=_("可选的规格编号"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("一行一个；在规格页能看到编号"),
    )  # fmt: skip
    carry = forms.IntegerField(label=_("没选完可留几件到下一期"), min_value=0, max_value=50, initial=0)
    pause_days = forms.IntegerField(label=_("一年内最多暂停几天"), min_value=0, max_value=365, initial=0)
    default = forms.ChoiceField(label=_("到期没选的怎么办"), choices=list(wording.DEFAULTS.items()))
    default_sku = forms.CharField(
        label=_("自动给的规格编号"),
        max_length=80,
        required=False,
        help_text=_("选“自动给一件商品”时填，要在可选范围内"),
    )
    default_points = forms.IntegerField(
        label=_("每件换多少积分"), min_value=0, max_value=1_000_000, initial=0, help_text=_("选“换成积分”时填")
    )
    tier_rank = forms.TypedChoiceField(
        label=_("付费期间的会员等级"), coerce=int, initial=0, help_text=_("已经更高的会员不变")
    )

    def __init__(self, *given: Any, shop_id: UUID, **named: Any) -> None:
        super().__init__(*given, **named)
        tiers = loyalty.tiers_of(shop_id)
        names = [one.name for one in tiers.tiers[1:]] if tiers else []
        self.fields["tier_rank"].choices = [(0, _("不给")), *enumerate(names, 1)]  # type: ignore[attr-defined]

    def wish(self, shop_id: UUID, currency: str) -> PlanWish:
        """What was typed, after `is_valid`. Raises InvalidPlan, InvalidInput."""
        sent = self.cleaned_data
        kind = sent["default"]
        given = _skus(shop_id, sent["default_sku"], "default") if kind == states.GOODS else ()
        return PlanWish(
            sent["name"], minor_of({"price": sent["price"]}, "price", currency), sent["months"], sent["picks"],
            _skus(shop_id, sent["skus"], "skus"), sent["words"], sent["carry"], sent["pause_days"], kind,
            given[0] if given else None, sent["default_points"] if kind == states.POINTS else 0, sent["tier_rank"],
        )  # fmt: skip


def initial_of(shop_id: UUID, view: PlanView) -> dict[str, Any]:
    """A plan as its form shows it."""
    terms = view.terms
    codes = {one.id: one.code for _card, one in catalog.products_of_skus(shop_id, list(terms.skus))}
    return {
        "name": view.name, "slug": view.slug, "words": terms.words, "price": terms.price.as_decimal_string(),
        "months": terms.months, "picks": terms.picks,
        "skus": "\n".join(codes[sku_id] for sku_id in terms.skus if sku_id in codes), "carry": terms.carry,
        "pause_days": terms.pause_days, "default": terms.default_kind,
        "default_sku": codes.get(terms.default_sku, "") if terms.default_sku else "",
        "default_points": terms.default_points, "tier_rank": terms.tier_rank,
    }  # fmt: skip


def _skus(shop_id: UUID, text: str, name: str) -> tuple[UUID, ...]:
    found = []
    for code in filter(None, _BETWEEN.split(text.strip())):
        try:
            found.append(catalog.sku_by_code(shop_id, code[:80]).id)
        except SkuUnknown:
            raise InvalidPlan(field=name) from None
    return tuple(found)
