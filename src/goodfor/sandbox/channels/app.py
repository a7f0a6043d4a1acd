"""The four channels as one WSGI application: reads the request, applies the faults, calls the channel, answers."""

import json
import time
from urllib.parse import urlsplit
from wsgiref.types import WSGIEnvironment

from goodfor.sandbox.channels import cashier, control
from goodfor.sandbox.channels.channel import SEGMENT, Channel
from goodfor.sandbox.channels.desk import Desk
from goodfor.sandbox.channels.rows import BookRefused, Refused
from goodfor.sandbox.faults import Fault
from goodfor.sandbox.frame import Frame, read_request
from goodfor.sandbox.loopback import is_loopback_name
from goodfor.sandbox.types import GatewayError
from goodfor.sandbox.web import BadRequest, Request, Response, Router, json_response


class Application(Frame):
    """`app(environ, start_response)`; any WSGI server will do, on loopback."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._own = Router(SEGMENT)
        cashier.add_routes(self._own)
        control.add_routes(self._own)

    def answer(self, environ: WSGIEnvironment) -> Response:
        """By the channel whose address it is, or the pages and control that all share."""
        if not is_loopback_name(urlsplit(f"//{environ.get('HTTP_HOST', '')}").hostname or ""):
            return json_response({"error": "unknown host"}, 421)
        try:
            request = read_request(environ)
            name, _slash, rest = request.path.lstrip("/").partition("/")
            channel = self._desk.channels.get(name)
            if channel is None:
                return self._ours(request)
            return self._channels(channel, request, f"/{rest}")
        except BadRequest as wrong:
            return json_response({"error": str(wrong)}, 400)

    def _ours(self, request: Request) -> Response:
        found = self._own.find(request.method, request.path)
        if isinstance(found, int):
            return json_response({"error": "no such address"}, found)
        _endpoint, handler, arguments = found
        if request.path.startswith("/_control/") and not control.allowed(self._desk, request):
            return json_response({"error": "control token missing or wrong"}, 401)
        try:
            return handler(self._desk, request, **arguments)
        except (GatewayError, BookRefused, Refused) as refused:
            return json_response({"error": str(refused)}, 400)

    def _channels(self, channel: Channel, request: Request, path: str) -> Response:
        desk = self._desk
        found = channel.find(request, path)
        if isinstance(found, int):
            return channel.refusal(desk, request, Refused("NOT_FOUND", "no such address", found))
        endpoint, handler, arguments = found
        number = channel.number_of(request, arguments)

        def take(kind: str, work: str = "") -> Fault | None:
            return desk.faults.take(
                kind,
                pid=channel.name,
                out_trade_no=number,
                endpoint=endpoint,
                when=lambda fault: work in ("", fault.settings.get("work", "")),
            )

        if (delay := take("delay")) is not None:
            time.sleep(delay.number("ms") / 1000)
        if (burst := take("error_burst", "before")) is not None:
            return channel.fault(desk, request, burst.number("status"))
        try:
            channel.prepare(desk, request, endpoint)
            response = handler(desk, request, **arguments)
        except BookRefused as refused:
            response = channel.refusal(desk, request, channel.book_refusal(refused))
        except Refused as refused:
            response = channel.refusal(desk, request, refused)
        if (burst := take("error_burst", "after")) is not None:
            return channel.fault(desk, request, burst.number("status"))
        if take("lost_answer") is not None:
            return Response(hang_up=True)
        return channel.finish(desk, request, response, spoil=take("bad_signature_reply") is not None)


def number_in_body(request: Request, *names: str) -> str:
    """The first of the named texts in a JSON body, for the choice of faults; empty when there is none."""
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        return ""
    if not isinstance(body, dict):
        return ""
    return next((str(body[name]) for name in names if body.get(name)), "")
