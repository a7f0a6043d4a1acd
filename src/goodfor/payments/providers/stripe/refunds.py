"""Money back: by the intent, under our number, found again by it."""

from typing import Any, Final

from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown
from goodfor.payments.providers.base import NO_FUNDS, NOT_FOUND, RefundAttempt
from goodfor.payments.providers.stripe import objects
from goodfor.payments.providers.stripe.client import REFUSED, BadReply, Refused, StoredError, call, keys_of
from goodfor.payments.providers.stripe.settings import Settings

_PAGE: Final = 50
_PAGES: Final = 20
_NO_FUNDS = frozenset({"insufficient_funds", "balance_insufficient"})
_NOT_HEARD = (401, 403)


def give_back(settings: Settings, refund: RefundAttempt) -> Outcome:
    """Ask for the refund. For a day a repetition is the same refund, and so is a refusal: it is replayed."""
    intent = objects.identifier(refund.channel_ref, "pi_")
    params = {
        "payment_intent": intent,
        "amount": refund.amount.amount_minor,
        "metadata": {objects.NUMBER: refund.number, "payment": refund.payment_number},
    }
    try:
        made = _made(settings, refund, params)
    except Refused as problem:
        if problem.status in _NOT_HEARD:
            return Unknown("unauthorized")
        code = NO_FUNDS if problem.code in _NO_FUNDS else REFUSED
        return Rejected("already_refunded" if problem.code == "charge_already_refunded" else code, problem.text)
    if made is None:
        return find(settings, refund)
    if objects.metadata(made) != refund.number:
        return Unknown("other_number")
    return _outcome(made, refund)


def _made(settings: Settings, refund: RefundAttempt, params: dict[str, Any]) -> dict[str, Any] | None:
    """The refund, under the first key that no stored error spoilt; None where one of those calls made it after all."""
    for key in keys_of(f"{refund.number}:refund"):
        try:
            return call(settings, "post", "/v1/refunds", params, key)
        except StoredError as spoilt:
            # That call is over: either the list has what it made, or it made nothing.
            problem = spoilt
            if not _is_not_found(find(settings, refund)):
                return None
    raise problem


def _is_not_found(outcome: Outcome) -> bool:
    return isinstance(outcome, Rejected) and outcome.code == NOT_FOUND


def find(settings: Settings, refund: RefundAttempt) -> Outcome:
    """Look for our number among all refunds of the intent. Rejected(not_found): in none of them."""
    params: dict[str, Any] = {"payment_intent": objects.identifier(refund.channel_ref, "pi_"), "limit": _PAGE}
    for _ in range(_PAGES):
        page = call(settings, "get", "/v1/refunds", params)
        entries = page.get("data")
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise BadReply("bad_list")
        for entry in entries:
            if objects.metadata(entry) == refund.number:
                return _outcome(entry, refund)
        if page.get("has_more") is False:
            return Rejected(NOT_FOUND)
        if not entries:
            raise BadReply("bad_list")
        params = params | {"starting_after": objects.identifier(entries[-1].get("id"))}
    return Unknown("too_many")


def _outcome(made: dict[str, Any], refund: RefundAttempt) -> Outcome:
    ref, status = objects.identifier(made.get("id")), made.get("status")
    if objects.identifier(made.get("payment_intent")) != refund.channel_ref:
        return Unknown("other_payment")
    if objects.money(made.get("amount"), made.get("currency")) != refund.amount:
        return Unknown("other_amount")
    if status == "succeeded":
        return Succeeded(ref=ref)
    if status in ("pending", "requires_action"):
        return Pending(ref)
    if status in ("failed", "canceled"):
        return Rejected("refund_failed", objects.text(made.get("failure_reason")))
    return Unknown("bad_status")
