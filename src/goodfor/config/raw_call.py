"""A call from outside as it came, for the rooms that verify it over its bytes."""

from typing import Any

from django.http import HttpRequest


def raw_call(request: HttpRequest, body: bytes) -> dict[str, Any]:
    """Method, path, query and body; header names in lower case. `body`: read by the caller, who bounds it."""
    return {
        "method": request.method,
        "path": request.path,
        "query": request.META.get("QUERY_STRING", "").encode("latin-1"),
        "headers": {name.lower(): value for name, value in request.headers.items()},
        "body": body,
    }
