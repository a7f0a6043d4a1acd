"""The buyer's side: the cashier page of a trade, and paying it without a script."""

from goodfor.sandbox.gateway import Gateway
from goodfor.sandbox.pages import cashier_page, language_of
from goodfor.sandbox.types import CLOSED, PAY_TYPES, UNPAID, GatewayError, Trade
from goodfor.sandbox.web import Request, Response, html_response, see_other


def show(gateway: Gateway, request: Request, trade_no: str) -> Response:
    """The trade as it stands: to pay, paid or closed."""
    return _page(gateway, request, gateway.trade(trade_no=trade_no))


def pay(gateway: Gateway, request: Request, trade_no: str) -> Response:
    """Pays and sends the browser back to the shop. Paying a paid trade only sends the browser back."""
    trade = gateway.trade(trade_no=trade_no)
    pay_type = request.params.get("type", "") or PAY_TYPES[0]
    if pay_type not in PAY_TYPES:
        raise GatewayError("支付方式不存在")
    if trade.state == CLOSED:
        return _page(gateway, request, trade)
    if trade.state == UNPAID:
        first = gateway.faults.take("notify_before_redirect", pid=trade.pid, out_trade_no=trade.out_trade_no)
        gateway.pay(trade, pay_type=pay_type, tell_first=first is not None)
    paid = gateway.trade(trade_no=trade_no)
    way_back = gateway.return_url(paid)
    return see_other(way_back) if way_back else _page(gateway, request, paid)


def _page(gateway: Gateway, request: Request, trade: Trade) -> Response:
    way_back = trade.return_url if trade.paid_ms is None else gateway.return_url(trade)
    return html_response(cashier_page(trade, language_of(request), gateway.config.public_url, way_back))
