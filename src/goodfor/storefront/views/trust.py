"""What the shop has really done: the page, the signed document for others to verify and show, and the badge."""
# ruff: noqa: ARG001  (views take what Django and the frame give them)

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec
from xml.sax.saxutils import escape

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _

from goodfor.aftersales import queries as aftersales
from goodfor.aftersales.queries import Figures
from goodfor.catalog import queries as catalog
from goodfor.identity.types import ShopView
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import NotFound
from goodfor.kernel.money import Money
from goodfor.kit.writing import money, percent, seconds, thousands
from goodfor.orders import queries as orders
from goodfor.storefront.page import View, page, show

#: Others may keep the document and the badge for so long; the figures are counted again about as often.
KEPT_SECONDS: Final = 60
#: Width of a character of the badge, in its own units: wide ones and the others.
WIDE, NARROW = 11, 6.6
P = ParamSpec("P")


def for_everybody(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """What any site may read and keep: the same for everybody, without cookies, in no language of theirs."""
    framed = page()(view)

    @wraps(framed)
    def answered(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = framed(request, *args, **kwargs)
        if response.status_code == 200:
            response["Access-Control-Allow-Origin"] = "*"
            response["Cross-Origin-Resource-Policy"] = "cross-origin"
            response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
            del response["Vary"]
            del response["Content-Language"]
        return response

    return answered  # type: ignore[return-value]


@page()
def trust(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """Each figure with how it is counted, and from how many."""
    now = utc_now()
    figures = aftersales.shop_figures(shop.id, now)
    names = {category.id: category.name for category in catalog.categories(shop.id)}
    context = {
        "figures": figures,
        "proofs": _proofs(figures),
        "categories": [
            (names[one.scope_id], one) for one in aftersales.category_figures(shop.id, now) if one.scope_id in names
        ],
        "sold_codes": orders.trust_figures(shop.id)["sold_codes"],
        "title": _("兑现数据"),
        "tab": "me",
    }
    return show(request, "trust", context)


def _proofs(one: Figures) -> list[tuple[str, str, str]]:
    """Figure, what it is, and how it was counted."""
    count, dash = one.count, "–"
    timed = {"n": thousands(one.delivered)}
    back = {"n": thousands(one.refunded)}
    return [
        (percent(one.valid_rate), _("有效率"),
         _("发出 %(units)s 个，其中 %(bad)s 个核实无效、已被使用、过期或发错。")
         % {"units": thousands(count.units), "bad": thousands(count.bad)}),
        (seconds(one.delivered_p50) or dash, _("发码用时，一半在此之内"),
         _("从收到付款到码出现在订单页，%(n)s 笔店面订单的中位数。") % timed),
        (seconds(one.delivered_p95) or dash, _("发码用时，95% 在此之内"),
         _("同一批订单里，最慢的 5% 之外都在这个时间内。")),
        (seconds(one.refund_p50) or dash, _("退款用时，一半在此之内"),
         _("从决定退款到渠道确认款项退出，%(n)s 笔退款的中位数。") % back),
        (seconds(one.refund_p95) or dash, _("退款用时，95% 在此之内"),
         _("同一批退款里，最慢的 5% 之外都在这个时间内。")),
        (percent(one.automatic_rate), _("售后自动处理"),
         _("%(n)s 笔售后有了结果，其中 %(auto)s 笔没有等人处理。")
         % {"n": thousands(count.decided), "auto": thousands(count.automatic)}),
        (percent(one.kept_rate), _("按时答复和处理"),
         _("%(n)s 个承诺的时间里，%(kept)s 个按时做到。")
         % {"n": thousands(count.due), "kept": thousands(count.kept)}),
        (money(Money(count.granted_minor, one.currency)), _("已赔付"),
         _("退换之外另付给买家 %(n)s 笔。") % {"n": thousands(count.grants)}),
    ]  # fmt: skip


@for_everybody
def document(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """The same figures, signed; docs/trust.md says how they are verified."""
    signed = aftersales.signed_figures(shop.id, utc_now())
    if signed is None:
        raise NotFound
    return JsonResponse(signed, json_dumps_params={"ensure_ascii": False})


@for_everybody
def badge(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """Validity and the median time of a refund, as a picture; `?lang=en` for English words."""
    one = aftersales.shop_figures(shop.id, utc_now())
    with translation.override("en" if request.GET.get("lang") == "en" else "zh-hans"):
        left = _("有效率 %(rate)s") % {"rate": percent(one.valid_rate)}
        right = _("退款 %(time)s") % {"time": seconds(one.refund_p50) or "–"}
    return HttpResponse(_drawn(left, right), content_type="image/svg+xml")


def _drawn(left: str, right: str) -> str:
    first, second = _width(left), _width(right)
    label = escape(f"{left} · {right}", {'"': "&quot;"})
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{first + second}" height="24" role="img" aria-label="{label}">'
        f'<rect width="{first}" height="24" fill="#1d6b4f"/>'
        f'<rect x="{first}" width="{second}" height="24" fill="#2b2b2b"/>'
        '<g fill="#fff" font-family="system-ui,sans-serif" font-size="12" text-anchor="middle">'
        f'<text x="{first / 2:g}" y="16">{escape(left)}</text>'
        f'<text x="{first + second / 2:g}" y="16">{escape(right)}</text></g></svg>\n'
    )


def _width(text: str) -> int:
    return round(sum(WIDE if ord(one) > 0x2E80 else NARROW for one in text)) + 16
