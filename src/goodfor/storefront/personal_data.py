"""What a buyer takes along: a ZIP with JSON for programs and a page for people."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string

from goodfor.delivery.errors import CodeNotHeld
from goodfor.delivery.types import RevealedCode
from goodfor.identity import queries as identity
from goodfor.identity.types import ShopView, SignedInBuyer
from goodfor.orders import queries as orders
from goodfor.orders.operations.reveal_codes import reveal_codes
from goodfor.orders.types import OrderView
from goodfor.storefront.claim_data import claims_kept, pictures_of_claims
from goodfor.storefront.notices import worded
from goodfor.storefront.personal_offers import offers_kept
from goodfor.storefront.personal_points import points_kept
from goodfor.storefront.personal_subscriptions import subscriptions_kept
from goodfor.storefront.personal_welfare import welfare_kept

MOST_ORDERS, A_PAGE = 5000, 200
HISTORY = 1000


def orders_of_account(shop_id: UUID, buyer_ref: str) -> list[OrderView]:
    """Every order of the account, latest first."""
    found: list[OrderView] = []
    while len(found) < MOST_ORDERS:
        after = found[-1].id if found else None
        more = orders.orders_of_buyer(shop_id, buyer_ref, after, A_PAGE)
        found += more
        if len(more) < A_PAGE:
            break
    return found


def revealed_codes(
    shop_id: UUID, buyer: SignedInBuyer, held: Sequence[OrderView], ip: str, now: datetime
) -> dict[UUID, list[RevealedCode]]:
    """The codes of every delivered order, each written down as shown; without those that were given away."""
    found = {}
    for order in held:
        if order.state == "delivered":
            with suppress(CodeNotHeld):
                found[order.id] = reveal_codes(
                    shop_id=shop_id, order_id=order.id, actor=f"buyer:{buyer.buyer_id}", ip=ip, now=now
                )
    return found


def archive(
    shop: ShopView,
    buyer: SignedInBuyer,
    held: Sequence[OrderView],
    codes: Mapping[UUID, Sequence[RevealedCode]],
    with_codes: bool,
    now: datetime,
) -> bytes:
    """The ZIP: data.json and data.html say the same; beside them the pictures that the buyer added to claims."""
    kept = _kept(shop, buyer, held, codes, with_codes, now)
    page = render_to_string("storefront/account/export.html", {"data": kept, "shop": shop, "orders": held})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("data.json", json.dumps(kept, ensure_ascii=False, indent=2, default=str))
        file.writestr("data.html", page)
        for name, content in pictures_of_claims(shop.id, held):
            file.writestr(f"pictures/{name}", content)
    return out.getvalue()


def _kept(
    shop: ShopView,
    buyer: SignedInBuyer,
    held: Sequence[OrderView],
    codes: Mapping[UUID, Sequence[RevealedCode]],
    with_codes: bool,
    now: datetime,
) -> dict[str, Any]:
    view = identity.buyer_view(shop.id, buyer.buyer_id)
    claims = claims_kept(shop.id, held)
    return {
        "shop": shop.name,
        "made_at": now,
        "codes_included": with_codes,
        "account": {
            "id": view.id,
            "state": view.state,
            "name": view.name,
            "birthday": view.birthday,
            "locale": view.locale,
            "has_password": view.has_password,
            "created_at": view.created_at,
        },
        "contacts": [
            {"kind": c.contact.kind, "value": c.contact.value, "verified_at": c.verified_at} for c in view.contacts
        ],
        **_around(shop.id, view.id, now),
        **offers_kept(shop.id, view.id, buyer.ref, now),
        **points_kept(shop.id, view.id, now),
        **subscriptions_kept(shop.id, view.id, now),
        **welfare_kept(shop.id, view.id, now),
        "orders": [_order(order, codes.get(order.id, ()), claims.get(order.id, [])) for order in held],
    }


def _around(shop_id: UUID, buyer_id: UUID, now: datetime) -> dict[str, Any]:
    return {
        "passkeys": [
            {"label": p.label, "created_at": p.created_at, "last_used_at": p.last_used_at}
            for p in identity.passkeys_of(shop_id, buyer_id)
        ],
        "linked_accounts": [
            {"provider": link.provider, "created_at": link.created_at} for link in identity.links_of(shop_id, buyer_id)
        ],
        "saved_accounts": [{"label": s.label, "value": s.value} for s in identity.saved_accounts(shop_id, buyer_id)],
        "sessions": [
            {"label": s.label, "method": s.method, "created_at": s.created_at, "last_seen_at": s.last_seen_at}
            for s in identity.sessions_of(shop_id, buyer_id, now)
        ],
        "sign_ins": [
            {"at": s.at, "method": s.method, "ok": s.ok, "label": s.label}
            for s in identity.signins_of(shop_id, buyer_id, HISTORY)
        ],
        "consents": [
            {
                "channel": c.channel,
                "purpose": c.purpose,
                "granted": c.granted,
                "at": c.at,
                "source": c.source,
                "text_version": c.text_version,
            }
            for c in identity.consent_history(shop_id, buyer_id)
        ],
        "notices": [{"at": n.at, "text": worded(n).text} for n in identity.notices_of(shop_id, buyer_id, HISTORY)],
    }


def _order(order: OrderView, codes: Sequence[RevealedCode], claims: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "number": order.number,
        "state": order.state,
        "total": order.total.as_decimal_string(),
        "currency": order.currency,
        "placed_at": order.placed_at,
        "paid_at": order.paid_at,
        "delivered_at": order.delivered_at,
        "refunded_at": order.refunded_at,
        "lines": [
            {
                "title": line.title,
                "quantity": line.quantity,
                "unit_price": line.unit_price.as_decimal_string(),
                "discount": line.discount.as_decimal_string(),
                "gift": line.gift,
                "bundle": line.bundle_title,
            }
            for line in order.lines
        ],
        "codes": [{"number": code.number, "secret": code.secret, "expires_at": code.expires_at} for code in codes],
        "claims": list(claims),
    }
