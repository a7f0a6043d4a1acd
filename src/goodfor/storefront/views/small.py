"""Help, terms, privacy, this device, language, and the pages for what went wrong."""
# ruff: noqa: ARG001  (views take what Django and the frame give them)

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from goodfor.cards import queries as cards
from goodfor.identity import queries as identity
from goodfor.identity.types import ShopView
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import NotFound
from goodfor.mall import queries as mall
from goodfor.orders import queries as orders
from goodfor.referrals import queries as referrals
from goodfor.storefront import grants
from goodfor.storefront.account import current
from goodfor.storefront.balance import held_by
from goodfor.storefront.errors import PageExpired
from goodfor.storefront.page import page, refusal, show
from goodfor.storefront.points import held_points, stands
from goodfor.subscriptions import queries as subscriptions
from goodfor.welfare import queries as welfare

YEAR = 365 * 24 * 3600


@page()
def help_page(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """How buying, receiving and looking up work."""
    return show(request, "help", {"tab": "me"})


@page()
def terms(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """Terms of service."""
    return show(request, "terms", {"tab": "me"})


@page()
def privacy(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """What is kept about a buyer."""
    return show(request, "privacy", {"tab": "me"})


@page(private=True)
def me(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """The account that is signed in, or the way to one; this device: its orders, language, help."""
    held = grants.grants_of(request, shop.id)
    context: dict[str, object] = {
        "count": len(held),
        "tab": "me",
        "cards": cards.is_on(shop.id),
        "mall": mall.is_on(shop.id, utc_now()),
        "plans": subscriptions.is_on(shop.id),
    }
    buyer = current(request, shop)
    if buyer is not None:
        proved = [grant.order_id for grant in held]
        context |= {
            "view": identity.buyer_view(shop.id, buyer.buyer_id),
            "held": held_by(shop, buyer),
            "points": held_points(shop, buyer, utc_now()),
            "stands": stands(shop, buyer, utc_now()),
            "unread": identity.unread_notices(shop.id, buyer.buyer_id),
            "invites": referrals.is_on(shop.id, utc_now()),
            "works": welfare.has_companies(shop.id),
            "claimable": len(orders.claimable_orders(shop.id, buyer.buyer_id, proved)),
        }
    return show(request, "me", context)


@page("POST", private=True)
def forget(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """Let this browser forget its orders; number and secret still find them."""
    response = redirect("storefront:me")
    grants.forget(response)
    return response


@page("POST")
def language(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """Choose a language and go back to where one was."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None) or "k=" in back:
        back = "/"
    response = redirect(back)
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=YEAR,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    return response


@page("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
def _missing(request: HttpRequest, shop: ShopView) -> HttpResponse:
    raise NotFound


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler404."""
    return _missing(request)


@page("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
def _expired(request: HttpRequest, shop: ShopView) -> HttpResponse:
    return refusal(request, PageExpired(_("请返回上一页刷新后再提交，并允许浏览器保存 Cookie。")))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW: nothing was changed."""
    # The refusal itself must not be refused for the same reason again.
    request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
    return _expired(request)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: touches neither database nor session."""
    response = HttpResponse(
        "<!doctype html><meta charset=utf-8><title>500</title><h1>这一页出错了 · Something broke here</h1>"
        "<p>请稍后再试。已付的款不会丢。 Please try again. Money already paid is safe.</p>",
        status=500,
    )
    response["Content-Security-Policy"] = "default-src 'none'"
    return response
