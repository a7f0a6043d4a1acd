"""The API's calls: products, stock, orders paid from the balance, codes shown, money back for what nobody saw."""

import base64
import hashlib
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from goodfor.sandbox.suppliers.desk import Desk
from goodfor.sandbox.suppliers.goodfor_shop import shapes
from goodfor.sandbox.suppliers.goodfor_shop.signature import secret_bytes, verify
from goodfor.sandbox.suppliers.types import Item, Order, Outgoing, Refused, Site, Ticket, Wanted
from goodfor.sandbox.suppliers.vendor import Repeat, derived, header, json_body, same, whole
from goodfor.sandbox.web import Request, Response, json_response

_PREFIX: Final = "/api/v1"
#: Our word -> (status, the API's code, title).
_NOES: Final = {
    "config": (401, "invalid_api_key", "API 密钥无效"), "signature": (401, "invalid_signature", "签名无效"),
    "clock": (401, "signature_expired", "签名已过期"), "throttled": (429, "rate_limited", "请求过于频繁"),
    "balance": (409, "insufficient_funds", "余额不足"), "stock": (409, "out_of_stock", "库存不足"),
    "off_sale": (409, "not_on_sale", "没有在售"), "price": (409, "total_above_limit", "订单金额高于所给的上限"),
    "busy": (503, "busy", "系统繁忙"), "risk": (409, "per_buyer_limit", "超出限购"),
    "request": (422, "validation_failed", "部分字段有误"), "account": (422, "validation_failed", "部分字段有误"),
    "duplicate": (409, "external_ref_used", "外部单号已用过"), "not_found": (404, "order_not_found", "订单不存在"),
    "failed": (422, "invalid_order", "订单无效"), "no_product": (404, "product_unknown", "商品不存在"),
    "no_sku": (404, "sku_unknown", "规格不存在"), "shown": (409, "codes_revealed", "卡密已查看"),
    "ended": (409, "wrong_order_state", "订单状态不允许"), "no_key": (400, "idempotency_key_required", "缺少幂等键"),
    "no_route": (404, "route_not_found", "没有这个接口"),
}  # fmt: skip
_UNKNOWN: Final = (500, "internal_error", "服务内部错误")


class GoodforShop:
    """See `vendor.Vendor`."""

    name = "goodfor_shop"
    currency = shapes.CURRENCY
    #: The number is the idempotency key: the same request again is answered by the same order.
    repeat: Repeat = "same"
    inline = True
    retries: tuple[float, ...] = ()

    def credentials(self, site: str, base_url: str) -> tuple[dict[str, str], dict[str, str]]:
        """See `Vendor.credentials`."""
        key = f"gf_{derived(self.name, site, 'key id', 8)}_{derived(self.name, site, 'key', 32)}"
        secret = hashlib.sha256(derived(self.name, site, "secret", 32).encode()).digest()
        return {"base_url": base_url}, {
            "api_key": key, "signing_secret": base64.urlsafe_b64encode(secret).decode().rstrip("="),
        }  # fmt: skip

    def answer(self, request: Request, desk: Desk) -> Response:
        """See `Vendor.answer`. The key first, then the signature over everything."""
        key = desk.secrets["api_key"]
        if not same(f"Bearer {key}", header(request, "Authorization")):
            raise Refused("config")
        verify(request, key.split("_")[1], secret_bytes(desk.secrets["signing_secret"]), desk.now_ms())
        if request.method == "POST" and not header(request, "Idempotency-Key"):
            raise Refused("no_key")
        for method, path, handler in _CALLS:
            found = path.fullmatch(request.path.removeprefix(_PREFIX))
            if found and method == request.method and request.path.startswith(_PREFIX):
                return json_response(handler(desk, request, *found.groups()), 201 if method == "POST" else 200)
        raise Refused("no_route")

    def refusal(self, refused: Refused, desk: Desk) -> Response:  # noqa: ARG002
        """See `Vendor.refusal`: a problem document."""
        status, code, title = _NOES.get(refused.why, _UNKNOWN)
        told = {"type": f"urn:goodfor:problem:{code}", "title": title, "status": status, "code": code}
        return json_response(told, status)

    def order_push(self, order: Order, site: Site, now_ms: int) -> list[Outgoing]:  # noqa: ARG002
        """Nothing is told."""
        return []

    def item_push(self, item: Item, site: Site, now_ms: int) -> list[Outgoing]:  # noqa: ARG002
        """Nothing is told."""
        return []

    def ticket_push(self, ticket: Ticket, site: Site, now_ms: int) -> list[Outgoing]:  # noqa: ARG002
        """Nothing is told."""
        return []

    def spoil(self, sent: Outgoing, how: str) -> Outgoing:  # noqa: ARG002
        """Nothing is told."""
        return sent


def _paged(request: Request) -> tuple[int, int]:
    """(offset, limit): a cursor is an offset."""
    return whole(request.query.get("cursor") or 0, 0), whole(request.query.get("limit") or 20, 1, 200)


def _page(rows: list[dict[str, Any]], offset: int, limit: int) -> dict[str, Any]:
    """So many rows, of which one more was read than asked for."""
    return {"items": rows[:limit], "next_cursor": str(offset + limit) if len(rows) > limit else None}


def _balance(desk: Desk, _request: Request) -> dict[str, Any]:
    desk.begin("balance")
    left = shapes.money(desk.balance())
    return {"available": left, "held": shapes.money(Decimal(0))}


