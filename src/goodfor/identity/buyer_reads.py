"""Reads of buyers' accounts; queries.py hands them out."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from goodfor.identity.buyer_models import (
    CHANNELS,
    PURPOSES,
    Buyer,
    BuyerConsent,
    BuyerContact,
    BuyerLink,
    BuyerNotice,
    BuyerPasskey,
    BuyerSession,
    BuyerSignin,
    OAuthApp,
    SavedAccount,
)
from goodfor.identity.contacts import contact_index, open_contact, parse_contact
from goodfor.identity.errors import BuyerNotFound
from goodfor.identity.types import (
    BuyerView,
    ConsentView,
    Contact,
    ContactView,
    LinkView,
    NoticeView,
    OAuthAppView,
    PasskeyView,
    SavedAccountView,
    SessionView,
    SignedInBuyer,
    SigninView,
)
from goodfor.identity.visitors import looks_like_token
from goodfor.kernel.crypto import Sealed, keyring
from goodfor.kernel.ids import hash_token
from goodfor.kernel.sql import Statement

_ACCOUNT = Statement(__package__, "sql/account_of_contact.sql")
_SESSION = Statement(__package__, "sql/session.sql")
_BORN = Statement(__package__, "sql/born_on.sql")
#: A browser that was not seen for so long is signed out.
IDLE = timedelta(days=60)
#: A proof is fresh for so long: codes, contacts, export and deletion need one.
FRESH = timedelta(minutes=10)
#: What holds where a buyer has said nothing: what belongs to an order, and what one has in points and tiers, is sent,
#: advertising is not.
CONSENT_DEFAULT = {"service": True, "member": True, "marketing": False}


def birthdays(
    shop_id: UUID, days: Sequence[int], *, after: UUID | None = None, limit: int = 1_000
) -> list[tuple[UUID, int]]:
    """Whose birthday is on one of these days (month and day as 1231), by id: who, and the day."""
    rows = _BORN.rows({"shop_id": shop_id, "days": list(days), "after": after, "limit": limit})
    return [(row[0], int(row[1])) for row in rows]


def signed_in(shop_id: UUID, token: str, now: datetime) -> SignedInBuyer | None:
    """Whose browser this is by the token of its cookie; None for nobody."""
    if not looks_like_token(token):
        return None
    row = _SESSION.row({"shop_id": shop_id, "token_hash": hash_token(token), "now": now, "idle": IDLE})
    if row is None:
        return None
    return SignedInBuyer(
        shop_id=shop_id,
        buyer_id=row[0],
        session_id=row[1],
        name=row[2],
        locale=row[3],
        state=row[4],
        proved_at=row[5],
        erase_at=row[6],
        touch_due=row[7],
        device_hash=bytes(row[8]),
    )


def is_proof_fresh(buyer: SignedInBuyer, now: datetime) -> bool:
    """True within ten minutes of a sign-in or another proof."""
    return buyer.proved_at is not None and timedelta(0) <= now - buyer.proved_at < FRESH


def is_leaving(shop_id: UUID, buyer_id: UUID) -> bool:
    """Whether an account is erased, or will be within the hour: nothing is kept for it any more."""
    return Buyer.objects.filter(shop_id=shop_id, pk=buyer_id, erasing_at__isnull=False).exists()


def order_contact_index(shop_id: UUID, text: str) -> bytes | None:
    """16 bytes by which orders of a contact are found without storing it; None when it is no contact."""
    contact = parse_contact(text)
    return contact_index(shop_id, contact) if contact else None


def ref_of_contact(shop_id: UUID, text: str) -> str:
    """How orders name the buyer whose account a contact opens; empty where it opens none, or is no contact."""
    contact = parse_contact(text)
    if contact is None:
        return ""
    index = contact_index(shop_id, contact)
    row = _ACCOUNT.row({"shop_id": shop_id, "kind": contact.kind, "value_index": index, "device_hash": b""})
    return f"buyer:{UUID(str(row[0])).hex}" if row else ""


def contact_indexes(shop_id: UUID, buyer_id: UUID) -> list[bytes]:
    """The same, of a buyer's proven contacts."""
    rows = BuyerContact.objects.filter(shop_id=shop_id, buyer_id=buyer_id).order_by("kind")
    return [bytes(row.value_index) for row in rows]


