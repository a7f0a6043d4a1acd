"""acg-faka shared stores from their side: forms with the key in clear, MD5 over sorted parameters; no calls back.

Where the software's description is silent: words of refusals are of our guess (code 400), a valuation is for all that
is asked about. Kinds and their prices are `detail={"config": "[category]\\n月卡=10.50"}`; `detail={"labels": True}`
delivers lines with labels. Goods for people are `delivery_way` 1.
"""

import hashlib
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from goodfor.sandbox.suppliers.desk import Desk
from goodfor.sandbox.suppliers.types import Item, Order, Outgoing, Refused, Site, Ticket, Wanted, compact, two
from goodfor.sandbox.suppliers.vendor import Repeat, derived, form_body, same, whole
from goodfor.sandbox.web import Request, Response, json_response

_WORDS: Final = {
    "signature": "签名错误", "config": "商户不存在", "throttled": "请求过于频繁", "balance": "余额不足",
    "stock": "库存不足", "off_sale": "商品不存在", "duplicate": "request_no 已存在", "not_found": "订单不存在",
}  # fmt: skip
_ALL: Final = 100_000


class Acgfaka:
    """See `vendor.Vendor`."""

    name = "acgfaka"
    currency = "CNY"
    repeat: Repeat = "refused"
    inline = True
    retries: tuple[float, ...] = ()

    def credentials(self, site: str, base_url: str) -> tuple[dict[str, str], dict[str, str]]:
        """See `Vendor.credentials`."""
        app = derived(self.name, site, "app", 4, "123456789")
        config = {"base_url": base_url, "app_id": app, "contact": "buyer@shop.example"}
        return config, {"app_key": derived(self.name, site, "key", 16, "0123456789ABCDEF")}

    def answer(self, request: Request, desk: Desk) -> Response:
        """See `Vendor.answer`."""
        fields = form_body(request)
        key = desk.secrets["app_key"]
        if not same(_sign(fields, key), fields.get("sign")) or not same(key, fields.get("app_key")):
            raise Refused("signature")
        if fields.get("app_id") != desk.config["app_id"]:
            raise Refused("config")
        handler = _CALLS.get(request.path)
        if handler is None or request.method != "POST":
            raise Refused("request", "接口不存在")
        return json_response({"code": 200, "msg": "success", "data": handler(desk, fields)})

    def refusal(self, refused: Refused, desk: Desk) -> Response:  # noqa: ARG002
        """See `Vendor.refusal`. They have no word for "unknown": their server breaks."""
        if refused.why == "unknown":
            return Response(500, b"")
        return json_response({"code": 400, "msg": _WORDS.get(refused.why, refused.text or "失败")})

    def order_push(self, order: Order, site: Site, now_ms: int) -> list[Outgoing]:  # noqa: ARG002
        """See `Vendor.order_push`: they tell nothing."""
        return []

    def item_push(self, item: Item, site: Site, now_ms: int) -> list[Outgoing]:  # noqa: ARG002
        """See `Vendor.item_push`: they tell nothing."""
        return []

    def ticket_push(self, ticket: Ticket, site: Site, now_ms: int) -> list[Outgoing]:  # noqa: ARG002
        """See `Vendor.ticket_push`: they tell nothing."""
        return []

    def spoil(self, sent: Outgoing, how: str) -> Outgoing:  # noqa: ARG002
        """See `Vendor.spoil`: there is nothing to spoil."""
        return sent


def _sign(fields: dict[str, str], key: str) -> str:
    """As PHP sorts: by the outer names; what belongs to one name keeps its order."""
    kept = [(name, value) for name, value in fields.items() if name != "sign" and (value or "[" in name)]
    told = "&".join(f"{name}={value}" for name, value in sorted(kept, key=lambda one: one[0].partition("[")[0]))
    return hashlib.md5(f"{told}&key={key}".encode(), usedforsecurity=False).hexdigest()


def _sku(fields: dict[str, str]) -> dict[str, str]:
    return {name[4:-1]: value for name, value in fields.items() if name.startswith("sku[") and name.endswith("]")}


def _races(item: Item) -> dict[str, Decimal]:
    lines = str(item.detail.get("config", "")).splitlines()
    pairs = [line.split("=", 1) for line in lines if "=" in line]
    return {name: Decimal(price) for name, price in pairs}


