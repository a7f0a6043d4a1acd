"""Reloadly gift cards from its side: a token for client and secret, then JSON; calls back signed over body and time.

Where the vendor's description is silent: pages begin with 1 and 0 is read as the first, failures are FAILED and
REFUNDED, times are UTC, what is wrong about an order is a 400 without a code. A product has its face value at its cost
unless `detail={"values": {"10": "11.90"}}` says others (recipient's value -> cost).
"""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from goodfor.sandbox.suppliers.desk import Desk
from goodfor.sandbox.suppliers.types import Code, Item, Order, Outgoing, Refused, Site, Ticket, Wanted, compact
from goodfor.sandbox.suppliers.vendor import Repeat, derived, header, json_body, same, spoiled, whole
from goodfor.sandbox.web import Request, Response, json_response

_ACCEPT: Final = "application/com.reloadly.giftcards-v1+json"
_SIGN, _TIME = "X-Reloadly-Signature", "X-Reloadly-Request-Timestamp"
_FORMAT: Final = "%Y-%m-%d %H:%M:%S"
_LIFE: Final = 5_184_000
_STATES: Final = {
    "success": "SUCCESSFUL", "partial": "SUCCESSFUL", "failed": "FAILED", "cancelled": "FAILED", "refunded": "REFUNDED",
    "odd": "UNDER_REVIEW",
}  # fmt: skip
_STATUSES: Final = {
    "signature": 401, "config": 401, "clock": 401, "throttled": 429, "off_sale": 404, "not_found": 404, "unknown": 500,
}  # fmt: skip
_WORDS: Final = {"signature": "INVALID_TOKEN", "config": "INVALID_CREDENTIALS"}


