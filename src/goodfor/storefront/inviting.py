"""Invitations as browsers bring them: the link's cookie, the code typed at checkout, and by what the buyer is known.

WeChat forbids pages that reward sharing. Inside of its browser the pages show a plain link and no reward, unless the
shop says otherwise (`Terms.wechat_prompts`).
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse

from goodfor.identity.types import ShopView, SignedInBuyer
from goodfor.kernel.errors import DomainError
from goodfor.referrals import codes
from goodfor.referrals import queries as referrals
from goodfor.referrals.errors import InviteNotFound, OwnInvite
from goodfor.referrals.operations.attribute import attribute
from goodfor.referrals.states import CHECKOUT, LINK
from goodfor.referrals.types import Invited, Names
from goodfor.storefront.client import client_ip, device_of
from goodfor.storefront.devices import device_id

COOKIE: Final = "gf_invite"
#: No shop's window is longer; what it is, is asked when it matters.
AGE: Final = timedelta(days=365)


def rewards_shown(request: HttpRequest, shop: ShopView, now: datetime) -> bool:
    """Whether a page may say here what an invitation brings."""
    revision = referrals.revision_at(shop.id, now)
    if revision is None or not revision.terms.on:
        return False
    return revision.terms.wechat_prompts or device_of(request) != "wechat"


def remember_invite(response: HttpResponse, request: HttpRequest, shop: ShopView, code: str, now: datetime) -> None:
    """The browser came by a link and said yes to it."""
    response.set_cookie(
        COOKIE, signing.dumps([code, now.isoformat()], salt=_salt(shop.id)), max_age=int(AGE.total_seconds()),
        secure=request.is_secure(), httponly=True, samesite="Lax",
    )  # fmt: skip


def invited(request: HttpRequest, shop: ShopView, now: datetime) -> Invited | None:
    """The code that was typed, else the link that this browser came by; None: neither."""
    if typed := request.POST.get("invite", "").strip():
        return Invited(typed[:40], CHECKOUT, now)
    try:
        code, since = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_salt(shop.id), max_age=AGE)
        return Invited(str(code), LINK, datetime.fromisoformat(since))
    except (signing.BadSignature, TypeError, ValueError):
        return None


def check_typed(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer | None, now: datetime) -> None:
    """Before anything is placed: a code that was typed must be one. Raises InviteNotFound, OwnInvite."""
    found = invited(request, shop, now)
    if buyer is None or found is None or found.source != CHECKOUT:
        return
    code = codes.canonical(found.code)
    if not referrals.is_on(shop.id, now) or not referrals.known_code(shop.id, code):
        raise InviteNotFound
    if code == referrals.code_of(shop.id, buyer.buyer_id):
        raise OwnInvite


def attributed(
    request: HttpRequest, shop: ShopView, buyer: SignedInBuyer | None, order_id: UUID, contact: str, now: datetime
) -> None:
    """Note by whom an order came. The order stands, whatever comes of it; without code and link nothing is asked."""
    found = invited(request, shop, now)
    if buyer is None or found is None:
        return
    with suppress(DomainError):
        attribute(
            shop_id=shop.id, order_id=order_id, friend=buyer.buyer_id, invited=found, names=names_of(request, contact),
            now=now,
        )  # fmt: skip


def names_of(request: HttpRequest, contact: str = "") -> Names:
    """By what this browser's buyer is known; hashed before it is kept."""
    return Names(device=device_id(request), address=client_ip(request), phone=contact.strip().lower())


def _salt(shop_id: UUID) -> str:
    return f"invite:{shop_id}"
