"""Reads of the public figures, and the signed document of them."""

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db.models import Max

from goodfor.aftersales.figure_models import FigureDay, FigureKey, FigureTurn
from goodfor.aftersales.figures import CATEGORY, SHOP, SKU, WINDOWS, Count, Figures, added
from goodfor.aftersales.operations.set_reserve import BOOKS
from goodfor.aftersales.sealing import figure_key_aad
from goodfor.identity import queries as identity
from goodfor.kernel.crypto import Sealed, keyring

#: How many categories a document names at most.
MOST: Final = 50
#: What each figure means, in the document itself.
DEFINITIONS: Final[Mapping[str, str]] = {
    "units": "units delivered of the orders placed on these days, with the good ones that replaced bad ones",
    "bad": "of these units, those that proved bad, whenever that was",
    "valid_basis_points": "10000 * (units - bad) / units, cut",
    "delivered": "deliveries of orders that were paid through a channel, by article, without those that were held"
    " for a check after the payment",
    "delivered_p50_ms, delivered_p95_ms": "from the payment to the delivery; from counts by time, exact to the bound",
    "refunded": "refunds, whole or in part, that the channel said were back on these days",
    "refund_p50_ms, refund_p95_ms": "from the decision to the money being back",
    "decided": "claims opened on these days that were decided",
    "automatic": "of these, those that nobody had to touch",
    "due": "promised answers and decisions of these claims that came or were missed",
    "kept": "of these, those that came in time",
    "grants, granted_minor": "payments beyond the price that reached buyers on these days, and their sum",
}


def shop_figures(shop_id: UUID, now: datetime, days: int = WINDOWS[0]) -> Figures:
    """Of the whole shop."""
    return _figures(shop_id, SHOP, [shop_id], now, days)[0]


def sku_figures(shop_id: UUID, sku_id: UUID, now: datetime, days: int = WINDOWS[0]) -> Figures:
    """Of one SKU."""
    return _figures(shop_id, SKU, [sku_id], now, days)[0]


def category_figures(shop_id: UUID, now: datetime, days: int = WINDOWS[0]) -> list[Figures]:
    """Of each category of which something was delivered, the largest first."""
    first, _today = _span(now, days)
    rows = FigureDay.objects.filter(shop_id=shop_id, scope=CATEGORY, day__gte=first, units__gt=0)
    found = _figures(shop_id, CATEGORY, list(rows.values_list("scope_id", flat=True).distinct()), now, days)
    return sorted(found, key=lambda one: (-one.count.units, one.scope_id))[:MOST]


def signed_figures(shop_id: UUID, now: datetime) -> dict[str, Any] | None:
    """The figures and a signature over them: Ed25519 of `canonical(document["figures"])`; None: nothing counted yet.

    All of it is whole numbers and strings, so that the canonical form is the same in every language.
    """
    key = FigureKey.objects.filter(shop_id=shop_id).first()
    if key is None:
        return None
    shop = identity.shop_by_id(shop_id)
    windows = [
        {"shop": _told(shop_figures(shop_id, now, days)),
         "categories": [_told(one) for one in category_figures(shop_id, now, days)]}
        for days in WINDOWS
    ]  # fmt: skip
    figures = {"shop": str(shop_id), "name": shop.name, "currency": shop.currency, "windows": windows}
    raw = keyring().open(Sealed(key.key_id, bytes(key.blob)), figure_key_aad(key.id))
    mark = Ed25519PrivateKey.from_private_bytes(raw).sign(canonical(figures))
    return {
        "figures": figures,
        "definitions": dict(DEFINITIONS),
        "signature": {
            "algorithm": "ed25519",
            "public_key": base64.b64encode(bytes(key.public_key)).decode(),
            "value": base64.b64encode(mark).decode(),
        },
    }


def canonical(figures: Mapping[str, Any]) -> bytes:
    """What is signed: JSON with sorted keys, without spaces, in UTF-8 (as RFC 8785 for strings and whole numbers)."""
    return json.dumps(figures, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _told(one: Figures) -> dict[str, Any]:
    count = one.count
    return {
        "scope": one.scope, "id": str(one.scope_id), "days": one.days, "since": one.since.isoformat(),
        "until": one.until.isoformat(), "counted_at": one.counted_at.isoformat() if one.counted_at else None,
        "units": count.units, "bad": count.bad,
        "valid_basis_points": _cut(max(0, count.units - count.bad), count.units),
        "delivered": one.delivered, "delivered_p50_ms": _ms(one.delivered_p50),
        "delivered_p95_ms": _ms(one.delivered_p95), "refunded": one.refunded, "refund_p50_ms": _ms(one.refund_p50),
        "refund_p95_ms": _ms(one.refund_p95), "decided": count.decided, "automatic": count.automatic,
        "due": count.due, "kept": count.kept, "grants": count.grants, "granted_minor": count.granted_minor,
    }  # fmt: skip


def _cut(part: int, whole: int) -> int | None:
    return part * 10_000 // whole if whole else None


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)


def _span(now: datetime, days: int) -> tuple[date, date]:
    today = now.astimezone(BOOKS).date()
    return today - timedelta(days=days - 1), today


def _figures(shop_id: UUID, scope: str, ids: Sequence[UUID], now: datetime, days: int) -> list[Figures]:
    first, today = _span(now, days)
    turns = FigureTurn.objects.filter(shop_id=shop_id, day__gte=first, day__lte=today)
    counted_at = turns.aggregate(last=Max("counted_at"))["last"]
    found: dict[UUID, list[Count]] = {scope_id: [] for scope_id in ids}
    rows = FigureDay.objects.filter(
        shop_id=shop_id, scope=scope, scope_id__in=list(ids), day__gte=first, day__lte=today
    )
    for row in rows:
        found[row.scope_id].append(
            Count(
                row.units, row.bad, tuple(row.speeds), tuple(row.backs), row.decided, row.automatic, row.due, row.kept,
                row.grants, row.granted_minor,
            )
        )  # fmt: skip
    currency = identity.shop_by_id(shop_id).currency
    return [
        Figures(scope, scope_id, days, first, today, counted_at, currency, added(counts))
        for scope_id, counts in found.items()
    ]
