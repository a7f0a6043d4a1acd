"""Public types of identity: who acts, in which shop, with which rights. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from goodfor.identity.buyer_types import (
    Arrival,
    BuyerView,
    ConsentView,
    Contact,
    ContactView,
    IssuedCode,
    LinkView,
    NewSession,
    NoticeView,
    OAuthAppView,
    PasskeyView,
    RelyingParty,
    SavedAccountView,
    Sent,
    SessionView,
    SignedInBuyer,
    SigninView,
    Visitor,
)
from goodfor.identity.hours import within_hours
from goodfor.identity.refund_limits import NO_BOUND, REFUND_DEFAULTS, RefundLimits, refund_limits
from goodfor.identity.roles import Permission, Role, may

__all__ = [
    "NO_BOUND",
    "REFUND_DEFAULTS",
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
    "RefundLimits",
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
    "refund_limits",
    "within_hours",
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
    WELFARE_GRANT = "welfare:grant"


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
