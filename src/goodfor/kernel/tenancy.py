"""Keeps shops apart: a statement on a shop's tables names the shop, unless a platform job says why it does not."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_reason: ContextVar[str | None] = ContextVar("platform_job", default=None)


@contextmanager
def platform_job(reason: str) -> Iterator[None]:
    """Allow statements over all shops inside the block; `reason` says which job needs it."""
    token = _reason.set(reason)
    try:
        yield
    finally:
        _reason.reset(token)


def current_platform_job() -> str | None:
    """The reason given, or None inside ordinary code."""
    return _reason.get()
