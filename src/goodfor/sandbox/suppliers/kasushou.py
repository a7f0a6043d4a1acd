"""Kasushou 2.0 from its side: POST with JSON, SHA-1 over time, body and key. Replies never have codes.

Where the vendor's description is silent: a time stamp may be ten minutes off, words of refusals are our guess, and
state 5 is an order whose money came back after it was done, wholly or in part.
"""

import hashlib
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from urllib.parse import urlencode

from goodfor.sandbox.suppliers.desk import Desk
from goodfor.sandbox.suppliers.types import Code, Item, Order, Outgoing, Refused, Site, Ticket, Wanted, compact, two
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

_STATES: Final = {
    "unpaid": -1, "accepted": 1, "processing": 2, "cancelling": 2, "partial": 3, "success": 3, "refunding": 3,
    "cancelled": 4, "failed": 4, "refunded": 5, "odd": 77,
}  # fmt: skip
_KINDS: Final = {"card": 1, "link": 1, "ticket": 1, "image": 1, "direct": 2, "manual": 2}
_ON: Final = {"on": 1, "paused": 2, "banned": 3}
_WORDS: Final = {
    "signature": "签名错误", "clock": "时间戳已过期", "config": "无接口权限",
    "throttled": "请求过于频繁", "balance": "账户余额不足", "stock": "商品库存不足", "off_sale": "商品不存在或已下架",
    "price": "商品价格高于安全价格", "account": "充值账号格式错误",
    "duplicate": "外部订单号已存在", "request": "参数有误", "not_found": "订单不存在", "failed": "下单失败",
}  # fmt: skip
_TICKETS: Final = {"waiting": 2, "handling": 2, "done": 3, "ended": 4}
_SKEW: Final = 600


