"""Kinguin ESA from its side: a key in a header, errors with a kind, keys fetched page by page, nothing signed.

Where the vendor's description is silent: the same number again is another order, a price that is too low is a
ConstraintViolation, and calls that are too many are answered with status 429.
"""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from goodfor.sandbox.suppliers import store
from goodfor.sandbox.suppliers.desk import Desk
from goodfor.sandbox.suppliers.types import ENDED, Code, Item, Order, Outgoing, Refused, Site, Ticket, Wanted, compact
from goodfor.sandbox.suppliers.vendor import Repeat, derived, header, json_body, same, spoiled, whole
from goodfor.sandbox.web import Request, Response, json_response

_STATES: Final = {
    "unpaid": "processing", "accepted": "processing", "processing": "processing", "cancelling": "processing",
    "partial": "completed", "success": "completed", "refunding": "completed", "cancelled": "canceled",
    "failed": "canceled", "refunded": "refunded", "odd": "on_hold",
}  # fmt: skip
#: Our word -> (kind, status, where).
_NOES: Final = {
    "signature": ("Authorization", 401, ""), "config": ("Authorization", 403, ""), "throttled": ("Http", 429, ""),
    "balance": ("InsufficientBalance", 402, ""), "stock": ("ProductUnavailable", 400, ""),
    "off_sale": ("ProductUnavailable", 400, ""), "price": ("ConstraintViolation", 400, "products[0].price"),
    "request": ("ConstraintViolation", 400, "products"), "duplicate": ("ConstraintViolation", 400, "orderExternalId"),
    "not_found": ("OrderNotFound", 404, ""), "no_product": ("Http", 404, ""), "no_keys": ("NoKeysToReturn", 400, ""),
    "unknown": ("Error", 500, ""),
}  # fmt: skip
_MOST: Final = 9


class Kinguin:
    """See `vendor.Vendor`."""

    name = "kinguin"
    currency = "EUR"
    repeat: Repeat = "unsafe"
    inline = False
    retries: tuple[float, ...] = (30.0, 60.0, 300.0)

    def credentials(self, site: str, base_url: str) -> tuple[dict[str, str], dict[str, str]]:
        """See `Vendor.credentials`."""
        secrets = {"api_key": derived(self.name, site, "key", 32), "event_secret": derived(self.name, site, "word", 24)}
        return {"base_url": base_url, "key_type": "any"}, secrets

    def answer(self, request: Request, desk: Desk) -> Response:
        """See `Vendor.answer`."""
        if not same(desk.secrets["api_key"], header(request, "X-Api-Key")):
            raise Refused("signature")
        parts = tuple(request.path.strip("/").split("/"))
        match (request.method, *parts):
            case ("POST", "v1", "order"):
                return json_response(_buy(desk, json_body(request)), 201)
            case ("POST", "v2", "order", ref, "keys", "return"):
                return json_response(_return(desk, ref))
            case ("GET", "v1", "order", ref):
                return json_response(_one(desk, ref))
            case ("GET", "v2", "order", ref, "keys"):
                return json_response(_keys(desk, ref, request))
            case ("GET", "v1", "products", number):
                desk.begin("item", item=number)
                return json_response(_product(_item(desk, number)))
            case ("GET", "v1", what) if what in _CALLS:
                return json_response(_CALLS[what](desk, request))
        raise Refused("request", "no such call")

    def refusal(self, refused: Refused, desk: Desk) -> Response:
        """See `Vendor.refusal`."""
        kind, status, where = _NOES.get(refused.why, ("OrderFailed", 400, ""))
        told = {
            "kind": kind, "status": status, "title": kind, "detail": refused.text or refused.why, "path": "",
            "method": "", "trace": "", "timestamp": _time(desk.now_ms()), "propertyPath": where, "invalidValue": None,
        }  # fmt: skip
        return json_response(told, status)

    def order_push(self, order: Order, site: Site, now_ms: int) -> list[Outgoing]:
        """See `Vendor.order_push`."""
        told = {
            "orderId": order.ref, "orderExternalId": order.number, "status": _STATES[order.state],
            "updatedAt": _time(now_ms),
        }  # fmt: skip
        return self._told(site, "order.status", told)

    def item_push(self, item: Item, site: Site, now_ms: int) -> list[Outgoing]:
        """See `Vendor.item_push`: without the price."""
        shown = _product(item)
        told = {name: shown[name] for name in ("kinguinId", "productId", "qty", "textQty", "cheapestOfferId")}
        return self._told(site, "product.update", {**told, "updatedAt": _time(now_ms)})

    def ticket_push(self, ticket: Ticket, site: Site, now_ms: int) -> list[Outgoing]:  # noqa: ARG002
        """There are no complaints."""
        return []

    def _told(self, site: Site, name: str, told: dict[str, Any]) -> list[Outgoing]:
        if not site.push_url:
            return []
        secret = self.credentials(site.name, "")[1]["event_secret"]
        headers = {"Content-Type": "application/json", "X-Event-Name": name, "X-Event-Secret": secret}
        return [Outgoing(site.push_url, compact(told).encode(), headers, b"")]

    def spoil(self, sent: Outgoing, how: str) -> Outgoing:
        """See `Vendor.spoil`: nothing is signed, so everything may be changed under the right word."""
        if how == "forged":
            word = spoiled(sent.headers["X-Event-Secret"])
            return Outgoing(sent.url, sent.body, {**sent.headers, "X-Event-Secret": word}, sent.ack)
        fields = {**json.loads(sent.body), "status": "refunded", "qty": 0}
        return Outgoing(sent.url, compact(fields).encode(), sent.headers, sent.ack)


