"""Orders with their lines. No contact, no hashes, no buyer reference."""

from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from goodfor.console.columns import Text, amount, badge, money, table, text, time
from goodfor.console.filters import recent, states
from goodfor.console.readonly import ReadOnlyAdmin
from goodfor.identity.types import Permission
from goodfor.orders.models import Order, OrderLine

STATES: dict[str, Text] = {
    "placed": _("待付款"),
    "paid": _("已付款"),
    "delivered": _("已发货"),
    "refunding": _("退款中"),
    "refunded": _("已退款"),
    "cancelled": _("已取消"),
    "expired": _("已过期"),
}
COLOURS = {"placed": "info", "paid": "warning", "delivered": "success", "refunding": "danger", "refunded": "danger"}
CHANNELS: dict[str, Text] = {"storefront": _("店铺前台"), "api": "API"}


def _lines(order: Model) -> list[tuple[Any, ...]]:
    if not isinstance(order, Order):
        return []
    lines = OrderLine.objects.filter(shop_id=order.shop_id, order_id=order.id).order_by("position")
    return [
        (
            line.title,
            line.quantity,
            amount(line.unit_price_minor, order.currency),
            amount(line.discount_minor, order.currency),
            amount(line.unit_price_minor * line.quantity - line.discount_minor, order.currency),
        )
        for line in lines.only("title", "quantity", "unit_price_minor", "discount_minor")
    ]


_HEAD = (
    text("number", _("订单号")),
    badge("state", _("状态"), STATES, COLOURS),
    money("total_minor", _("总额（元）")),
    badge("channel", _("渠道"), CHANNELS, {}),
    time("placed_at", _("下单时间")),
)


class OrderAdmin(ReadOnlyAdmin):
    """Orders, newest first. Searched by their whole number: other searches would read all orders."""

    name = _("订单")
    permission = Permission.ORDERS_VIEW
    icon = "receipt_long"
    columns = (*_HEAD, time("delivered_at", _("发货时间")))
    detail = (
        *_HEAD,
        table("lines", _("明细"), (_("商品"), _("数量"), _("单价（元）"), _("优惠（元）"), _("小计（元）")), _lines),
        money("paid_minor", _("已付（元）")),
        money("refunded_minor", _("已退（元）")),
        text("external_ref", _("外部单号")),
        time("pay_by", _("付款截止")),
        time("paid_at", _("付款时间")),
        time("deliver_by", _("发货截止")),
        time("delivered_at", _("发货时间")),
        time("closed_at", _("关闭时间")),
        time("refunded_at", _("退款时间")),
    )
    search_fields = ("number__exact", "external_ref__exact")
    search_help_text = _("完整订单号或外部单号")
    list_filter = (
        states("state", STATES),
        recent("placed_at", _("下单时间")),
    )


ADMINS = ((Order, OrderAdmin),)
