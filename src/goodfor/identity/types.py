"""Public types of identity: who acts, in which shop, with which rights. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from goodfor.identity.roles import Permission, Role, may

__all__ = [
    "ApiCaller",
    "ApiClientView",
    "Arrival",
    "BuyerView",
    "ConsentView",
    "Contact",
    "ContactView",
    "IssuedCode",
    "LinkView",
    "NewApiKey",
    "NewSession",
    "NewSigninLink",
    "NewSigningSecret",
    "NoticeView",
    "OAuthAppView",
    "PasskeyView",
    "Permission",
    "RelyingParty",
    "Role",
    "SavedAccountView",
    "Scope",
    "Sent",
    "SessionView",
    "ShopView",
    "SignedIn",
    "SignedInBuyer",
    "SignedRequest",
    "SigninView",
    "SigningAlgorithm",
    "StaffView",
    "Visitor",
]


class Scope(StrEnum):
    """What an API key may do; a key has only the scopes it was given."""

    PRODUCTS_READ = "products:read"
    STOCK_READ = "stock:read"
    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    CODES_REVEAL = "codes:reveal"
    BALANCE_READ = "balance:read"
    REFUNDS_WRITE = "refunds:write"


class SigningAlgorithm(StrEnum):
    """Algorithms of RFC 9421 section 3.3 that a client may sign with."""

    ED25519 = "ed25519"
    HMAC_SHA256 = "hmac-sha256"


@dataclass(frozen=True, slots=True)
class ShopView:
    """A shop. `currency` is ISO 4217, `timezone` an IANA name, `settings` a small free-form object."""

    id: UUID
    code: str
    name: str
    currency: str
    locale: str
    timezone: str
    host: str | None
    settings: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StaffView:
    """A person's place in a shop."""

    id: UUID
    shop_id: UUID
    user_id: int
    username: str
    role: str
    active: bool

    @property
    def actor(self) -> str:
        """How this person is named in the audit trail."""
        return f"staff:{self.id}"

    def may(self, permission: str) -> bool:
        """True when active and the role grants `permission`; unknown roles and permissions are refused."""
        return self.active and may(self.role, permission)


@dataclass(frozen=True, slots=True)
class ApiClientView:
    """An API client without any secret."""

    id: UUID
    shop_id: UUID
    name: str
    key_id: str
    scopes: frozenset[str]
    rate_per_minute: int
    require_signature: bool
    signing_algorithm: str
    wallet_account: str
    active: bool
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    previous_valid_until: datetime | None


@dataclass(frozen=True, slots=True)
class ApiCaller:
    """Who sends an API request, as one statement tells it: made per request, so it carries only what is needed."""

    client_id: UUID
    shop_id: UUID
    key_id: str
    scopes: frozenset[str]
    rate_per_minute: int
    wallet_account: str
    currency: str
    locale: str
    require_signature: bool
    signing_algorithm: str
    signing_public_key: bytes | None = field(repr=False)
    signing_secret: tuple[int, bytes] | None = field(repr=False)
    touch_due: bool = False

    @property
    def actor(self) -> str:
        """How this client is named in the audit trail."""
        return f"client:{self.client_id}"


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """What a signature (RFC 9421) may cover: upper-case method, absolute encoded URL, header lines, raw body."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """A key, shown once: `api_key` is what goes behind `Authorization: Bearer`."""

    client: ApiClientView
    api_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewSigningSecret:
    """A shared secret for hmac-sha256, shown once, in urlsafe base64; its 32 raw bytes are the HMAC key."""

    client_id: UUID
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewSigninLink:
    """A one-time sign-in token for the console."""

    staff_id: UUID
    expires_at: datetime
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whom a used sign-in link lets in."""

    shop_id: UUID
    staff_id: UUID
    user_id: int
    role: str


# -- buyers ------------------------------------------------------------------------------------------


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
