"""Protocol version 2: api/pay/* and api/merchant/*. Form in, JSON out, both signed with RSA, code 0 is success."""

import json

from goodfor.sandbox import checks, notices, report, v1
from goodfor.sandbox.fen import format_fen
from goodfor.sandbox.gateway import Gateway
from goodfor.sandbox.ledger import beijing
from goodfor.sandbox.pages import cashier_page, language_of
from goodfor.sandbox.types import (
    REFUND_FAILED,
    REFUND_PENDING,
    REFUND_SUCCESS,
    GatewayError,
    Merchant,
    Refund,
    Trade,
)
from goodfor.sandbox.web import Request, Response, html_response, json_response

METHODS = ("web", "jump", "jsapi", "app", "scan", "applet")
# The protocol names 1 as success and 0 as failure; 2 is this stand-in's word for "still under way".
REFUND_STATUS = {REFUND_FAILED: 0, REFUND_SUCCESS: 1, REFUND_PENDING: 2}


def submit(gateway: Gateway, request: Request) -> Response:
    """Browser payment: the signed form opens the cashier."""
    params = request.params
    merchant = checks.merchant_by_rsa(gateway, params)
    trade = gateway.open_trade(checks.order_from(params, merchant, 2))
    return html_response(cashier_page(trade, language_of(request), gateway.config.public_url))


def create(gateway: Gateway, request: Request) -> Response:
    """Server payment: answers pay_type and pay_info; `scan` takes the buyer's auth_code and pays at once."""
    params = request.params
    merchant = checks.merchant_by_rsa(gateway, params)
    method = params.get("method", "")
    if method not in METHODS:
        raise GatewayError("method 错误")
    if method == "scan" and not params.get("auth_code"):
        raise GatewayError("auth_code 不能为空")
    trade = gateway.open_trade(checks.order_from(params, merchant, 2))
    pay_type, pay_info = _pay_info(gateway, trade, method)
    return _signed(
        gateway, merchant, "create", {"trade_no": trade.trade_no, "pay_type": pay_type, "pay_info": pay_info}
    )


def _pay_info(gateway: Gateway, trade: Trade, method: str) -> tuple[str, str]:
    url = v1.pay_url(gateway, trade)
    if method == "scan":
        gateway.pay(trade)
        paid = gateway.trade(trade_no=trade.trade_no)
        return "scan", json.dumps({"trade_no": trade.trade_no, "money": format_fen(paid.shown_fen)})
    if method in ("jsapi", "applet", "app"):
        kind = {"jsapi": "jsapi", "applet": "wxapp", "app": "app"}[method]
        return kind, json.dumps({"sandbox_cashier": url})
    fault = gateway.faults.take("reply_shape", pid=trade.pid, out_trade_no=trade.out_trade_no)
    shape = "payurl" if fault is None else fault.text("shape")
    return {"payurl": "jump", "qrcode": "qrcode", "urlscheme": "urlscheme"}[shape], url


def query(gateway: Gateway, request: Request) -> Response:
    """One trade: status 0 unpaid, 1 paid, 2 refunded, 3 frozen."""
    merchant = checks.merchant_by_rsa(gateway, request.params)
    trade = checks.trade_from(gateway, request.params, merchant)
    fields = {**v1.trade_fields(gateway, trade), "clientip": trade.clientip}
    return _signed(gateway, merchant, "query", {**fields, "refundmoney": format_fen(trade.refunded_fen)})


def refund(gateway: Gateway, request: Request) -> Response:
    """Refunds once per out_refund_no; code 0 means accepted, ask refundquery whether it arrived."""
    params = request.params
    merchant = checks.merchant_by_rsa(gateway, params)
    trade = checks.trade_from(gateway, params, merchant)
    number = checks.number_of(params, "out_refund_no")
    done = gateway.refund(trade, amount_fen=checks.amount_of(params), out_refund_no=number)
    if done.state == REFUND_FAILED:
        raise GatewayError("退款失败")
    return _signed(gateway, merchant, "refund", _refund_fields(done, trade), msg=_refund_text(done))


def refundquery(gateway: Gateway, request: Request) -> Response:
    """One refund, by refund_no or out_refund_no: status 1 arrived, 0 failed, 2 under way."""
    params = request.params
    merchant = checks.merchant_by_rsa(gateway, params)
    found = gateway.find_refund(
        pid=merchant.pid, refund_no=params.get("refund_no", ""), out_refund_no=params.get("out_refund_no", "")
    )
    trade = gateway.trade(trade_no=found.trade_no, pid=merchant.pid)
    fields = {
        **_refund_fields(found, trade),
        "out_trade_no": trade.out_trade_no,
        "status": REFUND_STATUS[found.state],
        "addtime": beijing(found.created_ms),
        "endtime": beijing(found.ended_ms),
    }
    return _signed(gateway, merchant, "refundquery", fields, msg=_refund_text(found))


def close(gateway: Gateway, request: Request) -> Response:
    """Closes an unpaid trade; closing it again is no error."""
    merchant = checks.merchant_by_rsa(gateway, request.params)
    trade = checks.trade_from(gateway, request.params, merchant)
    gateway.close_trade(trade)
    return _signed(gateway, merchant, "close", {"trade_no": trade.trade_no})


def merchant_info(gateway: Gateway, request: Request) -> Response:
    """The merchant's account and today's figures."""
    merchant = checks.merchant_by_rsa(gateway, request.params)
    with gateway.db.read() as conn:
        figures = report.figures(conn, merchant.pid, gateway.now_ms())
    fields: dict[str, object] = {
        "pid": merchant.pid,
        "status": 1,
        "pay_status": 1,
        "settle_status": 1,
        "money": format_fen(figures["balance_fen"]),
        "settle_name": merchant.name,
        "order_num": figures["orders"],
        "order_num_today": figures["orders_today"],
        "order_num_lastday": figures["orders_lastday"],
        "order_money_today": format_fen(figures["paid_today_fen"]),
        "order_money_lastday": format_fen(figures["paid_lastday_fen"]),
    }
    return _signed(gateway, merchant, "merchant", fields)


def _refund_fields(refund: Refund, trade: Trade) -> dict[str, object]:
    return {
        "refund_no": refund.refund_no,
        "out_refund_no": refund.out_refund_no or "",
        "trade_no": trade.trade_no,
        "money": format_fen(refund.amount_fen),
        "reducemoney": format_fen(refund.amount_fen),
    }


def _refund_text(refund: Refund) -> str:
    return {REFUND_FAILED: "退款失败", REFUND_SUCCESS: "退款成功", REFUND_PENDING: "退款处理中"}[refund.state]


def _signed(
    gateway: Gateway, merchant: Merchant, endpoint: str, fields: dict[str, object], *, msg: str = "success"
) -> Response:
    """The reply with code 0, time and the platform's signature over the text of every value."""
    reply = {"code": 0, "msg": msg, **fields, "timestamp": str(gateway.now_ms() // 1000)}
    signed = notices.sign({key: str(value) for key, value in reply.items()}, merchant, 2)
    out_trade_no = str(fields.get("out_trade_no", ""))
    if gateway.faults.take("bad_signature_reply", pid=merchant.pid, out_trade_no=out_trade_no, endpoint=endpoint):
        signed["sign"] = notices.spoiled(signed["sign"])
    return json_response({**reply, "sign": signed["sign"], "sign_type": "RSA"})
