"""A dujiao-next shop from its side: HMAC over method, path, time and body. The same number gives the same order.

Where the protocol is silent: the name of an event is ours, calls back are repeated three times within their minute, and
an order whose money came back wholly is `canceled`, in part `completed`. A product has one variant: its id and a 1.
"""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from goodfor.sandbox.suppliers.desk import Desk
from goodfor.sandbox.suppliers.types import ENDED, Item, Order, Outgoing, Refused, Site, Ticket, Wanted, compact, two
from goodfor.sandbox.suppliers.vendor import (
    Repeat,
    derived,
    header,
    in_time,
    json_body,
    same,
    spoiled,
    texts,
    whole,
)
from goodfor.sandbox.web import Request, Response, json_response

_ROOT: Final = "/api/v1/upstream"
_STATES: Final = {
    "unpaid": "pending_payment", "accepted": "paid", "processing": "fulfilling", "cancelling": "fulfilling",
    "partial": "partially_delivered", "success": "delivered", "refunding": "delivered", "cancelled": "canceled",
    "failed": "canceled", "refunded": "completed", "odd": "odd_word",
}  # fmt: skip
_SHIPPED: Final = frozenset({"delivered", "partially_delivered", "completed"})
_ERRORS: Final = {
    "signature": (401, "invalid_signature"), "clock": (401, "timestamp_expired"), "config": (403, "user_disabled"),
    "throttled": (429, "too_many_requests"), "balance": (402, "insufficient_balance"),
    "stock": (409, "insufficient_stock"), "off_sale": (400, "product_unavailable"),
    "not_found": (404, "order_not_found"), "unknown": (500, "internal_error"),
}  # fmt: skip
_BAD: Final = (400, "bad_request")
_SKEW: Final = 60
_ACK: Final = b'{"ok":true,"message":"received"}'


def _signature(secret: str, method: str, path: str, stamp: str, body: bytes) -> str:
    told = "\n".join((method, path, stamp, hashlib.md5(body, usedforsecurity=False).hexdigest()))
    return hmac.new(secret.encode(), told.encode(), hashlib.sha256).hexdigest()


