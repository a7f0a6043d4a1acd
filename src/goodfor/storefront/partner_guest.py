"""A partner's person in our mall: who came in stands in a signed cookie of that mall's own path, for two hours.

It opens nothing else: no account, and of the orders those alone that this person exchanged points for.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse

from goodfor.identity.types import ShopView
from goodfor.partners import queries as partners
from goodfor.partners.errors import EntryNeeded
from goodfor.partners.types import Guest

COOKIE: Final = "gf_mall"
AGE: Final = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Here:
    """Who it is, and since when."""

    guest: Guest
    since: datetime


def let_in(response: HttpResponse, request: HttpRequest, shop: ShopView, guest: Guest, now: datetime) -> HttpResponse:
    """Keep who came in, in this browser."""
    said = [guest.account_id.hex, guest.uid, guest.units, int(now.timestamp())]
    response.set_cookie(
        COOKIE,
        signing.dumps(said, salt=_salt(shop, guest.code)),
        max_age=int(AGE.total_seconds()),
        path=f"/m/{guest.code}",
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return response


def guest_here(request: HttpRequest, shop: ShopView, code: str) -> Here:
    """Raises EntryNeeded: nobody came in, too long ago, or the partner is off."""
    try:
        account_id, uid, units, at = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_salt(shop, code), max_age=AGE)
        since = datetime.fromtimestamp(int(at), tz=UTC)
        return Here(partners.guest(shop.id, UUID(account_id), str(uid), int(units)), since)
    except (signing.BadSignature, TypeError, ValueError):
        raise EntryNeeded from None


def _salt(shop: ShopView, code: str) -> str:
    return f"storefront.mall:{shop.id.hex}:{code}"
