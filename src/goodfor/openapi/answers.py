"""Answers in JSON."""

from typing import Any

from django.http import HttpResponse
from pydantic_core import to_json

CONTENT_TYPE = "application/json"


def encode(data: Any) -> bytes:
    """JSON bytes; UUIDs as text, instants in ISO 8601."""
    return to_json(data)


def answer(data: Any, status: int = 200) -> HttpResponse:
    """A JSON response."""
    return HttpResponse(to_json(data), content_type=CONTENT_TYPE, status=status)
