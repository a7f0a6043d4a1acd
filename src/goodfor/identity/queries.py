"""Reads of identity."""

import json
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from goodfor.identity import guest
from goodfor.identity.buyer_reads import (
    FRESH,
    birthdays,
    buyer_view,
    consent_history,
    consents_of,
    contact_index_of,
    contact_indexes,
    contact_of_buyer,
    is_leaving,
    is_proof_fresh,
    links_of,
    may_contact,
    notices_of,
    oauth_apps,
    order_contact_index,
    passkeys_of,
    ref_of_contact,
    registered_at,
    registered_since,
    saved_accounts,
    sessions_of,
    signed_in,
    signins_of,
    unread_notices,
)
from goodfor.identity.errors import ClientNotFound, InvalidApiKey, ShopNotFound
from goodfor.identity.keys import matches, parse_authorization
from goodfor.identity.models import ApiClient, Shop, Staff
from goodfor.identity.roles import may
from goodfor.identity.signing_keys import secret_aad
from goodfor.identity.types import ApiCaller, ApiClientView, ShopView, StaffView
from goodfor.identity.visitors import device_label
from goodfor.kernel.crypto import Sealed, keyring
from goodfor.kernel.ids import secret_token
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

__all__ = [
    "FRESH",
    "authenticate",
    "birthdays",
    "buyer_of_cookie",
    "buyer_view",
    "client_by_key_id",
    "client_of_shop",
    "clients_of_shop",
    "colleagues",
    "consent_history",
    "consents_of",
    "contact_index_of",
    "contact_indexes",
    "contact_of_buyer",
    "device_label",
    "is_leaving",
    "is_proof_fresh",
    "links_of",
    "looks_like_order_number",
    "may",
    "may_contact",
    "new_buyer_cookie",
    "notices_of",
    "oauth_apps",
    "oldest_shop",
    "order_contact_index",
    "owns_order",
    "passkeys_of",
    "places_of_user",
    "ref_of_contact",
    "registered_at",
    "registered_since",
    "saved_accounts",
    "sessions_of",
    "shop_by_code",
    "shop_by_host",
    "shop_by_id",
    "shop_in",
    "signed_in",
    "signing_secret",
    "signins_of",
    "staff_for_user",
    "staff_of_shop",
    "unread_notices",
]

_AUTHENTICATE = Statement(__package__, "sql/authenticate.sql")
_SHOP_BY_HOST = Statement(__package__, "sql/shop_by_host.sql")
_BUYER_COOKIE_KEY = "identity.buyer_cookie"

looks_like_order_number = guest.looks_like_order_number
owns_order = guest.owns_order


def authenticate(authorization: str, now: datetime) -> ApiCaller:
    """Who holds the key in this Authorization header: one statement, no model objects.

    Raises InvalidApiKey, the same for a malformed, unknown, wrong or revoked key.
    """
    parsed = parse_authorization(authorization)
    if parsed is None:
        raise InvalidApiKey
    row = _AUTHENTICATE.row({"key_id": parsed.key_id, "now": now})
    # An unknown key id is compared too, with a hash that nothing has, so that it takes as long as a wrong secret.
    if not matches(parsed.secret_hash, row[2] if row else bytes(32), row[3] if row else None) or row is None:
        raise InvalidApiKey
    return ApiCaller(
        client_id=row[0],
        shop_id=row[1],
        key_id=parsed.key_id,
        scopes=frozenset(row[4]),
        rate_per_minute=row[5],
        wallet_account=row[6],
        currency=row[7],
        locale=row[8],
        require_signature=row[9],
        signing_algorithm=row[10],
        signing_public_key=row[11],
        signing_secret=(row[12], row[13]) if row[13] is not None else None,
        touch_due=row[14],
    )


def signing_secret(caller: ApiCaller) -> bytes:
    """The HMAC key (32 bytes) of a client that signs with hmac-sha256. Raises DecryptFailed."""
    if caller.signing_secret is None:
        raise ValueError("this client has no signing secret")
    key_id, blob = caller.signing_secret
    return keyring().open(Sealed(key_id, blob), secret_aad(caller.shop_id, caller.client_id))


def normal_host(host: str) -> str:
    """A host as it is kept: lower case, without a trailing dot and the default ports."""
    name = host.strip().lower()
    for port in (":80", ":443"):
        name = name.removesuffix(port)
    return name.rstrip(".")


def shop_by_host(host: str) -> ShopView:
    """The shop that answers to a Host header; else the only one there is, or without a host. Raises ShopNotFound."""
    row = None if "\x00" in host else _SHOP_BY_HOST.row({"host": normal_host(host)})
    if row is None:
        raise ShopNotFound
    # Django's connection hands out jsonb as text.
    return ShopView(row[0], row[1], row[2], row[3], row[4], row[5], row[6], json.loads(row[7]))


def shop_by_code(code: str | None = None) -> ShopView:
    """The shop with that code; without a code, the only shop there is. Raises ShopNotFound."""
    if code is None:
        shops = list(Shop.objects.order_by("id")[:2])
        if len(shops) != 1:
            raise ShopNotFound
        return shop_view(shops[0])
    found = Shop.objects.filter(code=code).first()
    if found is None:
        raise ShopNotFound
    return shop_view(found)


