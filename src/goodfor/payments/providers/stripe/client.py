"""Calls to Stripe: the vendor's package writes the request, our own transport sends it.

So our deadlines, address rules and the ban on calls in a transaction hold, nothing is logged, nothing retried behind
our back. The package is big and slow to import: it is imported with the first call. Replies are not signed; https and
the comparison of our number, mode and amount in them are all there is.
"""

import importlib
import logging
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from goodfor.kernel.outbound import http
from goodfor.kernel.outcomes import Outcome, Rejected, Unknown
from goodfor.payments.providers.base import NOT_SENT
from goodfor.payments.providers.stripe.settings import Settings

REFUSED: Final = "refused"
_UNAUTHORIZED = (401, 403)
#: 409: a twin with the same key is at work. 429: too many. Neither says anything about the money.
_NO_ANSWER = (409, 429)
_SERVER_ERROR = 500
#: How often a key may be spoilt.
KEYS: Final = 4
#: The machine's name and system: nobody's business.
_TELLTALE = frozenset({"x-stripe-client-user-agent", "x-stripe-client-telemetry", "user-agent"})


class BadReply(Exception):
    """A reply that is no answer; `reason` is stable and safe to store."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class StoredError(BadReply):
    """The call under this key ended with an error of theirs, long ago: it is kept a day, and says so each time.

    Whatever that call made is made; nothing more can come of it. So another key may be used, once what may have been
    made was looked for, or where nobody can have come by it.
    """


class Refused(Exception):
    """Stripe answered no. `code` is its own, `decline` the bank's, `text` its message, cut, without our key."""

    def __init__(self, status: int, code: str, text: str, decline: str = "") -> None:
        self.status = status
        self.code = code
        self.text = text
        self.decline = decline
        super().__init__("refused")


def call(settings: Settings, method: str, path: str, params: Mapping[str, Any], key: str = "") -> dict[str, Any]:
    """One call; `key` is its Idempotency-Key. Raises NotSent, NoAnswer, BadReply, Refused."""
    stripe = _package()
    client = stripe.StripeClient(
        settings.secret_key,
        stripe_version=settings.api_version,
        stripe_account=settings.connected or None,
        base_addresses={"api": settings.base_url},
        http_client=_transport(),
        max_network_retries=0,
    )
    options = {"idempotency_key": key} if key else {}
    try:
        data = client.raw_request(method, path, **params, **options).data
    except stripe.StripeError as error:
        # What the package raises carries the whole reply: it goes no further.
        problem = _problem(error, settings)
    else:
        if not isinstance(data, dict):
            raise BadReply("not_json")
        return dict(data)
    raise problem


def call_anew(settings: Settings, path: str, params: Mapping[str, Any], key: str) -> dict[str, Any]:
    """POST under the key, or the first of its successors that is not spoilt by a stored error. Raises as `call`."""
    for one in keys_of(key):
        try:
            return call(settings, "post", path, params, one)
        except StoredError as spoilt:
            problem = spoilt
    raise problem


def keys_of(key: str) -> tuple[str, ...]:
    """The key and its successors, always the same."""
    return (key, *(f"{key}:{n}" for n in range(2, KEYS + 1)))


def guarded(ask: Callable[[], Outcome]) -> Outcome:
    """Run a call that makes something; whatever goes wrong becomes one of the four outcomes, without secrets in it."""
    try:
        return ask()
    except http.NotSent:
        return Unknown(NOT_SENT)
    except (http.NoAnswer, BadReply) as problem:
        return Unknown(problem.reason)
    except Refused as problem:
        return Rejected("unauthorized" if problem.status in _UNAUTHORIZED else REFUSED, problem.text)


def asked(ask: Callable[[], Outcome]) -> Outcome:
    """Run a question: a refusal to answer tells nothing about the money."""
    outcome = guarded(ask)
    if isinstance(outcome, Rejected) and outcome.code in (REFUSED, "unauthorized"):
        return Unknown(outcome.code)
    return outcome


def _problem(error: Any, settings: Settings) -> BadReply | Refused:
    status = error.http_status if isinstance(error.http_status, int) else 0
    said = error.json_body.get("error") if isinstance(error.json_body, dict) else None
    if status >= _SERVER_ERROR and _is_replayed(error.headers):
        return StoredError(f"http_{status}")
    if status in _NO_ANSWER or status >= _SERVER_ERROR:
        return BadReply(f"http_{status}")
    if not 400 <= status < _SERVER_ERROR or not isinstance(said, dict):
        return BadReply("not_json" if status < 300 else f"http_{status}")
    if said.get("type") == "idempotency_error":
        # Done before under this key, with other parameters: what was done is not known to us.
        return BadReply("idempotency")
    text = str(said.get("message", ""))
    code = str(said.get("code") or said.get("type") or "")[:64]
    decline = str(said.get("decline_code") or "")[:64]
    return Refused(status, code, "" if settings.secret_key in text else text[:200], decline)


def _is_replayed(headers: Any) -> bool:
    """Whether they say that this is what they answered before."""
    found = {str(name).lower(): value for name, value in headers.items()} if isinstance(headers, Mapping) else {}
    return found.get("idempotent-replayed") == "true"


@lru_cache(maxsize=1)
def _package() -> Any:
    stripe: Any = importlib.import_module("stripe")
    inside: Any = importlib.import_module("stripe._util")
    stripe.enable_telemetry = False
    stripe.log = None
    # Read from the environment when it was imported: it would print whole requests.
    inside.STRIPE_LOG = None
    # It writes URLs and bodies to this logger.
    logger = logging.getLogger("stripe")
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False
    return stripe


@lru_cache(maxsize=1)
def _transport() -> Any:
    """The package's transport, on our one way out. Nothing of an account is kept in it."""
    base: Any = _package().HTTPClient

    class Transport(base):  # type: ignore[misc]
        name = "goodfor"

        def request(
            self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_more: Any
        ) -> tuple[str, int, Mapping[str, str]]:
            kept = {name.lower(): value for name, value in (headers or {}).items() if name.lower() not in _TELLTALE}
            body = post_data.encode() if isinstance(post_data, str) else bytes(post_data or b"")
            reply = http.send(method.upper(), url, body, kept)
            try:
                return reply.body.decode(), reply.status, reply.headers
            except UnicodeDecodeError:
                raise BadReply("not_json") from None

        def close(self) -> None:
            """Nothing is open."""

    return Transport()
