"""Tremendous v2 from its side: a bearer key, JSON, one reward for each order; calls back signed over the raw body.

Where the vendor's description is silent: errors are `{"errors": {"message"}}` with statuses of our guess (402 balance,
422 whatever is wrong about an order), amounts of a funding source are cents, an order says what it charged. A product
has its face value as its one variant unless `detail={"skus": [{"min", "max"}]}` says others; the face value is charged.
`detail={"bare": True}`: links do not come with the order, they are made on demand.
"""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from goodfor.sandbox.suppliers.desk import Desk
from goodfor.sandbox.suppliers.types import Item, Order, Outgoing, Refused, Site, Ticket, Wanted, compact
from goodfor.sandbox.suppliers.vendor import Repeat, derived, header, json_body, same, spoiled
from goodfor.sandbox.web import Request, Response, json_response

_BASE: Final = "/api/v2"
_HEADER: Final = "Tremendous-Webhook-Signature"
_METHODS: Final = ("LINK", "EMAIL", "PHONE")
_STATES: Final = {
    "unpaid": "OPEN", "accepted": "PENDING APPROVAL", "failed": "FAILED", "cancelled": "CANCELED",
    "refunded": "CANCELED", "odd": "REVIEWING",
}  # fmt: skip
_STATUSES: Final = {
    "signature": 401, "config": 403, "clock": 401, "throttled": 429, "balance": 402, "duplicate": 409, "not_found": 404,
    "unknown": 500,
}  # fmt: skip
_EVENTS: Final = {
    "success": "ORDERS.APPROVED", "partial": "ORDERS.APPROVED", "failed": "ORDERS.FAILED",
    "cancelled": "ORDERS.CANCELED", "refunded": "ORDERS.CANCELED",
}  # fmt: skip
_ALL: Final = 100_000


class Tremendous:
    """See `vendor.Vendor`."""

    name = "tremendous"
    currency = "USD"
    repeat: Repeat = "same"
    inline = True
    #: Not stated.
    retries: tuple[float, ...] = (60.0, 300.0, 1800.0)

    def credentials(self, site: str, base_url: str) -> tuple[dict[str, str], dict[str, str]]:
        """See `Vendor.credentials`."""
        key = f"TEST_{derived(self.name, site, 'key', 40)}"
        return {"base_url": f"{base_url}{_BASE}"}, {"api_key": key, "webhook_key": derived(self.name, site, "hook", 32)}

    def answer(self, request: Request, desk: Desk) -> Response:
        """See `Vendor.answer`."""
        if not same(f"Bearer {desk.secrets['api_key']}", header(request, "authorization")):
            raise Refused("signature", "key")
        if not request.path.startswith(f"{_BASE}/"):
            raise Refused("not_found", "address")
        match [request.method, *request.path.removeprefix(f"{_BASE}/").split("/")]:
            case ["GET", "funding_sources"]:
                desk.begin("balance")
                return json_response({"funding_sources": [_funding(desk)]})
            case ["GET", "products"]:
                desk.begin("list")
                items = [one for one in desk.items(1, _ALL) if one.state == "on"]
                return json_response({"products": [_product(one) for one in items]})
            case ["POST", "orders"]:
                return _create(desk, request)
            case ["GET", "orders", number]:
                desk.begin("query", number=number)
                return json_response({"order": _shown(_order(desk, number))})
            case ["POST", "rewards", reward, what]:
                return _reward(desk, reward, what)
            case ["GET", "rewards", reward]:
                desk.begin("code_state")
                return json_response({"reward": _rewarded(desk.find(ref=reward[1:]))})
        raise Refused("not_found", "address")

    def refusal(self, refused: Refused, desk: Desk) -> Response:  # noqa: ARG002
        """See `Vendor.refusal`."""
        message = {"message": refused.text or refused.why, "payload": {}}
        return json_response({"errors": message}, _STATUSES.get(refused.why, 422))

    def order_push(self, order: Order, site: Site, now_ms: int) -> list[Outgoing]:
        """See `Vendor.order_push`: to the account's address, and only what changed, not how."""
        event = _EVENTS.get(order.state)
        if not site.push_url or event is None:
            return []
        return [self._told(event, order.ref, "orders", site, now_ms)]

    def item_push(self, item: Item, site: Site, now_ms: int) -> list[Outgoing]:
        """See `Vendor.item_push`."""
        return [self._told("PRODUCTS.UPDATED", item.id, "products", site, now_ms)]

    def ticket_push(self, ticket: Ticket, site: Site, now_ms: int) -> list[Outgoing]:  # noqa: ARG002
        """See `Vendor.ticket_push`: there are no complaints."""
        return []

    def spoil(self, sent: Outgoing, how: str) -> Outgoing:
        """See `Vendor.spoil`: nothing is unsigned, so that tampering is a body that does not fit its signature."""
        if how == "forged":
            signature = f"sha256={spoiled(sent.headers[_HEADER].removeprefix('sha256='))}"
            return Outgoing(sent.url, sent.body, {**sent.headers, _HEADER: signature}, sent.ack)
        body = compact({**json.loads(sent.body), "event": "ORDERS.FAILED"}).encode()
        return Outgoing(sent.url, body, sent.headers, sent.ack)

    def _told(self, event: str, number: str, kind: str, site: Site, now_ms: int) -> Outgoing:
        uuid = hashlib.sha256(f"{site.key}|{event}|{number}|{now_ms}".encode()).hexdigest()[:32]
        at = datetime.fromtimestamp(now_ms / 1000, UTC).isoformat(timespec="milliseconds")
        told = {"event": event, "uuid": uuid, "created_utc": at, "payload": {"resource": {"id": number, "type": kind}}}
        body = compact(told).encode()
        key = self.credentials(site.name, "")[1]["webhook_key"]
        signature = f"sha256={hmac.new(key.encode(), body, hashlib.sha256).hexdigest()}"
        return Outgoing(site.push_url, body, {"Content-Type": "application/json", _HEADER: signature}, b"")