def _entries(desk: Desk, request: Request) -> dict[str, Any]:
    desk.begin("statement")
    offset, limit = _paged(request)
    rows = [
        {
            "at": shapes.instant(at), "amount": shapes.money(amount), "kind": kind,
            "order_id": shapes.id_of(shapes.ORDER, seq) if seq else None,
        }
        for at, amount, kind, seq in desk.movements(offset, limit + 1)
    ]  # fmt: skip
    return _page(rows, offset, limit)


def _products(desk: Desk, request: Request) -> dict[str, Any]:
    desk.begin("list")
    offset, limit = _paged(request)
    on = [shapes.listed(item) for item in desk.items(1, 100_000) if item.state == "on"]
    return _page(on[offset : offset + limit + 1], offset, limit)


def _product(desk: Desk, _request: Request, told: str) -> dict[str, Any]:
    try:
        number = shapes.number_of(shapes.PRODUCT, told)
        desk.begin("item", item=number)
        return shapes.product(desk.item(number))
    except Refused as no:
        raise Refused("no_product") if no.why == "off_sale" else no from None


def _stock(desk: Desk, request: Request) -> dict[str, Any]:
    desk.begin("item")
    rows = []
    for told in parse_qs(urlsplit(request.target).query).get("sku_ids", [])[:100]:
        try:
            item = desk.item(shapes.number_of(shapes.SKU, told))
        except Refused:
            continue
        rows.append({"sku_id": told, "available": 999_999 if item.stock is None else item.stock})
    return {"items": rows}


def _buy(desk: Desk, request: Request) -> dict[str, Any]:
    body = json_body(request)
    lines, number, most = body.get("lines"), str(body.get("external_ref") or ""), body.get("max_total")
    if not isinstance(lines, list) or len(lines) != 1 or body.get("payment") != "balance" or not number:
        raise Refused("request")
    try:
        item = shapes.number_of(shapes.SKU, lines[0].get("sku_id"))
    except Refused:
        raise Refused("no_sku") from None
    desk.begin("create", number=number, item=item)
    try:
        of = desk.item(item)
    except Refused:
        raise Refused("no_sku") from None
    if of.kind != "card":
        raise Refused("failed", "no code")
    cap = None if most is None else Decimal(whole(most.get("amount_minor"), 0, 10**12)) / 100
    told = {"body": hashlib.sha256(request.body).hexdigest(), "key": header(request, "Idempotency-Key")}
    order = desk.create(Wanted(number, item, whole(lines[0].get("quantity"), 1, 500), max_total=cap, detail=told))
    if order.detail != told:
        # The number stands for another request.
        raise Refused("duplicate")
    return {**shapes.shown(order), "checkout": None}


def _orders(desk: Desk, request: Request) -> dict[str, Any]:
    """Latest first, all or those of one number. Each is looked up, so that what hides an order hides it here."""
    number = request.query.get("external_ref", "")
    desk.begin("query", number=number)
    offset, limit = _paged(request)
    known = [order for order in reversed(desk.orders()) if number in ("", order.number)]
    rows = []
    for order in known[offset : offset + limit + 1]:
        try:
            rows.append(shapes.shown(desk.find(ref=order.ref)))
        except Refused:
            continue
    return _page(rows, offset, limit)


def _order(desk: Desk, _request: Request, ref: str) -> dict[str, Any]:
    desk.begin("query")
    return shapes.shown(desk.find(ref=ref))


def _reveal(desk: Desk, _request: Request, ref: str) -> dict[str, Any]:
    desk.begin("codes")
    order = desk.find(ref=ref)
    codes = order.codes if shapes.state_of(order) == "delivered" else ()
    for code in codes:
        if code.state == "unused":
            desk.mark(code, "processed")
    return {"items": [shapes.revealed(code) for code in codes]}


def _refund(desk: Desk, _request: Request, ref: str) -> dict[str, Any]:
    """Everything back, as long as nobody saw a code. The same again is done already."""
    desk.begin("cancel")
    order = desk.find(ref=ref)
    if order.state != "refunded":
        if shapes.state_of(order) != "delivered":
            raise Refused("ended")
        if any(code.state != "unused" for code in order.codes):
            raise Refused("shown")
        for code in order.codes:
            desk.void(code.ref)
    return {"id": shapes.id_of(shapes.ORDER, order.seq), "state": "done", "amount": shapes.money(order.charged)}


_NUMBER: Final = r"/orders/([0-9A-Z]{8,32})"
_CALLS: Final[tuple[tuple[str, re.Pattern[str], Callable[..., dict[str, Any]]], ...]] = (
    ("GET", re.compile(r"/balance"), _balance),
    ("GET", re.compile(r"/balance/entries"), _entries),
    ("GET", re.compile(r"/products"), _products),
    ("GET", re.compile(r"/products/([0-9a-f-]{36})"), _product),
    ("GET", re.compile(r"/stock"), _stock),
    ("POST", re.compile(r"/orders"), _buy),
    ("GET", re.compile(r"/orders"), _orders),
    ("GET", re.compile(_NUMBER), _order),
    ("POST", re.compile(rf"{_NUMBER}/codes/reveal"), _reveal),
    ("POST", re.compile(rf"{_NUMBER}/refunds"), _refund),
)
VENDOR: Final = GoodforShop()
