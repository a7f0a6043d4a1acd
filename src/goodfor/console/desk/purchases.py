"""The list of purchases at suppliers, and of those whose end nobody knows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from goodfor.console import supply_words as words
from goodfor.console.columns import Text
from goodfor.console.desk.sku_names import sku_names
from goodfor.console.listing.spec import ALL_TAB, Asked, Column, Filter, Listing, Tab
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kit import writing
from goodfor.orders import queries as orders
from goodfor.orders.errors import OrderNotFound
from goodfor.supply import queries as supply

NOBODY: Final = UUID(int=0)
#: Sent so long ago and not known to have ended: worth a look.
LONG: Final = timedelta(minutes=10)
#: The parts of the tabs: states of purchases.
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "out": ("sending", "accepted", "unknown"),
    "manual": ("manual",),
    "delivered": ("delivered", "partial", "late"),
    "without": ("rejected", "failed"),
}
TABS: Final = (
    Tab(ALL_TAB, _("全部")),
    Tab("out", _("进行中"), ("out",), "amber"),
    Tab("manual", _("待人工确认"), ("manual",), "red"),
    Tab("delivered", _("已到货"), ("delivered",)),
    Tab("without", _("未成"), ("without",)),
)


@dataclass(frozen=True, slots=True)
class PurchaseRow:
    """A purchase with the name of what was bought, and of the order."""

    view: supply.PurchaseView
    sku: str
    order: str


def rows_of(shop_id: UUID, views: Sequence[supply.PurchaseView]) -> list[PurchaseRow]:
    """With the names that other rooms know."""
    names = sku_names(shop_id, list({view.sku_id for view in views}))
    found = {one.id: one.number for one in orders.desk_orders(shop_id, list({v.attempt.order_id for v in views}))}
    return [
        PurchaseRow(view, names.get(view.sku_id, ""), found.get(view.attempt.order_id, "")) for view in views
    ]  # fmt: skip


def search_of(asked: Asked) -> supply.PurchaseSearch:
    """What the address asks of supply; the tab is a group of states and not part of it."""
    given = asked.values
    return supply.PurchaseSearch(
        states=None if asked.tab == ALL_TAB else GROUPS.get(asked.tab),
        state=given.get("state"),
        supplier_id=UUID(given["supplier"]) if "supplier" in given else None,
        order_id=_order_id(asked.shop_id, given["order"]) if "order" in given else None,
        number=given.get("number"),
        since=given.get("sent_from"),
        until=given.get("sent_until"),
    )


def _order_id(shop_id: UUID, number: str) -> UUID:
    try:
        return orders.order_by_number(shop_id, number).id
    except OrderNotFound:
        return NOBODY


class _Purchases:
    """Purchases as the kit asks for them."""

    def search(self, asked: Asked) -> supply.PurchaseSearch:
        """What to look for."""
        return search_of(asked)

    def page(self, asked: Asked, *, offset: int, limit: int) -> Sequence[PurchaseRow]:
        found = supply.search_purchases(asked.shop_id, self.search(asked), offset=offset, limit=limit)
        return rows_of(asked.shop_id, found)

    def counts(self, asked: Asked) -> Mapping[str, int] | None:
        return supply.count_purchases(asked.shop_id, replace(self.search(asked), states=None), GROUPS)

    def walk(self, asked: Asked) -> Iterator[Sequence[PurchaseRow]]:
        for page in supply.walk_purchases(asked.shop_id, self.search(asked)):
            yield rows_of(asked.shop_id, page)

    def ids(self, asked: Asked, *, limit: int) -> Sequence[UUID]:
        return [row.id for row in supply.search_purchases(asked.shop_id, self.search(asked), limit=limit)]

    def by_ids(self, shop_id: UUID, ids: Sequence[UUID]) -> Sequence[PurchaseRow]:
        return rows_of(shop_id, supply.purchases_by_ids(shop_id, ids))


class _Unclear(_Purchases):
    """Those with a person, and those that are out for too long."""

    def search(self, asked: Asked) -> supply.PurchaseSearch:
        """By the tab."""
        supplier = UUID(asked.values["supplier"]) if "supplier" in asked.values else None
        if asked.tab == "long":
            return supply.PurchaseSearch(stale=utc_now() - LONG, supplier_id=supplier)
        return supply.PurchaseSearch(states=GROUPS["manual"], supplier_id=supplier)

    def counts(self, asked: Asked) -> Mapping[str, int] | None:
        shop_id = asked.shop_id
        return {"manual": supply.undecided(shop_id), "long": supply.stale(shop_id, utc_now() - LONG)}


def supplier_choices(visitor: Visitor) -> list[tuple[str, Text]]:
    """The shop's suppliers."""
    return [(str(one.id), one.name) for one in supply.suppliers(visitor.shop.id)]


def state_choices(_visitor: Visitor) -> list[tuple[str, Text]]:
    """States of purchases."""
    return [(state, label) for state, (label, _tone) in words.PURCHASES.items()]


def number_link(row: PurchaseRow) -> SafeString:
    """The number, leading to the purchase."""
    one = row.view.attempt
    return format_html('<a class="mono" href="{}">{}</a>', reverse("desk:purchase", args=[one.id]), one.number)


