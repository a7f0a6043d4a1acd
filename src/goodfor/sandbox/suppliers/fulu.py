"""Fulu 2.0 from its side: one address, MD5 over sorted characters, replies whose result is a text, codes encrypted.

Where the vendor's libraries are silent: the codes of refusals are our invention (a shop enters what they mean), a time
stamp may be ten minutes off, `order_price` is for all units, `customer_price` is the most that one may cost, money
that comes back wholly makes an order `failed`, and phone credit is an item of the category `phone` with that value.
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
from goodfor.sandbox.suppliers.vendor import Repeat, derived, in_time, json_body, same, spoiled, texts, whole
from goodfor.sandbox.web import Request, Response, json_response

_STATES: Final = {
    "unpaid": "untreated", "accepted": "untreated", "processing": "processing", "cancelling": "processing",
    "partial": "success", "success": "success", "refunding": "success", "cancelled": "failed", "failed": "failed",
    "odd": "reviewing",
}  # fmt: skip
_KINDS: Final = {"card": "卡密", "link": "卡密", "ticket": "卡密", "image": "卡密", "direct": "直充", "manual": "直充"}
_ON: Final = {"on": "上架", "paused": "维护中", "banned": "下架"}
#: Our word -> (code, words).
_NOES: Final = {
    "signature": (1001, "签名错误"), "clock": (1002, "时间戳超出范围"), "config": (1003, "应用未授权"),
    "request": (1004, "参数错误"), "throttled": (1005, "请求过于频繁"), "balance": (2001, "账户余额不足"),
    "stock": (2002, "商品库存不足"), "off_sale": (2003, "商品不存在或已下架"), "price": (2004, "商品价格已变动"),
    "account": (2005, "充值账号错误"), "duplicate": (2006, "外部订单号已存在"), "not_found": (2007, "订单不存在"),
    "busy": (2008, "账号受限"), "risk": (2009, "风控拦截"), "failed": (2010, "下单失败"), "unknown": (9999, "系统异常"),
}  # fmt: skip
#: What is no answer to anything is left for a shop to doubt.
_UNSAID: Final = ("signature", "unknown")
_HEAD: Final = {"version": "2.0", "format": "json", "charset": "utf-8", "sign_type": "md5", "app_auth_token": ""}
_FORM: Final = (
    "charge_account", "charge_game_name", "charge_game_region", "charge_game_srv", "charge_type", "charge_password",
    "charge_game_role", "contact_qq", "contact_tel",
)  # fmt: skip
_SKEW: Final = 600
_PHONE: Final = "phone"
_LOW: Final = 10


def _sign(text: str, secret: str) -> str:
    return hashlib.md5(("".join(sorted(text)) + secret).encode(), usedforsecurity=False).hexdigest()


def _sealed(text: str, secret: str) -> str:
    if not text:
        return ""
    pad = padding.PKCS7(128).padder()
    # The protocol's own mode.
    sealer = Cipher(algorithms.AES(secret.encode()), modes.ECB()).encryptor()  # noqa: S305
    padded = pad.update(text.encode()) + pad.finalize()
    return base64.b64encode(sealer.update(padded) + sealer.finalize()).decode()


class Fulu:
    """See `vendor.Vendor`."""

    name = "fulu"
    currency = "CNY"
    repeat: Repeat = "refused"
    inline = False
    retries: tuple[float, ...] = (60.0, 60.0, 60.0)

    def credentials(self, site: str, base_url: str) -> tuple[dict[str, str], dict[str, str]]:
        """See `Vendor.credentials`. What our codes mean is entered as well."""
        meanings = {"signature": "config", "clock": "config"}
        answers = [f"{code}={meanings.get(why, why)}" for why, (code, _) in _NOES.items() if why not in _UNSAID]
        config = {
            "base_url": base_url, "app_key": derived(self.name, site, "app", 20), "order_price": "total",
            "answers": "\n".join(answers),
        }  # fmt: skip
        return config, {"app_secret": derived(self.name, site, "secret", 32)}

    def answer(self, request: Request, desk: Desk) -> Response:
        """See `Vendor.answer`. Every parameter is signed, none may be missing."""
        body = json_body(request)
        if request.path != "/api/getway" or request.method != "POST":
            raise Refused("request", "no such call")
        signed = {name: value for name, value in body.items() if name != "sign"}
        if body.get("app_key") != desk.config["app_key"]:
            raise Refused("signature")
        if not same(_sign(compact(signed), desk.secrets["app_secret"]), body.get("sign")):
            raise Refused("signature")
        if any(body.get(name) != value for name, value in _HEAD.items()):
            raise Refused("request", "common parameters")
        in_time(_seconds(body.get("timestamp")), 1, desk, _SKEW)
        handler = _CALLS.get(str(body.get("method")))
        if handler is None:
            raise Refused("request", "no such method")
        return self._reply(0, "成功", handler(desk, _content(body)), desk)

    def refusal(self, refused: Refused, desk: Desk) -> Response:
        """See `Vendor.refusal`."""
        code, words = _NOES.get(refused.why, _NOES["failed"])
        return self._reply(code, words, None, desk)

    def _reply(self, code: int, message: str, result: Any, desk: Desk) -> Response:
        text = "" if result is None else compact(result)
        sign = _sign(text, desk.secrets["app_secret"])
        return json_response({"code": code, "message": message, "result": text, "sign": sign})

    def order_push(self, order: Order, site: Site, now_ms: int) -> list[Outgoing]:
        """See `Vendor.order_push`. Only ends are told, without codes, to the address of the account."""
        status = _state(order)
        if not site.push_url or status not in ("success", "failed"):
            return []
        ended = datetime.fromtimestamp((order.ended_ms or now_ms) / 1000, BEIJING)
        fields = {
            "order_id": order.ref, "charge_finish_time": f"{ended:%Y-%m-%d %H:%M:%S}",
            "customer_order_no": order.number, "order_status": status,
            "recharge_description": order.hint or ("充值成功" if status == "success" else "充值失败"),
            "product_id": order.item, "price": format(order.unit_cost, "f"), "buy_num": str(order.quantity),
            "operator_serial_number": "",
        }  # fmt: skip
        secret = self.credentials(site.name, "")[1]["app_secret"]
        body = compact({**fields, "sign": _sign(compact(fields), secret)}).encode()
        return [Outgoing(site.push_url, body, {"Content-Type": "application/json"}, b"success")]

    def item_push(self, item: Item, site: Site, now_ms: int) -> list[Outgoing]:  # noqa: ARG002
        """Nothing is told about goods."""
        return []

    def ticket_push(self, ticket: Ticket, site: Site, now_ms: int) -> list[Outgoing]:  # noqa: ARG002
        """There are no complaints."""
        return []

    def spoil(self, sent: Outgoing, how: str) -> Outgoing:
        """See `Vendor.spoil`. Everything is signed, but not where it stands: digits change places unnoticed."""
        fields = json.loads(sent.body)
        if how == "forged":
            fields["sign"] = spoiled(fields["sign"])
        else:
            fields["order_id"] = fields["order_id"][::-1]
        return Outgoing(sent.url, compact(fields).encode(), sent.headers, sent.ack)


def _seconds(stamp: object) -> str:
    try:
        return str(int(datetime.strptime(str(stamp), "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING).timestamp()))
    except ValueError:
        raise Refused("clock", "timestamp") from None


def _content(body: dict[str, Any]) -> dict[str, Any]:
    try:
        found = json.loads(body.get("biz_content") or "{}")
    except (TypeError, ValueError, RecursionError):
        raise Refused("request", "biz_content") from None
    if not isinstance(found, dict):
        raise Refused("request", "biz_content")
    return found


def _state(order: Order) -> str:
    if order.state == "refunded":
        return "failed" if order.refunded == order.charged else "success"
    return _STATES[order.state]


def _stock(item: Item, wanted: int = 1) -> str:
    if item.stock is None or item.stock >= max(wanted, _LOW):
        return "充足"
    return "警报" if item.stock >= wanted else "断货"


def _user(desk: Desk, _biz: dict[str, Any]) -> dict[str, Any]:
    desk.begin("balance")
    return {"name": "测试商户", "balance": float(desk.balance()), "is_open": 1}


def _listed(item: Item) -> dict[str, Any]:
    return {
        "product_id": int(item.id), "product_name": item.name, "product_type": _KINDS[item.kind],
        "face_value": float(item.face), "purchase_price": float(item.cost), "sales_status": _ON.get(item.state, "下架"),
        "stock_status": _stock(item), "template_id": item.id if item.form else "", "details": "", **item.detail,
    }  # fmt: skip


def _list(desk: Desk, biz: dict[str, Any]) -> list[dict[str, Any]]:
    desk.begin("list")
    found = desk.items(1, 10_000, category=str(biz.get("first_category_id") or ""))
    return [_listed(item) for item in found if item.category != _PHONE]


def _info(desk: Desk, biz: dict[str, Any]) -> dict[str, Any]:
    number = str(biz.get("product_id", ""))
    desk.begin("item", item=number)
    return {**_listed(desk.item(number)), "four_category_icon": ""}


def _template(desk: Desk, biz: dict[str, Any]) -> dict[str, Any]:
    number = str(biz.get("template_id", ""))
    desk.begin("item", item=number)
    return {
        "AddressId": number, "ElementInfo": {"Inputs": desk.item(number).form}, "ChargeNum": "",
        "GameTempaltePreviewList": [],
    }  # fmt: skip


def _check(desk: Desk, biz: dict[str, Any]) -> dict[str, Any]:
    number = str(biz.get("product_id", ""))
    desk.begin("item", item=number)
    return {"product_id": number, "stock_status": _stock(desk.item(number), whole(biz.get("buy_num")))}


def _buy(desk: Desk, biz: dict[str, Any], *, direct: bool) -> dict[str, Any]:
    number, item = str(biz.get("customer_order_no", "")), str(biz.get("product_id", ""))
    desk.begin("create", number=number, item=item)
    if not 1 <= len(number) <= 64:
        raise Refused("request", "customer_order_no")
    if (desk.item(item).kind in ("direct", "manual")) != direct:
        raise Refused("request", "another method")
    form = texts({name: biz[name] for name in _FORM if biz.get(name)}) if direct else {}
    if direct and not form.get("charge_account"):
        raise Refused("account")
    try:
        most = None if biz.get("customer_price") is None else Decimal(str(biz["customer_price"]))
    except InvalidOperation:
        raise Refused("request", "customer_price") from None
    return _shown(desk.create(Wanted(number, item, whole(biz.get("buy_num")), max_unit=most, form=form)))


def _card(desk: Desk, biz: dict[str, Any]) -> dict[str, Any]:
    return _buy(desk, biz, direct=False)


def _direct(desk: Desk, biz: dict[str, Any]) -> dict[str, Any]:
    return _buy(desk, biz, direct=True)


def _mobile(desk: Desk, biz: dict[str, Any]) -> dict[str, Any]:
    """Phone credit: by value, one at a time, nothing guards the price."""
    number, phone = str(biz.get("customer_order_no", "")), str(biz.get("charge_phone", ""))
    value = Decimal(whole(biz.get("charge_value")))
    item = next((one for one in desk.items(1, 1000, category=_PHONE) if one.face == value), None)
    desk.begin("create", number=number, item="" if item is None else item.id)
    if item is None:
        raise Refused("off_sale")
    if len(phone) != 11 or not phone.isdigit():
        raise Refused("account")
    return _shown(desk.create(Wanted(number, item.id, 1, form={"charge_account": phone})))


def _maintained(desk: Desk, biz: dict[str, Any]) -> dict[str, Any]:
    """An odd last digit is a region under maintenance."""
    desk.begin("other")
    odd = str(biz.get("mobile", ""))[-1:] in ("1", "3", "5", "7", "9")
    return {"maintain_state": "维护" if odd else "正常", "current_success_rate": "99.0"}


def _shown(order: Order) -> dict[str, Any]:
    """An order as a create tells it: without codes."""
    made = datetime.fromtimestamp(order.created_ms / 1000, BEIJING)
    ended = order.ended_ms and datetime.fromtimestamp(order.ended_ms / 1000, BEIJING)
    return {
        "order_id": order.ref, "customer_order_no": order.number, "product_id": int(order.item),
        "order_state": _state(order), "order_price": float(order.charged), "buy_num": order.quantity,
        "charge_account": order.form.get("charge_account", ""), "create_time": f"{made:%Y-%m-%d %H:%M:%S}",
        "finish_time": f"{ended:%Y-%m-%d %H:%M:%S}" if ended else "", "operator_serial_number": "",
    }  # fmt: skip


def _sealed_card(code: Code, secret: str) -> dict[str, Any]:
    return {
        "card_type": 0, "card_number": _sealed(code.number, secret), "card_deadline": "2099-12-31 23:59:59",
        "card_pwd": _sealed(code.link or code.secret, secret),
    }  # fmt: skip


def _order(desk: Desk, biz: dict[str, Any]) -> dict[str, Any]:
    number = str(biz.get("customer_order_no", ""))
    desk.begin("query", number=number)
    order = desk.find(number=number)
    return {**_shown(order), "cards": [_sealed_card(code, desk.secrets["app_secret"]) for code in order.codes]}


def _extend(desk: Desk, biz: dict[str, Any]) -> dict[str, Any]:
    number = str(biz.get("customer_order_no", ""))
    desk.begin("query", number=number)
    more = {"express_number": "", "recharge_description": desk.find(number=number).hint, "external_biz_id": ""}
    return {"order_extend_content": compact(more)}


_CALLS: Final[dict[str, Callable[[Desk, dict[str, Any]], Any]]] = {
    "fulu.user.info.get": _user,
    "fulu.goods.list.get": _list,
    "fulu.goods.info.get": _info,
    "fulu.goods.template.get": _template,
    "fulu.goods.stock.check": _check,
    "fulu.order.card.add": _card,
    "fulu.order.direct.add": _direct,
    "fulu.order.mobile.add": _mobile,
    "fulu.mobile.maintain.check": _maintained,
    "fulu.order.info.get": _order,
    "fulu.order.extend.get": _extend,
}
VENDOR: Final = Fulu()
