"""What somebody posted and was stopped with, kept sealed in the page itself until they have shown what was asked for.

Nothing is stored: passwords and secrets that were typed lie in the page as ciphertext, for a quarter of an hour, for
this shop and this browser alone.
"""

import json
import secrets
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, QueryDict

from goodfor.kernel.crypto import DecryptFailed, Sealed, keyring
from goodfor.risk.doors import challenge
from goodfor.risk.doors.types import PROVED_BY_CODE
from goodfor.risk.operations.use_challenge import use_challenge
from goodfor.storefront.errors import PageExpired

LASTS: Final = timedelta(minutes=15)
#: Fields of the page that asks for more; all others are the buyer's.
KEPT, PROOF, PASSED = "kept", "proof", "passed"
_OURS: Final = frozenset({KEPT, PROOF, PASSED, "csrfmiddlewaretoken"})
_LONGEST: Final = 60_000
# Whom a one-time code may go to: anybody's own contact, the account's (kept as `account:<its id>`, `whose.bound`), or
# the one of an order (`order:<number>`).
ANYBODY, ACCOUNT, ORDER, NOBODY = "any", "account", "order:", ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A post to `path` with `body` (urlencoded) that `cost` was asked for; `to`: whom a code may go to instead."""

    path: str
    body: str = field(repr=False)
    scene: str
    cost: int
    to: str
    device: str
    until: datetime


@dataclass(slots=True)
class Resumed:
    """A post that goes on. `paid` is known once somebody asked: what was shown is used up by that."""

    kept: Kept
    proof: str = field(repr=False)
    passed: str = field(repr=False)
    paid: int | None = None


def keep(
    request: HttpRequest, shop_id: UUID, *, scene: str, cost: int, to: str, device: str, now: datetime,
    path: str = "", body: str = "",
) -> str:  # fmt: skip
    """This request, or the post to `path` with `body`, as text for a hidden field; empty where it is too long."""
    if not body:
        posted = request.POST.copy()
        for name in _OURS & set(posted):
            del posted[name]
        body = posted.urlencode()
    row = [path or request.path, body, scene, cost, to, device, int((now + LASTS).timestamp())]
    text = json.dumps(row, separators=(",", ":"))
    if len(text) > _LONGEST:
        return ""
    sealed = keyring().seal(zlib.compress(text.encode()), _aad(shop_id))
    return sealed.as_text()


def opened(text: str, shop_id: UUID, device: str, now: datetime) -> Kept | None:
    """What was kept; None for what is not ours, of another shop or browser, or too old."""
    if not text or len(text) > 2 * _LONGEST:
        return None
    try:
        plain = keyring().open(Sealed.from_text(text), _aad(shop_id))
        path, body, scene, cost, to, of_device, until = json.loads(zlib.decompress(plain))
    except (ValueError, DecryptFailed, zlib.error, TypeError):
        return None
    kept = Kept(path, body, scene, cost, to, of_device, datetime.fromtimestamp(until, UTC))
    return kept if kept.until > now and kept.device == device else None


def brings_back(request: HttpRequest) -> bool:
    """Whether this is a post that something was stopped and kept for."""
    return request.method == "POST" and KEPT in request.POST


def resume(request: HttpRequest, shop_id: UUID, device: str, now: datetime) -> None:
    """Put what was kept in the place of the post that brings it back to its own address. Raises PageExpired."""
    kept = opened(request.POST[KEPT], shop_id, device, now)
    if kept is None:
        raise PageExpired
    if kept.path != request.path:
        return
    back = Resumed(kept, request.POST.get(PROOF, ""), request.POST.get(PASSED, ""))
    request.POST = QueryDict(kept.body, mutable=False)
    request.goodfor_resumed = back  # type: ignore[attr-defined]


def paid(request: HttpRequest, shop_id: UUID, device: str, now: datetime) -> int:
    """How much this very request has paid (0 to 4): a solved challenge, or a code that was proved; for all of it."""
    back: Resumed | None = getattr(request, "goodfor_resumed", None)
    if back is None:
        return 0
    if back.paid is None:
        back.paid = _paid(back, shop_id, device, now)
    return back.paid


def proved(request: HttpRequest, shop_id: UUID, device: str, now: datetime, to: str) -> bool:
    """Whether it was a one-time code, and one that went `to` whom one would go now."""
    back: Resumed | None = getattr(request, "goodfor_resumed", None)
    if back is None or not back.passed or back.kept.to != to:
        return False
    return paid(request, shop_id, device, now) == PROVED_BY_CODE


def passing(kept: Kept, shop_id: UUID) -> str:
    """A token that says: this browser has proved a code for this post. Good once."""
    row = [secrets.token_hex(16), kept.scene, kept.to, kept.path, kept.device, int(kept.until.timestamp())]
    return signing.dumps(row, salt=_salt(shop_id))


def _paid(back: Resumed, shop_id: UUID, device: str, now: datetime) -> int:
    kept = back.kept
    if back.passed:
        return PROVED_BY_CODE if _passed(back, shop_id, now) else 0
    right = back.proof and challenge.verify(
        shop_id=shop_id, door=kept.scene, payload=back.proof, bound_to=device, now=now, cost=kept.cost
    )
    return kept.cost if right else 0


def _passed(back: Resumed, shop_id: UUID, now: datetime) -> bool:
    kept = back.kept
    try:
        row: Any = signing.loads(back.passed, salt=_salt(shop_id), max_age=LASTS)
        nonce, scene, to, path, device, until = row
        wanted = (kept.scene, kept.to, kept.path, kept.device)
        ends = datetime.fromtimestamp(until, UTC)
        if (scene, to, path, device) != wanted or ends <= now:
            return False
        return use_challenge(shop_id=shop_id, nonce=bytes.fromhex(nonce), until=ends)
    except (signing.BadSignature, ValueError, TypeError):
        return False


def _aad(shop_id: UUID) -> bytes:
    return b"storefront.kept:" + shop_id.bytes


def _salt(shop_id: UUID) -> str:
    return f"storefront.passed:{shop_id.hex}"
