"""Values that go into and come out of notify. Times are aware UTC, ids are UUIDs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from goodfor.notify.addresses import kind_of_contact, normal
from goodfor.notify.scenes import BUYER, CHANNELS, LANGUAGES, STAFF, language_of

__all__ = [
    "BUYER",
    "CHANNELS",
    "LANGUAGES",
    "STAFF",
    "ChannelAccountView",
    "ChannelReport",
    "Draft",
    "MatrixRow",
    "MessageFilter",
    "MessageView",
    "Preview",
    "Queued",
    "Recipient",
    "StaffRoute",
    "TemplateView",
    "kind_of_contact",
    "language_of",
    "normal",
]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom to reach by which channel. `address`: e-mail, phone, openid, or for web push the owner of subscriptions.

    The robots of a shop's groups need no recipient: whatever goes to the staff goes to them where they are on.
    """

    channel: str
    address: str = field(repr=False)
    name: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Queued:
    """What `send` did: ids of new messages, and why channels were passed over (channel, reason).

    Reasons: already, off, no_account, no_consent, no_vendor_template, bad_address, no_subscription, not_for_audience.
    """

    message_ids: tuple[UUID, ...]
    skipped: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a template says. `params` are (vendor's name, Liquid), in order; `link` is where a tap leads.

    `body` is MJML for e-mail, plain text elsewhere. `vendor_template` is the id that the vendor gave its approved text.
    """

    subject: str = ""
    body: str = ""
    params: tuple[tuple[str, str], ...] = ()
    link: str = ""
    vendor_template: str = ""


@dataclass(frozen=True, slots=True)
class TemplateView:
    """A template in effect. `version` 0 is the one that ships with Goodfor."""

    scene: str
    channel: str
    language: str
    version: int
    draft: Draft
    saved_at: datetime | None
    saved_by: str


@dataclass(frozen=True, slots=True)
class Preview:
    """A rendered template: for e-mail `html` too (show it in a sandboxed frame, it is the shop's own markup)."""

    subject: str
    text: str
    html: str
    params: tuple[tuple[str, str], ...]
    link: str
    vendor_template: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """Whether a scene goes to an audience by a channel. `default`: as shipped; `ready`: the channel has an account."""

    scene: str
    audience: str
    channel: str
    enabled: bool
    default: bool
    ready: bool


@dataclass(frozen=True, slots=True)
class ChannelAccountView:
    """A channel's account without its secrets; `secret_names` says which are there."""

    id: UUID
    shop_id: UUID
    channel: str
    provider: str
    name: str
    config: Mapping[str, Any]
    secret_names: tuple[str, ...]
    enabled: bool
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class ChannelReport:
    """What became of a test message. `code` is stable; `detail` is what to tell the person who set the channel up."""

    ok: bool
    code: str
    detail: str
    message_id: UUID | None = None
    provider_ref: str = ""


@dataclass(frozen=True, slots=True)
class MessageFilter:
    """What the send log is to show; empty means all. `recipient` finds an exact address of `channel`, by default
    that of a mailbox or a telephone.
    """

    scene: str = ""
    channel: str = ""
    audience: str = ""
    states: Sequence[str] = ()
    subject: str = ""
    recipient: str = field(default="", repr=False)
    since: datetime | None = None
    until: datetime | None = None
    about_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message of the send log. `recipient` is masked; the content is another query, and gone if it was secret."""

    id: UUID
    scene: str
    subject: str
    audience: str
    channel: str
    language: str
    template_version: int
    recipient: str
    state: str
    provider: str
    provider_ref: str
    failure: str
    attempts: int
    secret: bool
    has_content: bool
    created_at: datetime
    next_try_at: datetime | None
    expires_at: datetime
    sent_at: datetime | None
    about_id: UUID | None = None
    delivered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StaffRoute:
    """What a member of the staff is told: `on` are (scene, channel); `hints` are masked addresses by channel."""

    staff_id: UUID
    username: str
    role: str
    on: frozenset[tuple[str, str]]
    default: frozenset[tuple[str, str]]
    hints: Mapping[str, str]