def contact_index_of(shop_id: UUID, buyer_id: UUID, kind: str) -> bytes | None:
    """The blind index of a buyer's proven contact of a kind (email, phone); None without one."""
    row = BuyerContact.objects.filter(shop_id=shop_id, buyer_id=buyer_id, kind=kind).first()
    return bytes(row.value_index) if row else None


def buyer_view(shop_id: UUID, buyer_id: UUID) -> BuyerView:
    """An account with its contacts in plain, for its owner. Raises BuyerNotFound."""
    found = Buyer.objects.filter(shop_id=shop_id, pk=buyer_id).exclude(state="erased").first()
    if found is None:
        raise BuyerNotFound
    return BuyerView(
        id=found.id,
        shop_id=shop_id,
        state=found.state,
        name=found.name,
        birthday=found.birthday,
        locale=found.locale,
        has_password=bool(found.password),
        password_changed_at=found.password_changed_at,
        created_at=found.created_at,
        erase_at=found.erase_at,
        contacts=tuple(
            ContactView(contact_of_row(row), row.verified_at)
            for row in BuyerContact.objects.filter(shop_id=shop_id, buyer_id=buyer_id).order_by("kind")
        ),
    )


def registered_at(shop_id: UUID, buyer_id: UUID) -> datetime | None:
    """Since when a buyer has an account; None for none."""
    found = Buyer.objects.filter(shop_id=shop_id, pk=buyer_id).exclude(state="erased")
    return found.values_list("created_at", flat=True).first()


