"""Coupons of a campaign: batches made, closed, and their codes exported once, by two people."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from goodfor.console import promo_words as words
from goodfor.console.frame import console_page, done, show
from goodfor.console.promo_fields import MOMENT
from goodfor.console.promo_times import moment_of
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.promotions import coupon_queries as coupons
from goodfor.promotions import queries as promotions
from goodfor.promotions import states
from goodfor.promotions.operations.export_coupons import allow_export, ask_export, export_codes
from goodfor.promotions.operations.make_coupons import close_coupons, make_coupons
from goodfor.promotions.types import BatchView, BatchWish, CampaignView

PAGE: Final = "desk:campaigns"
#: Above so many coupons are not counted on the page of a campaign: of a million it takes a moment.
COUNTED: Final = 20_000
#: What is wrong, by the room's name of the field.
PROBLEMS: Final = {
    "name": lazy("填一个名称，最多 80 个字"), "wanted": lazy("填 1 到 5,000,000 的整数"),
    "code": lazy("口令用 4 位以上的字母和数字，不能和别的口令相同"), "each": lazy("每人 1 到 100 张"),
    "days": lazy("1 到 3650 天"), "claim_until": lazy("结束要晚于开始"), "kind": lazy("请选一种"),
}  # fmt: skip


class BatchForm(forms.Form):
    """A batch to be made; times are of the shop's zone."""

    kind = forms.ChoiceField(
        label=lazy("怎么发"), choices=[(key, label) for key, (label, _hint) in words.BATCH_KINDS.items()]
    )
    name = forms.CharField(label=lazy("批次名称"), max_length=80)
    wanted = forms.IntegerField(
        label=lazy("多少张"), min_value=1, max_value=5_000_000, initial=1000, required=False,
        help_text=lazy("口令不用填：次数在活动的限额里定"),
    )  # fmt: skip
    code = forms.CharField(
        label=lazy("口令"), max_length=24, required=False, help_text=lazy("只用于口令，不填就随机；不分大小写")
    )
    each = forms.IntegerField(label=lazy("每人最多领几张"), min_value=1, max_value=100, initial=1, required=False)
    days = forms.IntegerField(
        label=lazy("领到后几天内有效"), min_value=1, max_value=3650, required=False,
        help_text=lazy("不填就到活动结束"),
    )  # fmt: skip
    listed = forms.BooleanField(label=lazy("放进领券中心"), required=False, initial=True)
    giftable = forms.BooleanField(label=lazy("可以转送给朋友"), required=False)
    claim_from = forms.DateTimeField(
        label=lazy("什么时候开始领"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )  # fmt: skip
    claim_until = forms.DateTimeField(
        label=lazy("领到什么时候"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )  # fmt: skip

    def wish(self, campaign_id: UUID, zone: str) -> BatchWish:
        """What was typed, after `is_valid`."""
        sent, at = self.cleaned_data, ZoneInfo(zone)

        def moment(name: str) -> datetime | None:
            return moment_of(sent[name], at) if sent[name] else None

        by_claim = sent["kind"] == states.CLAIM
        return BatchWish(
            campaign_id, sent["kind"], sent["name"].strip(), sent["wanted"] or 1, sent["code"], sent["each"] or 1,
            sent["days"], sent["giftable"], by_claim and sent["listed"], moment("claim_from"), moment("claim_until"),
        )  # fmt: skip


def coupons_in(visitor: Visitor, view: CampaignView) -> dict[str, Any]:
    """The batches of a campaign as its page shows them."""
    may = visitor.may(Permission.PROMOTIONS_SET)
    rows = [_row(visitor, batch, may=may) for batch in coupons.batches(visitor.shop.id, view.id)]
    more = may and view.state not in (states.ENDED, states.ARCHIVED)
    return {"rows": rows, "new": reverse("desk:campaign-coupons", args=[view.id]) if more else ""}


def _row(visitor: Visitor, batch: BatchView, *, may: bool) -> dict[str, Any]:
    counts = coupons.batch_counts(visitor.shop.id, batch.id) if batch.made <= COUNTED else None
    open_for_export = batch.kind == states.UNIQUE and batch.state == states.MADE and batch.exported_at is None
    return {
        "batch": batch,
        "kind": words.BATCH_KINDS[batch.kind][0],
        "state": words.BATCH_STATES[batch.state],
        "used": counts.get(states.USED, 0) if counts is not None else None,
        "claimed": sum(counts.values()) - counts.get(states.FREE, 0) if counts is not None else None,
        "code": coupons.public_code(visitor.shop.id, batch.id) if batch.kind == states.PUBLIC and may else "",
        "may_ask": may and open_for_export and not batch.asked_by,
        "may_allow": may and open_for_export and batch.asked_by not in ("", visitor.actor) and not batch.allowed_by,
        "waits": open_for_export and bool(batch.asked_by) and not batch.allowed_by,
        "may_take": may and open_for_export and bool(batch.allowed_by) and batch.asked_by == visitor.actor,
        "may_close": may and batch.state != states.CLOSED,
    }


@console_page(Permission.PROMOTIONS_SET, methods=("GET", "POST"))
def make(request: HttpRequest, visitor: Visitor, campaign_id: UUID) -> HttpResponse:
    """A new batch."""
    view = promotions.campaign(visitor.shop.id, campaign_id)
    form = BatchForm(request.POST if request.method == "POST" else None)
    status, error = 200, None
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                wish = form.wish(campaign_id, visitor.shop.timezone)
                made = make_coupons(shop_id=visitor.shop.id, wish=wish, actor=visitor.actor, now=utc_now())
                said = _("正在生成券码，一百万张大约几分钟") if made.state == states.MAKING else _("优惠券已做好")
                return done(request, said, reverse("desk:campaign", args=[campaign_id]))
            except DomainError as refused:
                name, status = str(refused.data.get("field", "")), refused.http_status
                if name in form.fields:
                    form.add_error(name, str(PROBLEMS.get(name, refused.title)))
                else:
                    error = refused
    context = {
        "title": _("新的一批券"),
        "view": view,
        "form": form,
        "error": error,
        "kinds": words.BATCH_KINDS.values(),
    }
    crumbs = [(_("营销活动"), reverse(PAGE)), (view.name, reverse("desk:campaign", args=[campaign_id]))]
    return show(request, visitor, "campaigns/coupons", context, page=PAGE, crumbs=crumbs, status=status)


@console_page(Permission.PROMOTIONS_SET, methods=("POST",))
def act(request: HttpRequest, visitor: Visitor, coupons_id: UUID) -> HttpResponse:
    """`act`: close, ask (that the codes may leave), allow (as a second person) or take (them, once)."""
    what, batch = request.POST.get("act", ""), coupons.batch(visitor.shop.id, coupons_id)
    asked: dict[str, Any] = {
        "shop_id": visitor.shop.id, "batch_id": coupons_id, "actor": visitor.actor, "now": utc_now(),
    }  # fmt: skip
    back = reverse("desk:campaign", args=[batch.campaign_id])
    if what == "close":
        close_coupons(**asked)
        return done(request, _("已关闭：没领的不能再领，已领的照用"), back)
    if what not in ("ask", "allow", "take"):
        raise InvalidInput(_("没有这个操作"))
    require_fresh_proof(request)
    if what == "ask":
        alone = ask_export(**asked)
        return done(request, _("现在可以导出") if alone else _("等另一位同事同意后导出"), back)
    if what == "allow":
        allow_export(**asked)
        return done(request, _("已同意，请申请的人来导出"), back)
    answer = StreamingHttpResponse(_lines(export_codes(**asked)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="coupons-{coupons_id}.csv"'
    return answer  # type: ignore[return-value]


def _lines(codes: Iterator[str]) -> Iterator[bytes]:
    """A file of one column, in pieces of a thousand codes."""
    held: list[str] = ["code"]
    for code in codes:
        held.append(code)
        if len(held) >= 1_000:
            yield ("\r\n".join(held) + "\r\n").encode()
            held = []
    if held:
        yield ("\r\n".join(held) + "\r\n").encode()
