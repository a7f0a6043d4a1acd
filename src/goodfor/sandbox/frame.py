"""What every stand-in does as a WSGI application: read the request, answer it, or hang up. No framework."""

import hmac
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Final
from wsgiref.types import StartResponse, WSGIEnvironment

from goodfor.sandbox.loopback import is_loopback_name
from goodfor.sandbox.web import MAX_BODY, BadRequest, Handler, Request, Response, Router, json_response, parse_pairs

#: What a server may put into the environ: a function that drops the connection, and the target as it was sent.
HANG_UP: Final = "goodfor.sandbox.hang_up"
TARGET: Final = "goodfor.sandbox.target"
_REASONS: Final = {
    200: "OK", 201: "Created", 303: "See Other", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found",
    502: "Bad Gateway",
}  # fmt: skip
_FORM: Final = "application/x-www-form-urlencoded"


class Frame(ABC):
    """`app(environ, start_response)`; any WSGI server will do, on loopback.

    A server that puts a function under HANG_UP into the environ lets a response hang up; without one that answers an
    empty 500.
    """

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answers one request."""
        response = self.answer(environ)
        if response.hang_up:
            hang_up: Callable[[], None] | None = environ.get(HANG_UP)
            if hang_up is not None:
                hang_up()
            response = Response(500)
        headers = [*response.headers, ("Content-Length", str(len(response.body)))]
        start_response(f"{response.status} {_REASONS.get(response.status, 'Status')}", headers)
        return [response.body]

    @abstractmethod
    def answer(self, environ: WSGIEnvironment) -> Response:
        """The response to one request."""


class RoutedFrame(Frame):
    """One router over one state, which each handler is given first; `/_control/` is for whoever has the token."""

    most: ClassVar[int] = MAX_BODY
    #: Whether forms are read here; otherwise the handlers read the body.
    forms: ClassVar[bool] = False
    #: What handlers raise where a request makes no sense: its text is the answer.
    wrong: ClassVar[tuple[type[Exception], ...]] = (BadRequest,)

    def __init__(self, router: Router, state: Any, token: str) -> None:
        self.state = state
        self._router = router
        self._token = token

    def answer(self, environ: WSGIEnvironment) -> Response:
        """Refuses other hosts, unknown addresses, and control without the token."""
        if not is_loopback_name((environ.get("HTTP_HOST", "") or "x").rsplit(":", 1)[0].strip("[]")):
            return json_response({"error": "unknown host"}, 421)
        try:
            request = read_request(environ, most=self.most, forms=self.forms)
            found = self._router.find(request.method, request.path)
            if isinstance(found, int):
                return json_response({"error": "no such address"}, found)
            if request.path.startswith("/_control/") and not self._may_control(request):
                return json_response({"error": "control token missing or wrong"}, 401)
            return self.serve(request, *found)
        except self.wrong as wrong:
            return json_response({"error": str(wrong)}, 400)

    def serve(self, request: Request, endpoint: str, handler: Handler, arguments: Mapping[str, str]) -> Response:  # noqa: ARG002
        """Calls the handler; where `endpoint` names something that faults are set for, with those."""
        return handler(self.state, request, **arguments)

    def _may_control(self, request: Request) -> bool:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), self._token.encode())


def read_body(environ: WSGIEnvironment, most: int) -> bytes:
    """All of it. Raises BadRequest where it is larger, or not as long as was announced."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > most:
        raise BadRequest(f"the body is larger than {most} bytes or has no length")
    body: bytes = environ["wsgi.input"].read(int(length)) if int(length) else b""
    if len(body) != int(length):
        raise BadRequest("the body is shorter than announced")
    return body


def read_headers(environ: WSGIEnvironment) -> dict[str, str]:
    """By their names as in `Content-Type`."""
    headers = {name[5:].replace("_", "-").title(): value for name, value in environ.items() if name.startswith("HTTP_")}
    return {**headers, "Content-Type": environ.get("CONTENT_TYPE", "")}


def read_request(
    environ: WSGIEnvironment, *, most: int = MAX_BODY, forms: bool = True, parts: bool = True
) -> Request:  # fmt: skip
    """The request of a WSGI environ; `parts` lets multipart through, unread. Raises BadRequest."""
    body = read_body(environ, most)
    kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data" and not parts:
        raise BadRequest(f"send {_FORM}")
    form = _form(body) if forms and kind == _FORM else {}
    return Request(
        method=environ["REQUEST_METHOD"],
        path=environ.get("PATH_INFO", "/"),
        query=parse_pairs(environ.get("QUERY_STRING", "")),
        form=form,
        body=body,
        headers=read_headers(environ),
        target=environ.get(TARGET, ""),
    )


def _form(body: bytes) -> dict[str, str]:
    try:
        return parse_pairs(body.decode("ascii"))
    except UnicodeDecodeError as wrong:
        raise BadRequest("the form is not percent-encoded") from wrong
