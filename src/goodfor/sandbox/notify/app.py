"""The stand-ins over HTTP as a WSGI application: reads the request, applies the faults, calls the service, answers."""

import hmac
import time
from collections.abc import Callable, Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from goodfor.sandbox.app import HANG_UP
from goodfor.sandbox.loopback import is_loopback_name
from goodfor.sandbox.notify import inbox
from goodfor.sandbox.notify.desk import Desk
from goodfor.sandbox.notify.faults import KINDS, WrongFault
from goodfor.sandbox.notify.services import aliyun, esp, push, robots, tencent, wechat
from goodfor.sandbox.web import BadRequest, Request, Response, Router, json_response, parse_pairs

MAX_BODY = 512 * 1024
Service = Callable[..., Response]


def build_router() -> Router:
    """Every route; the endpoint's name is the service that faults are set for."""
    router = Router()
    router.add("GET", "/", "", inbox.overview)
    router.add("GET", "/letters/{number}", "", inbox.one)
    # Both SMS vendors live at the root of their host and name the action in a header: `_answer` tells them apart.
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
    router.add("GET", "/_control/faults", "", _faults)
    router.add("POST", "/_control/faults", "", _add_fault)
    router.add("DELETE", "/_control/faults", "", _reset_faults)
    return router


class Application:
    """`app(environ, start_response)`; any WSGI server will do, on loopback."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._router = build_router()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answers one request."""
        response = self._answer(environ)
        if response.hang_up:
            hang_up: Callable[[], None] | None = environ.get(HANG_UP)
            if hang_up is not None:
                hang_up()
            response = Response(500)
        start_response(f"{response.status} Status", [*response.headers, ("Content-Length", str(len(response.body)))])
        return [response.body]

    def _answer(self, environ: WSGIEnvironment) -> Response:
        if not is_loopback_name((environ.get("HTTP_HOST", "") or "x").rsplit(":", 1)[0].strip("[]")):
            return json_response({"error": "unknown host"}, 421)
        try:
            request = _read(environ)
            found = self._router.find(request.method, request.path)
            if isinstance(found, int):
                return json_response({"error": "no such address"}, found)
            service, handler, arguments = found
            if service == "aliyun" and "X-Tc-Action" in request.headers:
                service, handler = "tencent", tencent.handle
            if request.path.startswith("/_control/") and not self._may_control(request):
                return json_response({"error": "control token missing or wrong"}, 401)
            if not service:
                return handler(self._desk, request, **arguments)
            return self._with_faults(service, lambda: handler(self._desk, request, **arguments))
        except (BadRequest, WrongFault) as wrong:
            return json_response({"error": str(wrong)}, 400)

    def _may_control(self, request: Request) -> bool:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), self._desk.control_token.encode())

    def _with_faults(self, service: str, act: Callable[[], Response]) -> Response:
        faults = self._desk.faults
        if (delay := faults.take("delay", service)) is not None:
            time.sleep(int(delay.settings["ms"]) / 1000)
        if (burst := faults.take("error_burst", service, work="before")) is not None:
            return Response(int(burst.settings["status"]), b"fault on demand")
        response = act()
        if (burst := faults.take("error_burst", service, work="after")) is not None:
            return Response(int(burst.settings["status"]), b"fault on demand")
        return Response(hang_up=True) if faults.take("lost_answer", service) is not None else response


def _letters(desk: Desk, request: Request) -> Response:
    query = request.query
    found = desk.books.letters(query.get("service", ""), query.get("recipient", ""), query.get("tag", ""))
    return json_response({"letters": found})


def _calls(desk: Desk, request: Request) -> Response:
    return json_response({"calls": desk.books.calls(request.query.get("service", ""))})


def _faults(desk: Desk, _request: Request) -> Response:
    return json_response({"faults": desk.faults.listed(), "kinds": {kind: dict(KINDS[kind]) for kind in KINDS}})


def _add_fault(desk: Desk, request: Request) -> Response:
    return json_response(desk.faults.add(request.json()), 201)


def _reset_faults(desk: Desk, _request: Request) -> Response:
    desk.faults.reset()
    return json_response({"faults": []})


def _read(environ: WSGIEnvironment) -> Request:
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MAX_BODY:
        raise BadRequest(f"the body is larger than {MAX_BODY} bytes or has no length")
    body = environ["wsgi.input"].read(int(length)) if int(length) else b""
    headers = {name[5:].replace("_", "-").title(): value for name, value in environ.items() if name.startswith("HTTP_")}
    headers["Content-Type"] = environ.get("CONTENT_TYPE", "")
    return Request(
        method=environ["REQUEST_METHOD"],
        path=environ.get("PATH_INFO", "/"),
        query=parse_pairs(environ.get("QUERY_STRING", "")),
        form={},
        body=body,
        headers=headers,
    )