def _unit(item: Item, fields: dict[str, str]) -> Decimal:
    """What one costs, of the kind that is asked for. Raises Refused."""
    races, race = _races(item), fields.get("race", "")
    if not races and not race:
        return item.cost
    if race not in races:
        raise Refused("request", "请选择商品种类")
    return races[race]


def _connect(desk: Desk, _fields: dict[str, str]) -> dict[str, Any]:
    desk.begin("balance")
    return {"shopName": "示例店铺", "balance": two(desk.balance())}


def _goods(item: Item) -> dict[str, Any]:
    by_hand = item.kind in ("manual", "direct")
    return {
        "code": item.id, "name": item.name, "price": two(item.cost), "user_price": two(item.cost),
        "delivery_way": int(by_hand), "status": int(item.state == "on"), "minimum": 0, "maximum": 0, "cover": "",
        "description": "", "widget": compact(item.form) if item.form else "",
    }  # fmt: skip


def _items(desk: Desk, _fields: dict[str, str]) -> list[dict[str, Any]]:
    desk.begin("list")
    children = [_goods(one) for one in desk.items(1, _ALL)]
    return [{"id": 1, "name": "默认分类", "icon": "", "children": children}]


def _item(desk: Desk, fields: dict[str, str]) -> dict[str, Any]:
    desk.begin("item", item=fields.get("code", ""))
    return _goods(desk.item(fields.get("code", "")))


def _inventory(desk: Desk, fields: dict[str, str]) -> dict[str, Any]:
    desk.begin("item", item=fields.get("sharedCode", ""))
    item = desk.item(fields.get("sharedCode", ""))
    price = two(_unit(item, fields)) if fields.get("race") else two(item.cost)
    return {
        "count": 999_999 if item.stock is None else item.stock, "price": price, "user_price": price,
        "factory_price": price, "config": str(item.detail.get("config", "")),
    }  # fmt: skip


def _valuation(desk: Desk, fields: dict[str, str]) -> dict[str, Any]:
    desk.begin("item", item=fields.get("code", ""))
    return {"price": two(_unit(desk.item(fields.get("code", "")), fields) * whole(fields.get("num")))}


def _trade(desk: Desk, fields: dict[str, str]) -> dict[str, Any]:
    number, code = fields.get("request_no", ""), fields.get("shared_code", "")
    desk.begin("create", number=number, item=code)
    if not 1 <= len(number) <= 19 or not fields.get("contact"):
        raise Refused("request", "参数错误")
    item = desk.item(code)
    missing = [one for one in item.form if not fields.get(str(one.get("name")))]
    if missing:
        raise Refused("account", "请填写完整")
    form = {str(one.get("name")): fields[str(one.get("name"))] for one in item.form}
    wanted = Wanted(
        number, code, whole(fields.get("num")), sku=fields.get("race", ""), unit_cost=_unit(item, fields), form=form,
        detail={"labels": bool(item.detail.get("labels")), "sku": _sku(fields)},
    )  # fmt: skip
    order = desk.create(wanted)
    return {"tradeNo": order.ref, "secret": _secret(order)}


def _query(desk: Desk, fields: dict[str, str]) -> dict[str, Any]:
    desk.begin("query")
    order = desk.find(ref=fields.get("tradeNo", ""))
    word = "odd" if order.state == "odd" else int(order.state in ("success", "partial"))
    return {"tradeNo": order.ref, "secret": _secret(order), "widget": order.form, "status": word}


def _secret(order: Order) -> str:
    """All codes of an order as one text."""
    labels = order.detail.get("labels")
    lines = [
        f"卡号：{one.number} 密码：{one.secret}" if labels and one.number else one.link or one.secret
        for one in order.codes
    ]
    return "\n".join(lines)


_CALLS: Final[dict[str, Callable[[Desk, dict[str, str]], Any]]] = {
    "/shared/authentication/connect": _connect,
    "/shared/commodity/items": _items,
    "/shared/commodity/item": _item,
    "/shared/commodity/inventory": _inventory,
    "/shared/commodity/valuation": _valuation,
    "/shared/commodity/trade": _trade,
    "/shared/commodity/query": _query,
}
VENDOR: Final = Acgfaka()
