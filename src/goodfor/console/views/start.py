"""From nothing to the first sale in five steps, each with its form right here; any of them may wait."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goodfor.catalog import operations as catalog
from goodfor.catalog.errors import InvalidImage
from goodfor.console import starting
from goodfor.console.access import is_fresh
from goodfor.console.frame import console_page, done, show
from goodfor.console.operations.dismiss_start import dismiss_start
from goodfor.console.operations.start_channel import start_channel
from goodfor.console.operations.start_product import start_product
from goodfor.console.refund_words import today_words
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.demo import queries as demo
from goodfor.demo.errors import DemoOnSale
from goodfor.identity.operations.name_shop import name_shop
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.ids import secret_token
from goodfor.kernel.money import Money
from goodfor.kit.writing import plain_money
from goodfor.payments import queries as payments

PAGE: Final = "desk:start"
MAX_PICTURE: Final = 4_000_000
#: Methods of an EPay gateway that are asked for here; the settings know more.
EPAY_METHODS: Final = (("alipay", gettext_lazy("支付宝")), ("wxpay", gettext_lazy("微信支付")))
SECRET_FIELDS: Final = frozenset({"key", "private_key", "lines"})


@console_page(Permission.SHOP_CONFIGURE)
def start(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The steps, with the form of one of them."""
    now = utc_now()
    asked = request.GET.get("step", "")
    order = starting.test_order(visitor.shop) if request.headers.get("HX-Request") else None
    if order is not None and order.state not in ("placed", "paid"):
        # What was watched has come about: the whole page is another now.
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = at("order")
        return answer
    return page(request, visitor, asked if asked in starting.KEYS else starting.way_of(visitor.shop, now).next, now)


def at(step: str) -> str:
    """The address of a step."""
    return f"{reverse(PAGE)}?{urlencode({'step': step})}"


