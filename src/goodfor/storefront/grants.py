"""The guest's proof of ownership, kept in this browser in signed, HttpOnly cookies.

`gf_orders` says which orders this browser has proved and when; it opens masked views for half a year. Codes need a
proof younger than 30 minutes. `gf_key` keeps the order's secret for these 30 minutes on that order's own path, so that
the page can show it to be written down; after that only the buyer has it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse

from goodfor.identity import queries as identity
from goodfor.kernel.ids import secret_token
from goodfor.storefront.types import Grant, PayHint

FRESH = timedelta(minutes=30)
KEEP = timedelta(days=180)
NEVER = datetime.fromtimestamp(0, tz=UTC)
MOST = 30
ORDERS_COOKIE, KEY_COOKIE, BUYER_COOKIE, PAY_COOKIE = "gf_orders", "gf_key", "gf_buyer", "gf_pay"


def grants_of(request: HttpRequest, shop_id: UUID) -> list[Grant]:
    """The orders that this browser has proved, latest proof first; a cookie that is not ours counts as none."""
    rows = _read(request, ORDERS_COOKIE, _salt("orders", shop_id), KEEP)
    if not isinstance(rows, list):
        return []
    found = [_grant(row) for row in rows]
    return sorted((g for g in found if g), key=lambda g: g.proved_at, reverse=True)


def grant_for(request: HttpRequest, shop_id: UUID, number: str) -> Grant | None:
    """This browser's grant on an order number, if it has one."""
    return next((g for g in grants_of(request, shop_id) if g.number == number), None)


def is_fresh(grant: Grant, now: datetime) -> bool:
    """True while codes may be shown without a new proof."""
    return timedelta(0) <= now - grant.proved_at < _span(grant)


def fresh_until(grant: Grant) -> datetime:
    """When the proof goes stale."""
    return grant.proved_at + _span(grant)


def _span(grant: Grant) -> timedelta:
    # An account opens more than one order: its proof goes stale sooner.
    return identity.FRESH if grant.buyer_id else FRESH


def remember(response: HttpResponse, request: HttpRequest, shop_id: UUID, grant: Grant, secret: str) -> None:
    """Keep a new proof, and its secret for as long as the proof is fresh."""
    others = [g for g in grants_of(request, shop_id) if g.order_id != grant.order_id]
    write_grants(response, request, shop_id, [grant, *others][:MOST])
    _write(response, request, KEY_COOKIE, secret, _salt("key", shop_id, grant.number), FRESH, f"/o/{grant.number}")


def write_grants(response: HttpResponse, request: HttpRequest, shop_id: UUID, grants: Iterable[Grant]) -> None:
    """Replace what this browser remembers."""
    rows = [[g.order_id.hex, g.number, int(g.proved_at.timestamp())] for g in grants]
    _write(response, request, ORDERS_COOKIE, rows, _salt("orders", shop_id), KEEP, "/")


def forget(response: HttpResponse) -> None:
    """Let this browser forget every order."""
    response.delete_cookie(ORDERS_COOKIE, path="/", samesite="Lax")


def expire_proof(response: HttpResponse, request: HttpRequest, shop_id: UUID, number: str) -> None:
    """Lock the codes of an order again in this browser at once."""
    grants = [replace(g, proved_at=NEVER) if g.number == number else g for g in grants_of(request, shop_id)]
    write_grants(response, request, shop_id, grants)
    response.delete_cookie(KEY_COOKIE, path=f"/o/{number}", samesite="Lax")


def fresh_secret(request: HttpRequest, shop_id: UUID, number: str) -> str | None:
    """The order's secret while its proof is fresh."""
    value = _read(request, KEY_COOKIE, _salt("key", shop_id, number), FRESH)
    return value if isinstance(value, str) else None


def buyer_ref(request: HttpRequest, shop_id: UUID) -> str:
    """This browser's buyer reference, or a new one (keep it with `remember_buyer`)."""
    value = _read(request, BUYER_COOKIE, _salt("buyer", shop_id), KEEP)
    return value if isinstance(value, str) else f"guest:{secret_token(12)}"


def remember_buyer(response: HttpResponse, request: HttpRequest, shop_id: UUID, ref: str) -> None:
    """Keep the buyer reference, so that limits per buyer hold across orders."""
    _write(response, request, BUYER_COOKIE, ref, _salt("buyer", shop_id), KEEP, "/")


def remember_payment(response: HttpResponse, request: HttpRequest, shop_id: UUID, number: str, hint: PayHint) -> None:
    """Keep how to go on paying, so that the pay page can be reloaded without starting another payment."""
    value = [hint.kind, hint.method, hint.url, hint.fields]
    _write(response, request, PAY_COOKIE, value, _salt("pay", shop_id, number), FRESH, f"/o/{number}")


def payment_of(request: HttpRequest, shop_id: UUID, number: str) -> PayHint | None:
    """How to go on with the payment started here."""
    value = _read(request, PAY_COOKIE, _salt("pay", shop_id, number), FRESH)
    if not isinstance(value, list) or len(value) != 4 or not isinstance(value[3], Mapping):
        return None
    kind, method, url, fields = value
    return PayHint(str(kind), str(method), str(url), {str(k): str(v) for k, v in fields.items()})


def forget_payment(response: HttpResponse, number: str) -> HttpResponse:
    """Nothing was started that could be gone on with."""
    response.delete_cookie(PAY_COOKIE, path=f"/o/{number}", samesite="Lax")
    return response


def _salt(what: str, shop_id: UUID, number: str = "") -> str:
    return f"storefront.{what}:{shop_id.hex}:{number}"


def _grant(row: Any) -> Grant | None:
    try:
        order_id, number, at = row
        return Grant(UUID(order_id), str(number), datetime.fromtimestamp(int(at), tz=UTC))
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _read(request: HttpRequest, name: str, salt: str, age: timedelta) -> Any:
    raw = request.COOKIES.get(name)
    if not raw:
        return None
    try:
        return signing.loads(raw, salt=salt, max_age=age)
    except signing.BadSignature:
        return None


def _write(
    response: HttpResponse, request: HttpRequest, name: str, value: Any, salt: str, age: timedelta, path: str
) -> None:
    response.set_cookie(
        name,
        signing.dumps(value, salt=salt, compress=True),
        max_age=int(age.total_seconds()),
        path=path,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
