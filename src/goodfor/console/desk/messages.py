"""The send log as a list."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from goodfor.console import words
from goodfor.console.columns import Text
from goodfor.console.listing.spec import ALL_TAB, Act, ActContext, Asked, Column, Filter, Listing, Tab
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.notify import queries as notify
from goodfor.notify.operations.retry_message import retry_message
from goodfor.notify.types import MessageFilter, MessageView
from goodfor.orders import queries as orders
from goodfor.orders.errors import OrderNotFound

TABS: Final = (
    Tab(ALL_TAB, _("全部")),
    Tab("open", _("发送中"), ("queued", "sending", "unknown"), "amber"),
    Tab("sent", _("已发送"), ("sent",)),
    Tab("failed", _("失败"), ("failed", "lost"), "red"),
    Tab("expired", _("已过时效"), ("expired",)),
)
_STATES: Final = {tab.key: tab.parts for tab in TABS}
#: An id that no order has: what is looked for by an unknown number finds nothing.
_NOTHING: Final = UUID(int=0)
WALK: Final = 200


@dataclass(frozen=True, slots=True)
class LogRow:
    """A message, and the number of the order that it is about."""

    message: MessageView
    order_number: str


def wanted_of(asked: Asked) -> MessageFilter:
    """What the address asks of the log."""
    given = asked.values
    return MessageFilter(
        scene=given.get("scene", ""),
        channel=given.get("channel", ""),
        audience=given.get("audience", ""),
        states=_STATES[asked.tab],
        recipient=given.get("recipient", ""),
        since=given.get("created_from"),
        until=given.get("created_until"),
        about_id=_order_id(asked.shop_id, given.get("order", "")),
    )


def _order_id(shop_id: UUID, number: str) -> UUID | None:
    if not number:
        return None
    try:
        return orders.desk_order(shop_id, number).id
    except OrderNotFound:
        return _NOTHING


def with_orders(shop_id: UUID, found: Sequence[MessageView]) -> list[LogRow]:
    """Messages with their orders' numbers, which are looked up together."""
    ids = list({row.about_id for row in found if row.about_id})
    numbers = {order.id: order.number for order in orders.desk_orders(shop_id, ids)} if ids else {}
    return [LogRow(row, numbers.get(row.about_id, "") if row.about_id else "") for row in found]


class _Messages:
    """Messages as the kit asks for them."""

    def page(self, asked: Asked, *, offset: int, limit: int) -> Sequence[LogRow]:
        found = notify.messages(asked.shop_id, wanted_of(asked), limit=limit, offset=offset)
        return with_orders(asked.shop_id, found)

    def counts(self, asked: Asked) -> Mapping[str, int] | None:
        return notify.count_messages(asked.shop_id, wanted_of(asked))

    def walk(self, asked: Asked) -> Iterator[Sequence[LogRow]]:
        wanted, after = wanted_of(asked), None
        while found := notify.messages(asked.shop_id, wanted, after=after, limit=WALK):
            yield with_orders(asked.shop_id, found)
            after = found[-1].id

    def ids(self, asked: Asked, *, limit: int) -> Sequence[UUID]:
        found: list[UUID] = []
        for rows in self.walk(asked):
            found += [row.message.id for row in rows]
            if len(found) >= limit:
                break
        return found[:limit]

    def by_ids(self, shop_id: UUID, ids: Sequence[UUID]) -> Sequence[LogRow]:
        return with_orders(shop_id, notify.messages_by_ids(shop_id, ids))


def scene_choices(_visitor: Visitor) -> list[tuple[str, Text]]:
    """What is told."""
    return list(notify.scene_labels().items())


def channel_choices(_visitor: Visitor) -> list[tuple[str, Text]]:
    """By which way."""
    return list(notify.channel_labels().items())


def audience_choices(_visitor: Visitor) -> list[tuple[str, Text]]:
    """To whom."""
    return list(notify.audience_labels().items())


def scene_of(row: LogRow) -> str:
    """The scene in words."""
    return notify.scene_labels().get(row.message.scene, row.message.scene)


def state_of(message: MessageView) -> tuple[Text, str]:
    """The state in words, with its tone; what the phone confirmed is said so."""
    if message.delivered_at is not None:
        return _("已送达"), "green"
    return words.MESSAGE_STATES.get(message.state, (message.state, "plain"))


def scene_link(row: LogRow) -> SafeString:
    """The scene, leading to the message."""
    return format_html('<a href="{}">{}</a>', reverse("desk:message", args=[row.message.id]), scene_of(row))


def order_link(row: LogRow) -> SafeString:
    """The order's number, leading to it."""
    if not row.order_number:
        return SafeString("–")
    address = reverse("desk:order", args=[row.order_number])
    return format_html('<a class="mono" href="{}">{}</a>', address, row.order_number)


def _retry(context: ActContext, message_id: UUID) -> None:
    retry_message(shop_id=context.shop_id, message_id=message_id, actor=context.actor, now=context.now)


def _failure(row: LogRow) -> str:
    return words.word(words.MESSAGE_FAILURES, row.message.failure) if row.message.failure else ""


def _labels(labels: Mapping[str, str], key: str) -> Any:
    return labels.get(key, key)


MESSAGES: Final = Listing(
    key="messages",
    page="desk:messages",
    title=_("发送记录"),
    permission=Permission.ORDERS_VIEW,
    source=_Messages(),
    row_id=lambda row: row.message.id,
    row_name=lambda row: f"{scene_of(row)} {row.message.recipient}",
    tabs=TABS,
    columns=(
        Column("scene", _("场景"), scene_of, show=scene_link, first=True),
        Column("state", _("状态"), lambda row: state_of(row.message), "badge"),
        Column("channel", _("通道"), lambda row: _labels(notify.channel_labels(), row.message.channel)),
        Column("recipient", _("收件人"), lambda row: row.message.recipient),
        Column("order", _("订单号"), lambda row: row.order_number, "code", order_link),
        Column("attempts", _("次数"), lambda row: row.message.attempts, "number"),
        Column("failure", _("原因"), _failure),
        Column("created", _("提交时间"), lambda row: row.message.created_at, "time"),
        Column("sent", _("发出时间"), lambda row: row.message.sent_at, "time", default=False),
        Column("audience", _("对象"), lambda row: _labels(notify.audience_labels(), row.message.audience),
               default=False),
        Column("provider", _("服务商"), lambda row: row.message.provider, default=False),
        Column("reference", _("服务商编号"), lambda row: row.message.provider_ref, "code", default=False),
    ),
    filters=(
        Filter("scene", _("场景"), "choice", scene_choices),
        Filter("channel", _("通道"), "choice", channel_choices),
        Filter("order", _("订单号")),
        Filter("recipient", _("收件人"), permission=Permission.BUYERS_VIEW, hint=_("完整的手机号或邮箱")),
        Filter("created", _("提交时间"), "days", folded=True),
        Filter("audience", _("对象"), "choice", audience_choices, folded=True),
    ),
    acts=(
        Act("retry", _("重新发送"), _("重新发送 {n} 条失败的消息？含验证码或卡密的不会重发。"),
            Permission.BUYERS_VIEW, _retry),
    ),
    export_permission=Permission.ORDERS_EXPORT,
)  # fmt: skip
