"""The little HTTP that the gateway needs: request and response values and a router. No framework."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

MAX_BODY = 64 * 1024

_PAGE_HEADERS = (
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'",
    ),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Cache-Control", "no-store"),
)


class BadRequest(Exception):
    """The request cannot be read; the text says why."""


@dataclass(frozen=True)
class Request:
    """One HTTP request, already read."""

    method: str
    path: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Path and query exactly as they were sent, where the server tells.
    target: str = ""

    @property
    def params(self) -> dict[str, str]:
        """Query and form together; the form wins, as in PHP's request order."""
        return {**self.query, **self.form}

    def json(self) -> dict[str, object]:
        """The body as a JSON object, `{}` when empty. Raises BadRequest."""
        if not self.body:
            return {}
        try:
            value = json.loads(self.body)
        except ValueError as wrong:
            raise BadRequest("the body is not JSON") from wrong
        if not isinstance(value, dict):
            raise BadRequest("the body is not a JSON object")
        return value


@dataclass(frozen=True)
class Response:
    """One HTTP response. `hang_up` closes the connection instead of answering."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    hang_up: bool = False


def json_response(value: object, status: int = 200) -> Response:
    """A JSON answer."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(status, body, (("Content-Type", "application/json; charset=utf-8"), ("Cache-Control", "no-store")))


def html_response(page: str, status: int = 200) -> Response:
    """A page that may load nothing from anywhere."""
    return Response(status, page.encode(), (("Content-Type", "text/html; charset=utf-8"), *_PAGE_HEADERS))


def see_other(url: str) -> Response:
    """A redirect after a POST."""
    return Response(303, b"", (("Location", url), ("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer")))


def with_query(url: str, params: Mapping[str, str]) -> str:
    """The URL with the parameters appended to its query, before a fragment."""
    base, hash_mark, fragment = url.partition("#")
    joint = "&" if "?" in base else "?"
    return f"{base}{joint}{urlencode(params)}{hash_mark}{fragment}"


def parse_pairs(text: str) -> dict[str, str]:
    """Form-encoded text. Raises BadRequest for bad UTF-8, NUL, too many fields, or one name twice."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=60)
    except ValueError as wrong:
        raise BadRequest("the parameters cannot be decoded") from wrong
    values: dict[str, str] = {}
    for key, value in pairs:
        if key in values:
            raise BadRequest(f"parameter {key[:40]} is given twice")
        if "\0" in value or "\0" in key:
            raise BadRequest("a parameter contains NUL")
        values[key] = value
    return values


Handler = Callable[..., Response]


class Router:
    """Finds the handler of a method and a path; `{name}` in a pattern matches one segment."""

    def __init__(self, segment: str = "[A-Za-z0-9_-]{1,64}") -> None:
        self._segment = segment
        self._routes: list[tuple[frozenset[str], re.Pattern[str], str, Handler]] = []

    def add(self, methods: str, pattern: str, endpoint: str, handler: Handler) -> None:
        """`methods` is a text like "GET POST"; `endpoint` is the name that faults use, empty for none."""
        named = re.sub(r"\\{(\w+)\\}", lambda found: f"(?P<{found[1]}>{self._segment})", re.escape(pattern))
        regex = re.compile(named)
        self._routes.append((frozenset(methods.split()), regex, endpoint, handler))

    def find(self, method: str, path: str) -> tuple[str, Handler, dict[str, str]] | int:
        """(endpoint, handler, path parameters), or the status 404 or 405."""
        status = 404
        for methods, regex, endpoint, handler in self._routes:
            match = regex.fullmatch(path)
            if match is None:
                continue
            if method in methods:
                return endpoint, handler, match.groupdict()
            status = 405
        return status
