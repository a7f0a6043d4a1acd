"""Xinghai from its side: forms, MD5 over what is not empty with the secret among it, cards encrypted by the same.

A number whose order failed may be sent again and buys anew; one that is under way or done is doubt (-16). Where the
vendor's description is silent: a time stamp may be ten minutes off, sold out is "pick failed" for cards and -15 for the
rest, phone credit is an item of the category `phone`, and money that came back wholly makes an order failed.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from urllib.parse import urlencode

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from goodfor.sandbox.suppliers.desk import BEIJING, Desk
from goodfor.sandbox.suppliers.types import Code, Item, Order, Outgoing, Refused, Site, Ticket, Wanted, compact, two
from goodfor.sandbox.suppliers.vendor import Repeat, derived, form_body, in_time, same, spoiled, whole
from goodfor.sandbox.web import Request, Response, json_response

_STATES: Final = {
    "unpaid": 1, "accepted": 1, "processing": 1, "cancelling": 1, "partial": 2, "success": 2, "refunding": 2,
    "cancelled": 3, "failed": 3, "odd": 77,
}  # fmt: skip
_NOES: Final = {
    "signature": ("-14", "验签失败"), "config": ("-14", "未授权"), "clock": ("-12", "时间戳错误"),
    "request": ("-12", "参数错误"), "throttled": ("-13", "请求过快"), "balance": ("-18", "余额不足"),
    "stock": ("-21", "提取失败"), "off_sale": ("-15", "商品不可用"), "price": ("-15", "价格不符"),
    "account": ("-15", "账号不可充值"), "risk": ("-15", "地区不可充值"), "busy": ("-10", "系统维护"),
    "duplicate": ("-16", "订单重复"), "failed": ("-21", "提取失败"), "not_found": ("00", "查无此单"),
}  # fmt: skip
_UNKNOWN: Final = ("-99", "系统异常")
_MOBILE: Final = re.compile(r"1[3456789]\d{9}")
_PHONE: Final = "phone"
_SKEW: Final = 600


def _sign(fields: Mapping[str, str], secret: str) -> str:
    kept = {name: value for name, value in fields.items() if value and name != "sign"} | {"appSecret": secret}
    text = "&".join(f"{name}={kept[name]}" for name in sorted(kept))
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _sealed(text: str | bytes, secret: str) -> str:
    if not text:
        return ""
    pad = padding.PKCS7(128).padder()
    # The protocol's own mode.
    sealer = Cipher(algorithms.AES(secret.encode()), modes.ECB()).encryptor()  # noqa: S305
    padded = pad.update(text if isinstance(text, bytes) else text.encode()) + pad.finalize()
    return base64.b64encode(sealer.update(padded) + sealer.finalize()).decode()


class Xinghai:
    """See `vendor.Vendor`."""

    name = "xinghai"
    currency = "CNY"
    repeat: Repeat = "new_after_failure"
    inline = True
    retries: tuple[float, ...] = (60.0,) * 10

    def credentials(self, site: str, base_url: str) -> tuple[dict[str, str], dict[str, str]]:
        """See `Vendor.credentials`. The secret is a key of AES-128 as well."""
        app = derived(self.name, site, "app", 8, "ABCDEFGHJKLMNPQRSTUVWXYZ")
        return {"base_url": base_url, "app_id": app}, {"secret": derived(self.name, site, "secret", 16)}

    def answer(self, request: Request, desk: Desk) -> Response:
        """See `Vendor.answer`."""
        fields = form_body(request)
        if fields.get("appId") != desk.config["app_id"] or "appSecret" in fields:
            raise Refused("config")
        if not same(_sign(fields, desk.secrets["secret"]), fields.get("sign")):
            raise Refused("signature")
        in_time(_milliseconds(fields.get("timestamp", "")), 1000, desk, _SKEW)
        handler = _CALLS.get(request.path)
        if handler is None or request.method != "POST":
            raise Refused("request", "no such call")
        return json_response({"code": "00", "message": "成功", **handler(desk, fields)})

    def refusal(self, refused: Refused, desk: Desk) -> Response:  # noqa: ARG002
        """See `Vendor.refusal`. That there is no such order is a state, and no refusal."""
        code, words = _NOES.get(refused.why, _UNKNOWN)
        more = {"orderStatus": 4} if refused.why == "not_found" else {}
        return json_response({"code": code, "message": words, **more})

    def order_push(self, order: Order, site: Site, now_ms: int) -> list[Outgoing]:
        """See `Vendor.order_push`: ends are told, with the cards, all of it signed."""
        url, status = order.notify_url or site.push_url, _state(order)
        if not url or status not in (2, 3):
            return []
        config, secrets = self.credentials(site.name, "")
        ended = datetime.fromtimestamp((order.ended_ms or now_ms) / 1000, BEIJING)
        fields = {
            "appId": config["app_id"], "outOrderId": order.number, "orderId": order.ref, "orderStatus": str(status),
            "orderDesc": order.hint, "completeTime": f"{ended:%Y-%m-%d %H:%M:%S}",
        }  # fmt: skip
        if order.codes and status == 2:
            fields["cardData"] = compact(_cards(order, secrets["secret"]))
        body = urlencode({**fields, "sign": _sign(fields, secrets["secret"])}).encode()
        return [Outgoing(url, body, {"Content-Type": "application/x-www-form-urlencoded"})]

    def item_push(self, item: Item, site: Site, now_ms: int) -> list[Outgoing]:  # noqa: ARG002
        """Nothing is told about items."""
        return []

    def ticket_push(self, ticket: Ticket, site: Site, now_ms: int) -> list[Outgoing]:  # noqa: ARG002
        """There are no complaints."""
        return []

    def spoil(self, sent: Outgoing, how: str) -> Outgoing:
        """See `Vendor.spoil`: everything that says something is signed, so whoever changes it breaks the signature."""
        if how != "forged":
            return Outgoing(sent.url, sent.body.replace(b"orderStatus=", b"orderStatus=1"), sent.headers, sent.ack)
        head, _mark, sign = sent.body.decode().rpartition("sign=")
        return Outgoing(sent.url, f"{head}sign={spoiled(sign)}".encode(), sent.headers, sent.ack)


def _milliseconds(stamp: str) -> str:
    """`yyyyMMddHHmmssSSS` of Beijing as milliseconds. Raises Refused(clock)."""
    try:
        moment = datetime.strptime(stamp[:14], "%Y%m%d%H%M%S").replace(tzinfo=BEIJING)
        return str(int(moment.timestamp()) * 1000 + int(stamp[14:17]) if len(stamp) == 17 else "")
    except ValueError:
        raise Refused("clock") from None


def _state(order: Order) -> int:
    if order.state == "refunded":
        return 3 if order.refunded == order.charged else 2
    return _STATES[order.state]


def _card(code: Code, secret: str) -> dict[str, Any]:
    kind = "PICTURE" if code.image else "LINK" if code.link else "NUMBER_PASSWORD" if code.number else "PASSWORD"
    link = code.image or code.link
    return {
        "cardName": "卡", "cardType": kind, "cardNo": _sealed(code.number, secret), "expireTime": "2099-12-31 23:59:59",
        "cardPwd": "" if link else _sealed(code.secret, secret), "cardLink": _sealed(link, secret),
    }  # fmt: skip


def _cards(order: Order, secret: str) -> list[dict[str, Any]]:
    return [_card(code, secret) for code in order.codes]


def _balance(desk: Desk, _fields: dict[str, str]) -> dict[str, Any]:
    desk.begin("balance")
    return {"balance": two(desk.balance()), "creditQuota": two(desk.site.credit)}


def _items(desk: Desk, fields: dict[str, str]) -> dict[str, Any]:
    desk.begin("list", item=fields.get("itemId", ""))
    rows = [
        {
            "itemId": item.id, "itemName": item.name, "itemType": 0 if item.kind in ("direct", "manual") else 1,
            "itemFace": two(item.face), "itemVal": two(item.face), "status": int(item.state == "on"),
            "price": two(item.cost),
        }
        for item in desk.items(1, 100_000) if fields.get("itemId", item.id) == item.id
    ]  # fmt: skip
    return {"data": rows}


def _submit(desk: Desk, fields: dict[str, str]) -> dict[str, Any]:
    return _bought(desk, fields, asks=True)


def _phone(desk: Desk, fields: dict[str, str]) -> dict[str, Any]:
    if fields.get("isp") not in ("yd", "lt", "dx", "gd"):
        raise Refused("request")
    whole(fields.get("provinceCode"), 1, 34)
    return _bought(desk, fields, asks=True, phone=True)


def _get(desk: Desk, fields: dict[str, str]) -> dict[str, Any]:
    if fields.get("supplyMode") not in ("0", "1"):
        raise Refused("request")
    return _bought(desk, fields, asks=False)


def _bought(desk: Desk, fields: dict[str, str], *, asks: bool, phone: bool = False) -> dict[str, Any]:
    """Buys. `asks`: what is charged needs an account; what is picked is a card."""
    number, item, account = fields.get("outOrderId", ""), fields.get("itemId", ""), fields.get("uuid", "")
    desk.begin("create", number=number, item=item)
    if not 1 <= len(number) <= 50:
        raise Refused("request")
    of = desk.item(item)
    direct = of.kind in ("direct", "manual")
    if (direct and not asks) or (of.category == _PHONE) != phone:
        raise Refused("off_sale", "another call")
    if direct and (not account or (phone and not _MOBILE.fullmatch(account))):
        raise Refused("account")
    try:
        exact = Decimal(fields["itemPrice"]) if "itemPrice" in fields else None
    except InvalidOperation:
        raise Refused("request") from None
    wanted = Wanted(
        number, item, whole(fields.get("amount")), exact=exact, form={"uuid": account} if account else {},
        notify_url=fields.get("callbackUrl", ""),
    )  # fmt: skip
    order = desk.create(wanted)
    told = {"orderId": order.ref, "outOrderId": order.number, "cost": float(order.charged)}
    if order.codes and fields.get("supplyMode") == "1":
        told["cardData"] = _cards(order, desk.secrets["secret"])
    return told


def _query(desk: Desk, fields: dict[str, str]) -> dict[str, Any]:
    number = fields.get("outOrderId", "")
    desk.begin("query", number=number)
    order = desk.find(number=number)
    told = {
        "orderId": order.ref, "outOrderId": order.number, "orderStatus": _state(order), "orderDesc": order.hint,
        "cost": float(order.charged),
    }  # fmt: skip
    return {**told, "cardData": _cards(order, desk.secrets["secret"])} if order.codes else told


_CALLS: Final[dict[str, Callable[[Desk, dict[str, str]], dict[str, Any]]]] = {
    "/api/account/balance": _balance,
    "/api/item/query": _items,
    "/api/order/submit": _submit,
    "/api/hf/order/submit": _phone,
    "/api/card/get": _get,
    "/api/order/query": _query,
}
VENDOR: Final = Xinghai()
