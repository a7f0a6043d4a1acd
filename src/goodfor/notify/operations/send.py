"""Queue a piece of news for an audience, in the caller's transaction. Nothing leaves the machine here."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction

from goodfor.identity import queries as identity
from goodfor.identity.types import ShopView
from goodfor.kernel.ids import uuid7
from goodfor.kernel.sql import Statement
from goodfor.kernel.statemachine import record_history
from goodfor.notify import queries, states
from goodfor.notify.addresses import WEBPUSH, masked, normal
from goodfor.notify.errors import SceneUnknown
from goodfor.notify.mapping import recipient_index, sealed_part
from goodfor.notify.models import Message, PushSubscription
from goodfor.notify.rendering.content import Content, rendered
from goodfor.notify.rendering.liquid import TemplateProblem
from goodfor.notify.rendering.values import values_for
from goodfor.notify.scenes import (
    BY_VENDOR_TEMPLATE,
    LANGUAGES,
    MAY_HOLD_CODES,
    ROBOTS,
    SCENES,
    STAFF,
    Scene,
    variables_of,
)
from goodfor.notify.types import Queued, Recipient

_INSERT_NOTICE: Final = Statement("goodfor.notify", "sql/insert_notice.sql")
MAX_RECIPIENTS: Final = 50
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _News:
    """What is to be told, with everything that is the same for all channels."""

    shop: ShopView
    scene: Scene
    audience: str
    subject: str
    language: str
    context: Mapping[str, Any]
    expires_at: datetime
    now: datetime
    about_id: UUID | None = None


@transaction.atomic(savepoint=False)
def send(
    *,
    shop_id: UUID,
    scene: str,
    audience: str,
    subject: str,
    recipients: Sequence[Recipient],
    context: Mapping[str, Any],
    language: str,
    now: datetime,
    consents: Mapping[str, bool] | None = None,
    expires_at: datetime | None = None,
    only: str = "",
    about_id: UUID | None = None,
) -> Queued:
    """Tell `audience` about `subject` ("order:<id>"), once for each channel for ever, by the channels that are on.

    `context` holds what the scene's dictionary names (`queries.scene_variables`); Money and datetimes are written out
    here, what is not named is dropped. Lines that carry codes have a `sku_id`: codes stay only where the shop allows
    them for that SKU. `consents`: channel -> agreed; asked for where a scene is not transactional, absent means no.
    `about_id`: the order that it is about, for the order's page and the log; opaque here.
    `only` is for trying a channel: that one, whatever the switches say. What has not left by `expires_at` (default: the
    scene's lifetime) is not sent. Raises SceneUnknown, and nothing else that a buyer or a template could cause: a
    template that does not render becomes a failed message.
    """
    known = SCENES.get(scene)
    if known is None or audience not in known.audiences or language not in LANGUAGES or not 0 < len(subject) <= 120:
        raise SceneUnknown(scene=scene, audience=audience, language=language)
    news = _News(
        shop=identity.shop_by_id(shop_id),
        scene=known,
        audience=audience,
        subject=subject,
        language=language,
        context=context,
        expires_at=expires_at or now + known.lifetime,
        now=now,
        about_id=about_id,
    )
    wanted = _by_channel(shop_id, audience, recipients)
    on = queries.switched_on(shop_id, scene, audience)
    if only:
        wanted = {channel: people for channel, people in wanted.items() if channel == only}
        on = frozenset({only})
    ready = queries.current_accounts(shop_id)
    ids: list[UUID] = []
    skipped: list[tuple[str, str]] = []
    for channel, people in wanted.items():
        reason = _reason_not_to(known, audience, channel, on, ready, consents or {})
        outcome = reason or _tell(news, channel, people)
        if isinstance(outcome, str):
            skipped.append((channel, outcome))
        else:
            ids += outcome
    return Queued(tuple(ids), tuple(skipped))


def _by_channel(shop_id: UUID, audience: str, recipients: Sequence[Recipient]) -> dict[str, list[Recipient]]:
    wanted: dict[str, list[Recipient]] = {}
    for recipient in recipients[:MAX_RECIPIENTS]:
        if recipient.channel not in ROBOTS:
            wanted.setdefault(recipient.channel, []).append(recipient)
    if audience == STAFF:
        wanted |= {robot: [Recipient(robot, robot)] for robot in queries.robots(shop_id)}
    return wanted


def _reason_not_to(
    scene: Scene,
    audience: str,
    channel: str,
    on: frozenset[str],
    ready: Mapping[str, UUID],
    consents: Mapping[str, bool],
) -> str:
    if channel not in scene.channels(audience):
        return "not_for_audience"
    if channel not in on:
        return "off"
    if channel not in ready:
        return "no_account"
    if not scene.transactional and audience != STAFF and not consents.get(channel, False):
        return "no_consent"
    return ""


def _tell(news: _News, channel: str, people: Sequence[Recipient]) -> list[UUID] | str:
    """Ids of the messages, or why there are none."""
    shop_id = news.shop.id
    template = queries.template(shop_id, news.scene.name, channel, news.language)
    if channel in BY_VENDOR_TEMPLATE and not template.draft.vendor_template:
        return "no_vendor_template"
    reached = _reached(shop_id, channel, people)
    if not reached:
        return "no_subscription" if channel == WEBPUSH else "bad_address"
    notice_id = uuid7()
    inserted = _INSERT_NOTICE.row(
        {
            "id": notice_id,
            "shop_id": shop_id,
            "scene": news.scene.name,
            "subject": news.subject,
            "audience": news.audience,
            "channel": channel,
            "now": news.now,
        }
    )
    if inserted is None:
        return "already"
    values, holds_codes = values_for(
        news.scene,
        news.context,
        shop={"name": news.shop.name, "url": settings.GOODFOR_PUBLIC_URL},
        timezone=news.shop.timezone,
        codes_of=queries.skus_with_codes(shop_id) if channel in MAY_HOLD_CODES else frozenset(),
    )
    content, failure = None, ""
    try:
        content = rendered(template.draft, channel, news.language, values, variables_of(news.scene))
    except TemplateProblem as problem:
        failure = "template"
        log.warning("notify_template_failed", scene=news.scene.name, channel=channel, reason=problem.reason)
    secret = news.scene.secret or holds_codes
    return [
        _insert(news, notice_id, channel, template.version, address, name, content, failure, secret)
        for address, name in reached.items()
    ]


def _reached(shop_id: UUID, channel: str, people: Sequence[Recipient]) -> dict[str, str]:
    """Addresses in the one way they are written, each once, with the names that go with them."""
    found: dict[str, str] = {}
    for person in people:
        address = normal(channel, person.address)
        if address is None:
            continue
        if channel == WEBPUSH:
            owned = PushSubscription.objects.filter(shop_id=shop_id, owner=address).order_by("id")
            found |= {str(id_): person.name for id_ in owned.values_list("id", flat=True)[:MAX_RECIPIENTS]}
        else:
            found.setdefault(address, person.name)
    return found


def _insert(
    news: _News,
    notice_id: UUID,
    channel: str,
    version: int,
    address: str,
    name: str,
    content: Content | None,
    failure: str,
    secret: bool,
) -> UUID:
    shop_id, message_id = news.shop.id, uuid7()
    state = states.QUEUED if content is not None else states.FAILED
    sealed = sealed_part(shop_id, message_id, "recipient", json.dumps([address, name[:100]]).encode())
    if content is not None:
        sealed |= sealed_part(shop_id, message_id, "content", content.packed())
    Message.objects.create(
        id=message_id,
        shop_id=shop_id,
        notice_id=notice_id,
        scene=news.scene.name,
        subject=news.subject,
        about_id=news.about_id,
        audience=news.audience,
        channel=channel,
        language=news.language,
        template_version=version,
        secret=secret,
        state=state,
        failure=failure,
        recipient_index=recipient_index(channel, address),
        recipient_hint=masked(channel, address),
        next_try_at=news.now if content is not None else None,
        expires_at=news.expires_at,
        created_at=news.now,
        **sealed,
    )
    moves: list[tuple[str | None, str]] = [(None, states.QUEUED)]
    if content is None:
        moves.append((states.QUEUED, states.FAILED))
    record_history(
        shop_id=shop_id,
        machine=states.MESSAGE,
        subject_id=message_id,
        moves=moves,
        actor="system",
        cause=failure or news.subject[:64],
        now=news.now,
    )
    return message_id
