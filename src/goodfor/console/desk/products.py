"""The list of products."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from goodfor.catalog import queries as catalog
from goodfor.catalog.operations import offer_product, set_on_sale
from goodfor.catalog.types import DeskProduct, DeskSearch
from goodfor.console.desk.skus import MOST, category_choices, picture_html
from goodfor.console.listing.spec import ALL_TAB, Act, ActContext, Asked, Column, Filter, Listing, Tab
from goodfor.identity.types import Permission

WALK: Final = 500
TABS: Final = (Tab(ALL_TAB, _("全部")), Tab("on", _("在售"), ("on",)), Tab("off", _("已下架"), ("off",)))


def _found(asked: Asked) -> list[tuple[UUID, bool]]:
    given = asked.values
    category = UUID(given["category"]) if "category" in given else None
    return catalog.find_product_ids(asked.shop_id, DeskSearch(given.get("q", ""), category), MOST)


class _Products:
    """Products as the kit asks for them."""

    def _ids(self, asked: Asked) -> list[UUID]:
        return [one for one, on_sale in _found(asked) if asked.tab in (ALL_TAB, "on" if on_sale else "off")]

    def page(self, asked: Asked, *, offset: int, limit: int) -> Sequence[DeskProduct]:
        return catalog.desk_products(asked.shop_id, self._ids(asked)[offset : offset + limit])

    def counts(self, asked: Asked) -> Mapping[str, int] | None:
        found = [on_sale for _one, on_sale in _found(asked)]
        return {"on": found.count(True), "off": found.count(False)}

    def walk(self, asked: Asked) -> Iterator[Sequence[DeskProduct]]:
        ids = self._ids(asked)
        for start in range(0, len(ids), WALK):
            yield catalog.desk_products(asked.shop_id, ids[start : start + WALK])

    def ids(self, asked: Asked, *, limit: int) -> Sequence[UUID]:
        return self._ids(asked)[:limit]

    def by_ids(self, shop_id: UUID, ids: Sequence[UUID]) -> Sequence[DeskProduct]:
        return catalog.desk_products(shop_id, ids)


def _name_html(row: DeskProduct) -> SafeString:
    return format_html(
        '<span class="flex items-center gap-3">{}<a href="{}">{}</a></span>',
        picture_html(row.image_url),
        reverse("desk:product", args=[row.id]),
        row.name,
    )


def _on(context: ActContext, product_id: UUID) -> None:
    offer_product(shop_id=context.shop_id, product_id=product_id, actor=context.actor, now=context.now)


def _off(context: ActContext, product_id: UUID) -> None:
    set_on_sale(shop_id=context.shop_id, product_id=product_id, on_sale=False, actor=context.actor, now=context.now)


PRODUCTS: Final = Listing(
    key="products",
    page="desk:products",
    title=_("商品"),
    permission=Permission.CATALOG_VIEW,
    source=_Products(),
    row_id=lambda row: row.id,
    row_name=lambda row: row.name,
    tabs=TABS,
    count_limit=MOST,
    create=("desk:product-new", _("新建商品"), Permission.CATALOG_EDIT),
    columns=(
        Column("name", _("商品"), lambda row: row.name, show=_name_html, first=True),
        Column("category", _("分类"), lambda row: row.category_name),
        Column("skus", _("规格数"), lambda row: row.skus, "number"),
        Column("offers", _("在售规格"), lambda row: row.offers, "number"),
        Column("price", _("最低售价"), lambda row: row.from_price, "money"),
        Column("state", _("状态"), lambda row: (_("在售"), "green") if row.on_sale else (_("已下架"), "plain"),
               "badge"),
        Column("created", _("创建时间"), lambda row: row.created_at, "time"),
        Column("slug", _("网址名"), lambda row: row.slug, "code", default=False),
    ),
    filters=(
        Filter("q", _("商品"), hint=_("名称、简介或面值")),
        Filter("category", _("分类"), "choice", category_choices),
    ),
    acts=(
        Act("on", _("上架"), _("把 {n} 个商品上架？没有在售规格的不会上架。"), Permission.CATALOG_EDIT, _on),
        Act("off", _("下架"), _("把 {n} 个商品下架？买家将不能再下单，已下的订单不受影响。"), Permission.CATALOG_EDIT,
            _off),
    ),
    export_permission=Permission.ORDERS_EXPORT,
)  # fmt: skip
