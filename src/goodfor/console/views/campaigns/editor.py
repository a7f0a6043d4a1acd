"""A campaign is made or changed in steps: nothing is kept before the last one, which shows what it can cost."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import promo_words as words
from goodfor.console.frame import console_page, done, show
from goodfor.console.promo_costs import box_of, in_scope
from goodfor.console.promo_fields import MOMENT, TIERS
from goodfor.console.promo_forms import CampaignForm, tiers_above
from goodfor.console.promo_goods import goods_of
from goodfor.console.promo_initial import fits, initial_of
from goodfor.console.promo_says import says
from goodfor.console.types import Visitor
from goodfor.console.views.bundles import set_figures
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, NotFound
from goodfor.promotions import queries as promotions
from goodfor.promotions.operations.make_campaign import make_campaign, revise_campaign
from goodfor.promotions.operations.submit_campaign import submit_campaign
from goodfor.promotions.types import BundlePrice, CampaignView, RevisionView, Spec

PAGE: Final = "desk:campaigns"
#: Rows of SKUs that are there at once; the others by a click.
SHOWN_ROWS: Final = 4


@console_page(Permission.PROMOTIONS_SET)
def choose(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Which play: each has a form that asks only what it needs."""
    groups = [
        (label, [(words.KINDS[key], reverse("desk:campaign-make", args=[key])) for key in keys])
        for label, keys in words.GROUPS
    ]
    context = {"title": _("新活动"), "groups": groups}
    return show(request, visitor, "campaigns/choose", context, page=PAGE, crumbs=[(_("营销活动"), reverse(PAGE))])


@console_page(Permission.PROMOTIONS_SET, methods=("GET", "POST"))
def make(request: HttpRequest, visitor: Visitor, play: str) -> HttpResponse:
    """A new campaign."""
    if play not in words.KINDS:
        raise NotFound
    return _editor(request, visitor, words.KINDS[play], None, None)


@console_page(Permission.PROMOTIONS_SET, methods=("GET", "POST"))
def edit(request: HttpRequest, visitor: Visitor, campaign_id: UUID) -> HttpResponse:
    """Its newest revision, to be changed by the next one."""
    view = promotions.campaign(visitor.shop.id, campaign_id)
    newest = promotions.revisions(visitor.shop.id, campaign_id)[0]
    return _editor(request, visitor, words.kind_of(newest.spec), view, newest)


def _editor(
    request: HttpRequest, visitor: Visitor, kind: words.Kind, view: CampaignView | None, newest: RevisionView | None
) -> HttpResponse:  # fmt: skip
    shop = visitor.shop
    form = CampaignForm(
        request.POST if request.method == "POST" else None, kind=kind.key, shop_id=shop.id, currency=shop.currency,
        zone=shop.timezone,
    )  # fmt: skip
    form.initial = _beginning(shop.timezone) | {"bundle": request.GET.get("bundle", "")}
    if newest is not None:
        form.initial = initial_of(newest.name, newest.spec, form.labels, shop.currency, shop.timezone)
        if not fits(form, newest.spec, form.initial):
            return _show(request, visitor, kind, view, form, "")
    if not form.is_bound:
        return _show(request, visitor, kind, view, form, "goods")
    to, error, spec = request.POST.get("to", ""), None, None
    if form.is_valid():
        try:
            spec = form.spec()
            if to in ("check", "save", "submit"):
                promotions.checked(form.cleaned_data["name"], spec)
            if to in ("save", "submit"):
                return _keep(request, visitor, view, form.cleaned_data["name"], spec, submit=to == "submit")
        except DomainError as refused:
            error = refused
    step = _first_wrong(form, to, error)
    if step:
        if error is not None and (name := str(error.data.get("field", ""))) in form.fields:
            form.add_error(name, str(error.message or error.title))
            error = None
        status = 422 if error is None else error.http_status
        return _show(request, visitor, kind, view, form, step, status=status, error=error)
    wanted = to if form.step_fields.get(to) else "check"
    if wanted != "check":
        # What is asked for now is not judged yet.
        return _show(request, visitor, kind, view, form.again(), wanted)
    return _show(
        request, visitor, kind, view, form, "check", spec, status=error.http_status if error else 200, error=error
    )


def _beginning(zone: str) -> dict[str, Any]:
    """A new campaign runs for a week from now on, unless one says otherwise."""
    now = utc_now().astimezone(ZoneInfo(zone)).replace(second=0, microsecond=0)
    return {"starts_at": now.strftime(MOMENT), "ends_at": (now + timedelta(days=7)).strftime(MOMENT)}


