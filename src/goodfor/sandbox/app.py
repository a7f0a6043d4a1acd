"""The gateway as a WSGI application: reads the request, applies the faults, calls the endpoint, writes the answer."""

import time
from collections.abc import Callable
from urllib.parse import urlsplit
from wsgiref.types import WSGIEnvironment

from goodfor.sandbox import cashier, checks, control, report, v1, v2
from goodfor.sandbox.faults import Fault
from goodfor.sandbox.frame import Frame, read_request
from goodfor.sandbox.gateway import Gateway
from goodfor.sandbox.loopback import is_loopback_name
from goodfor.sandbox.pages import language_of, refusal_page
from goodfor.sandbox.types import GatewayError
from goodfor.sandbox.web import (
    BadRequest,
    Request,
    Response,
    Router,
    html_response,
    json_response,
)


def build_router() -> Router:
    """Every route of the gateway."""
    router = Router()
    router.add("GET POST", "/submit.php", "submit", v1.submit)
    router.add("POST", "/mapi.php", "mapi", v1.mapi)
    router.add("GET POST", "/api.php", "api", v1.api)
    for name in ("submit", "create", "query", "refund", "refundquery", "close"):
        methods = "GET POST" if name == "submit" else "POST"
        router.add(methods, f"/api/pay/{name}", name, getattr(v2, name))
    router.add("POST", "/api/merchant/info", "merchant", v2.merchant_info)
    router.add("GET", "/cashier/{trade_no}", "", cashier.show)
    router.add("POST", "/cashier/{trade_no}/pay", "pay", cashier.pay)
    router.add("GET", "/books", "", books)
    router.add("GET", "/_control/status", "", control.status)
    router.add("GET", "/_control/faults", "", control.faults_list)
    router.add("POST", "/_control/faults", "", control.faults_add)
    router.add("DELETE", "/_control/faults", "", control.faults_reset)
    router.add("DELETE", "/_control/faults/{fault_id}", "", control.faults_reset)
    router.add("POST", "/_control/pay", "", control.pay)
    router.add("GET", "/_control/trades", "", control.trade_find)
    router.add("GET", "/_control/trades/{trade_no}", "", control.trade_show)
    router.add("POST", "/_control/trades/{trade_no}/{act}", "", control.trade_act)
    router.add("POST", "/_control/merchants", "", control.merchant_put)
    return router


def books(gateway: Gateway, request: Request) -> Response:
    """`/books?pid=&key=&sections=trades,refunds,journal,notifies`: the merchant's side of the gateway's books."""
    merchant = checks.merchant_by_key(gateway, request.params)
    gateway.settle_due()
    sections = tuple(request.params.get("sections", ",".join(report.SECTIONS)).split(","))
    with gateway.db.read() as conn:
        return json_response(report.books(conn, merchant.pid, now_ms=gateway.now_ms(), sections=sections))


class Application(Frame):
    """`app(environ, start_response)` for one gateway. Any WSGI server will do, on loopback.

    A server that puts a function under `goodfor.sandbox.hang_up` into the environ lets the fault `lost_answer` drop
    the connection; without one that fault answers an empty 500.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._router = build_router()

    def answer(self, environ: WSGIEnvironment) -> Response:
        """By the fault that is set, or as the gateway does."""
        try:
            request = read_request(environ, parts=False)
        except BadRequest as wrong:
            return json_response({"code": -1, "msg": str(wrong)}, 400)
        if not self._host_is_ours(environ.get("HTTP_HOST", "")):
            return json_response({"code": -1, "msg": "unknown host"}, 421)
        found = self._router.find(request.method, request.path)
        if isinstance(found, int):
            return json_response({"code": -1, "msg": "no such address" if found == 404 else "wrong method"}, found)
        endpoint, handler, arguments = found
        if request.path.startswith("/_control/"):
            if not control.allowed(self._gateway, request):
                return json_response({"code": -1, "msg": "control token missing or wrong"}, 401)
            return self._call(endpoint, lambda: handler(self._gateway, request, **arguments), request, 400)
        if endpoint == "api":
            act = request.query.get("act", "")
            endpoint, handler = v1.ENDPOINT_OF_ACT.get(act, "api"), v1.ACTS.get(act, handler)
        act_now: Callable[[], Response] = lambda: handler(self._gateway, request, **arguments)  # noqa: E731
        if not endpoint:
            return self._call(endpoint, act_now, request, 200)
        return self._with_faults(endpoint, request, arguments, lambda: self._call(endpoint, act_now, request, 200))

    def _call(self, endpoint: str, act: Callable[[], Response], request: Request, refused_status: int) -> Response:
        try:
            return act()
        except GatewayError as refused:
            if endpoint in ("submit", "pay") or request.path.startswith("/cashier/"):
                return html_response(refusal_page(refused.msg, language_of(request)), 200)
            return json_response({"code": refused.code, "msg": refused.msg}, refused_status)
        except BadRequest as wrong:
            return json_response({"code": -1, "msg": str(wrong)}, 400)

    def _with_faults(
        self, endpoint: str, request: Request, arguments: dict[str, str], act: Callable[[], Response]
    ) -> Response:
        pid, out_trade_no = self._whose(request, arguments)

        def take(kind: str, work: str = "") -> Fault | None:
            return self._gateway.faults.take(
                kind,
                pid=pid,
                out_trade_no=out_trade_no,
                endpoint=endpoint,
                when=lambda fault: work in ("", fault.settings.get("work", "")),
            )

        delay = take("delay")
        if delay is not None:
            time.sleep(delay.number("ms") / 1000)
        burst = take("error_burst", "before")
        if burst is not None:
            return _error(burst.number("status"))
        response = act()
        burst = take("error_burst", "after")
        if burst is not None:
            return _error(burst.number("status"))
        return Response(hang_up=True) if take("lost_answer") is not None else response

    def _whose(self, request: Request, arguments: dict[str, str]) -> tuple[str, str]:
        """Which merchant and order a request is about, as far as it says; for the choice of faults only."""
        params = request.params
        pid, out_trade_no = params.get("pid", ""), params.get("out_trade_no", "")
        trade_no = arguments.get("trade_no") or params.get("trade_no", "")
        if trade_no and not (pid and out_trade_no):
            try:
                trade = self._gateway.trade(trade_no=trade_no)
            except GatewayError:
                return pid, out_trade_no
            return trade.pid, trade.out_trade_no
        return pid, out_trade_no

    def _host_is_ours(self, host: str) -> bool:
        # A page elsewhere whose name is made to resolve to 127.0.0.1 must not talk to the gateway.
        name = urlsplit(f"//{host}").hostname or ""
        return is_loopback_name(name) or name == urlsplit(self._gateway.config.public_url).hostname


def _error(status: int) -> Response:
    headers = (("Retry-After", "1"),) if status in (429, 503) else ()
    return Response(status, b"fault on demand", (("Content-Type", "text/plain"), *headers))