def _funding(desk: Desk) -> dict[str, Any]:
    cents = int(desk.balance() * 100)
    return {"id": "BALANCE1", "method": "balance", "meta": {"available_cents": cents, "pending_cents": 0}}


def _product(item: Item) -> dict[str, Any]:
    return {
        "id": item.id, "name": item.name, "category": "merchant_card", "currency_codes": ["USD"],
        "countries": [{"abbr": "US"}], "skus": [{"min": float(item.face), "max": float(item.face)}],
        "usage_instructions": "", **item.detail,
    }  # fmt: skip


def _create(desk: Desk, request: Request) -> Response:
    body = json_body(request)
    reward, number = body.get("reward"), str(body.get("external_id", ""))
    products = reward.get("products") if isinstance(reward, dict) else None
    if not isinstance(reward, dict) or not isinstance(products, list) or len(products) != 1 or not number:
        raise Refused("request", "reward")
    item = str(products[0])
    desk.begin("create", number=number, item=item)
    if (body.get("payment") or {}).get("funding_source_id") not in ("balance", "BALANCE1"):
        raise Refused("request", "funding source")
    method = str((reward.get("delivery") or {}).get("method", ""))
    if method not in _METHODS:
        raise Refused("request", "delivery")
    recipient = {str(key): str(value) for key, value in (reward.get("recipient") or {}).items()}
    if method != "LINK" and not recipient.get(method.replace("EMAIL", "email").replace("PHONE", "phone")):
        raise Refused("account", "recipient")
    content = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    of = _product(desk.item(item))
    value = _value(of, reward.get("value"))
    detail = {"method": method, "content": content, "bare": bool(of.get("bare"))}
    order = desk.create(Wanted(number, item, 1, unit_cost=value, form=recipient, detail=detail))
    if order.detail.get("content") != content:
        raise Refused("duplicate", "external_id was used with another content")
    return json_response({"order": _shown(order)}, 200 if order.new else 201)


def _value(product: dict[str, Any], told: Any) -> Decimal:
    """The face value, if the product has it."""
    if not isinstance(told, dict) or told.get("currency_code") not in product["currency_codes"]:
        raise Refused("request", "currency")
    try:
        value = Decimal(str(told.get("denomination")))
    except ArithmeticError:
        raise Refused("request", "denomination") from None
    spans = [(Decimal(str(one["min"])), Decimal(str(one["max"]))) for one in product["skus"]]
    if not any(least <= value <= most for least, most in spans):
        raise Refused("request", "denomination")
    return value


def _order(desk: Desk, number: str) -> Order:
    """By the buyer's number, else by ours."""
    try:
        return desk.find(number=number)
    except Refused:
        return desk.find(ref=number)


def _reward(desk: Desk, reward: str, what: str) -> Response:
    desk.begin({"cancel": "void", "generate_link": "codes"}.get(what, "other"))
    order = desk.find(ref=reward[1:])
    if what == "generate_link" and order.codes:
        return json_response({"reward": {"id": reward, "link": _link(order)}})
    if what != "cancel":
        raise Refused("request", what)
    if order.codes:
        desk.void(order.codes[0].ref)
    else:
        desk.cancel(order)
    return json_response({"reward": {"id": reward}})


def _link(order: Order) -> str:
    code = order.codes[0]
    return code.link or f"https://redeem.example/{code.secret}"


def _rewarded(order: Order) -> dict[str, Any]:
    method, done = order.detail.get("method", "LINK"), order.state in ("success", "partial")
    delivery: dict[str, Any] = {"method": method, "status": "SUCCEEDED" if done else "PENDING"}
    if done and method == "LINK" and order.codes and not order.detail.get("bare"):
        delivery["link"] = _link(order)
    return {
        "id": f"R{order.ref}", "order_id": order.ref, "recipient": order.form, "delivery": delivery,
        "value": {"denomination": float(order.unit_cost), "currency_code": "USD"},
    }  # fmt: skip


def _shown(order: Order) -> dict[str, Any]:
    return {
        "id": order.ref, "external_id": order.number, "status": _STATES.get(order.state, "EXECUTED"),
        "payment": {"subtotal": float(order.charged), "total": float(order.charged), "fees": 0},
        "rewards": [_rewarded(order)],
    }  # fmt: skip


VENDOR: Final = Tremendous()
