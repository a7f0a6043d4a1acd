"""The office over HTTP as a WSGI application: proves the call, applies the faults, answers signed."""

import json
from collections.abc import Callable, Mapping
from html import escape

from goodfor.sandbox import fault_board
from goodfor.sandbox.fault_board import WrongFault
from goodfor.sandbox.frame import RoutedFrame
from goodfor.sandbox.invoices import signing
from goodfor.sandbox.invoices.office import Office
from goodfor.sandbox.web import BadRequest, Handler, Request, Response, Router, html_response, json_response


def build_router() -> Router:
    """Every route; the endpoint's name is the call that faults are set for."""
    router = Router()
    router.add("POST", "/v1/invoices", "issue", _issue)
    router.add("GET", "/v1/invoices/{number}", "ask", _ask)
    router.add("GET", "/papers/{official}", "", _paper)
    router.add("GET", "/_control/books", "", lambda office, _request: json_response(office.books.listed()))
    fault_board.add_routes(router)
    return router


class Application(RoutedFrame):
    """The office's."""

    most = 256 * 1024
    wrong = (BadRequest, WrongFault)
    state: Office

    def __init__(self, office: Office) -> None:
        super().__init__(build_router(), office, office.control_token)

    def serve(self, request: Request, endpoint: str, handler: Handler, arguments: Mapping[str, str]) -> Response:
        """Calls of the office are proved, may meet a fault, and are answered signed."""

        def act() -> Response:
            return handler(self.state, request, **arguments)

        return self._with_faults(endpoint, request, act) if endpoint else act()

    def _with_faults(self, call: str, request: Request, act: Callable[[], Response]) -> Response:
        office, faults = self.state, self.state.faults
        secret = office.accounts.get(request.headers.get("X-App-Key", ""), "")
        refusal = _unproved(request, secret)
        if refusal:
            return json_response({"error": refusal}, 401)

        def noted() -> Response:
            response = act()
            office.books.call(call, request.path.rsplit("/", 1)[-1], str(response.status))
            return response

        response, failed = faults.around(call, noted)
        if failed:
            return response
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
