"""Around every operation: what is refused at the door, and headers that every answer has."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from goodfor.openapi.bodies import check_length
from goodfor.openapi.errors import MethodNotAllowed, RouteNotFound
from goodfor.openapi.problems import respond, validation_failed

View = Callable[..., HttpResponseBase]


def guarded(view: View) -> View:
    """Wrap a view: problem details for whatever happens, rate headers, no caching."""

    @csrf_exempt  # there are no cookies here: the key in the header is the only credential
    @wraps(view)
    def run(request: HttpRequest, **kwargs: object) -> HttpResponseBase:
        try:
            _check(request)
            response = view(request, **kwargs)
            if isinstance(response, HttpResponseNotAllowed):
                response = respond(request, MethodNotAllowed(allow=sorted(response["Allow"].split(", "))))
        except Exception as error:
            response = respond(request, error)
        quota = getattr(request, "quota", None)
        headers = response.headers
        if quota is not None:
            for name, value in quota.headers():
                headers[name] = value
        if "Cache-Control" not in headers:
            headers["Cache-Control"] = "no-store"
        headers["X-Content-Type-Options"] = "nosniff"
        return response

    return run


def _check(request: HttpRequest) -> None:
    """Raises BodyTooLarge, BadRequest; ValidationFailed for NUL in the address, which PostgreSQL cannot keep."""
    if "\x00" in request.path_info:
        raise validation_failed("path", [{"type": "nul_byte", "loc": ()}])
    query = request.META.get("QUERY_STRING", "")
    if query and ("%00" in query or "\x00" in query):
        raise validation_failed("query", [{"type": "nul_byte", "loc": ()}])
    check_length(request)


def not_found(_request: HttpRequest, **_kwargs: object) -> HttpResponse:
    """The answer to any address below the API that has no operation."""
    raise RouteNotFound
