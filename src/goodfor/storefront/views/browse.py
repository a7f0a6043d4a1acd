"""Home, categories, search, product."""

from django.http import HttpRequest, HttpResponse

from goodfor.catalog import queries as catalog
from goodfor.identity.types import ShopView
from goodfor.kernel.errors import NotFound
from goodfor.storefront.forms import typed
from goodfor.storefront.page import page, show
from goodfor.storefront.queries import chosen, offers, shelf, trust_figures

PAGE_SIZE = 24
MOST_QUERY = 60


def _after(request: HttpRequest) -> str | None:
    return typed(request.GET.get("after", "")) or None


@page()
def home(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """Search, categories, what is on sale, and what the shop's books say about it."""
    context = {
        "categories": catalog.categories(shop.id),
        "products": shelf(shop.id, catalog.list_products(shop.id, after=_after(request), limit=PAGE_SIZE)),
        "figures": trust_figures(shop.id),
        "tab": "home",
    }
    return show(request, "home", context)


@page()
def category(request: HttpRequest, shop: ShopView, slug: str = "") -> HttpResponse:
    """All products, or those of one category."""
    categories = catalog.categories(shop.id)
    current = next((c for c in categories if c.slug == slug), None)
    if slug and current is None:
        raise NotFound
    listed = catalog.list_products(shop.id, category=slug or None, after=_after(request), limit=PAGE_SIZE)
    return show(
        request,
        "category",
        {"categories": categories, "current": current, "products": shelf(shop.id, listed), "tab": "categories"},
    )


@page()
def search(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """Products whose name or words hold the query."""
    query = " ".join(typed(request.GET.get("q", "")).split())[:MOST_QUERY]
    found = catalog.list_products(shop.id, query=query, after=_after(request), limit=PAGE_SIZE) if query else None
    context = {
        "query": query,
        "products": shelf(shop.id, found) if found else None,
        "categories": catalog.categories(shop.id),
        "tab": "categories",
    }
    return show(request, "search", context)


@page()
def product(request: HttpRequest, shop: ShopView, slug: str) -> HttpResponse:
    """One product: face values, price, stock, limits, and how it will reach the buyer."""
    view = catalog.get_product(shop.id, typed(slug))
    offered = offers(shop.id, view)
    context = {
        "product": view,
        "offers": offered,
        "offer": chosen(offered, request.GET.get("sku", "")),
        "figures": trust_figures(shop.id),
        "tab": "categories",
    }
    return show(request, "product", context)