def registered_since(shop_id: UUID, buyer_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """The same of many; who has no account is not in it."""
    found = Buyer.objects.filter(shop_id=shop_id, pk__in=list(buyer_ids)).exclude(state="erased")
    return dict(found.values_list("pk", "created_at"))


def contact_of_row(row: BuyerContact) -> Contact:
    """A stored contact in plain."""
    return open_contact(row.shop_id, row.id, row.kind, Sealed(row.value_key_id, bytes(row.value_blob)))


def contact_of_buyer(shop_id: UUID, buyer_id: UUID, kind: str) -> Contact | None:
    """A buyer's proven telephone number or e-mail address, to send something there; None without one."""
    row = BuyerContact.objects.filter(shop_id=shop_id, buyer_id=buyer_id, kind=kind).first()
    return contact_of_row(row) if row else None


def sessions_of(shop_id: UUID, buyer_id: UUID, now: datetime) -> list[SessionView]:
    """Browsers that are signed in, last seen first."""
    live = BuyerSession.objects.filter(
        shop_id=shop_id, buyer_id=buyer_id, revoked_at__isnull=True, expires_at__gt=now, last_seen_at__gt=now - IDLE
    )
    return [
        SessionView(row.id, row.label, row.method, row.created_at, row.last_seen_at)
        for row in live.order_by("-last_seen_at", "-id")
    ]


def signins_of(shop_id: UUID, buyer_id: UUID, limit: int = 20) -> list[SigninView]:
    """Sign-ins and refused passwords, latest first; kept for 180 days."""
    rows = BuyerSignin.objects.filter(shop_id=shop_id, buyer_id=buyer_id).order_by("-id")[:limit]
    return [SigninView(row.at, row.method, row.ok, row.label) for row in rows]


def passkeys_of(shop_id: UUID, buyer_id: UUID) -> list[PasskeyView]:
    """A buyer's passkeys, oldest first."""
    rows = BuyerPasskey.objects.filter(shop_id=shop_id, buyer_id=buyer_id).order_by("id")
    return [PasskeyView(row.id, row.label, row.created_at, row.last_used_at, row.backed_up) for row in rows]


def links_of(shop_id: UUID, buyer_id: UUID) -> list[LinkView]:
    """Accounts elsewhere that open this one."""
    rows = BuyerLink.objects.filter(shop_id=shop_id, buyer_id=buyer_id).order_by("provider")
    return [LinkView(row.provider, row.created_at) for row in rows]


def oauth_apps(shop_id: UUID, *, enabled_only: bool = True) -> list[OAuthAppView]:
    """Providers of sign-ins in a shop."""
    rows = OAuthApp.objects.filter(shop_id=shop_id).order_by("id")
    return [
        OAuthAppView(row.provider, row.label, row.client_id, row.server_url, row.enabled, row.trust_email)
        for row in rows
        if row.enabled or not enabled_only
    ]


def saved_account_aad(shop_id: UUID, row_id: UUID) -> bytes:
    """What binds a saved account to its row."""
    return b"identity.saved:" + shop_id.bytes + row_id.bytes


def saved_accounts(shop_id: UUID, buyer_id: UUID) -> list[SavedAccountView]:
    """Accounts that a buyer tops up often, in plain, for their owner."""
    found = []
    for row in SavedAccount.objects.filter(shop_id=shop_id, buyer_id=buyer_id).order_by("id"):
        sealed = Sealed(row.value_key_id, bytes(row.value_blob))
        value = keyring().open(sealed, saved_account_aad(shop_id, row.id)).decode()
        found.append(SavedAccountView(row.id, row.label, value))
    return found


def consents_of(shop_id: UUID, buyer_id: UUID) -> list[ConsentView]:
    """What a buyer last said on each channel and purpose; the default where nothing was said."""
    rows = BuyerConsent.objects.filter(shop_id=shop_id, buyer_id=buyer_id).order_by("id")
    said = {(row.channel, row.purpose): row for row in rows}
    found: list[ConsentView] = []
    for purpose in PURPOSES:
        for channel in CHANNELS:
            row = said.get((channel, purpose))
            found.append(
                ConsentView(channel, purpose, row.granted, row.at, row.source, row.text_version)
                if row
                else ConsentView(channel, purpose, CONSENT_DEFAULT[purpose], None)
            )
    return found


def consent_history(shop_id: UUID, buyer_id: UUID) -> list[ConsentView]:
    """Everything a buyer ever said, oldest first."""
    rows = BuyerConsent.objects.filter(shop_id=shop_id, buyer_id=buyer_id).order_by("id")
    return [ConsentView(r.channel, r.purpose, r.granted, r.at, r.source, r.text_version) for r in rows]


def may_contact(shop_id: UUID, buyer_id: UUID, channel: str, purpose: str) -> bool:
    """True when messages of this purpose (service, member, marketing) may go to the buyer by this channel."""
    if channel not in CHANNELS or purpose not in PURPOSES:
        return False
    last = (
        BuyerConsent.objects.filter(shop_id=shop_id, buyer_id=buyer_id, channel=channel, purpose=purpose)
        .order_by("-id")
        .first()
    )
    return last.granted if last else CONSENT_DEFAULT[purpose]


def notices_of(shop_id: UUID, buyer_id: UUID, limit: int = 50) -> list[NoticeView]:
    """The message page's lines, latest first."""
    rows = BuyerNotice.objects.filter(shop_id=shop_id, buyer_id=buyer_id).order_by("-id")[:limit]
    return [NoticeView(row.id, row.kind, row.data, row.at, row.read_at) for row in rows]


def unread_notices(shop_id: UUID, buyer_id: UUID) -> int:
    """How many lines of the message page are new."""
    return BuyerNotice.objects.filter(shop_id=shop_id, buyer_id=buyer_id, read_at__isnull=True).count()
