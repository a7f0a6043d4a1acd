"""The send log: what was told to whom, found in several ways."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from goodfor.notify.addresses import kind_of_contact, normal
from goodfor.notify.mapping import message_view, recipient_index
from goodfor.notify.models import STATES, Message
from goodfor.notify.types import MessageFilter, MessageView

MAX_PAGE: Final = 200


def messages(
    shop_id: UUID,
    wanted: MessageFilter | None = None,
    after: UUID | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[MessageView]:
    """The send log, latest first, those before `after`, without the first `offset` of them."""
    rows = _found(shop_id, wanted or MessageFilter())
    if after is not None:
        rows = rows.filter(id__lt=after)
    return [message_view(row) for row in rows.order_by("-id")[offset : offset + min(limit, MAX_PAGE + 1)]]


def count_messages(shop_id: UUID, wanted: MessageFilter, limit: int = 10_000) -> dict[str, int]:
    """How many messages each state has, counted up to `limit`; the filter's own states do not matter."""
    rows = _found(shop_id, wanted, of_states=False)
    return {state: rows.filter(state=state)[:limit].count() for state in STATES}


def messages_by_ids(shop_id: UUID, ids: Sequence[UUID]) -> list[MessageView]:
    """These messages of the shop; others are left out."""
    return [message_view(row) for row in Message.objects.filter(shop_id=shop_id, id__in=list(ids)).order_by("-id")]


def _found(shop_id: UUID, wanted: MessageFilter, *, of_states: bool = True) -> "QuerySet[Message]":
    rows = Message.objects.filter(shop_id=shop_id)
    for name in ("scene", "channel", "audience", "subject", "about_id"):
        if value := getattr(wanted, name):
            rows = rows.filter(**{name: value})
    if of_states and wanted.states:
        rows = rows.filter(state__in=list(wanted.states))
    if wanted.since:
        rows = rows.filter(created_at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(created_at__lt=wanted.until)
    if wanted.recipient:
        channel = wanted.channel or kind_of_contact(wanted.recipient) or ""
        address = normal(channel, wanted.recipient) if channel else None
        if address is None:
            return rows.none()
        rows = rows.filter(recipient_index=recipient_index(channel, address))
    return rows
