"""The list of SKUs: what is offered at what price, and how much of it is left."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from goodfor.catalog import queries as catalog
from goodfor.catalog.operations import change_price, set_on_sale
from goodfor.catalog.types import DeskSearch, DeskSku
from goodfor.console.columns import Text
from goodfor.console.desk.sku_acts import LOW_FORM, PRICE_FORM, change_of, threshold_of
from goodfor.console.listing.spec import ALL_TAB, Act, ActContext, Asked, Column, Filter, Listing, Tab
from goodfor.console.types import Visitor
from goodfor.identity import queries as identity
from goodfor.identity.types import Permission
from goodfor.kernel.money import Money
from goodfor.kit.templatetags.kit import icon
from goodfor.vault import queries as vault
from goodfor.vault.operations import set_low_stock
from goodfor.vault.types import StockLevel, low_stock_line

#: More than any shop has; what is beyond is found by the query form.
MOST: Final = 20_000
WALK: Final = 500
ON, OUT, OFF = "on", "out", "off"
TABS: Final = (
    Tab(ALL_TAB, _("全部")),
    Tab(ON, _("在售"), (ON,)),
    Tab(OUT, _("售罄"), (OUT,), "red"),
    Tab(OFF, _("已下架"), (OFF,)),
)
STATES: Final[Mapping[str, tuple[Text, str]]] = {
    ON: (_("在售"), "green"),
    OUT: (_("售罄"), "red"),
    OFF: (_("已下架"), "plain"),
}
_NONE: Final = StockLevel(0, 0, 0)


@dataclass(frozen=True, slots=True)
class SkuRow:
    """A SKU with what the vault has of it. `line`: below so many its stock is low."""

    desk: DeskSku
    level: StockLevel
    cost: Money | None
    line: int

    @property
    def state(self) -> str:
        """on, out or off."""
        return _state(self.desk.selling, self.level.available)

    @property
    def low(self) -> bool:
        """True when somebody should buy more."""
        return self.desk.selling and self.level.available < self.line


def _state(selling: bool, available: int) -> str:
    return OFF if not selling else ON if available else OUT


def search_of(asked: Asked) -> DeskSearch:
    """What the address asks of the catalog; stock and state are the vault's to answer."""
    given = asked.values
    return DeskSearch(
        text=given.get("q", ""),
        category_id=UUID(given["category"]) if "category" in given else None,
        price_from=given.get("price_from"),
        price_to=given.get("price_until"),
        sort=asked.sort,
    )


def _found(asked: Asked) -> list[tuple[UUID, str, int]]:
    """(id, state, available) of everything that the query form asks for, whatever the tab."""
    found = catalog.find_skus(asked.shop_id, search_of(asked), MOST)
    levels = vault.stock(asked.shop_id, [sku_id for sku_id, _selling in found])
    left = {sku_id: level.available for sku_id, level in levels.items()}
    rows = [(sku_id, _state(selling, left.get(sku_id, 0)), left.get(sku_id, 0)) for sku_id, selling in found]
    if "stock" in asked.values:
        rows = [row for row in rows if row[2] < asked.values["stock"]]
    if asked.sort.removeprefix("-") == "stock":
        rows.sort(key=lambda row: row[2], reverse=asked.sort.startswith("-"))
    return rows


def rows_of(shop_id: UUID, sku_ids: Sequence[UUID]) -> list[SkuRow]:
    """These SKUs with their stock, in the order given."""
    found = catalog.desk_skus(shop_id, sku_ids)
    ids = [desk.id for desk in found]
    levels, costs, own = vault.stock(shop_id, ids), vault.stock_costs(shop_id, ids), vault.thresholds(shop_id, ids)
    line = low_stock_line(identity.shop_by_id(shop_id).settings)
    return [
        SkuRow(
            desk,
            levels.get(desk.id, _NONE),
            Money(*costs[desk.id]) if desk.id in costs else None,
            own.get(desk.id, line),
        )
        for desk in found
    ]


class _Skus:
    """SKUs as the kit asks for them."""

    def _ids(self, asked: Asked) -> list[UUID]:
        return [row[0] for row in _found(asked) if asked.tab in (ALL_TAB, row[1])]

    def page(self, asked: Asked, *, offset: int, limit: int) -> Sequence[SkuRow]:
        return rows_of(asked.shop_id, self._ids(asked)[offset : offset + limit])

    def counts(self, asked: Asked) -> Mapping[str, int] | None:
        states = [row[1] for row in _found(asked)]
        return {state: states.count(state) for state in STATES}

    def walk(self, asked: Asked) -> Iterator[Sequence[SkuRow]]:
        ids = self._ids(asked)
        for start in range(0, len(ids), WALK):
            yield rows_of(asked.shop_id, ids[start : start + WALK])

    def ids(self, asked: Asked, *, limit: int) -> Sequence[UUID]:
        return self._ids(asked)[:limit]

    def by_ids(self, shop_id: UUID, ids: Sequence[UUID]) -> Sequence[SkuRow]:
        return rows_of(shop_id, ids)


def category_choices(visitor: Visitor) -> list[tuple[str, Text]]:
    """The shop's categories."""
    return [(str(shelf.id), shelf.name) for shelf in catalog.shelves(visitor.shop.id)]


