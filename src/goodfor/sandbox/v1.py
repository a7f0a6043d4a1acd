"""Protocol version 1: submit.php, mapi.php, api.php. Form in, JSON out, signed with MD5, refusals as code -1."""

from goodfor.sandbox import checks, report
from goodfor.sandbox.fen import format_fen
from goodfor.sandbox.gateway import Gateway
from goodfor.sandbox.ledger import beijing
from goodfor.sandbox.pages import cashier_page, language_of
from goodfor.sandbox.types import FROZEN, REFUNDED, GatewayError, Trade
from goodfor.sandbox.web import Request, Response, html_response, json_response

_MAX_PAGE = 50


def submit(gateway: Gateway, request: Request) -> Response:
    """Browser payment: the signed form opens the cashier."""
    params = request.params
    merchant = checks.merchant_by_md5(gateway, params)
    trade = gateway.open_trade(checks.order_from(params, merchant, 1))
    return html_response(cashier_page(trade, language_of(request), gateway.config.public_url))


def mapi(gateway: Gateway, request: Request) -> Response:
    """Server payment: answers where the buyer must go, as one of payurl, qrcode, urlscheme."""
    params = request.params
    merchant = checks.merchant_by_md5(gateway, params)
    order = checks.order_from(params, merchant, 1)
    if not order.clientip:
        raise GatewayError("clientip 不能为空")
    trade = gateway.open_trade(order)
    fault = gateway.faults.take("reply_shape", pid=trade.pid, out_trade_no=trade.out_trade_no)
    shape = "payurl" if fault is None else fault.text("shape")
    url = pay_url(gateway, trade)
    return json_response({"code": 1, "msg": "success", "trade_no": trade.trade_no, shape: url})


def api(_gateway: Gateway, _request: Request) -> Response:
    """api.php without a known act."""
    raise GatewayError("No Act!")


def order(gateway: Gateway, request: Request) -> Response:
    """api.php?act=order: one trade; `status` 1 means paid."""
    merchant = checks.merchant_by_key(gateway, request.params)
    trade = checks.trade_from(gateway, request.params, merchant)
    return json_response({"code": 1, "msg": "查询订单号成功！", **trade_fields(gateway, trade)})


def orders(gateway: Gateway, request: Request) -> Response:
    """api.php?act=orders: the merchant's newest trades, at most 50 a page."""
    merchant = checks.merchant_by_key(gateway, request.params)
    limit, page = _number(request, "limit", 20, _MAX_PAGE), _number(request, "page", 1, 100_000)
    with gateway.db.read() as conn:
        trades = report.newest_trades(conn, merchant.pid, limit=limit, offset=(page - 1) * limit)
    rows = [trade_fields(gateway, trade) for trade in trades]
    return json_response({"code": 1, "msg": "查询结算记录成功！", "count": len(rows), "data": rows})


def merchant_info(gateway: Gateway, request: Request) -> Response:
    """api.php?act=query: the merchant's account."""
    merchant = checks.merchant_by_key(gateway, request.params)
    with gateway.db.read() as conn:
        figures = report.figures(conn, merchant.pid, gateway.now_ms())
    return json_response(
        {
            "code": 1,
            "pid": merchant.pid,
            "key": merchant.md5_key,
            "active": 1,
            "money": format_fen(figures["balance_fen"]),
            "type": 1,
            "account": "",
            "username": merchant.name,
            "orders": figures["orders"],
            "order_today": figures["orders_today"],
            "order_lastday": figures["orders_lastday"],
        }
    )


def refund(gateway: Gateway, request: Request) -> Response:
    """api.php?act=refund (POST). Version 1 has no refund number: asking twice refunds twice, while money is left."""
    if request.method != "POST":
        raise GatewayError("请使用 POST 提交")
    merchant = checks.merchant_by_key(gateway, request.params)
    trade = checks.trade_from(gateway, request.params, merchant)
    done = gateway.refund(trade, amount_fen=checks.amount_of(request.params), out_refund_no=None)
    return json_response({"code": 1, "msg": "退款成功" if done.ended_ms else "退款申请已受理"})


ACTS = {"order": order, "orders": orders, "query": merchant_info, "refund": refund}
ENDPOINT_OF_ACT = {"order": "order", "orders": "orders", "query": "merchant", "refund": "refund"}


def status_of(gateway: Gateway, trade: Trade) -> int:
    """0 unpaid or closed, 1 paid (also partly refunded), 2 refunded, 3 frozen."""
    if trade.paid_ms is None:
        return 0
    if _pretends_unpaid(gateway, trade):
        return 0
    return {REFUNDED: 2, FROZEN: 3}.get(trade.state, 1)


def _pretends_unpaid(gateway: Gateway, trade: Trade) -> bool:
    since = gateway.now_ms() - (trade.paid_ms or 0)
    fault = gateway.faults.take(
        "query_unpaid",
        pid=trade.pid,
        out_trade_no=trade.out_trade_no,
        when=lambda candidate: since < candidate.number("seconds") * 1000,
    )
    return fault is not None


def pay_url(gateway: Gateway, trade: Trade) -> str:
    """Where the buyer pays this trade."""
    return f"{gateway.config.public_url}/cashier/{trade.trade_no}"


def trade_fields(gateway: Gateway, trade: Trade) -> dict[str, object]:
    """A trade as the queries of both versions show it."""
    status = status_of(gateway, trade)
    return {
        "trade_no": trade.trade_no,
        "out_trade_no": trade.out_trade_no,
        "api_trade_no": trade.api_trade_no if status else "",
        "type": trade.type,
        "pid": trade.pid,
        "addtime": beijing(trade.created_ms),
        "endtime": beijing(trade.paid_ms) if status else "",
        "name": trade.name,
        "money": format_fen(trade.shown_fen if status else trade.money_fen),
        "status": status,
        "param": trade.param,
        "buyer": "",
    }


def _number(request: Request, key: str, default: int, largest: int) -> int:
    text = request.params.get(key, "")
    if not text.isascii() or not text.isdigit():
        return default
    return min(max(1, int(text[:9])), largest)