def _sha1(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


class Kasushou:
    """See `vendor.Vendor`."""

    name = "kasushou"
    currency = "CNY"
    repeat: Repeat = "refused"
    inline = False
    retries: tuple[float, ...] = (300.0, 600.0, 900.0, 1200.0, 1500.0)

    def credentials(self, site: str, base_url: str) -> tuple[dict[str, str], dict[str, str]]:
        """See `Vendor.credentials`."""
        user = derived(self.name, site, "user", 6, "123456789")
        return {"base_url": base_url, "user_id": user}, {"key": derived(self.name, site, "key", 32)}

    def answer(self, request: Request, desk: Desk) -> Response:
        """See `Vendor.answer`. The body is signed as it came."""
        stamp = header(request, "Timestamp")
        signed = _sha1(stamp + request.body.decode("utf-8", "replace") + desk.secrets["key"])
        if header(request, "UserId") != desk.config["user_id"] or not same(signed, header(request, "Sign")):
            raise Refused("signature")
        in_time(stamp, 1000, desk, _SKEW)
        handler = _CALLS.get(request.path)
        if handler is None or request.method != "POST":
            raise Refused("request", "no such call")
        return json_response({"code": 200, "msg": "ok", "data": handler(desk, json_body(request))})

    def refusal(self, refused: Refused, desk: Desk) -> Response:  # noqa: ARG002
        """See `Vendor.refusal`: 400 and words; 500 is "unknown"."""
        if refused.why == "unknown":
            return json_response({"code": 500, "msg": "未知错误", "data": None})
        return json_response({"code": 400, "msg": _WORDS.get(refused.why, refused.text or "失败"), "data": None})

    def order_push(self, order: Order, site: Site, now_ms: int) -> list[Outgoing]:
        """See `Vendor.order_push`: a form; cards go along unsigned. States 2 to 5 are told."""
        url = order.notify_url or site.push_url
        if not url or _STATES[order.state] < 2:
            return []
        fields = {
            "external_orderno": order.number, "ordersn": order.ref, "status": str(_STATES[order.state]),
            "has_back_money": two(order.refunded), "total_price": two(order.charged), "recharge_hints": order.hint,
            "time": str(now_ms),
        }  # fmt: skip
        unsigned = {"card_list": compact([_card(one) for one in order.codes])} if order.codes else {}
        return [self._told(url, fields, fields, site, unsigned)]

    def item_push(self, item: Item, site: Site, now_ms: int) -> list[Outgoing]:
        """See `Vendor.item_push`: only id and time are signed."""
        signed = {"id": item.id, "time": str(now_ms)}
        more = {
            "goods_price": two(item.cost), "stock_num": str(_stock(item)), "status": str(_ON.get(item.state, 2)),
        }  # fmt: skip
        return [self._told(site.push_url, signed, {**signed, **more}, site, {})]

    def ticket_push(self, ticket: Ticket, site: Site, now_ms: int) -> list[Outgoing]:
        """See `Vendor.ticket_push`."""
        url = ticket.notify_url or site.push_url
        fields = {
            "ordersn": ticket.order, "status": str(_TICKETS[ticket.state]), "content": ticket.reply, "screenshot": "",
            "time": str(now_ms),
        }  # fmt: skip
        return [self._told(url, fields, fields, site, {})] if url else []

    def spoil(self, sent: Outgoing, how: str) -> Outgoing:
        """See `Vendor.spoil`: cards are what is not signed."""
        body = sent.body.decode()
        if how == "forged":
            head, _mark, sign = body.rpartition("sign=")
            return Outgoing(sent.url, f"{head}sign={spoiled(sign)}".encode(), sent.headers, sent.ack)
        cards = urlencode({"card_list": compact([{"card_no": "X", "card_password": "TAMPERED"}])})
        parts = [part for part in body.split("&") if not part.startswith("card_list=")]
        return Outgoing(sent.url, "&".join([cards, *parts]).encode(), sent.headers, sent.ack)

    def _told(
        self, url: str, signed: dict[str, str], fields: dict[str, str], site: Site, unsigned: dict[str, str]
    ) -> Outgoing:
        text = compact(dict(sorted(signed.items()))).replace("/", "\\/")
        key = self.credentials(site.name, "")[1]["key"]
        form = {**fields, **unsigned, "sign": _sha1(signed["time"] + text + key)}
        return Outgoing(url, urlencode(form).encode(), {"Content-Type": "application/x-www-form-urlencoded"})


def _stock(item: Item) -> int:
    return 999_999 if item.stock is None else item.stock


def _card(code: Code) -> dict[str, str]:
    return {"card_no": code.number, "card_password": code.secret or code.link}


def _balance(desk: Desk, _body: dict[str, Any]) -> dict[str, Any]:
    desk.begin("balance")
    return {"balance": two(desk.balance())}


def _categories(desk: Desk, _body: dict[str, Any]) -> list[dict[str, Any]]:
    desk.begin("categories")
    below = [{"id": 2, "name": "视频会员", "pid": 1, "img": "", "children": []}]
    return [{"id": 1, "name": "数字商品", "pid": 0, "img": "", "children": below}]


def _listed(item: Item) -> dict[str, Any]:
    return {
        "id": int(item.id), "goods_name": item.name, "goods_img": "", "goods_type": _KINDS[item.kind],
        "face_value": two(item.face), "goods_price": two(item.cost), "status": _ON.get(item.state, 2),
        "stock_num": _stock(item), "can_buy": "", "can_no_buy": "", "can_price": "0.00", "cate_id": item.category,
    }  # fmt: skip


def _list(desk: Desk, body: dict[str, Any]) -> dict[str, Any]:
    desk.begin("list")
    limit, page = whole(body.get("limit", 100), 1, 500), whole(body.get("page", 1))
    return {"list": [_listed(item) for item in desk.items(page, limit)], "total": desk.count_items()}


def _info(desk: Desk, body: dict[str, Any]) -> dict[str, Any]:
    number = str(body.get("id", ""))
    desk.begin("item", item=number)
    item = desk.item(number)
    more = {"goods_info": "", "goods_notice": "", "start_count": 1, "end_count": 100, "attach": item.form}
    return {**_listed(item), **more, **item.detail}


def _form(desk: Desk, body: dict[str, Any]) -> list[dict[str, Any]]:
    number = str(body.get("goods_id", ""))
    desk.begin("item", item=number)
    return desk.item(number).form


def _buy(desk: Desk, body: dict[str, Any]) -> dict[str, Any]:
    number, item = str(body.get("external_orderno", "")), str(body.get("id", ""))
    desk.begin("create", number=number, item=item)
    try:
        most = Decimal(str(body["safe_price"])) if body.get("safe_price") not in (None, "") else None
    except InvalidOperation:
        raise Refused("request", "safe_price") from None
    form = texts(body.get("attach"))
    for field in desk.item(item).form:
        if not form.get(str(field.get("key"))):
            raise Refused("account")
    wanted = Wanted(
        number, item, whole(body.get("quantity")), max_unit=most, form=form, notify_url=str(body.get("url", ""))
    )
    order = desk.create(wanted)
    return {"ordersn": order.ref, "external_orderno": order.number, "total_price": two(order.charged)}


def _shown(order: Order) -> dict[str, Any]:
    return {
        "ordersn": order.ref, "external_orderno": order.number, "status": _STATES[order.state],
        "total_price": two(order.charged), "has_back_money": two(order.refunded), "recharge_hints": order.hint,
        "recharge_info": [{"n": key, "k": key, "v": value} for key, value in order.form.items()],
        "card_list": [_card(one) for one in order.codes],
    }  # fmt: skip


def _order(desk: Desk, body: dict[str, Any]) -> list[dict[str, Any]]:
    ours, refs = str(body.get("external_orderno", "")), str(body.get("ordersn", ""))
    desk.begin("query", number=ours)
    found = []
    for ref in refs.split(",") if refs and not ours else [""]:
        try:
            found.append(_shown(desk.find(number=ours, ref=ref)))
        except Refused as no:
            if no.why != "not_found":
                raise
    return found


def _close(desk: Desk, body: dict[str, Any]) -> None:
    desk.begin("cancel")
    desk.cancel(desk.find(ref=str(body.get("ordersn", ""))))


def _complain(desk: Desk, body: dict[str, Any]) -> None:
    desk.begin("complain")
    order = desk.find(ref=str(body.get("ordersn", "")))
    desk.complain(order, str(body.get("content", "")), str(body.get("url", "")))


_CALLS: Final[dict[str, Callable[[Desk, dict[str, Any]], Any]]] = {
    "/api/v1/user/info": _balance,
    "/api/v1/goods/cate": _categories,
    "/api/v1/goods/list": _list,
    "/api/v1/goods/info": _info,
    "/api/v1/goods/attach": _form,
    "/api/v1/order/buy": _buy,
    "/api/v1/order/info": _order,
    "/api/v1/order/close": _close,
    "/api/v1/order/complain": _complain,
}
VENDOR: Final = Kasushou()
