"""/_control: what a test or a demo does to the gateway. JSON in and out, behind the control token."""

import hmac
from dataclasses import asdict

from goodfor.sandbox import report
from goodfor.sandbox.faults import KINDS
from goodfor.sandbox.gateway import Gateway
from goodfor.sandbox.keys import load_public, public_pem
from goodfor.sandbox.types import PAY_TYPES, GatewayError, Merchant, Trade
from goodfor.sandbox.web import Request, Response, json_response


def allowed(gateway: Gateway, request: Request) -> bool:
    """Whether the request carries `Authorization: Bearer <control token>`."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return hmac.compare_digest(given.encode(), gateway.config.control_token.encode())


def status(gateway: Gateway, _request: Request) -> Response:
    """Whether it is alive, and how many notifies are still under way."""
    return json_response({"ok": True, "url": gateway.config.public_url, "open_notifies": gateway.open_notices()})


def faults_list(gateway: Gateway, _request: Request) -> Response:
    """All faults with their counts, and the kinds there are."""
    return json_response({"faults": gateway.faults.listed(), "kinds": {kind: dict(KINDS[kind]) for kind in KINDS}})


def faults_add(gateway: Gateway, request: Request) -> Response:
    """Sets one fault."""
    return json_response(gateway.faults.add(request.json()), 201)


def faults_reset(gateway: Gateway, _request: Request, fault_id: str = "") -> Response:
    """Removes one fault or all; answers their last counts."""
    if fault_id and not fault_id.isdigit():
        raise GatewayError("no such fault")
    return json_response({"faults": gateway.faults.reset(int(fault_id) if fault_id else None)})


def pay(gateway: Gateway, request: Request) -> Response:
    """Pays `{"trade_no"}` or `{"pid", "out_trade_no"}` as a buyer would; `force` pays a closed trade too."""
    wish = request.json()
    trade = gateway.trade(
        trade_no=str(wish.get("trade_no") or ""),
        pid=str(wish.get("pid") or ""),
        out_trade_no=str(wish.get("out_trade_no") or ""),
    )
    return _pay(gateway, trade, wish)


def trade_act(gateway: Gateway, request: Request, trade_no: str, act: str) -> Response:
    """pay, close, freeze, unfreeze or notify one trade."""
    trade = gateway.trade(trade_no=trade_no)
    if act == "pay":
        return _pay(gateway, trade, request.json())
    if act == "close":
        gateway.close_trade(trade)
    elif act in ("freeze", "unfreeze"):
        gateway.set_frozen(trade, frozen=act == "freeze")
    elif act == "notify":
        gateway.notify_again(trade)
    else:
        raise GatewayError("unknown act")
    return json_response(asdict(gateway.trade(trade_no=trade_no)))


def trade_show(gateway: Gateway, _request: Request, trade_no: str) -> Response:
    """One trade with every notify sent for it."""
    trade = gateway.trade(trade_no=trade_no)
    with gateway.db.read() as conn:
        return json_response({**asdict(trade), "notifies": report.notifies_of(conn, trade_no)})


def trade_find(gateway: Gateway, request: Request) -> Response:
    """One trade by the merchant's number: `?pid=&out_trade_no=`."""
    params = request.params
    trade = gateway.trade(pid=params.get("pid", ""), out_trade_no=params.get("out_trade_no", ""))
    return trade_show(gateway, request, trade.trade_no)


def merchant_put(gateway: Gateway, request: Request) -> Response:
    """Adds or replaces a merchant: `{"pid", "md5_key", "public_key"?, "name"?, "md5_dialect"?}`."""
    wish = request.json()
    pid, key = str(wish.get("pid") or ""), str(wish.get("md5_key") or "")
    dialect = str(wish.get("md5_dialect") or "plain")
    if not (pid.isascii() and pid.isdigit() and len(pid) <= 12) or not 8 <= len(key) <= 128:
        raise GatewayError("pid: digits; md5_key: 8 to 128 characters")
    if dialect not in ("plain", "ampersand_key"):
        raise GatewayError("md5_dialect: plain or ampersand_key")
    try:
        pem = public_pem(load_public(str(wish["public_key"]))) if wish.get("public_key") else ""
    except ValueError as wrong:
        raise GatewayError("public_key: an RSA public key as PEM or base64") from wrong
    gateway.put_merchant(Merchant(pid, str(wish.get("name") or f"Merchant {pid}"), key, dialect, pem))
    return json_response({"pid": pid}, 201)


def _pay(gateway: Gateway, trade: Trade, wish: dict[str, object]) -> Response:
    pay_type = str(wish.get("type") or PAY_TYPES[0])
    if pay_type not in PAY_TYPES:
        raise GatewayError("unknown type")
    paid = gateway.pay(
        trade,
        pay_type=pay_type,
        closed_too=wish.get("force") is True,
        tell_first=wish.get("tell_first") is True,
    )
    return json_response({"paid_now": paid, **asdict(gateway.trade(trade_no=trade.trade_no))})