class Dujiao:
    """See `vendor.Vendor`."""

    name = "dujiao"
    currency = "CNY"
    repeat: Repeat = "same"
    inline = False
    #: A call is signed once: it is worth nothing after its minute.
    retries: tuple[float, ...] = (5.0, 15.0, 30.0)

    def credentials(self, site: str, base_url: str) -> tuple[dict[str, str], dict[str, str]]:
        """See `Vendor.credentials`."""
        return (
            {"base_url": base_url, "api_key": derived(self.name, site, "key", 24)},
            {"secret": derived(self.name, site, "secret", 48)},
        )

    def answer(self, request: Request, desk: Desk) -> Response:
        """See `Vendor.answer`. The query is not signed."""
        stamp, key = header(request, "dujiao-next-timestamp"), header(request, "dujiao-next-api-key")
        if not stamp or not key or not header(request, "dujiao-next-signature"):
            return _error(401, "missing_auth_headers")
        if key != desk.config["api_key"]:
            return _error(401, "invalid_api_key")
        if not stamp.isdigit():
            return _error(401, "invalid_timestamp")
        in_time(stamp, 1, desk, _SKEW)
        ours = _signature(desk.secrets["secret"], request.method, request.path, stamp, request.body)
        if not same(ours, header(request, "dujiao-next-signature")):
            raise Refused("signature")
        return json_response({"ok": True, **_routed(request, desk)})

    def refusal(self, refused: Refused, desk: Desk) -> Response:
        """See `Vendor.refusal`: a status and a word; a payment that fails comes with 200."""
        endpoint = desk.scope.endpoint
        if refused.why == "failed":
            told = {"ok": False, "error_code": "payment_failed", "status": "canceled", "error_message": refused.text}
            return json_response(told)
        if endpoint == "cancel" and refused.why == "request":
            return _error(409, "cancel_not_allowed")
        if endpoint == "item" and refused.why == "off_sale":
            return _error(404, "product_not_found")
        return _error(*_ERRORS.get(refused.why, _BAD), refused.text)

    def order_push(self, order: Order, site: Site, now_ms: int) -> list[Outgoing]:
        """See `Vendor.order_push`: signed with the path of the buyer's address."""
        url = order.notify_url or site.push_url
        if not url or order.state == "accepted":
            return []
        told = {"event": "order.updated", **_shown(order), "timestamp": now_ms // 1000}
        body, stamp = compact(told).encode(), str(now_ms // 1000)
        config, secrets = self.credentials(site.name, "")
        headers = {
            "Content-Type": "application/json", "Dujiao-Next-Api-Key": config["api_key"],
            "Dujiao-Next-Timestamp": stamp,
            "Dujiao-Next-Signature": _signature(secrets["secret"], "POST", urlsplit(url).path or "/", stamp, body),
        }  # fmt: skip
        return [Outgoing(url, body, headers, _ACK)]

    def item_push(self, item: Item, site: Site, now_ms: int) -> list[Outgoing]:  # noqa: ARG002
        """See `Vendor.item_push`: they do not tell."""
        return []

    def ticket_push(self, ticket: Ticket, site: Site, now_ms: int) -> list[Outgoing]:  # noqa: ARG002
        """See `Vendor.ticket_push`: they have no complaints."""
        return []

    def spoil(self, sent: Outgoing, how: str) -> Outgoing:
        """See `Vendor.spoil`: nothing of the body is unsigned, so whoever changes it breaks the signature."""
        if how == "forged":
            headers = {**sent.headers, "Dujiao-Next-Signature": spoiled(sent.headers["Dujiao-Next-Signature"])}
            return Outgoing(sent.url, sent.body, headers, sent.ack)
        return Outgoing(sent.url, sent.body.replace(b'"status":"', b'"status":"x'), sent.headers, sent.ack)


def _error(status: int, code: str, message: str = "") -> Response:
    return json_response({"ok": False, "error_code": code, "error_message": message or code}, status)


def _routed(request: Request, desk: Desk) -> dict[str, Any]:
    if not request.path.startswith(f"{_ROOT}/"):
        raise Refused("request", "no such call")
    parts = request.path.removeprefix(f"{_ROOT}/").split("/")
    if request.method == "POST":
        match parts:
            case ["ping"]:
                return _ping(desk)
            case ["orders"]:
                return _create(desk, json_body(request))
            case ["orders", ref, "cancel"]:
                return _cancel(desk, ref)
    elif request.method == "GET":
        match parts:
            case ["categories"]:
                return _categories(desk)
            case ["products"]:
                return _products(desk, request)
            case ["products", number]:
                desk.begin("item", item=number)
                return _product(desk.item(number))
            case ["orders", ref]:
                desk.begin("query")
                return _shown(desk.find(ref=ref))
    raise Refused("request", "no such call")


def _ping(desk: Desk) -> dict[str, Any]:
    desk.begin("balance")
    return {
        "site_name": desk.site.name, "protocol_version": "1.0", "user_id": desk.site.id,
        "balance": two(desk.balance()), "currency": desk.site.currency, "member_level": None,
    }  # fmt: skip


def _categories(desk: Desk) -> dict[str, Any]:
    desk.begin("categories")
    rows = [(1, 0, "digital", "数字商品"), (2, 1, "video", "视频会员")]
    return {
        "categories": [
            {"id": number, "parent_id": above, "slug": slug, "name": {"zh-CN": name}, "icon": "", "sort_order": 0}
            for number, above, slug, name in rows
        ]
    }


def _products(desk: Desk, request: Request) -> dict[str, Any]:
    desk.begin("list")
    size, page = whole(request.query.get("page_size", 20), 1, 100), whole(request.query.get("page", 1))
    return {"items": [_product(item) for item in desk.items(page, size)], "total": desk.count_items()}


def _product(item: Item) -> dict[str, Any]:
    price = two(item.cost)
    return {
        "id": int(item.id), "slug": f"item-{item.id}", "title": {"zh-CN": item.name}, "description": {}, "content": {},
        "images": [], "tags": [], "price_amount": price, "category_id": int(item.category or 1),
        "fulfillment_type": "auto" if item.kind not in ("manual", "direct") else "manual",
        "manual_form_schema": {"fields": item.form} if item.form else {}, "is_active": item.state == "on",
        "skus": [
            {
                "id": int(f"{item.id}1"), "sku_code": "DEFAULT", "spec_values": {}, "price_amount": price,
                **_stock(item), "is_active": item.state == "on",
            }
        ],
        "updated_at": "2026-01-01T00:00:00Z", **item.detail,
    }  # fmt: skip


def _stock(item: Item) -> dict[str, Any]:
    if item.stock is None:
        return {"stock_status": "unlimited", "stock_quantity": -1}
    word = "in_stock" if item.stock > 20 else "low_stock" if item.stock else "out_of_stock"
    return {"stock_status": word, "stock_quantity": item.stock}


def _create(desk: Desk, body: dict[str, Any]) -> dict[str, Any]:
    number, sku = str(body.get("downstream_order_no", "")), str(body.get("sku_id", ""))
    item = sku[:-1] if sku.endswith("1") else ""
    desk.begin("create", number=number, item=item)
    url = str(body.get("callback_url", ""))
    if not number or (url and not url.startswith(("http://", "https://"))):
        raise Refused("request")
    form = texts(body.get("manual_form_data"))
    wanted = Wanted(number, item, whole(body.get("quantity")), sku=sku, form=form, notify_url=url)
    order = desk.create(wanted)
    shown = _shown(order)
    return {name: shown[name] for name in ("order_id", "order_no", "status", "amount", "currency")}


def _cancel(desk: Desk, ref: str) -> dict[str, Any]:
    """At once, with the money."""
    desk.begin("cancel")
    order = desk.find(ref=ref)
    if order.state in ENDED:
        raise Refused("request", "it has ended")
    with desk.house.db.write() as conn:
        conn.execute("DELETE FROM steps WHERE order_seq = ?", (order.seq,))
        order = desk.house.work(conn, desk.site).cancelled(order)
    desk.house.outbox.wake()
    return _shown(order)


def _word(order: Order) -> str:
    if order.state == "refunded" and order.refunded == order.charged:
        return "canceled"
    return _STATES[order.state]


def _shown(order: Order) -> dict[str, Any]:
    word = _word(order)
    shown = {
        "order_id": int(order.ref), "order_no": f"DJ{order.ref}", "downstream_order_no": order.number, "status": word,
        "amount": two(order.charged), "currency": "CNY",
        "items": [{"sku_id": int(order.sku or 0), "quantity": order.quantity, "unit_price": two(order.unit_cost)}],
    }  # fmt: skip
    return shown | ({"fulfillment": _fulfillment(order)} if word in _SHIPPED else {})


def _fulfillment(order: Order) -> dict[str, Any]:
    at = datetime.fromtimestamp((order.ended_ms or order.created_ms) / 1000, UTC).isoformat()
    by_hand = order.kind in ("manual", "direct")
    lines = []
    for code in order.codes:
        secret = base64.b64encode(code.image).decode() if code.image else code.link or code.secret
        lines.append(f"卡号：{code.number} 密码：{secret}" if code.number else secret)
    return {
        "type": "manual" if by_hand else "auto", "status": "delivered", "payload": "\n".join(lines),
        "delivery_data": {"note": order.hint} if by_hand and order.hint else {}, "delivered_at": at,
    }  # fmt: skip


VENDOR: Final = Dujiao()
