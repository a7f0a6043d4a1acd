"""Stripe's off-session charges: a card is set up on a page of theirs, then intents are confirmed by it.

An intent is made and confirmed by one call under one Idempotency-Key. Where its answer was lost, it is looked for among
the intents of the customer, who is this mandate's alone: what is not there was not made. Only then a key that remembers
an error of theirs gives way to its successor.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from goodfor.kernel.outbound import http
from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown
from goodfor.payments.providers.base import CLOSED, NO_FUNDS, NOT_FOUND, UNSUPPORTED, Account, Attempt, created, paid
from goodfor.payments.providers.mandates import ENDED, LIMIT, MANDATE_ENDED, NEEDS_BUYER, Consent, MandateTerms
from goodfor.payments.providers.stripe import objects
from goodfor.payments.providers.stripe.client import (
    BadReply,
    Refused,
    StoredError,
    asked,
    call,
    call_anew,
    guarded,
    keys_of,
)
from goodfor.payments.providers.stripe.settings import Settings
from goodfor.payments.types import Instruction

_INTENTS: Final = "/v1/payment_intents"
_MISSING: Final = "resource_missing"
_DECLINED: Final = 402
_PAGES: Final = 20
_CODES: Final = {
    "insufficient_funds": NO_FUNDS,
    "authentication_required": NEEDS_BUYER,
    "expired_card": NEEDS_BUYER,
    "lost_card": NEEDS_BUYER,
    "stolen_card": NEEDS_BUYER,
    "pickup_card": NEEDS_BUYER,
    "new_account_information_available": NEEDS_BUYER,
    "card_velocity_exceeded": LIMIT,
    "withdrawal_count_limit_exceeded": LIMIT,
    _MISSING: MANDATE_ENDED,
    "payment_method_unexpected_state": MANDATE_ENDED,
}


class StripeMandates:
    """`Mandates` of an account for which it is switched on (`mandates`)."""

    def mandate_terms(self, account: Account) -> MandateTerms | None:
        """Nobody is told before."""
        return MandateTerms() if Settings.of(account).mandates else None

    def sign(self, account: Account, consent: Consent, now: datetime) -> Outcome:  # noqa: ARG002
        """A page of Stripe's that takes a card and no money."""
        settings = Settings.of(account)
        params = {
            "mode": "setup",
            "customer_creation": "always",
            "payment_method_types": ["card"],
            "client_reference_id": consent.number,
            "metadata": {objects.NUMBER: consent.number},
            "setup_intent_data": {"metadata": {objects.NUMBER: consent.number}, "description": consent.subject},
            "success_url": consent.return_url,
            "cancel_url": consent.return_url,
        }

        def make() -> Outcome:
            made = call_anew(settings, "/v1/checkout/sessions", params, f"{consent.number}:setup")
            objects.same(made, settings, made.get("client_reference_id"), consent.number)
            url = made.get("url")
            if not isinstance(url, str) or len(url) > 2048 or not http.is_safe_url(url.partition("#")[0]):
                raise BadReply("no_link")
            return created(Instruction("redirect", url), objects.stored_session(made.get("id")))

        return guarded(make)

    def query_mandate(self, account: Account, consent: Consent, now: datetime) -> Outcome:  # noqa: ARG002
        """By the session until it is signed, then by the card, which is the customer's while it may be charged."""
        settings = Settings.of(account)
        if consent.ref:
            return asked(lambda: _card(settings, consent.ref))
        if not consent.sign_ref:
            # Nobody was ever shown a page of it.
            return Pending()

        def ask() -> Outcome:
            path = f"/v1/checkout/sessions/{objects.session_id(consent.sign_ref, settings)}"
            session = call(settings, "get", path, {"expand": ["setup_intent"]})
            objects.same(session, settings, session.get("client_reference_id"), consent.number)
            setup = session.get("setup_intent")
            if session.get("status") == "expired":
                return Rejected(ENDED)
            if session.get("status") != "complete" or not isinstance(setup, dict):
                return Pending()
            if setup.get("status") != "succeeded":
                return Rejected(ENDED) if setup.get("status") == "canceled" else Pending()
            customer = objects.identifier(setup.get("customer"), "cus_")
            card = objects.identifier(setup.get("payment_method"), "pm_")
            # A card that was taken off again meanwhile is none.
            return _card(settings, f"{customer}:{card}")

        return asked(ask)

    def end_mandate(self, account: Account, consent: Consent, now: datetime) -> Outcome:
        """Take the card off its customer, or close the page."""
        settings = Settings.of(account)
        if not consent.ref and not consent.sign_ref:
            return Succeeded()

        def end() -> Outcome:
            if consent.ref:
                _customer, card = _parts(consent.ref)
                call(settings, "post", f"/v1/payment_methods/{card}/detach", {})
            else:
                session = objects.session_id(consent.sign_ref, settings)
                call(settings, "post", f"/v1/checkout/sessions/{session}/expire", {})
            return Succeeded()

        outcome = guarded(end)
        if isinstance(outcome, Rejected):
            found = self.query_mandate(account, consent, now)
            return Succeeded() if found == Rejected(ENDED) else Unknown("not_ended")
        return outcome

    def announce(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:  # noqa: ARG002
        """Not by us."""
        return Rejected(UNSUPPORTED)

    def charge(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """Make and confirm. A bank that wants to see its customer says no."""
        settings = Settings.of(account)

        def take() -> Outcome:
            customer, card = _parts(attempt.payer)
            params = {
                "amount": attempt.amount.amount_minor,
                "currency": attempt.amount.currency.lower(),
                "customer": customer,
                "payment_method": card,
                "payment_method_types": ["card"],
                "off_session": True,
                "confirm": True,
                "description": attempt.subject or attempt.number,
                "metadata": {objects.NUMBER: attempt.number},
                "expand": ["latest_charge"],
            }
            try:
                intent = _made(settings, attempt, params)
            except Refused as no:
                if no.status == _DECLINED or no.code in _CODES:
                    return Rejected(_CODES.get(no.decline, _CODES.get(no.code, no.decline or no.code)), no.text)
                # A key that is not taken, a parameter: the charge was not made, and asking will say so.
                return Unknown(no.code or "refused")
            return _outcome(account, settings, attempt, intent, now)

        return guarded(take)

    def query_charge(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """By its id, or among those of the customer."""
        settings = Settings.of(account)

        def ask() -> Outcome:
            intent = _find(settings, attempt)
            return _outcome(account, settings, attempt, intent, now) if intent else Rejected(NOT_FOUND)

        return asked(ask)

    def close_charge(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:  # noqa: ARG002
        """Cancel the intent that a refusal left open."""
        settings = Settings.of(account)

        def end() -> Outcome:
            intent = _find(settings, attempt)
            if intent and intent.get("status") != "canceled":
                call(settings, "post", f"{_INTENTS}/{objects.identifier(intent.get('id'), 'pi_')}/cancel", {})
            return Succeeded()

        return asked(end)


def _parts(ref: str) -> tuple[str, str]:
    customer, _, card = ref.partition(":")
    return objects.identifier(customer, "cus_"), objects.identifier(card, "pm_")


def _made(settings: Settings, attempt: Attempt, params: dict[str, Any]) -> dict[str, Any]:
    """Raises as a call."""
    for key in keys_of(f"{attempt.number}:charge"):
        try:
            return call(settings, "post", _INTENTS, params, key)
        except StoredError as spoilt:
            # That call is over: what it may have made is there by now.
            if (intent := _find(settings, attempt)) is not None:
                return intent
            problem = spoilt
    raise problem


def _card(settings: Settings, ref: str) -> Outcome:
    customer, card = _parts(ref)
    try:
        held = call(settings, "get", f"/v1/payment_methods/{card}", {})
    except Refused as no:
        if no.code == _MISSING:
            return Rejected(ENDED)
        raise
    objects.same(held, settings, held.get("id"), card)
    owner = held.get("customer")
    if owner is None:
        return Rejected(ENDED)
    return Succeeded(ref) if objects.identifier(owner) == customer else Unknown("other_customer")


def _find(settings: Settings, attempt: Attempt) -> dict[str, Any] | None:
    """The intent of our number as it is now, or None where there is none. Raises as a call."""
    if attempt.channel_ref.startswith("pi_"):
        path = f"{_INTENTS}/{objects.identifier(attempt.channel_ref)}"
        return call(settings, "get", path, {"expand": ["latest_charge"]})
    customer, _card_id = _parts(attempt.payer)
    after: dict[str, Any] = {}
    for _page in range(_PAGES):
        page = call(settings, "get", _INTENTS, {"customer": customer, "limit": 100} | after)
        rows = page.get("data")
        if not isinstance(rows, list):
            raise BadReply("not_a_list")
        for row in rows:
            if isinstance(row, dict) and objects.metadata(row) == attempt.number:
                return row
        if page.get("has_more") is not True:
            return None
        after = {"starting_after": objects.identifier(rows[-1] if rows else None, "pi_")}
    raise BadReply("too_many")


def _outcome(
    account: Account, settings: Settings, attempt: Attempt, intent: dict[str, Any], now: datetime
) -> Outcome:  # fmt: skip
    objects.same(intent, settings, objects.metadata(intent), attempt.number)
    status, ref = intent.get("status"), objects.identifier(intent.get("id"), "pi_")
    if status == "succeeded":
        amount = objects.money(intent.get("amount_received"), intent.get("currency"))
        charge = intent.get("latest_charge")
        at = objects.moment(charge.get("created")) if isinstance(charge, Mapping) else None
        return paid(objects.paid_fact(account, attempt.number, ref, amount, min(at, now) if at else now, "query"))
    if status == "canceled":
        return Rejected(CLOSED)
    if status in ("processing", "requires_confirmation"):
        return Pending(ref)
    if status == "requires_action":
        return Rejected(NEEDS_BUYER)
    if status == "requires_payment_method":
        error = intent.get("last_payment_error")
        said = error if isinstance(error, Mapping) else {}
        code = objects.text(said.get("decline_code")) or objects.text(said.get("code"))
        return Rejected(_CODES.get(code, code[:64] or "declined"))
    return Unknown("bad_status")
