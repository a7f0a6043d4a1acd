"""Stripe as a provider. What an event says is asked about again; two methods, a page of Stripe's and its script."""

from datetime import datetime, timedelta
from typing import Any

from goodfor.kernel.outbound import http
from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown
from goodfor.payments.providers.base import (
    CLOSED,
    NOT_FOUND,
    UNSUPPORTED,
    Account,
    Attempt,
    Capabilities,
    ParsedNotify,
    RefundAttempt,
    created,
    paid,
)
from goodfor.payments.providers.stripe import attempts, notify, objects, refunds
from goodfor.payments.providers.stripe.bills import StripeBills
from goodfor.payments.providers.stripe.client import BadReply, Refused, asked, guarded
from goodfor.payments.providers.stripe.disputes import StripeDisputes
from goodfor.payments.providers.stripe.mandates import StripeMandates
from goodfor.payments.providers.stripe.settings import Settings
from goodfor.payments.types import MANDATE, Instruction, RawRequest

_METHODS = (attempts.SESSION, attempts.INTENT)


class StripeProvider(StripeBills, StripeDisputes, StripeMandates):
    """See `Provider`, `BillSource`, `Disputing` and `Mandates`."""

    def capabilities(self, account: Account) -> Capabilities:  # noqa: ARG002
        """A refund's number is its Idempotency-Key for a day; after that the list of refunds is asked first."""
        return Capabilities(ack=b"ok", nack=b"fail", can_close=True, can_query_refund=True, refund_repeatable=True)

    def check(self, account: Account) -> None:
        """See `Provider.check`. Every currency that Money knows has the same minor units at Stripe."""
        Settings.of(account).check(account)

    def create(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """`checkout`: a page to go to. `intent`: a secret for Stripe's script. See `attempts.py` for repetitions."""
        settings = Settings.of(account)
        if attempt.method not in _METHODS:
            return Rejected(UNSUPPORTED)

        def make() -> Outcome:
            made = attempts.make(settings, attempt, now)
            attempts.check_made(settings, attempt, made)
            return created(_instruction(settings, attempt, made), attempts.ref_of(made, attempt))

        return guarded(make)

    def query(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """See `Provider.query`. A payment that went back later is still paid."""
        settings = Settings.of(account)
        if attempt.method == MANDATE:
            return self.query_charge(account, attempt, now)
        if attempt.method not in _METHODS and not attempt.channel_ref:
            return Unknown("no_reference")

        def ask() -> Outcome:
            try:
                thing = attempts.current(settings, attempt, now)
            except attempts.NeverMade:
                return Rejected(NOT_FOUND)
            if thing.get("object") == "checkout.session":
                return _session_outcome(account, settings, attempt, thing, now)
            return _intent_outcome(account, attempt, thing, now)

        return asked(ask)

    def close(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """Expire the session, cancel the intent. Money that is on its way (`processing`) cannot be stopped: Unknown."""
        settings = Settings.of(account)

        def end() -> Outcome:
            try:
                attempts.end(settings, attempt, now)
            except attempts.NeverMade:
                return Succeeded()
            except Refused as problem:
                told = self.query(account, attempt, now)
                if isinstance(told, Succeeded):
                    return Rejected("paid")
                if isinstance(told, Rejected) and told.code == CLOSED:
                    return Succeeded()
                return Unknown("not_closed" if problem.status == 400 else "refused")
            return Succeeded()

        return guarded(end)

    def refund(self, account: Account, refund: RefundAttempt, now: datetime) -> Outcome:  # noqa: ARG002
        """See `refunds.give_back`."""
        settings = Settings.of(account)
        return guarded(lambda: refunds.give_back(settings, refund))

    def query_refund(self, account: Account, refund: RefundAttempt, now: datetime) -> Outcome:  # noqa: ARG002
        """See `refunds.find`."""
        settings = Settings.of(account)
        return asked(lambda: refunds.find(settings, refund))

    def parse_notify(self, account: Account, raw: RawRequest, now: datetime) -> ParsedNotify:
        """See `notify.parse`."""
        return notify.parse(account, Settings.of(account), raw, now)


def _instruction(settings: Settings, attempt: Attempt, made: dict[str, Any]) -> Instruction:
    if attempt.method == attempts.INTENT:
        secret = objects.text(made.get("client_secret"))
        if not secret:
            raise BadReply("no_secret")
        fields = {
            "client_secret": secret, "publishable_key": settings.publishable_key, "script": settings.script_url,
            "account": settings.connected,
        }  # fmt: skip
        return Instruction("client", fields={name: value for name, value in fields.items() if value})
    url = made.get("url")
    if not isinstance(url, str) or len(url) > 2048 or not http.is_safe_url(url.partition("#")[0]):
        raise BadReply("no_link")
    return Instruction("redirect", url)


def _session_outcome(
    account: Account, settings: Settings, attempt: Attempt, session: dict[str, Any], now: datetime
) -> Outcome:
    status, intent = session.get("status"), session.get("payment_intent")
    if session.get("payment_status") == "paid":
        if isinstance(intent, dict):
            objects.same(intent, settings, objects.metadata(intent), attempt.number)
            return _intent_outcome(account, attempt, intent, now)
        amount = objects.money(session.get("amount_total"), session.get("currency"))
        return paid(objects.paid_fact(account, attempt.number, objects.identifier(intent), amount, now, "query"))
    if status == "expired":
        return Rejected(CLOSED)
    if status in ("open", "complete"):
        # Complete, not paid: the bank takes its days, or the first try failed.
        return Pending(objects.stored_session(session.get("id")))
    return Unknown("bad_status")


def _intent_outcome(account: Account, attempt: Attempt, intent: dict[str, Any], now: datetime) -> Outcome:
    status, ref = intent.get("status"), objects.identifier(intent.get("id"), "pi_")
    if status == "succeeded":
        amount = objects.money(intent.get("amount_received"), intent.get("currency"))
        return paid(objects.paid_fact(account, attempt.number, ref, amount, _paid_at(intent, now), "query"))
    if status == "canceled":
        return Rejected(CLOSED)
    if status in ("requires_payment_method", "requires_confirmation", "requires_action", "processing"):
        return Pending(ref)
    # requires_capture as well: nobody here asks for money to be held.
    return Unknown("bad_status")


def _paid_at(intent: dict[str, Any], now: datetime) -> datetime:
    """When the charge was made; its clock may run ahead, money never comes from the future."""
    charge = intent.get("latest_charge")
    at = objects.moment(charge.get("created")) if isinstance(charge, dict) else None
    return min(at, now) if at and at > now - timedelta(days=365) else now