def name_of(row: SkuRow) -> str:
    """Product and SKU, as people call them."""
    return f"{row.desk.product_name} {row.desk.sku.name}"


def picture_html(url: str | None) -> SafeString:
    """A small picture, or the sign of one where there is none."""
    if url is None:
        return format_html('<span class="quiet">{}</span>', icon("image", 24))
    return format_html('<img src="{}" alt="" width="32" height="32" loading="lazy">', url)


def _product_html(row: SkuRow) -> SafeString:
    return format_html(
        '<span class="flex items-center gap-3">{}<a href="{}">{}</a></span>',
        picture_html(row.desk.image_url),
        reverse("desk:product", args=[row.desk.product_id]),
        row.desk.product_name,
    )


def _sku_html(row: SkuRow) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("desk:sku", args=[row.desk.id]), row.desk.sku.name)


def _stock_html(row: SkuRow) -> SafeString:
    if not row.low:
        return format_html("{}", f"{row.level.available:,}")
    tone = "amber" if row.level.available else "red"
    return format_html('<span class="badge badge-{}">{}</span>', tone, f"{row.level.available:,}")


def _detail(row: SkuRow) -> list[tuple[Text, Any]]:
    sku = row.desk.sku
    return [
        (_("编码"), sku.code),
        (_("每单最多"), sku.per_order_limit),
        (_("每人最多"), _("不限") if sku.per_buyer_limit is None else sku.per_buyer_limit),
        (_("预警线"), row.line),
    ]


def _switch(on_sale: bool) -> Any:
    def act(context: ActContext, sku_id: UUID) -> None:
        set_on_sale(shop_id=context.shop_id, sku_id=sku_id, on_sale=on_sale, actor=context.actor, now=context.now)

    return act


def _price(context: ActContext, sku_id: UUID) -> None:
    change = change_of(context.values)
    change_price(shop_id=context.shop_id, sku_id=sku_id, change=change, actor=context.actor, now=context.now)


def _low(context: ActContext, sku_id: UUID) -> None:
    threshold = threshold_of(context.values)
    set_low_stock(shop_id=context.shop_id, sku_id=sku_id, threshold=threshold, actor=context.actor, now=context.now)


SKUS: Final = Listing(
    key="skus",
    page="desk:skus",
    title=_("规格与库存"),
    permission=Permission.CATALOG_VIEW,
    source=_Skus(),
    row_id=lambda row: row.desk.id,
    row_name=name_of,
    tabs=TABS,
    count_limit=MOST,
    sorts=("name", "-name", "price", "-price", "stock", "-stock"),
    detail=_detail,
    columns=(
        Column("product", _("商品"), lambda row: row.desk.product_name, show=_product_html, sort="name", first=True),
        Column("name", _("规格"), lambda row: row.desk.sku.name, show=_sku_html, first=True),
        Column("face", _("面值"), lambda row: row.desk.sku.face_value_label),
        Column("price", _("售价"), lambda row: row.desk.sku.price, "money", sort="price"),
        Column("list_price", _("原价"), lambda row: row.desk.sku.list_price, "money", default=False),
        Column("stock", _("可售库存"), lambda row: row.level.available, "number", _stock_html, sort="stock",
               permission=Permission.STOCK_VIEW),
        Column("reserved", _("已预留"), lambda row: row.level.reserved, "number", default=False,
               permission=Permission.STOCK_VIEW),
        Column("sold", _("累计售出"), lambda row: row.level.sold, "number", permission=Permission.STOCK_VIEW),
        Column("cost", _("在库成本"), lambda row: row.cost, "money", permission=Permission.CATALOG_EDIT),
        Column("line", _("预警线"), lambda row: row.line, "number", default=False, permission=Permission.STOCK_VIEW),
        Column("state", _("状态"), lambda row: STATES[row.state], "badge"),
        Column("category", _("分类"), lambda row: row.desk.category_name, default=False),
        Column("code", _("编码"), lambda row: row.desk.sku.code, "code", default=False),
    ),
    filters=(
        Filter("q", _("商品或规格"), hint=_("名称、面值或编码")),
        Filter("category", _("分类"), "choice", category_choices),
        Filter("price", _("售价"), "money"),
        Filter("stock", _("库存少于"), "number", permission=Permission.STOCK_VIEW),
    ),
    acts=(
        Act("on", _("上架"), _("把 {n} 个规格上架？"), Permission.CATALOG_EDIT, _switch(True)),
        Act("off", _("下架"), _("把 {n} 个规格下架？买家将不能再下单，已下的订单不受影响。"), Permission.CATALOG_EDIT,
            _switch(False)),
        Act("price", _("改价"), _("给 {n} 个规格改价？已下的订单仍按原来的价格。"), Permission.CATALOG_EDIT, _price,
            dangerous=True, form=PRICE_FORM),
        Act("low", _("设预警线"), _("给 {n} 个规格设库存预警线？"), Permission.CATALOG_EDIT, _low, form=LOW_FORM),
    ),
    export_permission=Permission.ORDERS_EXPORT,
)  # fmt: skip
