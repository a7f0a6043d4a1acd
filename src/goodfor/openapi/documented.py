"""What an operation says about itself in the OpenAPI document."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

#: Key in `openapi_extra` that document.py takes out again.
NOTE = "x-goodfor"


def documented(
    scope: str,
    *,
    body: type[BaseModel] | None = None,
    optional_body: bool = False,
    example: Mapping[str, Any] | None = None,
    answer: Mapping[str, Any] | None = None,
    errors: Mapping[int, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """The note for an operation; one with a `body` is a write and needs an Idempotency-Key.

    `errors` are the codes that this operation adds to those that every operation may give.
    """
    return {
        NOTE: {
            "scope": str(scope),
            "body": body,
            "optional_body": optional_body,
            "example": dict(example or {}),
            "answer": dict(answer or {}),
            "errors": {str(status): list(codes) for status, codes in (errors or {}).items()},
        }
    }
