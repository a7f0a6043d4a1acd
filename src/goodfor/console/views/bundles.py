"""Bundles in the console: the list, the editor in three steps with what a set leaves, on sale and off."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from goodfor.catalog import queries as catalog
from goodfor.console.bundle_forms import KINDS, PROBLEMS, STEPS, BundleForm, fits, initial_of
from goodfor.console.frame import console_page, done, show
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.kernel.money import Money
from goodfor.kit.writing import plain_money
from goodfor.orders import queries as orders
from goodfor.promotions import bundle_queries as bundles
from goodfor.promotions import queries as promotions
from goodfor.promotions.operations.move_bundle import archive_bundle, put_on_sale, take_off_sale
from goodfor.promotions.operations.write_bundle import create_bundle, revise_bundle
from goodfor.promotions.types import BundleSpec, BundleView, Costed
from goodfor.supply import queries as supply
from goodfor.vault import queries as vault

PAGE: Final = "desk:bundles"
STATES: Final = {
    "draft": (lazy("草稿"), "plain"), "on_sale": (lazy("在售"), "green"), "off_sale": (lazy("已下架"), "amber"),
    "archived": (lazy("已归档"), "plain"),
}  # fmt: skip
DONE: Final = {"off": lazy("已下架，已下的单照常"), "archive": lazy("已归档")}


@console_page(Permission.PROMOTIONS_VIEW)
def listed(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """All bundles that are not put away."""
    return _list(request, visitor)


def _list(request: HttpRequest, visitor: Visitor, error: DomainError | None = None) -> HttpResponse:
    shop_id = visitor.shop.id
    views = bundles.bundles(shop_id, on_sale=False)
    stock = orders.available(shop_id, _skus(views)) if views else {}
    rows = [
        {
            "view": view,
            "kind": dict(KINDS).get(view.spec.kind, view.spec.kind),
            "state": STATES[view.state],
            "sets": bundles.sets_in_stock(view.spec, stock),
            "price": _price_words(view.spec, visitor.shop.currency),
        }
        for view in views
    ]
    context = {"rows": rows, "error": error, "may": visitor.may(Permission.PROMOTIONS_SET)}
    return show(request, visitor, "bundles", context, page=PAGE, status=error.http_status if error else 200)


def _skus(views: list[BundleView]) -> list[UUID]:
    return list(dict.fromkeys(part.sku_id for view in views for part in view.spec.parts))


def _price_words(spec: BundleSpec, currency: str) -> str:
    if spec.price.minor is not None:
        return plain_money(Money(spec.price.minor, currency))
    return _("合计减 %(percent)s%%") % {"percent": f"{(spec.price.off_bp or 0) / 100:g}"}


@console_page(Permission.PROMOTIONS_SET, methods=("GET", "POST"))
def new(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """A new bundle."""
    return _editor(request, visitor, None)


@console_page(Permission.PROMOTIONS_SET, methods=("GET", "POST"))
def edit(request: HttpRequest, visitor: Visitor, bundle_id: UUID) -> HttpResponse:
    """Its newest revision, to be changed by the next one."""
    return _editor(request, visitor, bundles.newest(visitor.shop.id, bundle_id))


def _editor(request: HttpRequest, visitor: Visitor, known: BundleView | None) -> HttpResponse:
    shop = visitor.shop
    initial = initial_of(known.spec, known.slug, shop.currency) if known else {}
    sent = request.POST if request.method == "POST" else None
    form = BundleForm(sent, shop_id=shop.id, currency=shop.currency, known=known is not None, initial=initial)
    if known is not None and not fits(known.spec):
        return _show(request, visitor, known, form, "", None)
    if sent is None:
        return _show(request, visitor, known, form, "goods", None)
    to, error, spec = sent.get("to", "price"), None, None
    if form.is_valid():
        try:
            spec = form.spec()
            if to in ("check", "save", "sell"):
                bundles.checked(spec)
            if to in ("save", "sell"):
                return _keep(request, visitor, known, spec, form, sell=to == "sell")
        except DomainError as refused:
            error = refused
            _tell(form, refused)
    if form.errors:
        return _show(request, visitor, known, form, _step_of(form, error), None, 422)
    if error is not None:
        return _show(request, visitor, known, form, "check", spec, error.http_status, error)
    return _show(request, visitor, known, form, to if to in dict(STEPS) else "goods", spec)


def _keep(
    request: HttpRequest, visitor: Visitor, known: BundleView | None, spec: BundleSpec, form: BundleForm, *, sell: bool
) -> HttpResponse:
    shop_id, actor, now = visitor.shop.id, visitor.actor, utc_now()
    if known is None:
        bundle_id = create_bundle(
            shop_id=shop_id, slug=form.cleaned_data["slug"], spec=spec, actor=actor, now=now
        )  # fmt: skip
    else:
        bundle_id, seen = known.id, request.POST.get("seen", "")
        number = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else 0
        revise_bundle(shop_id=shop_id, bundle_id=bundle_id, spec=spec, seen=number, actor=actor, now=now)
    if not sell:
        return done(request, _("已保存，上架后买家才看到"), reverse(PAGE))
    newest = bundles.newest(shop_id, bundle_id)
    put_on_sale(shop_id=shop_id, bundle_id=bundle_id, seen=newest.number, actor=actor, now=now)
    return done(request, _("已上架，买家现在就能买"), reverse(PAGE))


def _tell(form: BundleForm, refused: DomainError) -> None:
    """Say it beside the field that is wrong, or above the step, in words of what to do."""
    if refused.code == "slug_taken":
        form.add_error("slug", str(PROBLEMS["slug"][0]))
        return
    name = str(refused.data.get("field", ""))
    words, _step = PROBLEMS.get(name, ("", ""))
    if name in form.fields:
        # What reading an amount says is more exact than what its field is for.
        form.add_error(name, str(refused.message or words or refused.title))
    elif words:
        form.add_error(None, str(words))


def _step_of(form: BundleForm, error: DomainError | None) -> str:
    """The first step that has something to be put right."""
    name = str(error.data.get("field", "")) if error is not None else ""
    if name in PROBLEMS and name not in form.fields:
        return PROBLEMS[name][1]
    wrong = set(form.errors)
    return "price" if wrong and wrong <= {*form.of_step("price"), "__all__"} and wrong != {"__all__"} else "goods"


def _show(
    request: HttpRequest, visitor: Visitor, known: BundleView | None, form: BundleForm, step: str,
    spec: BundleSpec | None, status: int = 200, error: DomainError | None = None,
) -> HttpResponse:  # fmt: skip
    order = [name for name, _label in STEPS]
    at = order.index(step) if step in order else 0
    context: dict[str, Any] = {
        "title": known.spec.title if known else _("新组合"),
        "known": known,
        "form": form,
        "step": step,
        "steps": [
            {"label": label, "state": "done" if n < at else "now" if n == at else "next"}
            for n, (_name, label) in enumerate(STEPS)
        ],
        "hidden": list(form.hidden(step)),
        "many": any(row["chosen"] or row["sku"].errors for row in form.rows()[4:]),
        "grouped": any(field.value() or field.errors for group in form.groups() for field in group.values()),
        "error": error,
    }
    if step == "check" and spec is not None:
        context["made"] = set_figures(visitor, spec)
    return show(request, visitor, "bundle_edit", context, page=PAGE, crumbs=[(_("组合"), reverse(PAGE))], status=status)


def set_figures(visitor: Visitor, spec: BundleSpec) -> dict[str, Any]:
    """What a set costs and leaves, over all choices; and the bundle as a buyer's phone shows it."""
    shop_id, currency, now = visitor.shop.id, visitor.shop.currency, utc_now()
    ids = [part.sku_id for part in spec.parts]
    labels = {one.id: one for one in catalog.sku_labels(shop_id, ids)}
    prices = {sku_id: label.price.amount_minor for sku_id, label in labels.items()}
    tops = vault.top_costs(shop_id, ids)
    costs = {sku_id: cost for sku_id, (cost, of) in tops.items() if of == currency}
    rest = [sku_id for sku_id in ids if sku_id not in costs]
    costs |= supply.dearest(shop_id, rest, now, currency=currency)
    box = bundles.margin_box(spec, prices, costs, promotions.floor_of(shop_id))

    def words(one: Costed) -> dict[str, Any]:
        return {
            "picks": [(labels[sku_id], times) for sku_id, times in one.picks.items() if sku_id in labels],
            "listed": Money(one.list_minor, currency),
            "price": Money(one.price_minor, currency),
            "cost": None if one.cost is None else Money(one.cost, currency),
            "margin": None if one.margin is None else Money(one.margin, currency),
        }

    return {
        "spec": spec,
        "worst": words(box.worst),
        "best": words(box.best),
        "same": box.worst.picks == box.best.picks and box.worst.price_minor == box.best.price_minor,
        "below": box.below_floor,
        "unknown": [labels[sku_id] for sku_id in box.unknown if sku_id in labels],
        "parts": [(part, labels[part.sku_id]) for part in spec.parts if part.sku_id in labels],
    }


@console_page(Permission.PROMOTIONS_SET, methods=("POST",))
def move(request: HttpRequest, visitor: Visitor, bundle_id: UUID) -> HttpResponse:
    """On sale, off, or away."""
    shop_id, actor, now, to = visitor.shop.id, visitor.actor, utc_now(), request.POST.get("to", "")
    try:
        if to == "off":
            take_off_sale(shop_id=shop_id, bundle_id=bundle_id, actor=actor, now=now)
        elif to == "archive":
            archive_bundle(shop_id=shop_id, bundle_id=bundle_id, actor=actor, now=now)
        else:
            seen = request.POST.get("seen", "")
            number = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else 0
            put_on_sale(shop_id=shop_id, bundle_id=bundle_id, seen=number, actor=actor, now=now)
    except DomainError as error:
        return _list(request, visitor, error)
    return done(request, DONE.get(to, _("已上架，买家现在就能买")), reverse(PAGE))
