"""One message, and telling somebody once more."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import words
from goodfor.console.desk.messages import LogRow, scene_of, state_of, with_orders
from goodfor.console.frame import console_page, done, show
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.crypto import DecryptFailed
from goodfor.kernel.errors import InvalidInput
from goodfor.notify import queries as notify
from goodfor.notify.errors import NotTold
from goodfor.notify.operations.resend_message import resend_message
from goodfor.notify.operations.tell_again import tell_again
from goodfor.notify.types import BUYER, MessageView, Preview, Recipient, kind_of_contact, language_of
from goodfor.orders import queries as orders

PAGE: Final = "desk:messages"
#: Writing to a buyer is for those who may know who it is: support and up.
MAY_WRITE: Final = Permission.BUYERS_VIEW


def may_resend(visitor: Visitor, found: MessageView) -> bool:
    """Whether the same words can go out again: not while they are on their way, nor what was secret."""
    over = found.state in ("sent", "failed", "lost", "expired")
    return visitor.may(MAY_WRITE) and over and found.has_content and not found.secret


@console_page(Permission.ORDERS_VIEW)
def message(request: HttpRequest, visitor: Visitor, message_id: UUID) -> HttpResponse:
    """What became of it; what it said is for those who may see buyers, and gone if it was secret."""
    found = notify.message(visitor.shop.id, message_id)
    (row,) = with_orders(visitor.shop.id, [found])
    state, tone = state_of(found)
    context = {
        "title": scene_of(row),
        "message": found,
        "order_number": row.order_number,
        "state": state,
        "tone": tone,
        "channel": notify.channel_labels().get(found.channel, found.channel),
        "audience": notify.audience_labels().get(found.audience, found.audience),
        "failure": words.word(words.MESSAGE_FAILURES, found.failure) if found.failure else "",
        "said": _said(visitor, found),
        "may_read": visitor.may(MAY_WRITE),
        "may_resend": may_resend(visitor, found),
    }
    return show(request, visitor, "message", context, page=PAGE, crumbs=[(_("发送记录"), reverse(PAGE))])


def _said(visitor: Visitor, found: MessageView) -> Preview | None:
    if not visitor.may(MAY_WRITE):
        return None
    try:
        return notify.message_content(visitor.shop.id, found.id)
    except DecryptFailed:
        return None


@console_page(MAY_WRITE, methods=("POST",))
def resend(request: HttpRequest, visitor: Visitor, message_id: UUID) -> HttpResponse:
    """The same words once more, to the same address."""
    sent = resend_message(shop_id=visitor.shop.id, message_id=message_id, actor=visitor.actor, now=utc_now())
    (row,) = with_orders(visitor.shop.id, [sent])
    return done(request, _("已排队重新发送"), _after(row))


def _after(row: LogRow) -> str:
    if row.order_number:
        return reverse("desk:order", args=[row.order_number])
    return reverse("desk:message", args=[row.message.id])


@console_page(MAY_WRITE, methods=("POST",))
def tell(request: HttpRequest, visitor: Visitor, number: str) -> HttpResponse:
    """Tell the buyer again that the order was delivered and where the codes are; the codes themselves never."""
    found = orders.desk_order(visitor.shop.id, number)
    channel = kind_of_contact(found.contact)
    if found.client_id is not None or found.delivered_at is None:
        raise InvalidInput(_("只有买家自己下的、已发货的订单可以重发发货通知"))
    if channel is None:
        raise InvalidInput(_("买家没有留下邮箱或手机号"))
    context: dict[str, Any] = {"order": orders.order_facts(found), "lines": orders.order_lines(found)}
    try:
        tell_again(
            shop_id=visitor.shop.id,
            scene="order_delivered",
            audience=BUYER,
            subject=f"order:{found.id}",
            about_id=found.id,
            recipients=[Recipient(channel, found.contact)],
            context=context,
            language=language_of(visitor.shop.locale),
            actor=visitor.actor,
            now=utc_now(),
        )
    except NotTold as refused:
        reasons = [words.word(words.MESSAGE_SKIPS, reason) for _channel, reason in refused.data["reasons"]]
        raise InvalidInput("；".join(reasons) or str(refused.title)) from None
    return done(request, _("已排队发送"), reverse("desk:order", args=[number]))