def _keep(
    request: HttpRequest, visitor: Visitor, view: CampaignView | None, name: str, spec: Spec, *, submit: bool
) -> HttpResponse:  # fmt: skip
    shop_id, actor, now = visitor.shop.id, visitor.actor, utc_now()
    if view is None:
        made = make_campaign(shop_id=shop_id, name=name, spec=spec, actor=actor, now=now)
    else:
        seen = request.POST.get("seen", "")
        number = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else 0
        made = revise_campaign(
            shop_id=shop_id, campaign_id=view.id, name=name, spec=spec, actor=actor, latest=number, now=now
        )
    at = reverse("desk:campaign", args=[made.campaign_id])
    if not submit:
        return done(request, _("草稿已保存"), at)
    change = submit_campaign(shop_id=shop_id, campaign_id=made.campaign_id, number=made.number, actor=actor, now=now)
    return done(request, _("已批准，到时间自动开始") if change.done else _("已提交，等另一位同事批准"), at)


def _index(form: CampaignForm, step: str) -> int:
    order = [name for name, _label in form.steps()]
    return order.index(step) if step in order else len(order)


def _first_wrong(form: CampaignForm, to: str, error: DomainError | None) -> str:
    """The first step before the one that was asked for that has something wrong; empty: none."""
    wrong = set(form.errors)
    name = str(error.data.get("field", "")) if error is not None else ""
    for step, _label in form.steps():
        fields = form.step_fields.get(step, {})
        if step == to or step == "check":
            return ""
        if (
            wrong & set(fields)
            or name in fields
            or STEP_OF.get(name) == step
            or (name in _EFFECT and "sku_0" in fields)
        ):
            return step
    return ""


#: Where what the room says of a field is mended; of an effect where its fields are.
_EFFECT: Final = frozenset({"effect", "play_settings"})
STEP_OF: Final = {
    "scope": "goods", "window": "when", "audience": "when", "channels": "when", "effect": "effect",
    "play_settings": "effect", "per_order": "effect", "limits": "limits", "loss_leader": "limits", "floor": "limits",
    "category": "limits", "priority": "limits",
}  # fmt: skip


def _show(
    request: HttpRequest, visitor: Visitor, kind: words.Kind, view: CampaignView | None, form: CampaignForm, step: str,
    spec: Spec | None = None, status: int = 200, error: DomainError | None = None,
) -> HttpResponse:  # fmt: skip
    steps = form.steps()
    at, rows, plain = _index(form, step), _groups(form, step), form.plain(step) if step else []
    shown = SHOWN_ROWS if len(rows) > TIERS else len(rows)
    context: dict[str, Any] = {
        "title": view.name if view else str(kind.label),
        "kind": kind,
        "view": view,
        "form": form,
        "step": step,
        "fields": [field for field in plain if not field.use_fieldset],
        "sets": [field for field in plain if field.use_fieldset],
        "groups": rows[:shown],
        "more_groups": rows[shown:],
        "more_open": any(field.value() or field.errors for row in rows[shown:] for field in row),
        "shown_rows": shown,
        "steps": [
            {"label": label, "state": "done" if n < at else "now" if n == at else "next"}
            for n, (_name, label) in enumerate(steps)
        ],
        "back": steps[at - 1][0] if step and at else "",
        "next": steps[at + 1] if step and at + 1 < len(steps) else None,
        "hidden": list(form.hidden(step)),
        "error": error,
        "rule": words.WECHAT_RULE if "wechat" in form.step_fields["effect"] and step == "effect" else "",
    }
    if spec is not None:
        goods = goods_of(visitor.shop.id)
        about = [sku for sku in in_scope(spec.scope, goods) if sku in form.labels]
        context |= {
            "box": box_of(visitor.shop.id, spec, form.labels, about, visitor.shop.currency, utc_now()),
            "says": says(spec, form.labels, visitor.shop.currency, dict(tiers_above(visitor.shop.id))),
            "faces": [form.labels[sku] for sku in about[:3]],
            "priced": spec.layer in ("activity", "price") and kind.key != "bundle",
        }
        chosen = next((one for one in form.offered if str(one.id) == str(spec.play_settings.get("bundle"))), None)
        if chosen is not None and isinstance(spec.effect, BundlePrice):
            context["made"] = set_figures(visitor, replace(chosen.spec, price=spec.effect, tiers=()))
    crumbs = [(_("营销活动"), reverse(PAGE))]
    return show(request, visitor, "campaigns/edit", context, page=PAGE, crumbs=crumbs, status=status)


def _groups(form: CampaignForm, step: str) -> list[list[Any]]:
    """Rows of SKUs, or of tiers."""
    if step == "goods" and form.fields.get("sku_0") is not None:
        return form.rows()
    return form.tiers() if step == "effect" else []