def decide_link(row: PurchaseRow) -> SafeString:
    """The number, leading to where it is decided."""
    one = row.view.attempt
    return format_html('<a class="mono" href="{}">{}</a>', reverse("desk:supply-decide", args=[one.id]), one.number)


def order_link(row: PurchaseRow) -> SafeString:
    """The order, where it is still known."""
    if not row.order:
        return format_html("–")
    return format_html('<a class="mono" href="{}">{}</a>', reverse("desk:order", args=[row.order]), row.order)


def supplier_link(row: PurchaseRow) -> SafeString:
    """The supplier."""
    return format_html('<a href="{}">{}</a>', reverse("desk:supplier", args=[row.view.attempt.supplier_id]),
                       row.view.supplier)  # fmt: skip


def span(row: PurchaseRow) -> str:
    """How long it took, or takes."""
    one = row.view.attempt
    end: datetime = one.ended_at or utc_now()
    return writing.seconds((end - one.sent_at).total_seconds())


def goods_html(row: PurchaseRow) -> SafeString:
    """What was bought for the shop, and which item of theirs."""
    return format_html(
        '<span class="two"><span>{}</span><span class="quiet mono">{}</span></span>', row.sku or "–",
        row.view.attempt.item_id,
    )  # fmt: skip


def quantity(row: PurchaseRow) -> str:
    """What came of what was bought."""
    one = row.view.attempt
    return f"{one.got}/{one.quantity}" if one.state in ("partial", "delivered") else str(one.quantity)


def _reason(row: PurchaseRow) -> str:
    return words.reason(row.view.attempt.reason) if row.view.attempt.reason else ""


_NUMBER = Column("number", _("采购单号"), lambda row: row.view.attempt.number, "code", number_link, first=True)
_SKU = Column("sku", _("商品"), lambda row: row.sku, show=goods_html)
_SUPPLIER = Column("supplier", _("供应商"), lambda row: row.view.supplier, show=supplier_link)
_SENT = Column("sent", _("发出时间"), lambda row: row.view.attempt.sent_at, "time")
_WHY = Column("reason", _("原因"), _reason)
_ORDER = Column("order", _("订单号"), lambda row: row.order, "code", order_link)
PURCHASES: Final = Listing(
    key="purchases",
    page="desk:purchases",
    title=_("采购单"),
    permission=Permission.SUPPLY_VIEW,
    source=_Purchases(),
    row_id=lambda row: row.view.id,
    row_name=lambda row: row.view.attempt.number,
    tabs=TABS,
    columns=(
        _NUMBER, _SKU, _SUPPLIER,
        Column("quantity", _("数量"), quantity),
        Column("state", _("状态"), lambda row: words.PURCHASES[row.view.attempt.state], "badge"),
        _WHY,
        Column("most", _("成本上限"), lambda row: words.cost(row.view.attempt.max_cost, row.view.attempt.currency)),
        Column("charged", _("实付"), lambda row: words.cost(row.view.attempt.charged, row.view.attempt.currency)),
        _ORDER, _SENT,
        Column("span", _("用时"), span),
        Column("ref", _("对方单号"), lambda row: row.view.attempt.ref, "code", default=False),
        Column("refunded", _("对方已退"),
               lambda row: words.cost(row.view.attempt.refunded, row.view.attempt.currency), default=False),
        Column("asked", _("查询次数"), lambda row: row.view.attempt.asked, "number", default=False),
    ),
    filters=(
        Filter("number", _("采购单号")),
        Filter("order", _("订单号")),
        Filter("supplier", _("供应商"), "choice", supplier_choices),
        Filter("sent", _("发出时间"), "days"),
        Filter("state", _("状态"), "choice", state_choices, folded=True),
    ),
    export_permission=Permission.SUPPLY_VIEW,
)  # fmt: skip
UNCLEAR: Final = Listing(
    key="unclear-purchases",
    page="desk:supply-desk",
    title=_("结果未知"),
    permission=Permission.SUPPLY_VIEW,
    source=_Unclear(),
    row_id=lambda row: row.view.id,
    row_name=lambda row: row.view.attempt.number,
    note=_("对方可能已经扣款或发货。没有弄清之前不会换一家再买，买家到时会先收到退款。"),
    tabs=(Tab("manual", _("待人工确认"), ("manual",), "red"), Tab("long", _("长时间没有结果"), ("long",), "amber")),
    columns=(
        Column("number", _("采购单号"), lambda row: row.view.attempt.number, "code", decide_link, first=True),
        _SKU, _SUPPLIER,
        Column("contact", _("联系谁"), lambda row: row.view.supplier_contact),
        Column("quantity", _("数量"), lambda row: row.view.attempt.quantity, "number"),
        Column("most", _("可能扣款"), lambda row: words.cost(row.view.attempt.max_cost, row.view.attempt.currency)),
        _WHY,
        Column("asked", _("已查次数"), lambda row: row.view.attempt.asked, "number"),
        _SENT,
        Column("span", _("已等"), span),
        Column("deadline", _("买家最晚"), lambda row: row.view.deadline_at, "time"),
        _ORDER,
    ),
    filters=(Filter("supplier", _("供应商"), "choice", supplier_choices),),
    export_permission=Permission.SUPPLY_VIEW,
)  # fmt: skip
