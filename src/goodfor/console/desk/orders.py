"""The list of orders."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from goodfor.catalog import queries as catalog
from goodfor.console import words
from goodfor.console.columns import Text
from goodfor.console.listing.spec import ALL_TAB, Act, ActContext, Asked, Column, Filter, Listing, Tab
from goodfor.console.refund_words import today_words
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kit import writing
from goodfor.kit.words import state_label, state_tone
from goodfor.orders import queries as orders
from goodfor.orders.operations import cancel_order, refund_order
from goodfor.orders.types import DeskOrder, LineView, OrderSearch

TABS: Final = (
    Tab(ALL_TAB, _("全部")),
    Tab("placed", _("待付款"), ("placed",), "amber"),
    Tab("paid", _("待发货"), ("paid",), "red"),
    Tab("delivered", _("已发货"), ("delivered",)),
    Tab("refunding", _("退款中"), ("refunding",), "amber"),
    Tab("refunded", _("已退款"), ("refunded",)),
    Tab("closed", _("已关闭"), ("cancelled", "expired")),
)
_STATES: Final = {tab.key: tab.parts for tab in TABS}
#: An amount has no index of its own: it is looked for within this time unless another range is given.
AMOUNT_SPAN: Final = timedelta(days=31)


def search_of(asked: Asked) -> OrderSearch:
    """What the address asks of the orders room."""
    given = asked.values
    since = given.get("placed_from")
    if since is None and {"total_from", "total_until"} & given.keys():
        since = (given.get("placed_until") or utc_now()) - AMOUNT_SPAN
    return OrderSearch(
        states=_STATES[asked.tab],
        since=since,
        until=given.get("placed_until"),
        channel=given.get("channel"),
        least_minor=given.get("total_from"),
        most_minor=given.get("total_until"),
        sku_ids=_skus(asked.shop_id, given.get("sku")),
        number=given.get("number"),
        external_ref=given.get("external"),
        contact=given.get("contact"),
        oldest_first=asked.sort == "placed",
    )


def _skus(shop_id: UUID, chosen: str | None) -> tuple[UUID, ...]:
    if not chosen:
        return ()
    kind, _dash, key = chosen.partition(":")
    if kind == "sku":
        return (UUID(key),)
    return tuple(sku.id for sku in catalog.get_product(shop_id, UUID(key)).skus)


class _Orders:
    """Orders as the kit asks for them."""

    def page(self, asked: Asked, *, offset: int, limit: int) -> Sequence[DeskOrder]:
        return orders.search_orders(asked.shop_id, search_of(asked), offset=offset, limit=limit)

    def counts(self, asked: Asked) -> Mapping[str, int] | None:
        return orders.count_orders(asked.shop_id, replace(search_of(asked), states=()))

    def walk(self, asked: Asked) -> Iterator[Sequence[DeskOrder]]:
        return orders.walk_orders(asked.shop_id, search_of(asked))

    def ids(self, asked: Asked, *, limit: int) -> Sequence[UUID]:
        return orders.search_order_ids(asked.shop_id, search_of(asked), limit=limit)

    def by_ids(self, shop_id: UUID, ids: Sequence[UUID]) -> Sequence[DeskOrder]:
        return orders.desk_orders(shop_id, ids)


def product_choices(visitor: Visitor) -> list[tuple[str, Text]]:
    """Products and, below each, its SKUs."""
    found: list[tuple[str, Text]] = []
    for product in catalog.all_products(visitor.shop.id):
        found.append((f"product:{product.id}", product.name))
        found += [(f"sku:{sku.id}", f"↳ {product.name} {sku.name}") for sku in product.skus]
    return found


def channel_choices(_visitor: Visitor) -> list[tuple[str, Text]]:
    """Where orders come from."""
    return list(words.CHANNELS.items())


def goods_of(order: DeskOrder) -> str:
    """What was bought, in words."""
    return " / ".join(f"{line.title} ×{line.quantity}" for line in order.lines)


def buyer_of(order: DeskOrder) -> str:
    """The buyer's account: the masked contact, else who ordered for them."""
    if order.contact:
        return orders.masked_contact(order.contact)
    if order.client_id:
        return f"API {str(order.client_id)[-6:]}"
    return gettext("访客 %(name)s") % {"name": order.buyer_ref[-6:]} if order.buyer_ref else ""


def number_link(order: DeskOrder) -> SafeString:
    """The number, leading to the order."""
    return format_html('<a class="mono" href="{}">{}</a>', reverse("desk:order", args=[order.number]), order.number)


