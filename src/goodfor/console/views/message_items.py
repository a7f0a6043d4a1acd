"""The messages of one order: for its page and its past."""

from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import words
from goodfor.console.desk.messages import state_of
from goodfor.console.types import Visitor
from goodfor.console.views.message import MAY_WRITE, may_resend
from goodfor.notify import queries as notify
from goodfor.notify.types import BUYER, MessageView
from goodfor.orders.types import DeskOrder

_TONES: Final = ("red", "amber", "green")


def message_items(shop_id: UUID, order_id: UUID) -> list[dict[str, Any]]:
    """What was told about the order, as entries of its timeline."""
    scenes, channels = notify.scene_labels(), notify.channel_labels()
    return [_item(found, scenes, channels) for found in notify.messages_of(shop_id, order_id)]


def _item(found: MessageView, scenes: dict[str, str], channels: dict[str, str]) -> dict[str, Any]:
    state, tone = state_of(found)
    what = {"scene": scenes.get(found.scene, found.scene), "state": state}
    parts = (channels.get(found.channel, found.channel), found.recipient, failure_of(found))
    return {
        "at": found.sent_at or found.created_at,
        "label": _("消息：%(scene)s，%(state)s") % what,
        "text": " ".join(filter(None, parts)),
        "who": _("系统"),
        "tone": tone if tone in _TONES else "",
        "href": reverse("desk:message", args=[found.id]),
    }


def failure_of(found: MessageView) -> str:
    """Why it was not sent, in words; empty where there is nothing to say."""
    return words.word(words.MESSAGE_FAILURES, found.failure) if found.failure else ""


def messages_context(visitor: Visitor, order: DeskOrder) -> dict[str, Any]:
    """The panel of messages: each with what became of it, and what may be sent again."""
    scenes, channels = notify.scene_labels(), notify.channel_labels()
    rows = [
        {
            "message": found,
            "scene": scenes.get(found.scene, found.scene),
            "channel": channels.get(found.channel, found.channel),
            "state": state_of(found),
            "failure": failure_of(found),
            "may_resend": may_resend(visitor, found) and found.audience == BUYER,
        }
        for found in notify.messages_of(visitor.shop.id, order.id)
    ]
    told = bool(order.contact) and order.client_id is None and order.delivered_at is not None
    return {"messages": rows, "may_tell": told and visitor.may(MAY_WRITE)}
