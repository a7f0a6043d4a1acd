"""Every error as RFC 9457 problem details, with a stable `code`."""

import json
import logging
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.utils import translation
from ninja.errors import ValidationError as NinjaValidationError

from goodfor.kernel.errors import DomainError
from goodfor.openapi.errors import BadRequest, Busy, InternalError, RouteNotFound, ValidationFailed
from goodfor.openapi.messages import message_for

CONTENT_TYPE = "application/problem+json"
SHOWN_ERRORS = 20
LONGEST_FIELD = 64
logger = logging.getLogger("goodfor.openapi")


def validation_failed(location: str, errors: Sequence[Any]) -> ValidationFailed:
    """A 422 with a JSON pointer (RFC 6901) for each field; `errors` as pydantic reports them."""
    shown = [
        {
            "in": location,
            "pointer": pointer(error["loc"]),
            "code": error["type"],
            "message": message_for(error["type"], error.get("ctx") or {}),
        }
        for error in errors[:SHOWN_ERRORS]
    ]
    return ValidationFailed(errors=shown)


def pointer(loc: Sequence[Any]) -> str:
    """A JSON pointer to a place in the request; field names are cut to 64 characters."""
    parts = (str(part)[:LONGEST_FIELD].replace("~", "~0").replace("/", "~1") for part in loc)
    return "".join(f"/{part}" for part in parts)


def as_domain_error(error: Exception) -> DomainError:
    """The refusal that an exception means; what nobody expected is logged and becomes InternalError."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, NinjaValidationError):
        first = error.errors[0]["loc"][0] if error.errors else "query"
        return validation_failed(str(first), [{**e, "loc": e["loc"][1:]} for e in error.errors])
    if isinstance(error, Http404):
        return RouteNotFound()
    if isinstance(error, SuspiciousOperation | UnreadablePostError):
        return BadRequest()
    if isinstance(error, OperationalError | InterfaceError):
        logger.warning("database could not serve an API request", exc_info=error)
        return Busy(retry_after=1)
    logger.error("unexpected error in the API", exc_info=error)
    return InternalError()


def respond(request: HttpRequest, error: Exception) -> HttpResponse:
    """The problem response for an exception, in the language of Accept-Language."""
    problem = as_domain_error(error)
    with translation.override(translation.get_language_from_request(request)):
        body = problem.problem(request.path)
        content = json.dumps(body, ensure_ascii=False, default=str)
    response = HttpResponse(content.encode("utf-8", "replace"), content_type=CONTENT_TYPE, status=problem.http_status)
    if problem.http_status == 401:
        response.headers["WWW-Authenticate"] = f'Bearer realm="goodfor", error="{problem.code}"'
    if problem.http_status == 405:
        response.headers["Allow"] = ", ".join(problem.data.get("allow", ()))
    if "retry_after" in problem.data:
        response.headers["Retry-After"] = str(problem.data["retry_after"])
    return response
