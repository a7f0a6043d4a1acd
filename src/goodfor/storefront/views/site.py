"""What stands beside the pages: share pictures, the manifest, the map for robots, icons."""
# ruff: noqa: ARG001  (views take what Django and the frame give them)

from xml.sax.saxutils import escape

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from goodfor.catalog import queries as catalog
from goodfor.identity.types import ShopView
from goodfor.storefront.client import scheme_and_host
from goodfor.storefront.forms import typed
from goodfor.storefront.page import page
from goodfor.storefront.share_picture import picture, words_of

#: The protocol of sitemaps (sitemaps.org) takes 50,000 addresses a file.
MAX_ADDRESSES = 45_000
A_DAY = 86_400


@page()
def share_picture(request: HttpRequest, shop: ShopView, slug: str) -> HttpResponse:
    """The picture of a product for whoever is sent its link."""
    content = picture(words_of(shop.name, catalog.get_product(shop.id, typed(slug))))
    response = HttpResponse(content, content_type="image/png")
    response["Cache-Control"] = f"public, max-age={A_DAY}"
    return response


@page()
def manifest(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """What a phone needs to keep the shop on its home screen."""
    icons = [
        {"src": static(f"storefront/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": use}
        for size in (192, 512)
        for use in ("any", "maskable")
    ]
    return JsonResponse(
        {
            "name": shop.name,
            "short_name": shop.name[:12],
            "start_url": reverse("storefront:home"),
            "scope": "/",
            "display": "standalone",
            "background_color": "#fbfaf6",
            "theme_color": "#fbfaf6",
            "lang": "zh-Hans",
            "icons": icons,
        },
        content_type="application/manifest+json",
        json_dumps_params={"ensure_ascii": False},
    )


@page()
def sitemap(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """What is on sale and where it stands, under the host that was asked."""
    origin = scheme_and_host(request)
    paths = [reverse(f"storefront:{name}") for name in ("home", "categories", "trust", "help", "terms", "privacy")]
    paths += [reverse("storefront:category", args=[category.slug]) for category in catalog.categories(shop.id)]
    paths += [reverse("storefront:scene", args=[scene]) for scene in catalog.scenes(shop.id)]
    slugs = catalog.slugs_on_sale(shop.id, MAX_ADDRESSES)
    paths += [reverse("storefront:product", args=[slug]) for slug in slugs]
    entries = "".join(f"<url><loc>{escape(origin + path)}</loc></url>" for path in paths)
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>\n'
    return HttpResponse(body, content_type="application/xml")


@page()
def robots(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """Orders are nobody's search results."""
    closed = ("/o/", "/orders", "/checkout", "/lookup", "/me", "/search", "/console/", "/api/")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    lines.append(f"Sitemap: {scheme_and_host(request)}{reverse('storefront:sitemap')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """For whatever asks without having read the page."""
    return redirect(static("storefront/icon-192.png"))
