"""Gifts that a guest opened in this browser: which, when their key was last shown, and the key while that is fresh.

As with orders (`grants.py`): signed, HttpOnly cookies, half a year; codes need a proof younger than 30 minutes.
"""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse

from goodfor.storefront.grants import FRESH, KEEP

GIFTS_COOKIE: Final = "gf_gifts"
KEY_COOKIE: Final = "gf_gift_key"
MOST: Final = 30


def proved_at(request: HttpRequest, shop_id: UUID, number: str) -> datetime | None:
    """When this browser showed the key of a gift for the last time; None: never."""
    return _held(request, shop_id).get(number)


def is_fresh(at: datetime | None, now: datetime) -> bool:
    """True while codes may be shown without a new proof."""
    return at is not None and at <= now < at + FRESH


def remember_gift(
    response: HttpResponse, request: HttpRequest, shop_id: UUID, number: str, key: str, now: datetime
) -> None:
    """Keep a new proof, and its key for as long as it is fresh."""
    held = {**_held(request, shop_id), number: now}
    latest = sorted(held.items(), key=lambda one: one[1], reverse=True)[:MOST]
    rows = [[one, int(at.timestamp())] for one, at in latest]
    _write(response, request, GIFTS_COOKIE, rows, _salt("gifts", shop_id), int(KEEP.total_seconds()), "/")
    _write(
        response, request, KEY_COOKIE, key, _salt("key", shop_id, number), int(FRESH.total_seconds()),
        f"/gifts/got/{number}",
    )  # fmt: skip


def fresh_key(request: HttpRequest, shop_id: UUID, number: str) -> str:
    """The gift's key while its proof is fresh; then empty: only who wrote it down has it."""
    value = _read(request, KEY_COOKIE, _salt("key", shop_id, number), int(FRESH.total_seconds()))
    return value if isinstance(value, str) else ""


def _held(request: HttpRequest, shop_id: UUID) -> dict[str, datetime]:
    rows = _read(request, GIFTS_COOKIE, _salt("gifts", shop_id), int(KEEP.total_seconds()))
    try:
        return {str(number): datetime.fromtimestamp(int(at), tz=UTC) for number, at in rows or ()}
    except (TypeError, ValueError, OverflowError, OSError):
        return {}


def _salt(what: str, shop_id: UUID, number: str = "") -> str:
    return f"storefront.gift.{what}:{shop_id.hex}:{number}"


def _read(request: HttpRequest, name: str, salt: str, age: int) -> Any:
    try:
        return signing.loads(request.COOKIES.get(name, ""), salt=salt, max_age=age)
    except signing.BadSignature:
        return None


def _write(response: HttpResponse, request: HttpRequest, name: str, value: Any, salt: str, age: int, path: str) -> None:
    response.set_cookie(
        name, signing.dumps(value, salt=salt, compress=True), max_age=age, path=path, secure=request.is_secure(),
        httponly=True, samesite="Lax",
    )  # fmt: skip
