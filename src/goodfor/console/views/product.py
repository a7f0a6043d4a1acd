"""One product: its words, pictures and SKUs, and whether it is on sale."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goodfor.catalog import operations as catalog_does
from goodfor.catalog import queries as catalog
from goodfor.catalog.errors import InvalidImage, PictureUnknown
from goodfor.catalog.types import ProductView
from goodfor.console.columns import Text
from goodfor.console.desk.skus import STATES, SkuRow, rows_of
from goodfor.console.frame import console_page, done, show
from goodfor.console.types import Visitor
from goodfor.console.views.goods_forms import (
    NEW_PRODUCT,
    NEW_SKU,
    code_of,
    field_errors,
    product_values,
    sku_values,
    slug_of,
    tier_choices,
    typed_of_product,
)
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kit.words import delivery_label

PAGE: Final = "desk:products"
MOST_BYTES: Final = 4 * 1024 * 1024
#: Why nobody could buy it, and what to do about it.
OBSTACLES: Final[Mapping[str, Text]] = {
    "no_sku": gettext_lazy("还没有规格：先在下面添加一个规格和售价"),
    "no_sku_on_sale": gettext_lazy("没有在售的规格：先上架至少一个规格"),
}


@console_page(Permission.CATALOG_EDIT, methods=("GET", "POST"))
def product_new(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """A new product, off sale until it has a SKU and somebody puts it on sale."""
    error: DomainError | None = None
    if request.method == "POST":
        try:
            product_id = catalog_does.create_product(
                shop_id=visitor.shop.id,
                slug=slug_of(request.POST.dict()),
                on_sale=False,
                actor=visitor.actor,
                now=utc_now(),
                **product_values(request.POST.dict()),
            )
            return done(request, _("商品已创建，接下来添加规格和售价"), reverse("desk:product", args=[product_id]))
        except InvalidInput as refused:
            error = refused
    context = {
        "title": _("新建商品"),
        "shelves": _shelves(visitor),
        "typed": request.POST.dict() if request.method == "POST" else NEW_PRODUCT,
        "errors": field_errors(error) if error else {},
        "error": error,
    }
    crumbs = [(_("商品"), reverse(PAGE))]
    status = error.http_status if error else 200
    return show(request, visitor, "product_new", context, page=PAGE, crumbs=crumbs, status=status)


def _shelves(visitor: Visitor) -> list[tuple[str, str]]:
    return [(str(shelf.id), shelf.name) for shelf in catalog.shelves(visitor.shop.id)]


@console_page(Permission.CATALOG_VIEW)
def product(request: HttpRequest, visitor: Visitor, product_id: UUID) -> HttpResponse:
    """Everything about it on one page."""
    return _product(request, visitor, catalog.get_product(visitor.shop.id, product_id))


def _product(
    request: HttpRequest, visitor: Visitor, found: ProductView, error: DomainError | None = None, form: str = ""
) -> HttpResponse:
    typed, errors = (request.POST.dict(), field_errors(error)) if error else ({}, {})
    skus = rows_of(visitor.shop.id, [sku.id for sku in found.skus])
    context: dict[str, Any] = {
        "title": found.name,
        "product": found,
        "shop_url": shop_url(request, visitor, found.slug),
        "obstacles": [OBSTACLES[key] for key in found.obstacles],
        "hints": _hints(found, skus),
        "shelves": _shelves(visitor),
        "skus": [(row, *STATES[row.state]) for row in skus],
        "pictures": catalog.pictures(visitor.shop.id, found.id),
        "may_edit": visitor.may(Permission.CATALOG_EDIT),
        "typed": typed if form == "product" else typed_of_product(found),
        "errors": errors if form == "product" else {},
        "sku_typed": typed if form == "sku" else NEW_SKU,
        "sku_errors": errors if form == "sku" else {},
        "sku_open": form == "sku",
        "tiers": tier_choices(visitor.shop.id),
        "delivery_kinds": [(kind, delivery_label(kind)) for kind in ("code", "direct")],
        "error": error,
        "most_bytes": MOST_BYTES,
    }
    crumbs = [(_("商品"), reverse(PAGE))]
    status = error.http_status if error else 200
    return show(request, visitor, "product", context, page=PAGE, crumbs=crumbs, status=status)


def _hints(found: ProductView, skus: list[SkuRow]) -> list[str]:
    """What keeps a product that can be on sale from selling well."""
    hints = []
    if any(row.desk.sku.on_sale for row in skus) and not any(row.level.available for row in skus):
        hints.append(_("还没有库存：导入卡密后买家才能下单"))
    if not found.image_url:
        hints.append(_("还没有图片：店铺里会用面值代替"))
    if not found.how_to_use:
        hints.append(_("还没有使用方法：买家会来问客服"))
    return hints


def shop_url(request: HttpRequest, visitor: Visitor, slug: str) -> str:
    """The product's page in the shop, on the shop's own host where it has one."""
    path, host = reverse("storefront:product", args=[slug]), visitor.shop.host
    return f"//{host}{path}" if host and host != request.get_host().partition(":")[0] else path


@console_page(Permission.CATALOG_EDIT, methods=("POST",))
def save(request: HttpRequest, visitor: Visitor, product_id: UUID) -> HttpResponse:
    """Change its words and place."""
    found = catalog.get_product(visitor.shop.id, product_id)
    try:
        catalog_does.change_product(
            shop_id=visitor.shop.id,
            product_id=found.id,
            actor=visitor.actor,
            now=utc_now(),
            **product_values(request.POST.dict()),
        )
    except InvalidInput as error:
        return _product(request, visitor, found, error, "product")
    return done(request, _("已保存"), reverse("desk:product", args=[found.id]))


@console_page(Permission.CATALOG_EDIT, methods=("POST",))
def switch(request: HttpRequest, visitor: Visitor, product_id: UUID) -> HttpResponse:
    """On sale or off; on sale only when somebody could buy it."""
    found = catalog.get_product(visitor.shop.id, product_id)
    now, back = utc_now(), reverse("desk:product", args=[found.id])
    if request.POST.get("to") == "off":
        catalog_does.set_on_sale(
            shop_id=visitor.shop.id, product_id=found.id, on_sale=False, actor=visitor.actor, now=now
        )
        return done(request, _("商品已下架"), back)
    try:
        catalog_does.offer_product(shop_id=visitor.shop.id, product_id=found.id, actor=visitor.actor, now=now)
    except DomainError as error:
        return _product(request, visitor, found, error)
    return done(request, _("商品已上架"), back)


@console_page(Permission.CATALOG_EDIT, methods=("POST",))
def add_sku(request: HttpRequest, visitor: Visitor, product_id: UUID) -> HttpResponse:
    """Another SKU, on sale as soon as the product is."""
    found, typed = catalog.get_product(visitor.shop.id, product_id), request.POST.dict()
    try:
        catalog_does.create_sku(
            shop_id=visitor.shop.id,
            product_id=found.id,
            code=code_of(typed),
            position=len(found.skus),
            delivery_kind=typed.get("delivery_kind") or "code",
            actor=visitor.actor,
            now=utc_now(),
            **sku_values(typed, visitor.shop.currency),
        )
    except InvalidInput as error:
        return _product(request, visitor, found, error, "sku")
    return done(request, _("规格已添加"), reverse("desk:product", args=[found.id]))


@console_page(Permission.CATALOG_EDIT, methods=("POST",))
def upload(request: HttpRequest, visitor: Visitor, product_id: UUID) -> HttpResponse:
    """Take in a picture."""
    found = catalog.get_product(visitor.shop.id, product_id)
    file = request.FILES.get("file")
    try:
        # What is too big is not even read.
        if file is None or not file.size or file.size > MOST_BYTES:
            raise InvalidImage
        catalog_does.add_product_image(
            shop_id=visitor.shop.id, product_id=found.id, raw=file.read(), actor=visitor.actor, now=utc_now()
        )
    except DomainError as error:
        return _product(request, visitor, found, error)
    return done(request, _("图片已添加"), reverse("desk:product", args=[found.id]))


@console_page(Permission.CATALOG_EDIT, methods=("POST",))
def arrange(request: HttpRequest, visitor: Visitor, product_id: UUID) -> HttpResponse:
    """Move a picture forward, make it the cover, take it away."""
    found = catalog.get_product(visitor.shop.id, product_id)
    pictures = catalog.pictures(visitor.shop.id, found.id)
    names, cover = [one.name for one in pictures], next((one.name for one in pictures if one.cover), "")
    act, _colon, name = request.POST.get("act", "").partition(":")
    if name not in names or act not in ("forward", "cover", "remove"):
        raise PictureUnknown
    place = names.index(name)
    if act == "cover":
        cover = name
    else:
        names.remove(name)
        if act == "forward":
            names.insert(max(place - 1, 0), name)
    catalog_does.arrange_images(
        shop_id=visitor.shop.id, product_id=found.id, names=names, cover=cover, actor=visitor.actor, now=utc_now()
    )
    return done(request, _("图片已更新"), reverse("desk:product", args=[found.id]))
