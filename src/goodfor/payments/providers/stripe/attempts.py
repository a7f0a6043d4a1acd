"""Making, finding and ending what a buyer pays with: a Checkout Session or a PaymentIntent.

One number is one object there, by three rules. The parameters of a create come from the attempt alone, never from the
clock, so that a repetition under the same Idempotency-Key gives the same object back. There is one row of keys for a
number: the next one is taken where a stored error spoilt one, for what that call may have made nobody was shown. And
only `create` hands a link or secret to a buyer: when a create's reply was lost, looking for the object repeats the
create, and whatever that might newly make (where the first call never arrived, or Stripe forgot the key after a day) is
shown to nobody and is closed with the attempt.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from goodfor.payments.providers.base import Attempt
from goodfor.payments.providers.stripe import objects
from goodfor.payments.providers.stripe.client import BadReply, Refused, call, call_anew
from goodfor.payments.providers.stripe.settings import Settings

SESSION: Final = "checkout"
INTENT: Final = "intent"
#: Stripe refuses a session that ends sooner than half an hour from now; ours ends earlier by `close`.
SESSION_MARGIN: Final = timedelta(minutes=35)
#: Stripe's sessions end by themselves after a day; so long it also remembers a key at least.
LONGEST: Final = timedelta(hours=24)
_INVALID: Final = 400


class NeverMade(Exception):
    """Nothing stands under our number, and nothing can come of it any more."""


def make(settings: Settings, attempt: Attempt, now: datetime) -> dict[str, Any]:
    """Create, or get what was created under this number. Raises what `call` raises."""
    if attempt.method == INTENT:
        params: dict[str, Any] = _money(settings, attempt) | {"description": _subject(attempt)}
        params["amount"], params["currency"] = attempt.amount.amount_minor, attempt.amount.currency.lower()
        if not settings.payment_method_types:
            params["automatic_payment_methods"] = {"enabled": True}
        return call_anew(settings, "/v1/payment_intents", params, f"{attempt.number}:intent")
    with_end, without_end = _session(settings, attempt, ends=True), _session(settings, attempt, ends=False)
    first, other = (with_end, without_end) if _ends_within_a_day(attempt, now) else (without_end, with_end)
    key = f"{attempt.number}:checkout"
    try:
        return call_anew(settings, "/v1/checkout/sessions", first, key)
    except BadReply as problem:
        # An attempt longer than a day was first sent without an end. The same key: still one session.
        if problem.reason != "idempotency" or first == other:
            raise
    return call_anew(settings, "/v1/checkout/sessions", other, key)


def current(settings: Settings, attempt: Attempt, now: datetime) -> dict[str, Any]:
    """The object as it is now; `object` says which of both it is. Raises NeverMade, and what `call` raises."""
    ref = attempt.channel_ref or _lost(settings, attempt, now)
    if ref.startswith("pi_"):
        intent = call(settings, "get", f"/v1/payment_intents/{objects.identifier(ref)}", {"expand": ["latest_charge"]})
        objects.same(intent, settings, objects.metadata(intent), attempt.number)
        return intent
    path = f"/v1/checkout/sessions/{objects.session_id(ref, settings)}"
    session = call(settings, "get", path, {"expand": ["payment_intent.latest_charge"]})
    objects.same(session, settings, session.get("client_reference_id"), attempt.number)
    return session


def end(settings: Settings, attempt: Attempt, now: datetime) -> None:
    """Expire or cancel. Raises Refused where it cannot be (any more), NeverMade, and what `call` raises."""
    ref = attempt.channel_ref or _lost(settings, attempt, now)
    if ref.startswith("pi_"):
        path = f"/v1/payment_intents/{objects.identifier(ref)}/cancel"
        if attempt.method != INTENT:
            # The intent of a session that was paid: it is not cancelled from under the session.
            raise Refused(_INVALID, "not_open", "")
    else:
        path = f"/v1/checkout/sessions/{objects.session_id(ref, settings)}/expire"
    # Without a key: a refusal is not to be remembered, and ending twice is ending.
    ended = call(settings, "post", path, {})
    said = objects.metadata(ended) if ref.startswith("pi_") else ended.get("client_reference_id")
    objects.same(ended, settings, said, attempt.number)
    if ended.get("status") not in ("expired", "canceled"):
        raise BadReply("bad_status")


def ref_of(made: dict[str, Any], attempt: Attempt) -> str:
    """Their number, as we keep it. Raises BadReply."""
    if attempt.method == INTENT:
        return objects.identifier(made.get("id"), "pi_")
    return objects.stored_session(made.get("id"))


def check_made(settings: Settings, attempt: Attempt, made: dict[str, Any]) -> None:
    """It must be about our number, our amount and our mode. Raises BadReply."""
    said: object
    if attempt.method == INTENT:
        said, minor = objects.metadata(made), made.get("amount")
    else:
        said, minor = made.get("client_reference_id"), made.get("amount_total")
    objects.same(made, settings, said, attempt.number)
    if objects.money(minor, made.get("currency")) != attempt.amount:
        raise BadReply("other_amount")


def _lost(settings: Settings, attempt: Attempt, now: datetime) -> str:
    if attempt.expires_at is not None and now > attempt.expires_at + LONGEST:
        # The key is forgotten: a repetition would only make something new.
        raise BadReply("no_reference")
    try:
        made = make(settings, attempt, now)
    except Refused as problem:
        if problem.status == _INVALID and attempt.expires_at is not None and now > attempt.expires_at:
            # What had been made would have been given back without another look at its end, which is too near now.
            raise NeverMade from None
        raise
    check_made(settings, attempt, made)
    return ref_of(made, attempt)


def _ends_within_a_day(attempt: Attempt, now: datetime) -> bool:
    return attempt.expires_at is not None and attempt.expires_at + SESSION_MARGIN < now + LONGEST


def _money(settings: Settings, attempt: Attempt) -> dict[str, Any]:
    params: dict[str, Any] = {"metadata": {objects.NUMBER: attempt.number}}
    if settings.payment_method_types:
        params["payment_method_types"] = list(settings.payment_method_types)
    return params


def _session(settings: Settings, attempt: Attempt, *, ends: bool) -> dict[str, Any]:
    product = {"name": _subject(attempt)}
    price = {"currency": attempt.amount.currency.lower(), "unit_amount": attempt.amount.amount_minor}
    params = _money(settings, attempt) | {
        "mode": "payment",
        "client_reference_id": attempt.number,
        "line_items": [{"quantity": 1, "price_data": price | {"product_data": product}}],
        "payment_intent_data": {"metadata": {objects.NUMBER: attempt.number}},
        "success_url": attempt.return_url,
        "cancel_url": attempt.return_url,
    }
    if ends and attempt.expires_at is not None:
        params["expires_at"] = int((attempt.expires_at + SESSION_MARGIN).timestamp())
    return params


def _subject(attempt: Attempt) -> str:
    return "".join(c for c in attempt.subject if c.isprintable())[:250] or attempt.number
