"""Kakayun v3 from its side: JSON, MD5 over sorted fields that are not empty. One address serves as both hosts.

Where the vendor's description is silent: names of a form's and of a tree's parts are our guess, a subscription to items
is checked and then taken for all of them, and no pace is kept but by the switch.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from goodfor.sandbox.suppliers.desk import Desk
from goodfor.sandbox.suppliers.types import (
    ENDED,
    Code,
    Item,
    Order,
    Outgoing,
    Refused,
    Site,
    Ticket,
    Wanted,
    compact,
    two,
)
from goodfor.sandbox.suppliers.vendor import Repeat, derived, in_time, json_body, same, spoiled, whole
from goodfor.sandbox.web import Request, Response, json_response

_STATES: Final = {
    "unpaid": 2, "accepted": 0, "processing": 3, "cancelling": 3, "partial": 5, "success": 5, "refunding": 5,
    "cancelled": 4, "failed": 4, "refunded": 5, "odd": 77,
}  # fmt: skip
_KINDS: Final = {"direct": 1, "manual": 1}
_ON: Final = {"on": 1, "paused": 0, "banned": 0, "deleted": 404}
_CODES: Final = {
    "signature": (401, "签名错误"), "clock": (403, "时间戳已过期"), "config": (1002, "无权限"),
    "throttled": (404, "请求过于频繁"),
    "balance": (1213, "余额不足"), "stock": (-1, "库存不足"), "off_sale": (1206, "商品不存在或已下架"),
    "price": (1210, "亏损保护"),
    "account": (1208, "充值账号为空"), "request": (1203, "参数有误"), "duplicate": (1205, "订单号已存在"),
    "not_found": (1301, "订单不存在"), "unknown": (9999, "系统错误"),
}  # fmt: skip
_OTHER: Final = (-1, "失败")
_SKEW: Final = 300
_ROOT: Final = "/dockapiv3/"


def _signature(fields: Mapping[str, Any], key: str) -> str:
    kept = {name: value for name, value in fields.items() if name != "sign" and value is not None and value != ""}
    told = "&".join(f"{name}={one if isinstance(one, str) else compact(one)}" for name, one in sorted(kept.items()))
    return hashlib.md5(f"{told}{key}".encode(), usedforsecurity=False).hexdigest()


class Kakayun:
    """See `vendor.Vendor`."""

    name = "kakayun"
    currency = "CNY"
    repeat: Repeat = "refused"
    inline = False
    retries: tuple[float, ...] = (300.0, 600.0, 900.0, 1200.0, 1500.0)

    def credentials(self, site: str, base_url: str) -> tuple[dict[str, str], dict[str, str]]:
        """See `Vendor.credentials`."""
        user = derived(self.name, site, "user", 6, "123456789")
        config = {"base_url": base_url, "public_url": base_url, "user_id": user}
        return config, {"key": derived(self.name, site, "key", 32)}

    def answer(self, request: Request, desk: Desk) -> Response:
        """See `Vendor.answer`."""
        fields = dict(request.query) if request.method == "GET" else json_body(request)
        if str(fields.get("userid", "")) != desk.config["user_id"]:
            return json_response({"code": 1000, "msg": "商户不存在", "data": None})
        if not same(_signature(fields, desk.secrets["key"]), fields.get("sign")):
            raise Refused("signature")
        stamp = str(fields.get("timestamp", ""))
        if len(stamp) != 10:
            raise Refused("clock")
        in_time(stamp, 1, desk, _SKEW)
        handler = _CALLS.get(request.path.removeprefix(_ROOT)) if request.path.startswith(_ROOT) else None
        if handler is None:
            raise Refused("request", "no such call")
        return json_response({"code": 1, "msg": "ok", "data": handler(desk, fields)})

    def refusal(self, refused: Refused, desk: Desk) -> Response:
        """See `Vendor.refusal`: a code each; a cancellation is refused with 0."""
        code, words = _CODES.get(refused.why, _OTHER)
        if desk.scope.endpoint == "cancel" and refused.why == "request":
            code, words = 0, "订单不可取消"
        return json_response({"code": code, "msg": words, "data": None})

    def order_push(self, order: Order, site: Site, now_ms: int) -> list[Outgoing]:
        """See `Vendor.order_push`: all is signed."""
        url = order.notify_url or site.push_url
        if not url or order.state == "accepted":
            return []
        push_type = _KINDS.get(order.kind, 0)
        fields = {"push_type": 1 - push_type, **_shown(order), "timestamp": now_ms // 1000}
        return [self._told(url, fields, site)]

    def item_push(self, item: Item, site: Site, now_ms: int) -> list[Outgoing]:
        """See `Vendor.item_push`."""
        fields = {
            "goodsname": item.name, "goodsid": int(item.id), "goodsprice": two(item.cost), "goodsstock": _stock(item),
            "goodsstatus": _ON[item.state], "goodstype": _KINDS.get(item.kind, 0), "update_time": now_ms // 1000,
            "timestamp": now_ms // 1000,
        }  # fmt: skip
        return [self._told(site.push_url, fields, site)]

    def ticket_push(self, ticket: Ticket, site: Site, now_ms: int) -> list[Outgoing]:  # noqa: ARG002
        """See `Vendor.ticket_push`: they have no complaints."""
        return []

    def spoil(self, sent: Outgoing, how: str) -> Outgoing:
        """See `Vendor.spoil`: nothing is unsigned, so whoever changes cards breaks the signature."""
        fields = json.loads(sent.body)
        if how == "forged":
            fields["sign"] = spoiled(fields["sign"])
        elif "cards" in fields:
            fields["cards"] = [{"card_no": "X", "card_pwd": "TAMPERED"}]
        return Outgoing(sent.url, compact(fields).encode(), sent.headers, sent.ack)

    def _told(self, url: str, fields: dict[str, Any], site: Site) -> Outgoing:
        key = self.credentials(site.name, "")[1]["key"]
        body = compact({**fields, "sign": _signature(fields, key)}).encode()
        return Outgoing(url, body, {"Content-Type": "application/json"})


def _stock(item: Item) -> int:
    return 999_999 if item.stock is None else item.stock


def _secret(code: Code) -> str:
    return base64.b64encode(code.image).decode() if code.image else code.link or code.secret


def _refund(order: Order) -> int:
    """`refundstatus`: none, all, a part."""
    return 0 if not order.refunded else 1 if order.refunded == order.charged else 2


def _shown(order: Order) -> dict[str, Any]:
    return {
        "orderno": order.ref, "usorderno": order.number, "money": two(order.charged), "buynum": order.quantity,
        "status": _STATES[order.state], "refundmoney": two(order.refunded), "refundstatus": _refund(order),
        "receipt": order.hint, "refundreceipt": "",
        "cardlist": [f"卡号：{one.number} 密码：{_secret(one)}\r" for one in order.codes],
        "cards": [{"card_no": one.number, "card_pwd": _secret(one)} for one in order.codes],
    }  # fmt: skip


def _user(desk: Desk, _fields: dict[str, Any]) -> dict[str, Any]:
    desk.begin("balance")
    return {"money": two(desk.balance()), "creditquota": two(desk.site.credit)}


def _group(desk: Desk, _fields: dict[str, Any]) -> list[dict[str, Any]]:
    desk.begin("categories")
    return [
        {"groupid": 1, "groupname": "数字商品", "children": [{"groupid": 2, "groupname": "视频会员", "children": []}]}
    ]


def _lite(item: Item) -> dict[str, Any]:
    return {
        "goodsid": int(item.id), "stock": _stock(item), "goodsprice": two(item.cost), "goodsstatus": _ON[item.state],
        "goodstype": _KINDS.get(item.kind, 0),
    }  # fmt: skip


def _listed(item: Item) -> dict[str, Any]:
    return {**_lite(item), "goodsname": item.name, "goodsimg": "", "groupid": item.category}


def _all(desk: Desk, fields: dict[str, Any]) -> dict[str, Any]:
    desk.begin("list")
    limit, page = whole(fields.get("limit", 50), 1, 50), whole(fields.get("page", 1))
    return {"list": [_listed(item) for item in desk.items(page, limit)], "total": desk.count_items()}


def _all_lite(desk: Desk, fields: dict[str, Any]) -> dict[str, Any]:
    desk.begin("list")
    if isinstance(fields.get("goodsid"), list):
        return {"list": [_lite(desk.item(str(one))) for one in fields["goodsid"][:100]]}
    limit, page = whole(fields.get("limit", 100), 1, 100), whole(fields.get("page", 1))
    return {"list": [_lite(item) for item in desk.items(page, limit)], "total": desk.count_items()}


def _form(item: Item) -> list[dict[str, Any]]:
    return item.form or ([{"attachtype": 1, "title": "充值账号", "format": 0}] if item.kind == "direct" else [])


def _details(desk: Desk, fields: dict[str, Any]) -> dict[str, Any]:
    item = _one(desk, fields)
    return {**_listed(item), "min": 1, "max": 100, "attach": _form(item), **item.detail}


def _details_lite(desk: Desk, fields: dict[str, Any]) -> dict[str, Any]:
    return _lite(_one(desk, fields))


def _template(desk: Desk, fields: dict[str, Any]) -> list[dict[str, Any]]:
    return _form(_one(desk, fields))


def _one(desk: Desk, fields: dict[str, Any]) -> Item:
    number = str(fields.get("goodsid", ""))
    desk.begin("item", item=number)
    return desk.item(number)


def _attached(value: object) -> dict[str, str]:
    """What was entered, by the number of its kind: a list, or one text for the account. Raises Refused(account)."""
    if isinstance(value, str):
        return {"1": value} if value else {}
    if value is None:
        return {}
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise Refused("account")
    return {str(one.get("attachtype")): str(one.get("value", "")) for one in value}


def _create(desk: Desk, fields: dict[str, Any]) -> dict[str, Any]:
    number, item = str(fields.get("usorderno", "")), str(fields.get("goodsid", ""))
    desk.begin("create", number=number, item=item)
    if not number:
        raise Refused("request")
    try:
        most = Decimal(str(fields["maxmoney"])) if fields.get("maxmoney") not in (None, "") else None
    except InvalidOperation:
        raise Refused("request", "maxmoney") from None
    form = _attached(fields.get("attach"))
    if any(not form.get(str(field.get("attachtype"))) for field in _form(desk.item(item))):
        raise Refused("account")
    order = desk.create(
        Wanted(
            number, item, whole(fields.get("buynum")), max_total=most, form=form,
            notify_url=str(fields.get("callbackurl", "")),
        )
    )  # fmt: skip
    return {"orderno": order.ref, "usorderno": order.number}


def _get(desk: Desk, fields: dict[str, Any]) -> dict[str, Any]:
    ours = str(fields.get("usorderno", ""))
    desk.begin("query", number=ours)
    return _shown(desk.find(number=ours, ref=str(fields.get("orderno", ""))))


def _cancel(desk: Desk, fields: dict[str, Any]) -> None:
    """At once, with the money."""
    ours = str(fields.get("usorderno", ""))
    desk.begin("cancel", number=ours)
    order = desk.find(number=ours, ref=str(fields.get("orderno", "")))
    if order.state in ENDED:
        raise Refused("request", "it has ended")
    with desk.house.db.write() as conn:
        conn.execute("DELETE FROM steps WHERE order_seq = ?", (order.seq,))
        desk.house.work(conn, desk.site).cancelled(order)
    desk.house.outbox.wake()


def _set_url(desk: Desk, fields: dict[str, Any]) -> None:
    desk.begin("other")
    url = str(fields.get("receiveurl", ""))
    if url:
        desk.house.open_site(desk.site.vendor, desk.site.name, push_url=url)


def _get_url(desk: Desk, _fields: dict[str, Any]) -> list[dict[str, str]]:
    desk.begin("other")
    return [{"receiveurl": desk.site.push_url}] if desk.site.push_url else []


def _subscribe(desk: Desk, fields: dict[str, Any]) -> None:
    desk.begin("other")
    ids = fields.get("goodsid")
    if not isinstance(ids, list) or len(ids) > 100:
        raise Refused("request", "goodsid")
    for one in ids:
        desk.item(str(one))


def _unsubscribe(desk: Desk, fields: dict[str, Any]) -> None:
    desk.begin("other")
    if fields.get("delall") != 1 and not isinstance(fields.get("goodsid"), list):
        raise Refused("request", "goodsid")


_CALLS: Final[dict[str, Callable[[Desk, dict[str, Any]], Any]]] = {
    "user/info": _user,
    "user/seturl": _set_url,
    "user/geturl": _get_url,
    "goods/group": _group,
    "goods/all": _all,
    "goods/alllite": _all_lite,
    "goods/details": _details,
    "goods/detailslite": _details_lite,
    "goods/tpl": _template,
    "goods/subscribe": _subscribe,
    "goods/cancelsubscribe": _unsubscribe,
    "order/create": _create,
    "order/get": _get,
    "order/cancelOrder": _cancel,
}
VENDOR: Final = Kakayun()
