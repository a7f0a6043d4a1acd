"""All sites as one WSGI application: finds the site, has the vendor answer, lets the faults in."""

import sys
import traceback
from collections.abc import Callable, Iterable
from urllib.parse import parse_qsl, urlsplit
from wsgiref.types import StartResponse, WSGIEnvironment

from goodfor.sandbox.app import HANG_UP, TARGET
from goodfor.sandbox.loopback import is_loopback_name
from goodfor.sandbox.suppliers import control, store
from goodfor.sandbox.suppliers.desk import Desk
from goodfor.sandbox.suppliers.house import House
from goodfor.sandbox.suppliers.types import Instead, Refused
from goodfor.sandbox.types import GatewayError
from goodfor.sandbox.web import BadRequest, Request, Response, json_response

#: Complaints carry pictures.
MAX_BODY = 16 * 1024 * 1024
_REASONS = {200: "OK", 201: "Created", 400: "Bad Request", 404: "Not Found", 502: "Bad Gateway"}


class Application:
    """`app(environ, start_response)`, on loopback. `only`: the one site of a port of its own, by (vendor, name)."""

    def __init__(self, house: House, only: tuple[str, str] | None = None) -> None:
        self._house = house
        self._only = only

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answers one request."""
        response = self._answer(environ)
        if response.hang_up:
            hang_up: Callable[[], None] | None = environ.get(HANG_UP)
            if hang_up is not None:
                hang_up()
            response = Response(500)
        headers = [*response.headers, ("Content-Length", str(len(response.body)))]
        start_response(f"{response.status} {_REASONS.get(response.status, 'Status')}", headers)
        return [response.body]

    def _answer(self, environ: WSGIEnvironment) -> Response:
        if not is_loopback_name(urlsplit(f"//{environ.get('HTTP_HOST', '')}").hostname or ""):
            return json_response({"error": "unknown host"}, 421)
        try:
            request = read_request(environ)
            if self._only is not None:
                return self._site(*self._only, request, request.path)
            vendor, _slash, rest = request.path.lstrip("/").partition("/")
            if vendor == "_control":
                return control.answer(self._house, request)
            name, _slash, path = rest.partition("/")
            return self._site(vendor, name, request, f"/{path}")
        except BadRequest as wrong:
            return json_response({"error": str(wrong)}, 400)
        except GatewayError as wrong:
            return json_response({"code": -1, "msg": str(wrong)}, 400)

    def _site(self, vendor: str, name: str, request: Request, path: str) -> Response:
        house = self._house
        found = house.site_id(vendor, name)
        if found is None:
            return json_response({"error": "no such site"}, 404)
        with house.db.read() as conn:
            site = store.site_at(conn, found)
        desk = Desk(house, site, house.base_url(site))
        dead = house.board.take("dead", desk.scope)
        if dead is not None:
            house.note(site.id, "other", "", "dead")
            return Response(503, b"closed") if dead.text("how") == "503" else Response(hang_up=True)
        inner = Request(
            request.method, path, request.query, request.form, request.body, request.headers, request.target
        )
        verdict, response = self._called(desk, inner)
        house.note(site.id, desk.scope.endpoint, desk.scope.number, verdict)
        return response

    def _called(self, desk: Desk, request: Request) -> tuple[str, Response]:
        """(What came of it, the answer)."""
        about = self._house.vendors[desk.site.vendor]
        verdict = "ok"
        try:
            response = about.answer(request, desk)
        except Instead as fault:
            return "fault", fault.response
        except Refused as no:
            verdict, response = no.why, about.refusal(no, desk)
        except Exception:
            # A stand-in that breaks says so, to whoever runs the tests.
            traceback.print_exc(file=sys.stderr)
            return "broken", Response(500, b"broken")
        left = desk.finish(response)
        return verdict if left is response else f"{verdict}, fault", left


def read_request(environ: WSGIEnvironment) -> Request:
    """The request as it came; forms are the vendors' to read. Raises BadRequest."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MAX_BODY:
        raise BadRequest(f"the body is larger than {MAX_BODY} bytes or has no length")
    body = environ["wsgi.input"].read(int(length)) if int(length) else b""
    if len(body) != int(length):
        raise BadRequest("the body is shorter than announced")
    headers = {name[5:].replace("_", "-").title(): value for name, value in environ.items() if name.startswith("HTTP_")}
    headers["Content-Type"] = environ.get("CONTENT_TYPE", "")
    query = _query(environ.get("QUERY_STRING", ""))
    target = environ.get(TARGET, "")
    return Request(environ["REQUEST_METHOD"], environ.get("PATH_INFO", "/"), query, {}, body, headers, target)


def _query(text: str) -> dict[str, str]:
    """A name that comes several times keeps its last value: whoever wants them all reads the target."""
    try:
        return dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=400))
    except ValueError as wrong:
        raise BadRequest("the parameters cannot be decoded") from wrong