def shop_by_id(shop_id: UUID) -> ShopView:
    """The shop with that id. Raises ShopNotFound."""
    found = Shop.objects.filter(pk=shop_id).first()
    if found is None:
        raise ShopNotFound
    return shop_view(found)


def oldest_shop() -> UUID | None:
    """The one that was there first; None before there is any."""
    return Shop.objects.order_by("id").values_list("id", flat=True).first()


def staff_for_user(*, shop_id: UUID, user_id: int) -> StaffView | None:
    """What a signed-in user is in a shop; None for nobody."""
    found = Staff.objects.select_related("user").filter(shop_id=shop_id, user_id=user_id).first()
    return staff_view(found) if found else None


def places_of_user(user_id: int) -> list[tuple[ShopView, StaffView]]:
    """Every shop that a person works or worked in, and what they are there; by the shop's name."""
    with platform_job("where a person works"):
        rows = list(Staff.objects.select_related("user", "shop").filter(user_id=user_id).order_by("shop__name", "id"))
    return [(shop_view(row.shop), staff_view(row)) for row in rows]


def staff_of_shop(shop_id: UUID) -> list[StaffView]:
    """Everybody of a shop, oldest first."""
    return [staff_view(row) for row in Staff.objects.select_related("user").filter(shop_id=shop_id).order_by("id")]


def colleagues(shop_id: UUID, *, of: UUID, permission: str, before: datetime) -> list[StaffView]:
    """Who else works in a shop, may do something there, and was there before an instant; oldest first."""
    rows = Staff.objects.select_related("user").filter(shop_id=shop_id, active=True, created_at__lt=before)
    found = [staff_view(row) for row in rows.exclude(id=of).order_by("id")]
    return [one for one in found if one.may(permission)]


def staff_by_actor(shop_id: UUID, actor: str) -> StaffView | None:
    """Who is named so in the audit trail (`staff:<id>`); None for anything else."""
    kind, _sep, key = actor.partition(":")
    try:
        staff_id = UUID(key)
    except ValueError:
        return None
    found = Staff.objects.select_related("user").filter(shop_id=shop_id, id=staff_id).first()
    return staff_view(found) if found and kind == "staff" else None


def client_by_key_id(*, shop_id: UUID, key_id: str) -> ApiClientView:
    """A client of the shop by the public part of its key. Raises ClientNotFound."""
    found = ApiClient.objects.filter(shop_id=shop_id, key_id=key_id).first()
    if found is None:
        raise ClientNotFound
    return client_view(found)


def client_of_shop(*, shop_id: UUID, client_id: UUID) -> ApiClientView:
    """A client of the shop. Raises ClientNotFound."""
    found = ApiClient.objects.filter(shop_id=shop_id, pk=client_id).first()
    if found is None:
        raise ClientNotFound
    return client_view(found)


def clients_of_shop(shop_id: UUID) -> list[ApiClientView]:
    """All clients of a shop, oldest first."""
    return [client_view(row) for row in ApiClient.objects.filter(shop_id=shop_id).order_by("id")]


def new_buyer_cookie() -> tuple[str, str]:
    """A new buyer ref and the signed cookie that carries it."""
    ref = secret_token(18)
    return ref, guest.buyer_cookie(ref, keyring().raw_index_key(_BUYER_COOKIE_KEY))


def buyer_of_cookie(cookie: str) -> str | None:
    """The buyer ref in a cookie, or None when it is missing or not ours."""
    return guest.buyer_ref(cookie, keyring().raw_index_key(_BUYER_COOKIE_KEY)) if cookie else None


def shop_view(shop: Shop) -> ShopView:
    """A shop row as its public type."""
    return ShopView(shop.id, shop.code, shop.name, shop.currency, shop.locale, shop.timezone, shop.host, shop.settings)


def shop_in(shop: ShopView, language: str | None) -> ShopView:
    """The shop under its English name for those who read English, where it has one."""
    name = shop.settings.get("name_en")
    return replace(shop, name=name) if language == "en" and isinstance(name, str) and name else shop


def staff_view(staff: Staff) -> StaffView:
    """A staff row (with its user loaded) as its public type."""
    return StaffView(staff.id, staff.shop_id, staff.user_id, staff.user.get_username(), staff.role, staff.active)


def client_view(client: ApiClient) -> ApiClientView:
    """A client row as its public type, without secrets."""
    return ApiClientView(
        id=client.id,
        shop_id=client.shop_id,
        name=client.name,
        key_id=client.key_id,
        scopes=frozenset(client.scopes),
        rate_per_minute=client.rate_per_minute,
        require_signature=client.require_signature,
        signing_algorithm=client.signing_algorithm,
        wallet_account=client.wallet_account,
        active=client.active,
        created_at=client.created_at,
        last_used_at=client.last_used_at,
        revoked_at=client.revoked_at,
        previous_valid_until=client.previous_valid_until,
    )
