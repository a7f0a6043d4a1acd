"""Home, categories, scenes, search, product."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse

from goodfor.catalog import queries as catalog
from goodfor.identity.types import ShopView
from goodfor.insights.types import CAME, LOOKED
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import NotFound
from goodfor.orders import queries as orders
from goodfor.orders.types import DIRECT
from goodfor.storefront.account import current
from goodfor.storefront.client import face_of
from goodfor.storefront.deals import Deals, deals_of
from goodfor.storefront.filters import asked_of
from goodfor.storefront.flash import flash_slots, strip_of
from goodfor.storefront.forms import typed
from goodfor.storefront.home import arranged_home, default_home
from goodfor.storefront.member_only import gated
from goodfor.storefront.page import allow_frame_in, page, show
from goodfor.storefront.plays import plays_of
from goodfor.storefront.promised import promised_for
from goodfor.storefront.queries import Offer, chosen, offers, shelf, trust_figures
from goodfor.storefront.share_picture import picture_address
from goodfor.supply import queries as supply
from goodfor.window import queries as window

MOST_QUERY = 60
DESCRIBED = 150


def _after(request: HttpRequest) -> str | None:
    return typed(request.GET.get("after", "")) or None


@page(counts=CAME)
def home(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """What the operator has arranged, else all that is on sale; and what the shop's books say about it."""
    preview = window.opens_draft(shop.id, typed(request.GET["preview"], 600)) if "preview" in request.GET else None
    arranged = arranged_home(shop.id, utc_now(), draft=preview is not None)
    context = {
        "figures": trust_figures(shop.id),
        "tab": "home",
        "preview": preview,
        "preview_refused": "preview" in request.GET and preview is None,
        "home": arranged,
    }
    if arranged is None:
        context["slot"] = strip_of(flash_slots(shop.id, utc_now()))
        context["home"], context["products"] = default_home(shop.id, _after(request))
    response = show(request, "home", context)
    if "preview" in request.GET:
        response["X-Robots-Tag"] = "noindex"
        response["Cache-Control"] = "no-store"
    if preview is not None and preview.framed_by:
        allow_frame_in(response, preview.framed_by)
    return response


@page(counts=CAME)
def landing(request: HttpRequest, shop: ShopView, slug: str) -> HttpResponse:
    """A page of blocks for a scene or an event; its draft for whoever has a good link to it."""
    preview = window.opens_draft(shop.id, typed(request.GET["preview"], 600)) if "preview" in request.GET else None
    view = window.page_by_slug(shop.id, typed(slug, 64), offline=preview is not None)
    arranged = arranged_home(shop.id, utc_now(), draft=preview is not None, page_id=view.id)
    context = {
        "landing": view,
        "figures": trust_figures(shop.id),
        "title": view.title,
        "description": view.summary,
        "preview": preview,
        "preview_refused": "preview" in request.GET and preview is None,
        "home": arranged,
        "tab": "home",
    }
    response = show(request, "landing", context)
    if "preview" in request.GET:
        response["X-Robots-Tag"] = "noindex"
        response["Cache-Control"] = "no-store"
    if preview is not None and preview.framed_by:
        allow_frame_in(response, preview.framed_by)
    return response


@page(counts=CAME)
def category(request: HttpRequest, shop: ShopView, slug: str = "") -> HttpResponse:
    """All products, or those of one category, narrowed by what the address says."""
    categories = catalog.categories(shop.id)
    current = next((c for c in categories if c.slug == slug), None)
    if slug and current is None:
        raise NotFound
    asked = asked_of(request)
    products = shelf(shop.id, _after(request), category=slug or None, filters=asked.narrowed, in_stock=asked.in_stock)
    context = {"current": current, "title": current.name if current else "", "tab": "categories"}
    return _list(request, "category", shop, {**context, "categories": categories, "asked": asked, "products": products})


@page(counts=CAME)
def scene(request: HttpRequest, shop: ShopView, name: str) -> HttpResponse:
    """Products for one scene."""
    name = typed(name, 24)
    asked = asked_of(request, scene=name)
    products = shelf(shop.id, _after(request), filters=asked.narrowed, in_stock=asked.in_stock)
    if not products.goods and not asked.count > 1 and name not in catalog.scenes(shop.id):
        raise NotFound
    context = {"scene": name, "title": name, "asked": asked, "products": products, "tab": "categories"}
    return _list(request, "scene", shop, context)


@page(counts=CAME)
def search(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """Products whose name or words hold the query, best first; a slip in a Latin word is forgiven."""
    query = " ".join(typed(request.GET.get("q", "")).split())[:MOST_QUERY]
    asked = asked_of(request, query=query)
    products = (
        shelf(shop.id, _after(request), query=query, filters=asked.narrowed, in_stock=asked.in_stock) if query else None
    )
    context = {"query": query, "asked": asked, "products": products, "tab": "categories", "indexed": False}
    return _list(request, "search", shop, {**context, "categories": catalog.categories(shop.id)})


def _list(request: HttpRequest, name: str, shop: ShopView, context: dict[str, object]) -> HttpResponse:
    return show(request, name, {"scenes": catalog.scenes(shop.id), **context})


@page(counts=LOOKED)
def product(request: HttpRequest, shop: ShopView, slug: str) -> HttpResponse:
    """One product: face values, price and why, stock, limits, and how it will reach the buyer."""
    view = catalog.get_product(shop.id, typed(slug))
    offered = gated(shop.id, current(request, shop), offers(shop.id, view))
    offer = chosen(offered, request.GET.get("sku", ""))
    if offer is None:
        raise NotFound
    request.goodfor_product = view.id  # type: ignore[attr-defined]
    deals = deals_of(request, shop, view.id, offered, utc_now())
    context = {
        "product": view,
        "offers": offered,
        "offer": offer,
        "promise": promised_for(shop.id, view, offer.sku, utc_now()),
        "counted": orders.trust_view(shop.id),
        "asked": supply.form_of(shop.id, offer.sku.id) if offer.sku.delivery_kind == DIRECT else (),
        "plays": plays_of(
            shop.id, view, {sku: deal.price for sku, deal in deals.by_sku.items()}, utc_now(), face_of(request)
        ),
        **_prices(deals, offered, offer),
        "tab": "categories",
        "title": view.name,
        "description": (view.summary or view.how_to_use)[:DESCRIBED],
        "share_picture": picture_address(shop.name, view),
        "og_type": "product",
    }
    return show(request, "product", context)


def _prices(deals: Deals, offered: Sequence[Offer], offer: Offer) -> dict[str, object]:
    """What each face value costs this visitor now, and what orders get beside."""
    deal = deals.by_sku.get(offer.sku.id)
    pay = deal.price if deal else offer.sku.price
    listed = offer.sku.list_price if offer.saved and offer.sku.list_price else offer.sku.price
    return {
        "pay": pay,
        "off": listed - pay if listed > pay else None,
        "priced": [(one, deals.by_sku.get(one.sku.id)) for one in offered],
        "deal": deal,
        "also": deals.also,
        "members": deals.members,
        "has_coupons": deals.coupons,
    }