class Reloadly:
    """See `vendor.Vendor`."""

    name = "reloadly"
    currency = "USD"
    repeat: Repeat = "refused"
    inline = False
    #: Not stated.
    retries: tuple[float, ...] = (60.0, 300.0, 1800.0)

    def credentials(self, site: str, base_url: str) -> tuple[dict[str, str], dict[str, str]]:
        """See `Vendor.credentials`. One address for tokens and goods."""
        config = {
            "base_url": base_url, "auth_url": base_url, "sender_name": "Demo shop",
            "recipient_email": "cards@shop.example",
        }  # fmt: skip
        secrets = {
            "client_id": derived(self.name, site, "id", 32),
            "client_secret": derived(self.name, site, "secret", 48),
            "webhook_secret": derived(self.name, site, "hook", 32),
        }
        return config, secrets

    def answer(self, request: Request, desk: Desk) -> Response:
        """See `Vendor.answer`."""
        if (request.method, request.path) == ("POST", "/oauth/token"):
            return _token(desk, request)
        _admitted(desk, request)
        match [request.method, *request.path.strip("/").split("/")]:
            case ["GET", "accounts", "balance"]:
                desk.begin("balance")
                return json_response({"balance": float(desk.balance()), "currencyCode": "USD"})
            case ["GET", "products"]:
                return _products(desk, request)
            case ["GET", "products", number]:
                desk.begin("item", item=number)
                return json_response(_product(_on_sale(desk.item(number))))
            case ["POST", "orders"]:
                return json_response(_create(desk, json_body(request)))
            case ["GET", "orders", "transactions", ref, "cards"]:
                return _cards(desk, ref)
            case ["GET", "reports", "transactions"]:
                return _transactions(desk, request)
            case ["GET", "reports", "transactions", ref]:
                desk.begin("query")
                return json_response(_shown(desk.find(ref=ref)))
        raise Refused("not_found", "address")

    def refusal(self, refused: Refused, desk: Desk) -> Response:
        """See `Vendor.refusal`."""
        at = datetime.fromtimestamp(desk.now_ms() / 1000, UTC).strftime(_FORMAT)
        told: dict[str, Any] = {
            "timeStamp": at, "message": refused.text or refused.why, "path": "/", "infoLink": None, "details": [],
            "errorCode": _WORDS.get(refused.why),
        }  # fmt: skip
        return json_response(told, _STATUSES.get(refused.why, 400))

    def order_push(self, order: Order, site: Site, now_ms: int) -> list[Outgoing]:
        """See `Vendor.order_push`: to the account's address."""
        if not site.push_url:
            return []
        told = {
            "type": "giftcard_transaction.status",
            "data": {"id": int(order.ref), "customIdentifier": order.number, "status": _state(order)},
        }
        return [self._told(site, compact(told).encode(), str(now_ms // 1000))]

    def item_push(self, item: Item, site: Site, now_ms: int) -> list[Outgoing]:  # noqa: ARG002
        """See `Vendor.item_push`: they do not tell."""
        return []

    def ticket_push(self, ticket: Ticket, site: Site, now_ms: int) -> list[Outgoing]:  # noqa: ARG002
        """See `Vendor.ticket_push`: there are no complaints."""
        return []

    def spoil(self, sent: Outgoing, how: str) -> Outgoing:
        """See `Vendor.spoil`: nothing is unsigned, so that tampering is a body that does not fit its signature."""
        if how == "forged":
            return Outgoing(sent.url, sent.body, {**sent.headers, _SIGN: spoiled(sent.headers[_SIGN])}, sent.ack)
        return Outgoing(sent.url, compact({**json.loads(sent.body), "more": 1}).encode(), sent.headers, sent.ack)

    def _told(self, site: Site, body: bytes, stamp: str) -> Outgoing:
        secret = self.credentials(site.name, "")[1]["webhook_secret"]
        signature = hmac.new(secret.encode(), body + b":" + stamp.encode(), hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", _SIGN: signature, _TIME: stamp}
        return Outgoing(site.push_url, body, headers, b"")


def _mark(desk: Desk, issued: int) -> str:
    """What only we could have made of that time."""
    key = desk.secrets["client_secret"].encode()
    return f"{issued}.{hmac.new(key, f'token|{issued}'.encode(), hashlib.sha256).hexdigest()}"


def _token(desk: Desk, request: Request) -> Response:
    body = json_body(request)
    mine = all(same(desk.secrets[key], body.get(key)) for key in ("client_id", "client_secret"))
    if not mine or body.get("grant_type") != "client_credentials" or body.get("audience") != desk.config["base_url"]:
        raise Refused("config", "credentials")
    desk.begin("token")
    return json_response({"access_token": _mark(desk, desk.now_ms() // 1000), "expires_in": _LIFE})


def _admitted(desk: Desk, request: Request) -> None:
    given = header(request, "authorization").removeprefix("Bearer ")
    issued = given.partition(".")[0]
    if not issued.isdigit() or not same(_mark(desk, int(issued)), given):
        raise Refused("signature", "token")
    if desk.now_ms() // 1000 - int(issued) > _LIFE:
        raise Refused("signature", "token")
    if header(request, "accept") != _ACCEPT:
        raise Refused("request", "Accept")


def _paged(request: Request, most: int) -> tuple[int, int]:
    """(page from 1, size)."""
    page, size = whole(request.query.get("page", 1), least=0), whole(request.query.get("size", most), most=most)
    return max(1, page), size


def _values(item: Item) -> dict[Decimal, Decimal]:
    told = item.detail.get("values") or {str(item.face): str(item.cost)}
    return {Decimal(face): Decimal(cost) for face, cost in told.items()}


def _on_sale(item: Item) -> Item:
    """What is not for sale is not there, in the list as by itself."""
    if item.state != "on":
        raise Refused("off_sale", "no such product")
    return item


def _product(item: Item) -> dict[str, Any]:
    values = _values(item)
    return {
        "productId": int(item.id), "productName": item.name, "denominationType": "FIXED", "senderFee": 0,
        "discountPercentage": 0, "senderCurrencyCode": "USD", "recipientCurrencyCode": "EUR",
        "fixedRecipientDenominations": [float(face) for face in values],
        "fixedRecipientToSenderDenominationsMap": {f"{face:.2f}": float(cost) for face, cost in values.items()},
        "brand": {"brandId": 1, "brandName": item.name}, "country": {"isoName": "DE", "name": "Germany"},
    }  # fmt: skip


def _products(desk: Desk, request: Request) -> Response:
    desk.begin("list")
    page, size = _paged(request, 200)
    rows = [_product(one) for one in desk.items(page, size) if one.state == "on"]
    pages = -(-desk.count_items() // size)
    return json_response(
        {"content": rows, "totalPages": pages, "number": page - 1, "size": size, "last": page >= pages}
    )


def _create(desk: Desk, body: dict[str, Any]) -> dict[str, Any]:
    number, item = str(body.get("customIdentifier", "")), str(body.get("productId", ""))
    desk.begin("create", number=number, item=item)
    if not body.get("senderName") or "@" not in str(body.get("recipientEmail", "")):
        raise Refused("request", "sender or recipient")
    try:
        face = Decimal(str(body.get("unitPrice")))
    except ArithmeticError:
        raise Refused("request", "unitPrice") from None
    cost = _values(desk.item(item)).get(face)
    if cost is None:
        raise Refused("request", "unitPrice")
    quantity = whole(body.get("quantity"), most=1000)
    detail = {"face": str(face)}
    return _shown(desk.create(Wanted(number, item, quantity, unit_cost=cost, detail=detail)))


def _cards(desk: Desk, ref: str) -> Response:
    desk.begin("codes")
    order = desk.find(ref=ref)
    if _state(order) != "SUCCESSFUL":
        raise Refused("not_found", "no cards")
    return json_response([_card(one) for one in order.codes])


def _card(code: Code) -> dict[str, Any]:
    return {"cardNumber": code.link or code.number, "pinCode": code.secret}


def _transactions(desk: Desk, request: Request) -> Response:
    """A list of the time. An order that a fault hides is not there."""
    desk.begin("query")
    page, size = _paged(request, 200)
    try:
        since, until = (_ms(request.query.get(key, "")) for key in ("startDate", "endDate"))
    except ValueError:
        raise Refused("request", "dates") from None
    rows = []
    for one in desk.orders(since, until + 1000)[(page - 1) * size : page * size]:
        try:
            rows.append(_shown(desk.find(ref=one.ref)))
        except Refused:
            continue
    return json_response({"content": rows, "number": page - 1, "size": size})


def _ms(told: str) -> int:
    return int(datetime.strptime(told, _FORMAT).replace(tzinfo=UTC).timestamp() * 1000)


def _state(order: Order) -> str:
    return _STATES.get(order.state, "PENDING")


def _shown(order: Order) -> dict[str, Any]:
    return {
        "transactionId": int(order.ref), "amount": float(order.charged), "discount": 0, "fee": 0, "smsFee": 0,
        "currencyCode": "USD", "customIdentifier": order.number, "status": _state(order),
        "product": {"productId": int(order.item), "quantity": order.quantity},
        "transactionCreatedTime": datetime.fromtimestamp(order.created_ms / 1000, UTC).strftime(_FORMAT),
    }  # fmt: skip


VENDOR: Final = Reloadly()
