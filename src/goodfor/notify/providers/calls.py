"""What the adapters of JSON interfaces share: an exchange becomes an object, or an outcome that says why not."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from goodfor.kernel.outcomes import Outcome, Rejected, Succeeded, Unknown
from goodfor.notify.providers import http
from goodfor.notify.providers.base import ACCOUNT, NOT_SENT, RATE_LIMITED, ConfigProblem

_TOO_MANY = 429
_SERVER_ERROR = 500
_FORBIDDEN = (401, 403)


def exchange(
    method: str, url: str, *, hosts: Iterable[str], body: bytes = b"", headers: Mapping[str, str] | None = None
) -> http.Reply | Outcome:
    """The reply, or Rejected and Unknown as transport and status say: 429 is a refusal, 5xx may have been done."""
    try:
        reply = http.call(method, url, hosts=hosts, body=body, headers=headers)
    except http.NotSent as problem:
        return Rejected(problem.reason) if problem.reason == "address_not_allowed" else Unknown(NOT_SENT)
    except http.NoAnswer as problem:
        return Unknown(problem.reason)
    if reply.status == _TOO_MANY:
        return Rejected(RATE_LIMITED, "HTTP 429")
    if reply.status >= _SERVER_ERROR:
        return Unknown(f"http_{reply.status}")
    return reply


def json_exchange(
    method: str, url: str, *, hosts: Iterable[str], body: bytes = b"", headers: Mapping[str, str] | None = None
) -> dict[str, Any] | Outcome:
    """As `exchange`, the body read as a JSON object, whatever the status below 500 was."""
    reply = exchange(method, url, hosts=hosts, body=body, headers=headers)
    if not isinstance(reply, http.Reply):
        return reply
    try:
        found = json.loads(reply.body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        return Rejected(ACCOUNT, f"HTTP {reply.status}") if reply.status in _FORBIDDEN else Unknown("unreadable_reply")
    return found


def is_outcome(answer: object) -> bool:
    """Whether `exchange` gave an outcome instead of a reply."""
    return isinstance(answer, Succeeded | Rejected | Unknown)


def base_url(config: Mapping[str, Any], default: str, hosts: Iterable[str]) -> str:
    """The vendor's address, or the one the settings name. Raises ConfigProblem where we may not go."""
    url = str(config.get("base_url") or default).rstrip("/")
    if not http.is_allowed(url, hosts):
        raise ConfigProblem("base_url", "address_not_allowed")
    return url


def text_of(value: object, most: int = 200) -> str:
    """A vendor's words for people, cut and on one line."""
    return " ".join(str(value or "").split())[:most]
