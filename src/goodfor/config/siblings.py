"""Shops of this installation that sell to each other: supply's port, brought together with the API and with orders.

A call goes the way of one from outside: the key says who buys, the scopes what is allowed, the idempotency key that it
happens once, and all of it in transactions of the selling shop. Nothing here knows a price or an order.
"""

import sys
from collections.abc import Mapping
from io import BytesIO
from typing import Any, Final
from urllib.parse import unquote, urlsplit
from uuid import UUID

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.urls import resolve

from goodfor.identity import queries as identity
from goodfor.identity.errors import InvalidApiKey, ShopNotFound
from goodfor.kernel import events
from goodfor.kernel.clock import utc_now
from goodfor.kernel.events import StoredEvent
from goodfor.kernel.outbound.http import NotSent, Reply, require_no_transaction
from goodfor.openapi.problems import respond
from goodfor.orders import queries as orders
from goodfor.orders.events import OrderPartlyRefunded, OrderRefunded
from goodfor.supply import queries as supply
from goodfor.supply.operations.hear_call import nudge
from goodfor.supply.providers.sibling import port

_API: Final = "/api/v1"
#: So many shops may stand between a buyer and the shelf.
MOST_HOPS: Final = 3


class Siblings:
    """See `port.House`."""

    def carry(
        self, *, buyer: UUID, shop: str, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> Reply:
        """See `House.carry`. A key of another shop than the named one, or of the buyer's own, is a wrong key."""
        require_no_transaction()
        parts = urlsplit(path)
        if not parts.path.startswith(f"{_API}/"):
            raise NotSent
        request = _request(method, parts.path, parts.query, body, headers)
        try:
            self._check(buyer, shop, headers)
        except InvalidApiKey as error:
            return _reply(respond(request, error))
        match = resolve(unquote(parts.path).removeprefix(_API), urlconf="goodfor.openapi.urls")
        return _reply(match.func(request, *match.args, **match.kwargs))

    def leads_back(self, *, buyer: UUID, shop: str, sku_id: UUID) -> bool:
        """See `House.leads_back`."""
        home = identity.shop_by_id(buyer).code
        return supply.leads_back(home=home, shop=shop, sku_id=sku_id, most=MOST_HOPS)

    def _check(self, buyer: UUID, shop: str, headers: Mapping[str, str]) -> None:
        caller = identity.authenticate(headers.get("Authorization", ""), utc_now())
        try:
            named = identity.shop_by_code(shop).id
        except ShopNotFound:
            raise InvalidApiKey from None
        if caller.shop_id != named or named == buyer:
            raise InvalidApiKey


def listen() -> None:
    """Open the door, and take what orders tell of refunds as hints for the shop that bought."""
    port.install(Siblings())
    events.register(OrderRefunded, on_refunded, name="siblings.on_refunded")
    events.register(OrderPartlyRefunded, on_refunded, name="siblings.on_partly_refunded")


def on_refunded(event: StoredEvent) -> None:
    """An order that another shop made: have that shop ask about it."""
    number = orders.order_view(event.shop_id, UUID(event.payload["order_id"])).external_ref
    bought = supply.bought_from_sibling(number) if number else None
    if number and bought is not None:
        nudge(shop_id=bought[0], supplier_id=bought[1], number=number, ref="", now=event.occurred_at)


def _request(method: str, path: str, query: str, body: bytes, headers: Mapping[str, str]) -> WSGIRequest:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method, "PATH_INFO": unquote(path), "QUERY_STRING": query, "CONTENT_LENGTH": str(len(body)),
        "REMOTE_ADDR": "", "SERVER_NAME": "localhost", "SERVER_PORT": "80", "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body), "wsgi.errors": sys.stderr,
    }  # fmt: skip
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return WSGIRequest(environ)


def _reply(response: HttpResponse) -> Reply:
    return Reply(
        response.status_code, response.content, {name.lower(): value for name, value in response.headers.items()}
    )
