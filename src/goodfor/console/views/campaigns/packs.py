"""Packs of coupons: a list with those that were made, a form for the next, and an end."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from goodfor.console.frame import console_page, done, show
from goodfor.console.promo_fields import MOMENT
from goodfor.console.promo_times import moment_of
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, Forbidden
from goodfor.promotions import pack_queries
from goodfor.promotions import queries as promotions
from goodfor.promotions.operations.make_pack import close_pack, make_pack
from goodfor.promotions.types import PackView, PackWish

PAGE: Final = "desk:coupon-packs"
#: What is wrong, by the room's name of the field.
PROBLEMS: Final = {
    "name": lazy("填一个名称，最多 80 个字"), "batches": lazy("选 1 到 10 批在领取中的券"),
    "ends_at": lazy("结束要晚于开始，也要晚于现在"),
}  # fmt: skip


class PackForm(forms.Form):
    """A pack to be made; times are of the shop's zone."""

    name = forms.CharField(label=lazy("礼包名称"), max_length=80)
    batches = forms.MultipleChoiceField(
        label=lazy("里面的券"), widget=forms.CheckboxSelectMultiple,
        help_text=lazy("只能选在领取中的批次；数量按批次算，别再放进领券中心，免得单张先被领完"),
    )  # fmt: skip
    newcomers = forms.BooleanField(label=lazy("只给没有买过的人"), required=False, initial=True)
    by_device = forms.BooleanField(label=lazy("同一台设备只能领一次"), required=False, initial=True)
    by_phone = forms.BooleanField(
        label=lazy("同一个手机号或邮箱只能领一次"), required=False, help_text=lazy("要登录并绑定后才能领")
    )
    starts_at = forms.DateTimeField(
        label=lazy("什么时候开始领"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
    )
    ends_at = forms.DateTimeField(
        label=lazy("领到什么时候"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
    )

    def __init__(self, data: Any = None, *, choices: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["batches"].choices = choices  # type: ignore[attr-defined]

    def wish(self, zone: str) -> PackWish:
        """What was typed, after `is_valid`."""
        sent, at = self.cleaned_data, ZoneInfo(zone)
        return PackWish(
            sent["name"], tuple(UUID(one) for one in sent["batches"]), moment_of(sent["starts_at"], at),
            moment_of(sent["ends_at"], at), sent["newcomers"], sent["by_device"], sent["by_phone"],
        )  # fmt: skip


@console_page(Permission.PROMOTIONS_VIEW, methods=("GET", "POST"))
def listed(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """All packs; on POST one more."""
    shop, now, may = visitor.shop, utc_now(), visitor.may(Permission.PROMOTIONS_SET)
    if request.method == "POST" and not may:
        raise Forbidden
    choices = [(str(one.id), one.name) for one in promotions.claim_batches(shop.id, now)]
    initial = {"starts_at": now.astimezone(ZoneInfo(shop.timezone)).strftime(MOMENT)}
    form = PackForm(request.POST if request.method == "POST" else None, choices=choices, initial=initial)
    status, error = 200, None
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                make_pack(shop_id=shop.id, wish=form.wish(shop.timezone), actor=visitor.actor, now=now)
                return done(request, _("礼包已做好"), PAGE)
            except DomainError as refused:
                name, status = str(refused.data.get("field", "")), refused.http_status
                if name in form.fields:
                    form.add_error(name, str(PROBLEMS.get(name, refused.title)))
                else:
                    error = refused
    context = {
        "title": _("券礼包"),
        "rows": [_row(one, may=may, now=now) for one in pack_queries.packs(shop.id)],
        "form": form,
        "may": may,
        "any": bool(choices),
        "error": error,
    }
    crumbs = [(_("营销活动"), reverse("desk:campaigns"))]
    return show(request, visitor, "campaigns/packs", context, page="desk:campaigns", crumbs=crumbs, status=status)


@console_page(Permission.PROMOTIONS_SET, methods=("POST",))
def close(request: HttpRequest, visitor: Visitor, pack_id: UUID) -> HttpResponse:
    """Nobody takes it any more."""
    close_pack(shop_id=visitor.shop.id, pack_id=pack_id, actor=visitor.actor, now=utc_now())
    return done(request, _("已停止领取，领到的照用"), PAGE)


def _row(one: PackView, *, may: bool, now: datetime) -> dict[str, Any]:
    if one.is_open(now):
        state = (_("可领取"), "green")
    elif one.closed_at is None and now < one.starts_at:
        state = (_("未开始"), "amber")
    else:
        state = (_("已结束"), "plain")
    return {
        "one": one,
        "state": state,
        "href": reverse("storefront:coupon_pack", args=[one.id]),
        "closes": may and one.closed_at is None and now < one.ends_at,
    }
