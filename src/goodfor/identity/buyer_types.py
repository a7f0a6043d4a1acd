"""Public types of buyers' accounts; types.py hands them out. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Contact:
    """A telephone number (E.164) or an e-mail address (lower case): `kind` is phone or email."""

    kind: str
    value: str = field(repr=False)

    @property
    def masked(self) -> str:
        """Enough to know one's own: 138****8000, l***@example.com."""
        if self.kind == "email":
            name, _, host = self.value.partition("@")
            return f"{name[:1]}***@{host}"
        local = self.value.removeprefix("+86")
        return f"{local[:3]}****{local[-4:]}"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who stands at the door: address, the long-lived device cookie, a label of the browser, the language."""

    ip: str = field(default="", repr=False)
    device: str = field(default="", repr=False)
    label: str = ""
    locale: str = "zh-hans"


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A one-time code to be sent to `contact`, once; `code_id` is what the browser keeps."""

    code_id: UUID
    purpose: str
    contact: Contact = field(repr=False)
    code: str = field(repr=False)
    locale: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SignedInBuyer:
    """Whose browser it is. `ref` names the buyer in orders; `proved_at` is the last fresh proof, or None."""

    shop_id: UUID
    buyer_id: UUID
    session_id: UUID
    name: str
    locale: str
    state: str
    proved_at: datetime | None
    erase_at: datetime | None
    touch_due: bool
    device_hash: bytes = field(repr=False)

    @property
    def ref(self) -> str:
        """How orders name this buyer."""
        return f"buyer:{self.buyer_id.hex}"


@dataclass(frozen=True, slots=True)
class NewSession:
    """A browser was let in: tokens for its two cookies, shown once. `created` is True for a new account."""

    buyer_id: UUID
    session_id: UUID
    token: str = field(repr=False)
    device: str = field(repr=False)
    created: bool


@dataclass(frozen=True, slots=True)
class Arrival:
    """A browser came back from a provider: a session, or (when it was signed in) a new link; `next` as it was sent."""

    session: NewSession | None
    provider: str
    next: str


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """The shop as passkeys know it: its host without a port, its name, the one origin that answers come from."""

    host: str
    name: str
    origin: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A browser is sent away (to its authenticator, to a provider): the ceremony to come back with, and with what."""

    ceremony_id: UUID
    options: Mapping[str, Any]
    address: str = ""


@dataclass(frozen=True, slots=True)
class ContactView:
    """A proven contact of a buyer, for the buyer's own eyes."""

    contact: Contact = field(repr=False)
    verified_at: datetime


@dataclass(frozen=True, slots=True)
class BuyerView:
    """An account as its owner sees it."""

    id: UUID
    shop_id: UUID
    state: str
    name: str
    birthday: date | None
    locale: str
    has_password: bool
    password_changed_at: datetime | None
    created_at: datetime
    erase_at: datetime | None
    contacts: tuple[ContactView, ...]

    @property
    def ref(self) -> str:
        """How orders name this buyer."""
        return f"buyer:{self.id.hex}"


@dataclass(frozen=True, slots=True)
class SessionView:
    """A browser that is signed in."""

    id: UUID
    label: str
    method: str
    created_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class SigninView:
    """One sign-in, or a refused try."""

    at: datetime
    method: str
    ok: bool
    label: str


@dataclass(frozen=True, slots=True)
class PasskeyView:
    """A passkey in the list of its owner."""

    id: UUID
    label: str
    created_at: datetime
    last_used_at: datetime | None
    backed_up: bool


@dataclass(frozen=True, slots=True)
class LinkView:
    """An account elsewhere that opens this one."""

    provider: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class OAuthAppView:
    """A provider of sign-ins that a shop has switched on or off; the secret is never shown."""

    provider: str
    label: str
    client_id: str
    server_url: str
    enabled: bool
    trust_email: bool = False


@dataclass(frozen=True, slots=True)
class SavedAccountView:
    """An account that a buyer tops up often."""

    id: UUID
    label: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ConsentView:
    """A buyer's word on a channel and purpose. `at` is None where nothing was said: then `granted` is the default."""

    channel: str
    purpose: str
    granted: bool
    at: datetime | None
    source: str = ""
    text_version: str = ""


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A line on the message page."""

    id: UUID
    kind: str
    data: Mapping[str, Any]
    at: datetime
    read_at: datetime | None
