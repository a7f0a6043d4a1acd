"""Read a request body: bounded, JSON only, validated in one pass."""

import json
from typing import Any, TypeVar

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest
from pydantic import BaseModel, ValidationError

from goodfor.openapi.errors import BadRequest, BodyTooLarge, InvalidJson, UnsupportedMediaType
from goodfor.openapi.problems import validation_failed

MAX_BYTES = 1_048_576
_ESCAPED_NUL = b"\\u0000"
M = TypeVar("M", bound=BaseModel)


def check_length(request: HttpRequest) -> None:
    """Refuse by Content-Length, before a byte is read. Raises BodyTooLarge, BadRequest."""
    length = request.META.get("CONTENT_LENGTH")
    if not length:
        return
    if not (length.isascii() and length.isdigit()):
        raise BadRequest
    if len(length) > 12 or int(length) > MAX_BYTES:
        raise BodyTooLarge(max_bytes=MAX_BYTES)


def read_body(request: HttpRequest) -> bytes:
    """The whole body; a chunked one is measured while it is read. Raises BodyTooLarge."""
    if request.META.get("CONTENT_LENGTH"):
        raw: bytes = request.read(MAX_BYTES + 1)
    elif isinstance(request, WSGIRequest) and "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        # Django takes a body without Content-Length for empty; the server ends the stream itself.
        raw = _read_to_end(request.environ["wsgi.input"])
    else:
        raw = b""
    if len(raw) > MAX_BYTES:
        raise BodyTooLarge(max_bytes=MAX_BYTES)
    return raw


def _read_to_end(stream: Any) -> bytes:
    parts: list[bytes] = []
    total = 0
    while total <= MAX_BYTES:
        part: bytes = stream.read(65_536)
        if not part:
            break
        parts.append(part)
        total += len(part)
    return b"".join(parts)


def parse(request: HttpRequest, raw: bytes, model: type[M], *, optional: bool) -> M:
    """The body as `model`; an empty one counts as `{}` when `optional`.

    Raises UnsupportedMediaType, InvalidJson (no UTF-8, no JSON, nested too deeply), ValidationFailed.
    """
    if not raw and optional:
        raw = b"{}"
    elif request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaType
    if request.META.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() not in ("", "identity"):
        raise UnsupportedMediaType
    try:
        parsed = model.model_validate_json(raw)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
        if errors[0]["type"] == "json_invalid":
            raise InvalidJson from None
        raise validation_failed("body", errors) from None
    if _ESCAPED_NUL in raw:
        place = _find_nul(json.loads(raw), ())
        if place is not None:
            raise validation_failed("body", [{"type": "nul_byte", "loc": place}])
    return parsed


def _find_nul(value: Any, place: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """Where a string holds NUL, which PostgreSQL cannot keep. The depth is bounded: the model parsed it before."""
    if isinstance(value, str):
        return place if "\x00" in value else None
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        found = _find_nul(item, (*place, key))
        if found is not None:
            return found
    return None
