"""Orders of WeChat Pay: five ways to ask for money, query by both numbers, close; and the platform's certificates."""

from functools import partial
from urllib.parse import urlsplit

from goodfor.sandbox.channels import demo
from goodfor.sandbox.channels.cashier import page_url
from goodfor.sandbox.channels.desk import Desk
from goodfor.sandbox.channels.rows import Payment, Refused, Wanted
from goodfor.sandbox.channels.wechat import signing
from goodfor.sandbox.channels.wechat.common import (
    caller,
    fen,
    moment,
    part,
    stamp,
    text,
    trade_number,
    transaction,
    unseen,
    wrong,
)
from goodfor.sandbox.ledger import beijing
from goodfor.sandbox.loopback import is_loopback_url
from goodfor.sandbox.web import Handler, Request, Response, json_response

_KINDS = {"jsapi": "JSAPI", "native": "NATIVE", "h5": "MWEB", "app": "APP"}


def create(desk: Desk, request: Request, kind: str) -> Response:
    """Opens the order; what comes back is what the buyer's client needs."""
    mchid, body = caller(desk, request), request.json()
    if body.get("mchid") != mchid or body.get("appid") != demo.WECHAT_APP_ID:
        raise Refused("APPID_MCHID_NOT_MATCH", "appid和mchid不匹配")
    amount = part(body, "amount")
    if amount.get("currency", "CNY") != "CNY":
        raise wrong("currency不符合要求")
    settle, expires = part({"settle_info": {}, **body}, "settle_info"), moment(body, "time_expire")
    if expires is not None and expires <= desk.now_ms():
        raise wrong("time_expire不符合要求")
    wanted = Wanted(
        channel="wechat",
        merchant=mchid,
        number=trade_number(body),
        ref=f"42{beijing(desk.now_ms(), '%Y%m%d')}{desk.digits(18)}",
        kind=_KINDS[kind],
        amount=fen(amount, "total"),
        currency="CNY",
        subject=text(body, "description", 127),
        notify_url=notify_address(text(body, "notify_url", 255)),
        splitting=settle.get("profit_sharing") is True,
        expires_ms=expires,
        detail={"appid": body["appid"], "attach": text(body, "attach", 128, least=0), "openid": _payer(body, kind)},
    )
    payment = desk.open_payment(wanted)
    page = page_url(desk, payment)
    if kind == "native":
        return json_response({"code_url": page})
    if kind == "h5":
        # As the real one does it has a query: the merchant may append where to go back to.
        return json_response({"h5_url": f"{page}?prepay_id=wx{payment.ref}"})
    return json_response({"prepay_id": f"wx{payment.ref}"})


def _payer(body: dict[str, object], kind: str) -> str:
    if kind == "jsapi":
        return text(part(body, "payer"), "openid", 128)
    if kind == "h5":
        scene = part(body, "scene_info")
        text(scene, "payer_client_ip", 45)
        text(part(scene, "h5_info"), "type", 32)
    return ""


def notify_address(url: str) -> str:
    """A notify_url that is taken. Raises Refused."""
    parts = urlsplit(url)
    if parts.query or not (parts.scheme == "https" or is_loopback_url(url)):
        raise wrong("notify_url不符合要求")
    return url


def _found(request: Request, payment: Payment | None) -> Payment:
    if payment is None:
        raise Refused("ORDER_NOT_EXIST", "订单不存在", 404)
    if request.query.get("mchid") != payment.merchant:
        raise wrong("mchid不符合要求")
    return payment


def query(desk: Desk, request: Request, number: str) -> Response:
    """By the merchant's number."""
    found = desk.payment("wechat", number=number, merchant=caller(desk, request))
    found = None if found is not None and unseen(found) else found
    return json_response(transaction(_found(request, found)))


def query_id(desk: Desk, request: Request, ref: str) -> Response:
    """By the platform's number, which exists once it is paid."""
    found = desk.payment("wechat", ref=ref, merchant=caller(desk, request))
    if found is not None and found.state != "paid":
        found = None
    return json_response(transaction(_found(request, found)))


def close(desk: Desk, request: Request, number: str) -> Response:
    """204; a paid order cannot be closed."""
    mchid = caller(desk, request)
    if request.json().get("mchid") != mchid:
        raise wrong("mchid不符合要求")
    payment = desk.payment("wechat", number=number, merchant=mchid)
    if payment is None:
        raise Refused("ORDER_NOT_EXIST", "订单不存在", 404)
    desk.close(payment)
    return Response(204)


def certificates(desk: Desk, _request: Request) -> Response:
    """The platform's certificate, sealed under the APIv3 key."""
    nonce = desk.token("", 12)
    sealed = signing.seal(signing.platform_certificate().encode(), nonce, "certificate")
    item = {
        "serial_no": demo.WECHAT_PLATFORM_SERIAL,
        "effective_time": stamp(1735689600000),
        "expire_time": stamp(2366841600000),
        "encrypt_certificate": {
            "algorithm": "AEAD_AES_256_GCM",
            "nonce": nonce,
            "associated_data": "certificate",
            "ciphertext": sealed,
        },
    }
    return json_response({"data": [item]})


_AT = "/v3/pay/transactions"
ROUTES: list[tuple[str, str, str, Handler]] = [
    *[("POST", f"{_AT}/{kind}", "create", partial(create, kind=kind)) for kind in _KINDS],
    ("GET", f"{_AT}/out-trade-no/{{number}}", "query", query),
    ("GET", f"{_AT}/id/{{ref}}", "query", query_id),
    ("POST", f"{_AT}/out-trade-no/{{number}}/close", "close", close),
    ("GET", "/v3/certificates", "certificates", certificates),
]
