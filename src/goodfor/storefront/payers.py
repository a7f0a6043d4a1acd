"""Who pays, by a channel's own id: asked of this browser once, kept in its session, never in an address or a cookie.

What is kept is short-lived: the person at this browser may be another one tomorrow.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest

from goodfor.kernel.ids import secret_token
from goodfor.orders.types import Payer
from goodfor.storefront.client import client_ip, device_of

#: The browser in which a channel can be asked without a question to the buyer.
ASKING_DEVICE = "wechat"
KEEP = timedelta(hours=1)
#: From leaving for the channel to coming back; its code lives five minutes.
ASKING = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Asked:
    """What this browser was sent away for: the order, the way to pay that the buyer chose, and whom it asks."""

    number: str
    way: str
    account_id: UUID
    method: str


def may_ask(request: HttpRequest) -> bool:
    """True in a browser that a channel can be asked through."""
    return device_of(request) == ASKING_DEVICE


def payer_of(request: HttpRequest, shop_id: UUID, now: datetime, *, script: bool = True) -> Payer:
    """Who pays and from where; `script` False: only ways that work without one."""
    known = _known(request, shop_id, now) if may_ask(request) else {}
    return Payer(client_ip(request), device_of(request), known=known, script=script)


def send_away(request: HttpRequest, shop_id: UUID, asked: Asked, now: datetime) -> str:
    """Note what is being asked; the state that must come back. Only the latest question has one."""
    state = secret_token(24)
    kept = [state, asked.number, asked.way, asked.account_id.hex, asked.method, int(now.timestamp())]
    request.session[_name("asked", shop_id)] = kept
    _shorten(request)
    return state


def came_back(request: HttpRequest, shop_id: UUID, state: str, now: datetime) -> Asked | None:
    """What was asked, if this is the browser that was sent away and the state is the one it left with; once."""
    kept = request.session.pop(_name("asked", shop_id), None)
    try:
        left_with, number, way, account_id, method, at = kept
        right = hmac.compare_digest(str(left_with).encode(), state.encode("utf-8", "surrogatepass"))
        fresh = timedelta(0) <= now - datetime.fromtimestamp(at, tz=now.tzinfo) < ASKING
        return Asked(str(number), str(way), UUID(account_id), str(method)) if right and fresh else None
    except (TypeError, ValueError):
        return None


def keep_payer(request: HttpRequest, shop_id: UUID, app: str, channel_id: str, now: datetime) -> None:
    """Keep the id by which an application of the channel knows this buyer."""
    kept = {**_all(request, shop_id), app: [channel_id, int(now.timestamp())]}
    request.session[_name("known", shop_id)] = kept
    _shorten(request)


def _known(request: HttpRequest, shop_id: UUID, now: datetime) -> dict[str, str]:
    since = (now - KEEP).timestamp()
    return {app: str(kept[0]) for app, kept in _all(request, shop_id).items() if kept[1] > since}


def _all(request: HttpRequest, shop_id: UUID) -> Mapping[str, Any]:
    kept: Any = request.session.get(_name("known", shop_id))
    return kept if isinstance(kept, dict) else {}


def _shorten(request: HttpRequest) -> None:
    """A session that holds nothing else ends with what it holds; one of the staff's lives as long as it would."""
    if SESSION_KEY not in request.session:
        request.session.set_expiry(int(KEEP.total_seconds()))


def _name(what: str, shop_id: UUID) -> str:
    return f"storefront.payer.{what}:{shop_id.hex}"
