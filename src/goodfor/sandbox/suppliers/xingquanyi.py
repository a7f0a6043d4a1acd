"""Xingquanyi from its side: forms, MD5 over the key and every name with its value; calls back sign all but the codes.

Where the vendor's description is silent: a time stamp may be ten minutes off, `error` has words only, and its words
are our guess; money that came back leaves an order a success with `refunded_amount`.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from goodfor.sandbox.suppliers.desk import BEIJING, Desk
from goodfor.sandbox.suppliers.types import Code, Item, Order, Outgoing, Refused, Site, Ticket, Wanted, compact, two
from goodfor.sandbox.suppliers.vendor import Repeat, derived, form_body, in_time, same, spoiled, whole
from goodfor.sandbox.web import Request, Response, json_response

_STATES: Final = {
    "unpaid": 100, "accepted": 100, "processing": 101, "cancelling": 101, "partial": 200, "success": 200,
    "refunding": 200, "refunded": 200, "cancelled": 500, "failed": 500, "odd": 900,
}  # fmt: skip
_KINDS: Final = {"direct": 1, "card": 2, "link": 3, "ticket": 3, "image": 3, "manual": 4}
_SUPPLY: Final = {"on": 1, "paused": 2, "banned": 3}
_CODES: Final = {
    "signature": "invalid_sign", "clock": "invalid_parameters", "request": "invalid_parameters",
    "config": "disabled_customer", "throttled": "request_frequency", "unknown": "server_error",
}  # fmt: skip
_WORDS: Final = {
    "balance": "账户余额不足", "stock": "商品库存不足", "off_sale": "商品已下架", "price": "超过安全成本",
    "account": "充值账号格式错误", "duplicate": "外部订单号已存在", "not_found": "订单不存在",
}  # fmt: skip
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
_INPUT: Final = "recharge_template_input_items["
_CODE_PARTS: Final = ("cards", "tickets")
_SKEW: Final = 600


def _sign(fields: Mapping[str, str], key: str) -> str:
    text = key + "".join(name + fields[name] for name in sorted(fields) if name not in ("sign", *_CODE_PARTS))
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


class Xingquanyi:
    """See `vendor.Vendor`."""

    name = "xingquanyi"
    currency = "CNY"
    repeat: Repeat = "refused"
    inline = True
    retries: tuple[float, ...] = (10.0, 10.0)

    def credentials(self, site: str, base_url: str) -> tuple[dict[str, str], dict[str, str]]:
        """See `Vendor.credentials`."""
        customer = derived(self.name, site, "customer", 5, "123456789")
        return {"base_url": base_url, "customer_id": customer}, {"key": derived(self.name, site, "key", 32)}

    def answer(self, request: Request, desk: Desk) -> Response:
        """See `Vendor.answer`. Empty parameters may not be sent."""
        fields = form_body(request)
        if fields.get("customer_id") != desk.config["customer_id"]:
            raise Refused("config")
        if not same(_sign(fields, desk.secrets["key"]), fields.get("sign")):
            raise Refused("signature")
        in_time(fields.get("timestamp", ""), 1, desk, _SKEW)
        handler = _CALLS.get(request.path)
        if handler is None or request.method != "POST" or "" in fields.values():
            raise Refused("request", "no such call")
        return json_response({"code": "ok", "message": "", "data": handler(desk, fields)})

    def refusal(self, refused: Refused, desk: Desk) -> Response:  # noqa: ARG002
        """See `Vendor.refusal`."""
        words = _WORDS.get(refused.why, refused.text or "下单失败")
        return json_response({"code": _CODES.get(refused.why, "error"), "message": words})

    def order_push(self, order: Order, site: Site, now_ms: int) -> list[Outgoing]:
        """See `Vendor.order_push`: ends are told; codes go along unsigned."""
        url, state = order.notify_url or site.push_url, _STATES[order.state]
        if not url or state not in (200, 500):
            return []
        made = datetime.fromtimestamp(order.created_ms / 1000, BEIJING)
        fields = {
            "order_id": order.ref, "outer_order_id": order.number, "product_id": order.item,
            "quantity": str(order.quantity), "state": str(state), "state_info": order.hint,
            "created_at": f"{made:%Y-%m-%d %H:%M:%S}",
        }  # fmt: skip
        return [self._told(url, fields, site, now_ms, {name: compact(rows) for name, rows in _codes(order).items()})]

    def item_push(self, item: Item, site: Site, now_ms: int) -> list[Outgoing]:
        """See `Vendor.item_push`: here 1 is sold out and 2 is not."""
        data = {"product_id": int(item.id), "price": two(item.cost), "stock_state": 1 if item.stock == 0 else 2,
                "supply_state": _SUPPLY.get(item.state, 3)}  # fmt: skip
        fields = {"event_type": "price_changed", "event_data": compact(data)}
        return [self._told(site.push_url, fields, site, now_ms, {})]

    def ticket_push(self, ticket: Ticket, site: Site, now_ms: int) -> list[Outgoing]:  # noqa: ARG002
        """There are no complaints."""
        return []

    def spoil(self, sent: Outgoing, how: str) -> Outgoing:
        """See `Vendor.spoil`: codes are what is not signed."""
        fields = dict(parse_qsl(sent.body.decode(), keep_blank_values=True))
        if how == "forged":
            fields["sign"] = spoiled(fields["sign"])
        else:
            fields["cards"] = compact([{"card_no": "X", "card_password": "TAMPERED"}])
        return Outgoing(sent.url, urlencode(fields).encode(), sent.headers, sent.ack)

    def _told(
        self, url: str, fields: dict[str, str], site: Site, now_ms: int, unsigned: Mapping[str, str]
    ) -> Outgoing:  # fmt: skip
        config, secrets = self.credentials(site.name, "")
        signed = {**fields, "timestamp": str(now_ms // 1000), "customer_id": config["customer_id"]}
        body = urlencode({**signed, **unsigned, "sign": _sign(signed, secrets["key"])}).encode()
        return Outgoing(url, body, _FORM)


def _codes(order: Order, card: tuple[str, str] = ("card_no", "card_password")) -> dict[str, list[dict[str, str]]]:
    """`cards` and `tickets`, as far as there are any; buying and asking name the parts of a card differently."""
    found: dict[str, list[dict[str, str]]] = {}
    for code in order.codes:
        if order.kind == "card":
            row = {card[0]: code.number, card[1]: code.link or code.secret}
        else:
            row = {"no": code.number, "ticket": _ticket(code)}
        found.setdefault("cards" if order.kind == "card" else "tickets", []).append(
            {**row, "expired_at": "2099-12-31 23:59:59"}
        )
    return found


def _ticket(code: Code) -> str:
    return base64.b64encode(code.image).decode() if code.image else code.link or code.secret


def _customer(desk: Desk, _fields: dict[str, str]) -> dict[str, Any]:
    desk.begin("balance")
    return {"id": int(desk.config["customer_id"]), "name": "测试客户", "balance": two(desk.balance())}


def _row(item: Item) -> dict[str, Any]:
    return {
        "id": int(item.id), "product_name": item.name, "name": "标准", "price": two(item.cost),
        "valid_purchasing_quantity": "1-10000", "type": _KINDS[item.kind], "stock_state": 2 if item.stock == 0 else 1,
        "supply_state": _SUPPLY.get(item.state, 3), "hold_state": 2 if item.state == "banned" else 1,
        "ban_start_at": "", "ban_end_at": "", **item.detail,
    }  # fmt: skip


def _list(desk: Desk, _fields: dict[str, str]) -> list[dict[str, Any]]:
    desk.begin("list")
    return [_row(item) for item in desk.items(1, 100_000)]


def _product(desk: Desk, fields: dict[str, str]) -> dict[str, Any]:
    desk.begin("item", item=fields.get("product_id", ""))
    return _row(desk.item(fields.get("product_id", "")))


def _params(desk: Desk, fields: dict[str, str]) -> dict[str, Any]:
    desk.begin("item", item=fields.get("product_id", ""))
    return {"recharge_account_label": "充值账号", "recharge_params": desk.item(fields.get("product_id", "")).form}


def _buy(desk: Desk, fields: dict[str, str]) -> dict[str, Any]:
    number, item = fields.get("outer_order_id", ""), fields.get("product_id", "")
    desk.begin("create", number=number, item=item)
    if not number:
        raise Refused("request")
    of = desk.item(item)
    form = {name[len(_INPUT) : -1]: value for name, value in fields.items() if name.startswith(_INPUT)}
    if of.kind in ("direct", "manual"):
        form["recharge_account"] = fields.get("recharge_account", "")
        if not form["recharge_account"] or not {str(one["name"]) for one in of.form} <= set(form):
            raise Refused("account")
    try:
        most = Decimal(fields["safe_cost"]) if "safe_cost" in fields else None
    except InvalidOperation:
        raise Refused("request") from None
    order = desk.create(Wanted(
        number, item, whole(fields.get("quantity"), 1, 10_000), max_unit=most, form=form,
        notify_url=fields.get("notify_url", ""),
    ))  # fmt: skip
    return {
        "order_id": order.ref, "outer_order_id": order.number, "product_price": two(order.unit_cost),
        "total_price": two(order.charged), "recharge_url": "", "state": _STATES[order.state],
        "cards": [], "tickets": [], **_codes(order),
    }  # fmt: skip


def _asked(desk: Desk, fields: dict[str, str]) -> dict[str, Any]:
    number, ref = fields.get("outer_order_id", ""), fields.get("order_id", "")
    desk.begin("query", number=number)
    order = desk.find(number=number, ref=ref)
    return {
        "order_id": order.ref, "outer_order_id": order.number, "product_id": int(order.item),
        "quantity": order.quantity,
        "total_price": two(order.charged), "refunded_amount": two(order.refunded), "state": _STATES[order.state],
        "recharge_info": order.hint, "cards": [], "tickets": [], **_codes(order, ("no", "password")),
    }  # fmt: skip


_CALLS: Final[dict[str, Callable[[Desk, dict[str, str]], Any]]] = {
    "/api/customer": _customer,
    "/api/product-list": _list,
    "/api/product": _product,
    "/api/product/recharge-params": _params,
    "/api/buy": _buy,
    "/api/order": _asked,
    "/api/outer-order": _asked,
}
VENDOR: Final = Xingquanyi()
