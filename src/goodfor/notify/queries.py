"""Reads of notify, as dataclasses. Every one names the shop."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count

from goodfor.kernel.sql import Statement
from goodfor.notify.errors import ChannelAccountNotFound, MessageNotFound, SceneUnknown
from goodfor.notify.log import MAX_PAGE, count_messages, messages, messages_by_ids
from goodfor.notify.mapping import (
    account_view,
    content_of,
    message_view,
    shipped_view,
    template_view,
)
from goodfor.notify.models import Account, CodePermission, Message, Setting, Switch, Template
from goodfor.notify.providers.registry import PROVIDERS
from goodfor.notify.reports import report_path
from goodfor.notify.scenes import (
    AUDIENCE_LABELS,
    BY_VENDOR_TEMPLATE,
    CHANNEL_LABELS,
    LANGUAGES,
    ROBOTS,
    SCENES,
    variables_of,
)
from goodfor.notify.settings_of_shop import KEEP_DAYS
from goodfor.notify.staff import PERSONAL, mailboxes_of, staff_recipients, staff_route, staff_routes, staff_scenes
from goodfor.notify.types import (
    ChannelAccountView,
    MatrixRow,
    MessageView,
    Preview,
    TemplateView,
)

__all__ = [
    "PERSONAL",
    "count_messages",
    "mailboxes_of",
    "messages",
    "messages_by_ids",
    "report_path",
    "staff_recipients",
    "staff_route",
    "staff_routes",
    "staff_scenes",
]
_SPEAKS = Statement(__package__, "sql/speaks.sql")


def scene_labels() -> dict[str, str]:
    """Scenes by name, with what people call them."""
    return {name: str(scene.label) for name, scene in SCENES.items()}


def channel_labels() -> dict[str, str]:
    """Channels by name, with what people call them."""
    return {name: str(label) for name, label in CHANNEL_LABELS.items()}


def audience_labels() -> dict[str, str]:
    """Audiences by name, with what people call them."""
    return {name: str(label) for name, label in AUDIENCE_LABELS.items()}


def scene_variables(scene: str) -> list[str]:
    """Every name a template of the scene may use: `order.number`, `lines[].title`. Raises SceneUnknown."""
    if scene not in SCENES:
        raise SceneUnknown(scene=scene)
    return list(_names(variables_of(SCENES[scene]), ""))


def _names(shape: Any, path: str) -> Sequence[str]:
    if isinstance(shape, Mapping):
        return [name for key, inner in shape.items() for name in _names(inner, f"{path}.{key}" if path else key)]
    if isinstance(shape, list):
        return _names(shape[0], f"{path}[]")
    return [path]


def template(shop_id: UUID, scene: str, channel: str, language: str) -> TemplateView:
    """The template in effect: the shop's own, else the shipped one. Raises SceneUnknown."""
    if scene not in SCENES or channel not in CHANNEL_LABELS or language not in LANGUAGES:
        raise SceneUnknown(scene=scene, channel=channel, language=language)
    own = Template.objects.filter(
        shop_id=shop_id, scene=scene, channel=channel, language=language, valid_to__isnull=True
    ).first()
    return template_view(own) if own else shipped_view(scene, channel, language)


def templates(shop_id: UUID) -> list[TemplateView]:
    """Every template in effect, in the order of scenes, channels and languages."""
    rows = Template.objects.filter(shop_id=shop_id, valid_to__isnull=True)
    own = {(row.scene, row.channel, row.language): template_view(row) for row in rows}
    keys = [
        (name, channel, language)
        for name, scene in SCENES.items()
        for channel in CHANNEL_LABELS
        if any(channel in scene.channels(audience) for audience in scene.audiences)
        for language in LANGUAGES
    ]
    return [own.get(key) or shipped_view(*key) for key in keys]


def template_history(shop_id: UUID, scene: str, channel: str, language: str) -> list[TemplateView]:
    """The shop's own versions, latest first."""
    rows = Template.objects.filter(shop_id=shop_id, scene=scene, channel=channel, language=language)
    return [template_view(row) for row in rows.order_by("-version")]


def matrix(shop_id: UUID) -> list[MatrixRow]:
    """Every scene × audience × channel that can be: whether it is on, is so by default, and could be sent now."""
    changed = {(row.scene, row.audience, row.channel): row.enabled for row in Switch.objects.filter(shop_id=shop_id)}
    ready = set(current_accounts(shop_id))
    return [
        MatrixRow(
            scene=name,
            audience=audience,
            channel=channel,
            enabled=changed.get((name, audience, channel), channel in scene.on[audience]),
            default=channel in scene.on[audience],
            ready=channel in ready,
        )
        for name, scene in SCENES.items()
        for audience in scene.audiences
        for channel in scene.channels(audience)
    ]


def switched_on(shop_id: UUID, scene: str, audience: str) -> frozenset[str]:
    """The channels by which a scene goes to an audience in this shop. Raises SceneUnknown."""
    found = SCENES.get(scene)
    if found is None or audience not in found.audiences:
        raise SceneUnknown(scene=scene, audience=audience)
    rows = Switch.objects.filter(shop_id=shop_id, scene=scene, audience=audience)
    changed = {row.channel: row.enabled for row in rows}
    return frozenset(c for c in found.channels(audience) if changed.get(c, c in found.on[audience]))


