"""Lsxd direct top-up from its side: forms, MD5 in upper case over what is not empty, the key at the end.

Where the vendor's description is silent: a time stamp may be ten minutes off, what is sold out is "not opened", money
that came back wholly makes an order failed, and what a product asks beyond the account is its `detail["asks"]`.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from goodfor.sandbox.suppliers.desk import Desk
from goodfor.sandbox.suppliers.types import Item, Order, Outgoing, Refused, Site, Ticket, Wanted
from goodfor.sandbox.suppliers.vendor import Repeat, derived, form_body, in_time, same, spoiled
from goodfor.sandbox.web import Request, Response, json_response

_STATES: Final = {
    "unpaid": "02", "accepted": "02", "processing": "02", "cancelling": "02", "partial": "04", "success": "01",
    "refunding": "01", "cancelled": "03", "failed": "03", "odd": "77",
}  # fmt: skip
#: Our word -> (code, words). 1999 is "not known".
_NOES: Final = {
    "config": ("1002", "商户不存在"), "signature": ("1003", "签名错误"), "clock": ("1004", "请求已过期"),
    "request": ("1001", "参数错误"), "throttled": ("1099", "请求过于频繁"), "balance": ("1008", "余额不足"),
    "stock": ("1006", "商品未开通"), "off_sale": ("1006", "商品未开通"), "price": ("1007", "价格错误"),
    "account": ("1011", "充值账号格式错误"), "duplicate": ("1005", "订单号重复"), "not_found": ("1012", "订单不存在"),
}  # fmt: skip
_UNKNOWN: Final = ("1999", "未知错误")
_UNSIGNED: Final = ("version", "extendParameter", "sign")
_FORMATS: Final = {
    "1": re.compile(r"1[3456789]\d{9}"),
    "2": re.compile(r"[1-3]\d{4,9}|[1-9]\d{4,8}"),
    "0": re.compile(r".{1,64}"),
}
_SKEW: Final = 600


def _state(order: Order) -> str:
    if order.state == "refunded":
        return "03" if order.refunded == order.charged else "01"
    return _STATES[order.state]


def _sign(fields: Mapping[str, str], key: str) -> str:
    kept = sorted((name, value) for name, value in fields.items() if value and name not in _UNSIGNED)
    text = "".join(f"{name}={value}&" for name, value in kept) + f"key={key}"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()


class Lsxd:
    """See `vendor.Vendor`."""

    name = "lsxd"
    currency = "CNY"
    repeat: Repeat = "refused"
    inline = False
    retries: tuple[float, ...] = (60.0, 120.0, 300.0)

    def credentials(self, site: str, base_url: str) -> tuple[dict[str, str], dict[str, str]]:
        """See `Vendor.credentials`."""
        merchant = derived(self.name, site, "merchant", 5, "123456789")
        return {"base_url": base_url, "merchant_id": merchant}, {"key": derived(self.name, site, "key", 32)}

    def answer(self, request: Request, desk: Desk) -> Response:
        """See `Vendor.answer`."""
        fields = form_body(request)
        if fields.get("merchantId") != desk.config["merchant_id"]:
            raise Refused("config")
        if not same(_sign(fields, desk.secrets["key"]), fields.get("sign")):
            raise Refused("signature")
        in_time(fields.get("timeStamp", ""), 1, desk, _SKEW)
        handler = _CALLS.get(request.path)
        if handler is None or request.method != "POST":
            raise Refused("request", "no such call")
        return json_response(handler(desk, fields))

    def refusal(self, refused: Refused, desk: Desk) -> Response:  # noqa: ARG002
        """See `Vendor.refusal`."""
        code, words = _NOES.get(refused.why, _UNKNOWN)
        return json_response({"code": code, "message": words})

    def order_push(self, order: Order, site: Site, now_ms: int) -> list[Outgoing]:  # noqa: ARG002
        """See `Vendor.order_push`: only ends are told."""
        url, status = order.notify_url or site.push_url, _state(order)
        if not url or status not in ("01", "03"):
            return []
        config, secrets = self.credentials(site.name, "")
        fields = {
            "merchantId": config["merchant_id"], "outTradeNo": order.number,
            "rechargeAccount": order.form.get("rechargeAccount", ""), "status": status,
        }  # fmt: skip
        body = urlencode({**fields, "sign": _sign(fields, secrets["key"])}).encode()
        return [Outgoing(url, body, {"Content-Type": "application/x-www-form-urlencoded"}, b"success")]

    def item_push(self, item: Item, site: Site, now_ms: int) -> list[Outgoing]:  # noqa: ARG002
        """Nothing is told about products."""
        return []

    def ticket_push(self, ticket: Ticket, site: Site, now_ms: int) -> list[Outgoing]:  # noqa: ARG002
        """There are no complaints."""
        return []

    def spoil(self, sent: Outgoing, how: str) -> Outgoing:
        """See `Vendor.spoil`: a parameter that no signature has is what may be added."""
        head, _mark, sign = sent.body.decode().rpartition("sign=")
        if how == "forged":
            return Outgoing(sent.url, f"{head}sign={spoiled(sign)}".encode(), sent.headers, sent.ack)
        return Outgoing(sent.url, f"extendParameter=tampered&{head}sign={sign}".encode(), sent.headers, sent.ack)


def _info(desk: Desk, _fields: dict[str, str]) -> dict[str, Any]:
    desk.begin("balance")
    return {"code": "0000", "message": "成功", "balance": float(desk.balance())}


def _products(desk: Desk, _fields: dict[str, str]) -> dict[str, Any]:
    desk.begin("list")
    rows = [
        {
            "product_id": int(item.id), "item_name": item.name, "channel_price": float(item.cost),
            "original_price": float(item.face),
        }
        for item in desk.items(1, 100_000) if item.state == "on" and item.kind in ("direct", "manual")
    ]  # fmt: skip
    return {"code": "0000", "message": "成功", "products": rows}


def _order(desk: Desk, fields: dict[str, str]) -> dict[str, Any]:
    number, item = fields.get("outTradeNo", ""), fields.get("productId", "")
    desk.begin("create", number=number, item=item)
    if not 2 <= len(number) <= 64 or fields.get("number") != "1":
        raise Refused("request")
    of = desk.item(item)
    if of.kind not in ("direct", "manual"):
        raise Refused("off_sale")
    shape = _FORMATS.get(fields.get("accountType", ""))
    account = fields.get("rechargeAccount", "")
    if shape is None or not shape.fullmatch(account):
        raise Refused("account")
    more = _extended(fields.get("extendParameter", ""))
    if not set(of.detail.get("asks", ())) <= set(more):
        raise Refused("request")
    wanted = Wanted(
        number, item, 1, form={"rechargeAccount": account, **more}, notify_url=fields.get("notifyUrl", "")
    )  # fmt: skip
    return {"code": "2000", "message": "提交成功", "outTradeNo": desk.create(wanted).number}


def _extended(told: str) -> dict[str, str]:
    try:
        found = json.loads(told or "{}")
    except ValueError:
        raise Refused("request") from None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise Refused("request")
    return found


def _query(desk: Desk, fields: dict[str, str]) -> dict[str, Any]:
    number = fields.get("outTradeNo", "")
    desk.begin("query", number=number)
    order = desk.find(number=number)
    return {"code": "0000", "message": "成功", "outTradeNo": order.number, "status": _state(order)}


_CALLS: Final[dict[str, Callable[[Desk, dict[str, str]], dict[str, Any]]]] = {
    "/recharge/info": _info,
    "/recharge/product": _products,
    "/recharge/order": _order,
    "/recharge/query": _query,
}
VENDOR: Final = Lsxd()