def _time(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")


def _ms(text: str, otherwise: int) -> int:
    try:
        return int(datetime.fromisoformat(text).timestamp() * 1000) if text else otherwise
    except ValueError:
        raise Refused("request", "a time") from None


def _item(desk: Desk, number: str) -> Item:
    try:
        return desk.item(number)
    except Refused:
        raise Refused("no_product", "Product not found") from None


def _product(item: Item) -> dict[str, Any]:
    """A product with its one offer. What is not for sale has nothing to sell."""
    count = (999 if item.stock is None else item.stock) if item.state == "on" else 0
    texts = 0 if item.kind == "image" else count
    offer = {
        "offerId": f"offer-{item.id}", "name": item.name, "price": float(item.cost), "qty": count,
        "availableQty": count, "textQty": texts, "availableTextQty": texts, "isPreorder": False,
        "merchantName": "Invented Seller", "wholesale": {"enabled": False, "tiers": []},
    }  # fmt: skip
    return {
        "kinguinId": int(item.id), "productId": f"{int(item.id):024x}", "name": item.name, "originalName": item.name,
        "platform": "Invented", "genres": ["Action"], "regionalLimitations": "REGION FREE", "regionId": 3,
        "countryLimitation": [], "activationDetails": "", "qty": count, "textQty": texts, "price": float(item.cost),
        "totalQty": count, "cheapestOfferId": [offer["offerId"]], "offersCount": 1, "offers": [offer],
        "isPreorder": False, "images": {}, "tags": [], **item.detail,
    }  # fmt: skip


def _balance(desk: Desk, _request: Request) -> dict[str, Any]:
    desk.begin("balance")
    return {"balance": float(desk.balance())}


def _genres(desk: Desk, _request: Request) -> list[str]:
    desk.begin("categories")
    return ["Action", "RPG"]


def _paged(request: Request) -> tuple[int, int]:
    return whole(request.query.get("page", "1")), whole(request.query.get("limit", "25"), 1, 100)


def _products(desk: Desk, request: Request) -> dict[str, Any]:
    desk.begin("list")
    page, limit = _paged(request)
    return {"results": [_product(item) for item in desk.items(page, limit)], "item_count": desk.count_items()}


def _buy(desk: Desk, body: dict[str, Any]) -> dict[str, Any]:
    lines = body.get("products")
    if not isinstance(lines, list) or len(lines) != 1 or not isinstance(lines[0], dict):
        raise Refused("request", "one product at a time is all that this stand-in sells")
    line, number = lines[0], str(body.get("orderExternalId", ""))
    item = str(line.get("kinguinId", ""))
    desk.begin("create", number=number, item=item)
    try:
        most = Decimal(str(line["price"]))
    except (KeyError, InvalidOperation):
        raise Refused("price", "price") from None
    offer = str(line.get("offerId") or "")
    if offer not in ("", f"offer-{item}"):
        raise Refused("off_sale", "no such offer")
    if line.get("keyType") not in (None, "text") or (line.get("keyType") and desk.item(item).kind == "image"):
        raise Refused("off_sale", "no keys of that type")
    return _shown(desk.create(Wanted(number, item, whole(line.get("qty"), 1, _MOST), sku=offer, max_unit=most)))


def _key_states(order: Order) -> list[dict[str, str]]:
    """One for each unit, and for each code too many. Money that came back shows in the states of keys."""
    keys = [
        {"id": code.ref, "status": {"voided": "REFUNDED", "voiding": "RETURNED"}.get(code.state, "DELIVERED")}
        for code in order.codes
    ]
    ended = order.state in ENDED
    rest = "PENDING" if not ended else "CANCELED" if order.state in ("failed", "cancelled") else "REFUNDED"
    if ended and not order.refunded and rest == "REFUNDED":
        rest = "CANCELED"
    keys += [{"id": f"{order.ref}-{index}", "status": rest} for index in range(len(keys), order.quantity)]
    back = int(order.refunded / order.unit_cost) if order.unit_cost else 0
    back -= sum(key["status"] in ("REFUNDED", "CANCELED") for key in keys)
    for key in keys:
        if back > 0 and key["status"] == "DELIVERED":
            key["status"], back = "REFUNDED", back - 1
    return keys


def _shown(order: Order) -> dict[str, Any]:
    line = {
        "kinguinId": int(order.item), "offerId": order.sku or f"offer-{order.item}", "qty": order.quantity,
        "price": float(order.unit_cost), "name": "", "keys": _key_states(order),
    }  # fmt: skip
    return {
        "orderId": order.ref, "orderExternalId": order.number, "status": _STATES[order.state],
        "totalPrice": float(order.charged), "requestTotalPrice": float(order.charged),
        "paymentPrice": float(order.charged), "storeId": 1, "createdAt": _time(order.created_ms),
        "totalQty": order.quantity, "products": [line],
    }  # fmt: skip


def _one(desk: Desk, ref: str) -> dict[str, Any]:
    desk.begin("query")
    return _shown(desk.find(ref=ref))


def _orders(desk: Desk, request: Request) -> dict[str, Any]:
    """By the buyer's number, of which there may be several; else of a span of time."""
    number = request.query.get("orderExternalId", "")
    desk.begin("query" if number else "statement", number=number)
    page, limit = _paged(request)
    if number:
        found = _numbered(desk, number)
    else:
        since, until = (request.query.get(name, "") for name in ("createdAtFrom", "createdAtTo"))
        found = desk.orders(_ms(since, 0), _ms(until, 1 << 62))
    rows = found[(page - 1) * limit : page * limit]
    return {"results": [_shown(order) for order in rows], "item_count": len(found)}


def _numbered(desk: Desk, number: str) -> list[Order]:
    try:
        newest = desk.find(number=number)
    except Refused as no:
        if no.why != "not_found":
            raise
        return []
    with desk.house.db.read() as conn:
        rows = conn.execute("SELECT seq FROM orders WHERE site = ? AND number = ?", (desk.site.id, number)).fetchall()
        return [newest if row["seq"] == newest.seq else store.order_at(conn, row["seq"]) for row in rows]


def _serial(code: Code) -> tuple[str, str]:
    if code.image:
        return base64.b64encode(code.image).decode(), "image/png"
    return code.link or code.secret, "text/plain"


def _keys(desk: Desk, ref: str, request: Request) -> list[dict[str, Any]]:
    desk.begin("codes")
    order = desk.find(ref=ref)
    page, limit = _paged(request)
    return [
        {
            "id": code.ref, "serial": _serial(code)[0], "type": _serial(code)[1], "name": "",
            "kinguinId": int(order.item), "offerId": order.sku or f"offer-{order.item}",
            "productId": f"{int(order.item):024x}",
        }
        for code in order.codes[(page - 1) * limit : page * limit]
    ]  # fmt: skip


def _return(desk: Desk, ref: str) -> list[dict[str, str]]:
    """All keys that were not claimed, once."""
    desk.begin("void")
    order = desk.find(ref=ref)
    if any(code.state == "voided" for code in order.codes):
        raise Refused("no_keys", "returned before")
    unused = [code for code in order.codes if code.state == "unused"]
    if not unused:
        raise Refused("no_keys", "no keys to return")
    for code in unused:
        desk.void(code.ref)
    return [{"id": code.ref, "status": "RETURNED"} for code in unused]


_CALLS: Final[dict[str, Callable[[Desk, Request], Any]]] = {
    "balance": _balance,
    "genres": _genres,
    "products": _products,
    "order": _orders,
}
VENDOR: Final = Kinguin()