def page(
    request: HttpRequest,
    visitor: Visitor,
    step: str,
    now: datetime,
    *,
    error: DomainError | None = None,
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The page with the form of `step`. What was typed stays in the form; keys and codes do not."""
    shop, way = visitor.shop, starting.way_of(visitor.shop, now)
    place = starting.KEYS.index(step)
    context = {
        "way": way,
        "step": step,
        "steps": way.items(step),
        "before": at(starting.KEYS[place - 1]) if place else "",
        "after": at(starting.KEYS[place + 1]) if place + 1 < len(starting.KEYS) else "",
        "is_done": step in way.done,
        "address": starting.address_of_shop(shop),
        "error": error,
        "field": str(error.data.get("field", "")) if error else "",
        "typed": {k: v for k, v in request.POST.items() if k not in SECRET_FIELDS},
        **_of_step(request, visitor, step, now),
        **(more or {}),
    }
    return show(request, visitor, "start", context, page=PAGE, status=error.http_status if error else 200)


def _of_step(request: HttpRequest, visitor: Visitor, step: str, now: datetime) -> dict[str, Any]:
    shop = visitor.shop
    if step == "product":
        return {"offers": starting.offers_of(shop), "most_picture": MAX_PICTURE}
    if step == "codes":
        offers = starting.offers_of(shop)
        free = {sku.id: count for _product, sku, count in starting.in_stock(shop, now)}
        return {
            "skus": [(str(sku.id), f"{product.name} {sku.name}") for product, sku in offers],
            "stock": [(f"{product.name} {sku.name}", free.get(sku.id, 0)) for product, sku in offers],
        }
    if step == "channel":
        return {
            "accounts": payments.accounts(shop.id, now),
            "stand_in": settings.GOODFOR_SANDBOX_PROVIDER or bool(settings.GOODFOR_STAND_IN[0]),
            "fresh": is_fresh(request, now),
            "prove": f"{reverse('desk:prove')}?{urlencode({'next': at('channel')})}",
            "methods": EPAY_METHODS,
        }
    if step == "order":
        order = starting.test_order(shop)
        return {
            "order": order,
            "refunds_today": today_words(visitor, now) if order and order.state == "delivered" else [],
            "offers": [
                (str(sku.id), f"{product.name} {sku.name} · {plain_money(sku.price)}")
                for product, sku, _free in starting.in_stock(shop, now)
            ],
            "ways": ways_to_pay(visitor, now),
            "test_money": payments.balance_enabled(shop.id, shop.currency, now),
        }
    return {}


def ways_to_pay(visitor: Visitor, now: datetime) -> list[tuple[str, str]]:
    """How a test order can be paid: the checkout's methods, and the balance."""
    shop = visitor.shop
    found = [
        (f"{way.account_code}/{way.method}", way.account_name)
        for way in payments.checkout_methods(shop.id, shop.currency, now)
    ]
    return [*found, *([("balance", _("余额"))] if payments.balance_enabled(shop.id, shop.currency, now) else [])]


@console_page(Permission.SHOP_CONFIGURE, methods=("POST",))
def name(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What the shop is called, and where its buyers find help."""
    now, sent = utc_now(), request.POST
    try:
        name_shop(
            shop_id=visitor.shop.id, name=sent.get("name", ""), name_en=sent.get("name_en", ""),
            support=sent.get("support", ""), actor=visitor.actor, now=now,
        )  # fmt: skip
    except DomainError as error:
        return page(request, visitor, "name", now, error=error)
    return done(request, _("店铺名称已保存"), at("product"))


@console_page(Permission.CATALOG_EDIT, methods=("POST",))
def product(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """One product with one face value; its picture comes after, so that a bad one costs nothing but itself."""
    now, sent, shop = utc_now(), request.POST, visitor.shop
    try:
        picture = _picture(request)
        product_id, made = start_product(
            shop_id=shop.id,
            name=sent.get("name", ""),
            sku_name=sent.get("sku_name", ""),
            price=_price(sent.get("price", ""), shop.currency),
            how_to_use=sent.get("how_to_use", ""),
            actor=visitor.actor,
            now=now,
        )
        if not made:
            return done(request, _("已经有商品在售，没有重复新建"), at("codes"))
        if picture:
            catalog.set_product_image(
                shop_id=shop.id, product_id=product_id, raw=picture, actor=visitor.actor, now=utc_now()
            )
    except InvalidImage as error:
        if starting.offers_of(shop):
            # The product is there; only its picture is not.
            return done(request, _("商品已上架；图片没有用上：%(why)s") % {"why": error.title}, at("codes"))
        return page(request, visitor, "product", now, error=error)
    except DomainError as error:
        return page(request, visitor, "product", now, error=error)
    return done(request, _("商品已上架"), at("codes"))


def _picture(request: HttpRequest) -> bytes:
    sent = request.FILES.get("picture")
    if sent is None:
        return b""
    if (sent.size or 0) > MAX_PICTURE:
        raise InvalidImage
    return bytes(sent.read())


def _price(text: str, currency: str) -> Money:
    try:
        return Money.parse(text.strip(), currency)
    except ValueError:
        raise InvalidInput(_("金额请写成 9.90 这样"), field="price") from None


@console_page(Permission.PAYMENTS_CONFIGURE, methods=("POST",))
def channel(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """One way to be paid. Keys of a real gateway ask for a fresh proof first."""
    now, sent, shop = utc_now(), request.POST, visitor.shop
    try:
        opened = start_channel(
            shop_id=shop.id, currency=shop.currency, actor=visitor.actor, now=now, **_wanted(request, shop.id, sent)
        )
    except DomainError as error:
        return page(request, visitor, "channel", now, error=error, more={"picked": sent.get("provider", "")})
    words = _("收款方式已开通") if opened else _("这种收款方式已经开通，没有重复新建")
    return done(request, words, at("order"))


def _wanted(request: HttpRequest, shop_id: UUID, sent: Mapping[str, str]) -> dict[str, Any]:
    provider = sent.get("provider", "")
    if provider == "balance":
        return {
            "provider": "balance", "code": "balance", "name": _("余额"), "config": {}, "secrets": {},
            "methods": ("balance",),
        }  # fmt: skip
    if provider == "stand-in":
        return _stand_in()
    if provider != "epay":
        raise InvalidInput(_("请选择一种收款方式"), field="provider")
    require_fresh_proof(request)
    if demo.on_sale(shop_id):
        raise DemoOnSale
    methods = [method for method, _label in EPAY_METHODS if sent.get(f"method-{method}")]
    if not methods:
        raise InvalidInput(_("至少选择一种支付方式"), field="methods")
    version = sent.get("version", "v1")
    config = {"gateway": sent.get("gateway", "").strip(), "pid": sent.get("pid", "").strip(), "version": version}
    if version == "v2":
        config["platform_key"] = sent.get("platform_key", "").strip()
        secrets = {"private_key": sent.get("private_key", "").strip()}
    else:
        secrets = {"key": sent.get("key", "").strip()}
    return {
        "provider": "epay", "code": "epay", "name": _("易支付"), "config": config, "secrets": secrets,
        "methods": methods,
    }  # fmt: skip


def _stand_in() -> dict[str, Any]:
    """The channel of this installation that moves no money. Raises InvalidInput where none runs."""
    if settings.GOODFOR_SANDBOX_PROVIDER:
        return {
            "provider": "sandbox", "code": "sandbox", "name": _("模拟支付"), "config": {},
            "secrets": {"key": secret_token()}, "methods": ("sandbox",),
        }  # fmt: skip
    url, pid, key = settings.GOODFOR_STAND_IN
    if not url:
        raise InvalidInput(_("这里没有运行模拟支付"), field="provider")
    return {
        "provider": "epay", "code": "stand-in", "name": _("模拟支付"),
        "config": {"gateway": url, "pid": pid, "version": "v1", "query_method": "POST"},
        "secrets": {"key": key}, "methods": ("alipay",),
    }  # fmt: skip


@console_page(Permission.SHOP_CONFIGURE, methods=("POST",))
def dismiss(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The card goes from the overview; the page stays where it is."""
    dismiss_start(shop_id=visitor.shop.id, actor=visitor.actor, now=utc_now())
    return done(request, _("已收起；随时可以从「设置 - 开店引导」回来"), reverse("desk:overview"))