def accounts(shop_id: UUID) -> list[ChannelAccountView]:
    """The current account of each channel, switched on or not; without secrets."""
    rows = Account.objects.filter(shop_id=shop_id, valid_to__isnull=True).order_by("channel")
    return [account_view(row) for row in rows]


def current_accounts(shop_id: UUID) -> dict[str, UUID]:
    """Channels that can send now: name to account."""
    rows = Account.objects.filter(shop_id=shop_id, valid_to__isnull=True, enabled=True)
    return dict(rows.values_list("channel", "id"))


def speaks(shop_id: UUID) -> bool:
    """Whether the shop has any channel that is on: asked for every event, so one short statement."""
    return _SPEAKS.row({"shop_id": shop_id}) is not None


def shops_that_speak() -> list[UUID]:
    """Shops with a channel that is on, for duties over all shops (inside a platform job)."""
    rows = Account.objects.filter(valid_to__isnull=True, enabled=True).order_by("shop_id")
    return list(rows.values_list("shop_id", flat=True).distinct())


def robots(shop_id: UUID) -> list[str]:
    """The staff's group robots that can send now."""
    return sorted(ROBOTS & set(current_accounts(shop_id)))


def push_public_key(shop_id: UUID) -> str:
    """What a browser needs to subscribe (applicationServerKey, base64url). Raises ChannelAccountNotFound."""
    row = Account.objects.filter(shop_id=shop_id, channel="webpush", valid_to__isnull=True, enabled=True).first()
    if row is None:
        raise ChannelAccountNotFound
    return str(row.config["public_key"])


def skus_with_codes(shop_id: UUID) -> frozenset[UUID]:
    """SKUs whose codes may stand in messages."""
    return frozenset(CodePermission.objects.filter(shop_id=shop_id).values_list("sku_id", flat=True))


def messages_about(shop_id: UUID, subject: str) -> list[MessageView]:
    """Everything told about one subject (an order), oldest first: for its timeline."""
    return [message_view(row) for row in Message.objects.filter(shop_id=shop_id, subject=subject).order_by("id")]


def messages_of(shop_id: UUID, about_id: UUID, limit: int = MAX_PAGE) -> list[MessageView]:
    """Everything told about one thing (an order), oldest first: for its page."""
    rows = Message.objects.filter(shop_id=shop_id, about_id=about_id).order_by("id")
    return [message_view(row) for row in rows[:limit]]


def message_counts(shop_id: UUID) -> dict[str, int]:
    """How many messages are in each state that is not `sent`: for status tabs and alerts."""
    rows = Message.objects.filter(shop_id=shop_id).exclude(state="sent").values("state")
    return dict(rows.annotate(count=Count("id")).values_list("state", "count"))


def message(shop_id: UUID, message_id: UUID) -> MessageView:
    """One message. Raises MessageNotFound."""
    row = Message.objects.filter(shop_id=shop_id, id=message_id).first()
    if row is None:
        raise MessageNotFound
    return message_view(row)


def message_content(shop_id: UUID, message_id: UUID) -> Preview | None:
    """What a message said, or None where it is not kept or holds a secret. Raises MessageNotFound, DecryptFailed."""
    row = Message.objects.filter(shop_id=shop_id, id=message_id).first()
    if row is None:
        raise MessageNotFound
    said = None if row.secret else content_of(row)
    if said is None:
        return None
    return Preview(said.subject, said.text, said.html, said.params, said.link, said.vendor_template)


def keep_days(shop_id: UUID) -> int:
    """How long the shop keeps its send log."""
    kept = Setting.objects.filter(shop_id=shop_id).values_list("keep_days", flat=True).first()
    return KEEP_DAYS if kept is None else kept


def channels_of(scene: str, audience: str) -> tuple[str, ...]:
    """The channels that a scene may take to an audience. Raises SceneUnknown."""
    found = SCENES.get(scene)
    if found is None or audience not in found.audiences:
        raise SceneUnknown(scene=scene, audience=audience)
    return found.channels(audience)


def providers_of(channel: str) -> list[str]:
    """The vendors by which a channel can be opened."""
    return sorted(name for name, adapter in PROVIDERS.items() if channel in adapter.channels)


def needs_vendor_template(channel: str) -> bool:
    """Whether the vendor sends its own approved text, so that a template holds its id and the parameters."""
    return channel in BY_VENDOR_TEMPLATE


def takes_codes(scene: str) -> bool:
    """Whether messages of the scene may hold card codes, where the shop says so for a SKU."""
    return scene in SCENES and SCENES[scene].carries_codes


def scene_sample(scene: str) -> Mapping[str, Any]:
    """Sample words of a scene, for a preview without a real order. Raises SceneUnknown."""
    if scene not in SCENES:
        raise SceneUnknown(scene=scene)
    return SCENES[scene].sample
