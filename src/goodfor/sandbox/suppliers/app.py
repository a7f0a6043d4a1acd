"""All sites as one WSGI application: finds the site, has the vendor answer, lets the faults in."""

import sys
import traceback
from urllib.parse import parse_qsl, urlsplit
from wsgiref.types import WSGIEnvironment

from goodfor.sandbox.frame import TARGET, Frame, read_body, read_headers
from goodfor.sandbox.loopback import is_loopback_name
from goodfor.sandbox.suppliers import control, store
from goodfor.sandbox.suppliers.desk import Desk
from goodfor.sandbox.suppliers.house import House
from goodfor.sandbox.suppliers.types import Instead, Refused
from goodfor.sandbox.types import GatewayError
from goodfor.sandbox.web import BadRequest, Request, Response, json_response

#: Complaints carry pictures.
MAX_BODY = 16 * 1024 * 1024


class Application(Frame):
    """`app(environ, start_response)`, on loopback. `only`: the one site of a port of its own, by (vendor, name)."""

    def __init__(self, house: House, only: tuple[str, str] | None = None) -> None:
        self._house = house
        self._only = only

    def answer(self, environ: WSGIEnvironment) -> Response:
        """By the site whose address it is, or the control."""
        if not is_loopback_name(urlsplit(f"//{environ.get('HTTP_HOST', '')}").hostname or ""):
            return json_response({"error": "unknown host"}, 421)
        try:
            request = _read(environ)
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


def _read(environ: WSGIEnvironment) -> Request:
    """The request as it came; forms are the vendors' to read. Raises BadRequest."""
    body, target = read_body(environ, MAX_BODY), environ.get(TARGET, "")
    query = _query(environ.get("QUERY_STRING", ""))
    return Request(
        environ["REQUEST_METHOD"], environ.get("PATH_INFO", "/"), query, {}, body, read_headers(environ), target
    )  # fmt: skip


def _query(text: str) -> dict[str, str]:
    """A name that comes several times keeps its last value: whoever wants them all reads the target."""
    try:
        return dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=400))
    except ValueError as wrong:
        raise BadRequest("the parameters cannot be decoded") from wrong