def goods_html(order: DeskOrder) -> SafeString:
    """What was bought, a line each."""
    lines = ((line.title, line.title, line.quantity) for line in order.lines)
    return format_html('<span class="two">{}</span>', format_html_join("", '<span title="{}">{} ×{}</span>', lines))


def note_link(order: DeskOrder) -> SafeString:
    """To the drawer in which a note is written."""
    where, words_ = reverse("desk:order", args=[order.number]), gettext("写备注")
    return format_html('<a href="{}#note">{}<span class="sr"> {}</span></a>', where, words_, order.number)


def detail_of(order: DeskOrder) -> list[tuple[Text, Any]]:
    """What folds out below an order."""
    pairs: list[tuple[Text, Any]] = [(line.title, _priced(line)) for line in order.lines]
    times = ((_("下单时间"), order.placed_at), (_("付款时间"), order.paid_at), (_("发货时间"), order.delivered_at))
    pairs += [(label, writing.full_time(at)) for label, at in times if at is not None]
    return pairs + ([(_("外部单号"), order.external_ref)] if order.external_ref else [])


def _priced(line: LineView) -> SafeString:
    """Price and number, and what campaigns took off."""
    each = format_html("{} × {}", writing.money(line.unit_price), line.quantity)
    if line.gift:
        return format_html("{} · {}", each, gettext("赠品"))
    return format_html("{} − {}", each, writing.money(line.discount)) if line.discount_minor else each


def _cancel(context: ActContext, order_id: UUID) -> None:
    cancel_order(shop_id=context.shop_id, order_id=order_id, actor=context.actor, now=context.now)


def _refund(context: ActContext, order_id: UUID) -> None:
    refund_order(
        shop_id=context.shop_id,
        order_id=order_id,
        reason=context.note,
        actor=context.actor,
        by_staff=True,
        # Asked for when the batch was confirmed: the act is dangerous.
        proven=True,
        now=context.now,
    )


ORDERS: Final = Listing(
    key="orders",
    page="desk:orders",
    title=_("订单"),
    permission=Permission.ORDERS_VIEW,
    source=_Orders(),
    row_id=lambda row: row.id,
    row_name=lambda row: row.number,
    tabs=TABS,
    sorts=("placed", "-placed"),
    detail=detail_of,
    columns=(
        Column("number", _("订单号"), lambda row: row.number, "code", number_link, first=True),
        Column("goods", _("商品"), goods_of, show=goods_html, first=True),
        Column("buyer", _("买家"), buyer_of, first=True),
        Column("quantity", _("数量"), lambda row: row.quantity, "number"),
        Column("total", _("金额"), lambda row: row.total, "money"),
        Column("state", _("状态"), lambda row: (state_label(row.state), state_tone(row.state)), "badge"),
        Column("channel", _("渠道"), lambda row: words.word(words.CHANNELS, row.channel)),
        Column("placed", _("下单时间"), lambda row: row.placed_at, "time", sort="placed"),
        Column("paid_at", _("付款时间"), lambda row: row.paid_at, "time", default=False),
        Column("delivered_at", _("发货时间"), lambda row: row.delivered_at, "time", default=False),
        Column("refunded", _("已退金额"), lambda row: replace(row.total, amount_minor=row.refunded_minor), "money",
               default=False),
        Column("external", _("外部单号"), lambda row: row.external_ref, "code", default=False),
        Column("contact", _("联系方式"), lambda row: row.contact, default=False, permission=Permission.BUYERS_VIEW),
        Column("act", _("操作"), lambda _row: "", show=note_link, last=True, exported=False,
               permission=Permission.ORDERS_CANCEL),
    ),
    filters=(
        Filter("number", _("订单号")),
        Filter("contact", _("买家联系方式"), permission=Permission.BUYERS_VIEW, hint=_("完整的手机号或邮箱")),
        Filter("sku", _("商品"), "choice", product_choices),
        Filter("placed", _("下单时间"), "days"),
        Filter("channel", _("渠道"), "choice", channel_choices, folded=True),
        Filter("total", _("金额"), "money", folded=True, hint=_("不选时间时查最近 31 天")),
        Filter("external", _("外部单号"), folded=True),
    ),
    acts=(
        Act("cancel", _("取消"), _("取消 {n} 个未付款的订单？卡密会回到库存。"), Permission.ORDERS_CANCEL, _cancel),
        Act("refund", pgettext_lazy("act", "全额退款"),
            _("把 {n} 个订单的钱原路退回？退回后不能撤销。"), Permission.ORDERS_REFUND,
            _refund, asks=_("退款原因"), dangerous=True, remarks=today_words),
    ),
    export_permission=Permission.ORDERS_EXPORT,
)  # fmt: skip
