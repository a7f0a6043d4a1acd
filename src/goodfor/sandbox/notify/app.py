"""The stand-ins over HTTP as a WSGI application: reads the request, applies the faults, calls the service, answers."""

from collections.abc import Mapping

from goodfor.sandbox import fault_board
from goodfor.sandbox.fault_board import WrongFault
from goodfor.sandbox.frame import RoutedFrame
from goodfor.sandbox.notify import inbox
from goodfor.sandbox.notify.desk import Desk
from goodfor.sandbox.notify.services import aliyun, esp, push, robots, tencent, wechat
from goodfor.sandbox.web import BadRequest, Handler, Request, Response, Router, json_response


def build_router() -> Router:
    """Every route; the endpoint's name is the service that faults are set for."""
    router = Router()
    router.add("GET", "/", "", inbox.overview)
    router.add("GET", "/letters/{number}", "", inbox.one)
    # Both SMS vendors live at the root of their host and name the action in a header: `serve` tells them apart.
    router.add("POST", "/", "aliyun", aliyun.handle)
    router.add("POST", "/cgi-bin/stable_token", "wechat", wechat.stable_token)
    router.add("POST", "/cgi-bin/message/template/send", "wechat", wechat.template)
    router.add("POST", "/cgi-bin/message/subscribe/bizsend", "wechat", wechat.official)
    router.add("POST", "/cgi-bin/message/subscribe/send", "wechat", wechat.mini)
    router.add("POST", "/cgi-bin/webhook/send", "wecom", robots.wecom)
    router.add("POST", "/robot/send", "dingtalk", robots.dingtalk)
    router.add("POST", "/open-apis/bot/v2/hook/{token}", "feishu", robots.feishu)
    router.add("POST", "/push/{token}", "push", push.receive)
    router.add("POST", "/emails", "esp", esp.emails)
    router.add("POST", "/_control/push", "", push.subscribe)
    router.add("GET", "/_control/letters", "", _letters)
    router.add("GET", "/_control/calls", "", _calls)
    fault_board.add_routes(router)
    return router


class Application(RoutedFrame):
    """The desk's."""

    most = 512 * 1024
    wrong = (BadRequest, WrongFault)
    state: Desk

    def __init__(self, desk: Desk) -> None:
        super().__init__(build_router(), desk, desk.control_token)

    def serve(self, request: Request, endpoint: str, handler: Handler, arguments: Mapping[str, str]) -> Response:
        """A service may meet a fault."""
        if endpoint == "aliyun" and "X-Tc-Action" in request.headers:
            endpoint, handler = "tencent", tencent.handle
        if not endpoint:
            return handler(self.state, request, **arguments)
        return self.state.faults.around(endpoint, lambda: handler(self.state, request, **arguments))[0]


def _letters(desk: Desk, request: Request) -> Response:
    query = request.query
    found = desk.books.letters(query.get("service", ""), query.get("recipient", ""), query.get("tag", ""))
    return json_response({"letters": found})


def _calls(desk: Desk, request: Request) -> Response:
    return json_response({"calls": desk.books.calls(request.query.get("service", ""))})
