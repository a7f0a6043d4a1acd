"""Serves a mall and an app on loopback: /mall/..., /app/..., and /_control/... for whoever has the token."""

import contextlib
import secrets
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import FrameType

from goodfor.sandbox.frame import RoutedFrame
from goodfor.sandbox.loopback import is_loopback_name
from goodfor.sandbox.partners.app import App
from goodfor.sandbox.partners.mall import Mall
from goodfor.sandbox.server import LoopbackServer, NotLoopbackHost
from goodfor.sandbox.web import BadRequest, Request, Response, Router, html_response, json_response

MALL_KEY, MALL_SECRET = "demomall", "points-mall-test-secret-01"
APP_KEY, APP_SECRET = "demoapp", "points-app-test-secret-001"


@dataclass
class Street:
    """A mall and an app beside it; who may control them."""

    mall: Mall
    app: App
    token: str = field(repr=False)


def build_router() -> Router:
    """Every route."""
    router = Router()
    router.add("GET", "/mall/autologin", "", _enter)
    router.add("GET", "/mall/status", "", _state)
    router.add("GET POST", "/app/deduct", "", _deduct)
    router.add("GET POST", "/app/notice", "", lambda s, r: _plain(s.app.notice(r.params)))
    router.add(
        "GET", "/_control/books", "", lambda s, _r: json_response({"mall": s.mall.books(), "app": s.app.books()})
    )
    router.add("POST", "/_control/exchange", "", _exchange)
    router.add("POST", "/_control/people", "", _people)
    router.add("POST", "/_control/faults", "", _fault)
    return router


class Application(RoutedFrame):
    """The street's."""

    forms = True
    wrong = (BadRequest, KeyError, ValueError)

    def __init__(self, street: Street) -> None:
        super().__init__(build_router(), street, street.token)


def _enter(street: Street, request: Request) -> Response:
    if not street.mall.enter(dict(request.query)):
        return html_response("<!doctype html><title>链接已失效</title><p>链接已失效</p>", 403)
    return html_response("<!doctype html><title>星河商城</title><p>星河商城</p>")


def _state(street: Street, request: Request) -> Response:
    said = street.mall.state_of(dict(request.query))
    return json_response({"error": "sign"}, 403) if said is None else json_response(said)


def _deduct(street: Street, request: Request) -> Response:
    status, said = street.app.deduct(request.params)
    return Response(hang_up=True) if said is None else json_response(said, status)


def _exchange(street: Street, request: Request) -> Response:
    """`{"uid", "credits", "actual", "success"?}`: an order at the mall, and with `success` its end and the notice."""
    said = request.json()
    order = street.mall.exchange(str(said["uid"]), int(str(said["credits"])), int(str(said.get("actual", 0))))
    if order.state == "failed":
        street.mall.tell(order)
    elif order.state == "taken" and isinstance(said.get("success"), bool):
        street.mall.tell(street.mall.end(order, success=bool(said["success"])))
    return json_response({"number": order.number, "state": order.state, "notices": order.notices}, 201)


def _people(street: Street, request: Request) -> Response:
    """`{"uid", "credits", "mall"}`: somebody of the app's with so many points, and their link into a mall."""
    said = request.json()
    street.app.balances[str(said["uid"])] = int(str(said["credits"]))
    return json_response({"link": street.app.link(str(said["mall"]), str(said["uid"]))}, 201)


def _fault(street: Street, request: Request) -> Response:
    said = request.json()
    street.app.fault(
        str(said["kind"]), times=int(str(said.get("times", 1))), seconds=float(str(said.get("seconds", 0)))
    )
    return json_response({}, 201)


def _plain(text: str) -> Response:
    return Response(200, text.encode(), (("Content-Type", "text/plain; charset=utf-8"),))


@dataclass(frozen=True)
class RunningStreet:
    """Both at `url`; `mall` and `app` look into them from the same process."""

    url: str
    mall: Mall = field(repr=False)
    app: App = field(repr=False)
    _server: LoopbackServer = field(repr=False)
    _thread: threading.Thread = field(repr=False)

    def stop(self) -> None:
        """Stops listening."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def start(*, port: int = 0, host: str = "127.0.0.1", control_token: str = "", developer: str = "") -> RunningStreet:
    """Starts both in a thread of this process. Port 0 picks a free one. Raises NotLoopbackHost, OSError."""
    if not is_loopback_name(host):
        raise NotLoopbackHost(f"{host} is not a loopback address")
    street = Street(Mall(MALL_KEY, MALL_SECRET), App(APP_KEY, APP_SECRET), control_token or secrets.token_urlsafe(18))
    street.mall.developer = developer
    server = LoopbackServer(host, port)
    server.set_app(Application(street))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    url = f"http://{server.server_name}:{server.server_port}"
    return RunningStreet(url, street.mall, street.app, server, thread)


@contextlib.contextmanager
def running_street() -> Iterator[RunningStreet]:
    """Both for the length of a `with` block, in a thread of this process."""
    running = start()
    try:
        yield running
    finally:
        running.stop()


def serve(port: int, *, host: str = "127.0.0.1", control_token: str = "", developer: str = "") -> None:
    """Serves until SIGINT or SIGTERM, from the main thread of a process of its own."""
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    previous = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    running = start(port=port, host=host, control_token=control_token, developer=developer)
    try:
        print(f"points mall and app listening on {running.url}", flush=True)
        stop.wait()
    finally:
        running.stop()
        for number, handler in previous.items():
            signal.signal(number, handler)
