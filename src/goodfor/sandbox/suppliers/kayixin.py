"""Kayixin 3.0 from its side: POST with JSON, MD5 over credentials, time and raw body in headers; calls back likewise.

Where the vendor's description is silent: a time stamp may be ten minutes off, refusals other than 2400 and 2404 have
the code 1001 and words of our guess. One bought is `multiple` units (`detail={"multiple": 2}` of an item), charged and
delivered; `detail={"goodsSku": ...}` gives variants, `{"may_void": False}` cards that are not taken back. A card that
is known to be bad is "not found" (2404), and the words of a used one say when that was.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from goodfor.sandbox.suppliers.desk import BEIJING, Desk
from goodfor.sandbox.suppliers.types import Code, Item, Order, Outgoing, Refused, Site, Ticket, Wanted, compact
from goodfor.sandbox.suppliers.vendor import Repeat, derived, header, in_time, json_body, same, spoiled, whole
from goodfor.sandbox.web import Request, Response, json_response

_VERSION: Final = "3.0"
_STATES: Final = {
    "unpaid": 0, "accepted": 1, "processing": 2, "partial": 3, "success": 3, "failed": 4, "cancelled": 4,
    "refunded": 5, "cancelling": 8, "refunding": 9, "odd": 77,
}  # fmt: skip
_CARDS: Final = {"unused": 0, "processed": 1, "voided": 2, "used": 3, "voiding": 4}
_ON: Final = {"on": 1, "paused": 2, "banned": 3}
_TICKETS: Final = {"waiting": 1, "handling": 2, "done": 3, "ended": 4}
_CODES: Final = {"price": 2400, "not_found": 2404}
_WORDS: Final = {
    "signature": "签名错误", "clock": "时间戳已过期", "config": "没有权限", "throttled": "请求过于频繁",
    "balance": "余额不足", "stock": "库存不足", "off_sale": "商品不存在或已下架", "price": "商品价格大于安全价格",
    "account": "充值账号格式错误",
    "duplicate": "外部单号已存在", "request": "参数错误", "not_found": "订单不存在", "failed": "提交失败",
}  # fmt: skip
_LIST: Final = 50
_SKEW: Final = 600


class Kayixin:
    """See `vendor.Vendor`."""

    name = "kayixin"
    currency = "CNY"
    #: What the same number does is not stated: the careful guess for whoever buys there is that it buys again.
    repeat: Repeat = "unsafe"
    inline = True
    retries: tuple[float, ...] = (15.0, 15.0, 30.0, 180.0, 600.0, 1200.0, 1800.0)

    def credentials(self, site: str, base_url: str) -> tuple[dict[str, str], dict[str, str]]:
        """See `Vendor.credentials`."""
        app = derived(self.name, site, "app", 6, "123456789")
        return {"base_url": base_url, "app_id": app, "used_time": "1"}, {
            "secret": derived(self.name, site, "secret", 32)
        }

    def answer(self, request: Request, desk: Desk) -> Response:
        """See `Vendor.answer`."""
        stamp = header(request, "X-Timestamp")
        signed = _sign(desk.config["app_id"], desk.secrets["secret"], stamp, request.body)
        mine = header(request, "X-App-Id") == desk.config["app_id"] and header(request, "X-Version") == _VERSION
        if not mine or not same(signed, header(request, "X-Signature")):
            raise Refused("signature")
        in_time(stamp, 1, desk, _SKEW)
        handler = _CALLS.get(request.path)
        if handler is None or request.method != "POST":
            raise Refused("request")
        return json_response({"code": 1000, "msg": "成功", "data": handler(desk, json_body(request))})

    def refusal(self, refused: Refused, desk: Desk) -> Response:  # noqa: ARG002
        """See `Vendor.refusal`. They have no word for "unknown": their server breaks."""
        if refused.why == "unknown":
            return Response(500, b"")
        words = _WORDS.get(refused.why, refused.text or "失败")
        return json_response({"code": _CODES.get(refused.why, 1001), "msg": words, "data": None})

    def order_push(self, order: Order, site: Site, now_ms: int) -> list[Outgoing]:
        """See `Vendor.order_push`: all of the body is signed, cards are encrypted."""
        url = order.notify_url or site.push_url
        if not url:
            return []
        told = {key: value for key, value in _shown(order).items() if key != "cards"}
        secret = self.credentials(site.name, "")[1]["secret"]
        cards = _encrypted(compact([_card(one, order) for one in order.codes]), secret) if order.codes else ""
        return [self._told(url, {**told, "cards": cards}, site, now_ms)]

    def item_push(self, item: Item, site: Site, now_ms: int) -> list[Outgoing]:
        """See `Vendor.item_push`."""
        told = {"goodsId": int(item.id), "money": float(item.cost), "status": _ON.get(item.state, 2)}
        return [self._told(site.push_url, told, site, now_ms)]

    def ticket_push(self, ticket: Ticket, site: Site, now_ms: int) -> list[Outgoing]:
        """See `Vendor.ticket_push`."""
        url = ticket.notify_url or site.push_url
        told = {
            "orderNumber": ticket.order, "outerNumber": ticket.number, "replay": ticket.reply, "reqId": ticket.ref,
            "status": _TICKETS[ticket.state],
        }  # fmt: skip
        return [self._told(url, told, site, now_ms)] if url else []

    def spoil(self, sent: Outgoing, how: str) -> Outgoing:
        """See `Vendor.spoil`: nothing is unsigned, so that tampering is a body that does not fit its signature."""
        if how == "forged":
            headers = {**sent.headers, "X-Signature": spoiled(sent.headers["X-Signature"])}
            return Outgoing(sent.url, sent.body, headers, sent.ack)
        told = {**json.loads(sent.body), "cards": ""}
        return Outgoing(sent.url, compact({**told, "status": 4}).encode(), sent.headers, sent.ack)

    def _told(self, url: str, fields: dict[str, Any], site: Site, now_ms: int) -> Outgoing:
        config, secrets = self.credentials(site.name, "")
        body, stamp = compact(fields).encode(), str(now_ms // 1000)
        headers = {
            "Content-Type": "application/json", "X-App-Id": config["app_id"], "X-Version": _VERSION,
            "X-Timestamp": stamp, "X-Signature": _sign(config["app_id"], secrets["secret"], stamp, body),
        }  # fmt: skip
        return Outgoing(url, body, headers)


def _sign(app_id: str, secret: str, stamp: str, body: bytes) -> str:
    head = f"{app_id}{secret}{_VERSION}{stamp}".encode()
    return hashlib.md5(head + body, usedforsecurity=False).hexdigest()


def _encrypted(text: str, secret: str) -> str:
    pad = padding.PKCS7(128).padder()
    padded = pad.update(text.encode()) + pad.finalize()
    # The protocol's own mode.
    sealer = Cipher(algorithms.AES(secret.encode("ascii")), modes.ECB()).encryptor()  # noqa: S305
    return base64.b64encode(sealer.update(padded) + sealer.finalize()).decode()


def _card(code: Code, order: Order) -> dict[str, Any]:
    return {
        "cardId": code.ref, "cardNo": code.number, "cardPwd": code.secret or code.link,
        "cancelRequest": int(bool(order.detail.get("may_void"))), "status": _CARDS.get(code.state, 0),
    }  # fmt: skip


def _shown(order: Order) -> dict[str, Any]:
    state = 5 if order.state == "partial" and order.refunded else _STATES[order.state]
    return {
        "orderNumber": order.ref, "outerNumber": order.number, "goodsId": int(order.item), "status": state,
        "count": order.quantity, "money": float(order.charged), "retMoney": float(order.refunded), "result": order.hint,
        "cards": [_card(one, order) for one in order.codes],
    }  # fmt: skip


def _account(desk: Desk, _body: dict[str, Any]) -> dict[str, Any]:
    desk.begin("balance")
    return {"balance": float(desk.balance())}


def _dirs(desk: Desk, _body: dict[str, Any]) -> list[dict[str, Any]]:
    desk.begin("categories")
    below = [{"id": 2, "name": "视频会员", "img": "", "children": []}]
    return [{"id": 1, "name": "数字商品", "img": "", "children": below, "brands": []}]


def _listed(item: Item) -> dict[str, Any]:
    return {
        "goodsId": int(item.id), "name": item.name, "faceValue": float(item.face), "salesPrice": float(item.cost),
        "goodsType": 3 if item.kind in ("direct", "manual") else 1, "status": _ON.get(item.state, 2),
        "multiple": int(item.detail.get("multiple", 1)), "isRepeat": 1, "isRefOrder": 1, "isRefMoney": 1,
        "skuType": int(item.detail.get("skuType", 0)), "imgUrl": "", "dirIds": [item.category], "warrantyTime": 0,
        "warrantyUnit": 0,
    }  # fmt: skip


def _list(desk: Desk, body: dict[str, Any]) -> dict[str, Any]:
    desk.begin("list")
    page = whole(body.get("page", 1))
    count = desk.count_items()
    items = [_listed(item) for item in desk.items(page, _LIST)]
    # The titles of these two look swapped in the description; they are here.
    return {"allCount": -(-count // _LIST), "allPage": count, "items": items}


def _detail(desk: Desk, body: dict[str, Any]) -> dict[str, Any]:
    number = str(body.get("goodsId", ""))
    desk.begin("item", item=number)
    item = desk.item(number)
    more = {
        "minQuantity": 1, "maxQuantity": 100, "stockCount": 999_999 if item.stock is None else item.stock,
        "goodsDescribe": "", "goodsDetail": "", "buyNotice": "", "limitBalance": 0, "rechargeTemplates": item.form,
        "channel": {"status": 0, "items": []},
    }  # fmt: skip
    return {**_listed(item), **more, **item.detail}


def _sku_cost(item: Item, sku: str) -> Decimal | None:
    """What a variant costs; None without one. Raises Refused."""
    details = (item.detail.get("goodsSku") or {}).get("details", [])
    if not sku:
        if details:
            raise Refused("request", "sku")
        return None
    found = next((one for one in details if one.get("sku") == sku and one.get("status") != 0), None)
    if found is None:
        raise Refused("off_sale")
    return Decimal(str(found["money"]))


def _create(desk: Desk, body: dict[str, Any]) -> dict[str, Any]:
    number, goods = str(body.get("outerNumber", "")), str(body.get("goodsId", ""))
    desk.begin("create", number=number, item=goods)
    for key in ("goodsId", "count"):
        if type(body.get(key)) is not int:
            raise Refused("request", key)
    if not number or not isinstance(body.get("sku"), str) or not isinstance(body.get("attach"), list):
        raise Refused("request")
    try:
        most = None if body.get("safePrice") is None else Decimal(str(body["safePrice"]))
    except InvalidOperation:
        raise Refused("request", "safePrice") from None
    item = desk.item(goods)
    form = {str(one.get("name")): str(one.get("value", "")) for one in body["attach"] if isinstance(one, dict)}
    if any(field.get("required", 1) and not form.get(str(field.get("title"))) for field in item.form):
        raise Refused("account")
    wanted = Wanted(
        number, goods, whole(body["count"]), str(body["sku"]), max_total=most, form=form,
        units=int(item.detail.get("multiple", 1)), unit_cost=_sku_cost(item, body["sku"]),
        notify_url=str(body.get("notifyUrl", "")), detail={"may_void": bool(item.detail.get("may_void", True))},
    )  # fmt: skip
    order = desk.create(wanted)
    return {"orderNumber": order.ref, "cards": [_card(one, order) for one in order.codes]}


def _found(desk: Desk, endpoint: str, body: dict[str, Any]) -> Order:
    ours, ref = str(body.get("outerNumber") or ""), str(body.get("orderNumber") or "")
    desk.begin(endpoint, number=ours)
    return desk.find(number=ours, ref=ref)


def _order(desk: Desk, body: dict[str, Any]) -> dict[str, Any]:
    return _shown(_found(desk, "query", body))


def _refunds(desk: Desk, body: dict[str, Any]) -> dict[str, Any]:
    return {"status": _STATES[desk.cancel(_found(desk, "cancel", body)).state]}


def _complaint(desk: Desk, body: dict[str, Any]) -> dict[str, Any]:
    order = _found(desk, "complain", body)
    return {"reqId": desk.complain(order, str(body.get("content", "")), str(body.get("notifyUrl", ""))).ref}


def _card_detail(desk: Desk, body: dict[str, Any]) -> dict[str, Any]:
    desk.begin("code_state")
    code = desk.code_told(str(body.get("cardId", "")))
    if code.state == "invalid":
        raise Refused("not_found")
    used = datetime.fromtimestamp(code.used_ms / 1000, BEIJING) if code.used_ms is not None else None
    words = f"已于 {used:%Y-%m-%d %H:%M:%S} 使用" if used and code.state == "used" else ""
    return {"status": _CARDS[code.state], "result": words}


def _card_void(desk: Desk, body: dict[str, Any]) -> dict[str, Any]:
    desk.begin("void")
    ref = str(body.get("cardId", ""))
    if desk.code(ref).state == "invalid":
        raise Refused("not_found")
    return {"status": _CARDS[desk.void(ref).state], "result": ""}


_CALLS: Final[dict[str, Callable[[Desk, dict[str, Any]], Any]]] = {
    "/api/v3/user/getAccount": _account,
    "/api/v3/goods/getDirs": _dirs,
    "/api/v3/goods/getList": _list,
    "/api/v3/goods/getDetail": _detail,
    "/api/v3/order/create": _create,
    "/api/v3/order/getDetail": _order,
    "/api/v3/order/refunds": _refunds,
    "/api/v3/complaint/create": _complaint,
    "/api/v3/card/getDetail": _card_detail,
    "/api/v3/card/void": _card_void,
}
VENDOR: Final = Kayixin()
