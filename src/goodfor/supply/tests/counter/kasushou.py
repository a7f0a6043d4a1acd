"""The stand-in of a 卡速售 2.0 site. Signatures are worked out anew from the vendor's description."""

import hashlib
import json
from decimal import Decimal
from typing import Any

from goodfor.supply.tests.counter.books import Order, Refusal, Site
from goodfor.supply.tests.counter.server import LOST, Reply, Request

_WORDS = {
    "balance": "余额不足", "stock": "库存不足", "off_sale": "商品已下架", "price": "价格高于安全价",
    "request": "参数错误",
    "duplicate": "订单号已存在", "throttled": "请求过于频繁", "account": "充值账号格式错误", "config": "签名错误",
    "failed": "下单失败",
}  # fmt: skip
_STATES = {"waiting": 2, "done": 3, "failed": 5}


def config(site: Site, url: str) -> tuple[dict[str, Any], dict[str, str]]:
    """What a shop enters: settings and secrets."""
    return {"base_url": url, "user_id": "U1001"}, {"key": site.key}


def answer(site: Site, request: Request) -> Reply | None:
    """The vendor's answer; None: no answer at all."""
    stamp, sign = request.headers.get("timestamp", ""), request.headers.get("sign", "")
    good = hashlib.sha1((stamp + request.body.decode() + site.key).encode()).hexdigest()
    if sign != good or request.headers.get("userid") != "U1001" or len(stamp) != 13:
        return _told(400, "签名错误")
    fields = json.loads(request.body or b"{}", parse_float=Decimal)
    if list(fields) != sorted(fields):
        return _told(400, "签名错误")
    try:
        return _CALLS[request.path](site, fields)
    except KeyError:
        return Reply(404, b"not found", "text/html")
    except Refusal as no:
        return _told(400, _WORDS[no.why])


def _told(code: int, message: str, data: Any = None) -> Reply:
    body = json.dumps({"code": code, "msg": message, "data": data}, ensure_ascii=False).encode()
    return Reply(200, body, "application/json")


def _balance(site: Site, _fields: dict[str, Any]) -> Reply:
    return _told(200, "ok", {"balance": f"{site.money:.2f}"})


def _item(site: Site, number: str, *, whole: bool) -> dict[str, Any]:
    item = site.items[number]
    row: dict[str, Any] = {
        "id": int(item.id), "goods_name": item.name, "goods_type": 1 if item.kind == "card" else 2,
        "goods_price": str(item.cost), "status": {"on": 1, "paused": 2, "banned": 3}[item.state],
        "stock_num": item.stock, "can_buy": "", "can_no_buy": "", "face_value": "50.00",
    }  # fmt: skip
    if whole:
        row |= {"start_count": 1, "end_count": 1000, "attach": item.form}
    return row


def _list(site: Site, fields: dict[str, Any]) -> Reply:
    page, limit = int(fields.get("page", 1)), int(fields.get("limit", 100))
    shown = sorted(site.items, key=int)[(page - 1) * limit : page * limit]
    rows = [_item(site, number, whole=False) for number in shown]
    return _told(200, "ok", {"list": rows, "total": len(site.items)})


def _info(site: Site, fields: dict[str, Any]) -> Reply:
    if str(fields["id"]) not in site.items:
        raise Refusal("off_sale")
    return _told(200, "ok", _item(site, str(fields["id"]), whole=True))


def _buy(site: Site, fields: dict[str, Any]) -> Reply | None:
    if site.meets("lose_before"):
        return LOST
    order = site.buy(
        str(fields["external_orderno"]), str(fields["id"]), int(fields["quantity"]), Decimal(fields["safe_price"]),
        notify_url=fields.get("url", ""), form=fields.get("attach") or {},
    )  # fmt: skip
    if site.meets("lose_after"):
        return LOST
    data = {"ordersn": order.ref, "external_orderno": order.number, "total_price": str(order.charged)}
    return _told(200, "ok", data)


def _order(site: Site, fields: dict[str, Any]) -> Reply:
    order = site.find(str(fields["external_orderno"]))
    if order is None or site.meets("not_found"):
        return _told(200, "ok", [])
    row = _row(order) | {"card_list": [{"card_no": no, "card_password": secret} for no, secret in order.codes]}
    if site.meets("strange_word"):
        row |= {"status": 77, "card_list": []}
    return _told(200, "ok", [row])


def _row(order: Order) -> dict[str, Any]:
    return {
        "external_orderno": order.number, "ordersn": order.ref, "status": _STATES[order.state],
        "total_price": f"{order.charged:.2f}", "has_back_money": f"{order.refunded:.2f}", "recharge_hints": order.word,
    }  # fmt: skip


def push(site: Site, order: Order, stamp: str) -> bytes:
    """The body of a signed call about an order; the codes beside it are not signed."""
    told = {name: str(value) for name, value in _row(order).items()} | {"time": stamp}
    text = json.dumps(dict(sorted(told.items())), ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")
    told["sign"] = hashlib.sha1((stamp + text + site.key).encode()).hexdigest()
    return json.dumps(told, ensure_ascii=False).encode()


_CALLS: dict[str, Any] = {
    "/api/v1/user/info": _balance,
    "/api/v1/goods/list": _list,
    "/api/v1/goods/info": _info,
    "/api/v1/order/buy": _buy,
    "/api/v1/order/info": _order,
}
