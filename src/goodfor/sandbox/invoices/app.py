"""The office over HTTP as a WSGI application: proves the call, applies the faults, answers signed."""

import hmac
import json
import time
from collections.abc import Callable, Iterable
from html import escape
from wsgiref.types import StartResponse, WSGIEnvironment

from goodfor.sandbox.app import HANG_UP
from goodfor.sandbox.invoices import signing
from goodfor.sandbox.invoices.faults import KINDS, WrongFault
from goodfor.sandbox.invoices.office import Office
from goodfor.sandbox.loopback import is_loopback_name
from goodfor.sandbox.web import BadRequest, Request, Response, Router, html_response, json_response, parse_pairs

MAX_BODY = 256 * 1024


def build_router() -> Router:
    """Every route; the endpoint's name is the call that faults are set for."""
    router = Router()
    router.add("POST", "/v1/invoices", "issue", _issue)
    router.add("GET", "/v1/invoices/{number}", "ask", _ask)
    router.add("GET", "/papers/{official}", "", _paper)
    router.add("GET", "/_control/books", "", lambda office, _request: json_response(office.books.listed()))
    router.add("GET", "/_control/faults", "", _faults)
    router.add("POST", "/_control/faults", "", lambda o, request: json_response(o.faults.add(request.json()), 201))
    router.add("DELETE", "/_control/faults", "", _reset_faults)
    return router


class Application:
    """`app(environ, start_response)`; any WSGI server will do, on loopback."""

    def __init__(self, office: Office) -> None:
        self._office = office
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
            call, handler, arguments = found
            if request.path.startswith("/_control/") and not self._may_control(request):
                return json_response({"error": "control token missing or wrong"}, 401)
            if not call:
                return handler(self._office, request, **arguments)
            return self._with_faults(call, request, lambda: handler(self._office, request, **arguments))
        except (BadRequest, WrongFault) as wrong:
            return json_response({"error": str(wrong)}, 400)

    def _may_control(self, request: Request) -> bool:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), self._office.control_token.encode())

    def _with_faults(self, call: str, request: Request, act: Callable[[], Response]) -> Response:
        office, faults = self._office, self._office.faults
        secret = office.accounts.get(request.headers.get("X-App-Key", ""), "")
        refusal = _unproved(request, secret)
        if refusal:
            return json_response({"error": refusal}, 401)
        if (delay := faults.take("delay", call)) is not None:
            time.sleep(int(delay.settings["ms"]) / 1000)
        if (burst := faults.take("error_burst", call, work="before")) is not None:
            return Response(int(burst.settings["status"]), b"fault on demand")
        response = act()
        office.books.call(call, request.path.rsplit("/", 1)[-1], str(response.status))
        if (burst := faults.take("error_burst", call, work="after")) is not None:
            return Response(int(burst.settings["status"]), b"fault on demand")
        if faults.take("lost_answer", call) is not None:
            return Response(hang_up=True)
        if faults.take("bad_signature", call) is not None:
            secret += "?"
        nonce = request.headers.get("X-Nonce", "")
        mark = signing.signature(secret, str(response.status), nonce, body=response.body)
        return Response(response.status, response.body, (*response.headers, ("X-Signature", mark)))


def _unproved(request: Request, secret: str) -> str:
    at, nonce = request.headers.get("X-Timestamp", ""), request.headers.get("X-Nonce", "")
    if not secret:
        return "unknown_app"
    if not at.isdigit() or not nonce:
        return "malformed"
    true = signing.signature(secret, request.method, request.path, at, nonce, body=request.body)
    if not signing.same(true, request.headers.get("X-Signature", "")):
        return "bad_signature"
    return ""


def _issue(office: Office, request: Request) -> Response:
    status, told = office.write(request.headers["X-App-Key"], request.json())
    return json_response(told, status)


def _ask(office: Office, request: Request, number: str) -> Response:
    status, told = office.ask(request.headers["X-App-Key"], number)
    return json_response(told, status)


def _paper(office: Office, _request: Request, official: str) -> Response:
    for row in office.books.listed()["invoices"]:
        if row["official"] == official:
            return html_response(
                f"<!doctype html><title>{official}</title><pre>{escape(json.dumps(row['said']))}</pre>"
            )
    return json_response({"error": "no such paper"}, 404)


def _faults(office: Office, _request: Request) -> Response:
    return json_response({"faults": office.faults.listed(), "kinds": {kind: dict(KINDS[kind]) for kind in KINDS}})


def _reset_faults(office: Office, _request: Request) -> Response:
    office.faults.reset()
    return json_response({"faults": []})


def _read(environ: WSGIEnvironment) -> Request:
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MAX_BODY:
        raise BadRequest(f"the body is larger than {MAX_BODY} bytes or has no length")
    body = environ["wsgi.input"].read(int(length)) if int(length) else b""
    headers = {name[5:].replace("_", "-").title(): value for name, value in environ.items() if name.startswith("HTTP_")}
    return Request(
        method=environ["REQUEST_METHOD"],
        path=environ.get("PATH_INFO", "/"),
        query=parse_pairs(environ.get("QUERY_STRING", "")),
        form={},
        body=body,
        headers=headers,
    )
