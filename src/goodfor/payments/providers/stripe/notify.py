"""Events of Stripe: verified over the raw bytes, then read. Several events tell of one payment; order means nothing."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from goodfor.payments.providers.base import Account, NotifyProblem, ParsedNotify
from goodfor.payments.providers.stripe import objects, signing
from goodfor.payments.providers.stripe.client import BadReply
from goodfor.payments.providers.stripe.disputes import dispute_fact, kind_of
from goodfor.payments.providers.stripe.settings import Settings
from goodfor.payments.types import Fact, FactKind, RawRequest

MAX_BODY: Final = 256 * 1024
_SESSION_PAID: Final = frozenset({"checkout.session.completed", "checkout.session.async_payment_succeeded"})
_REFUND: Final = frozenset({"refund.created", "refund.updated", "refund.failed", "charge.refund.updated"})
_DISPUTE: Final[Mapping[str, FactKind | None]] = {
    "charge.dispute.created": "disputed",
    "charge.dispute.funds_withdrawn": "disputed",
    "charge.dispute.funds_reinstated": "dispute_won",
    # Its status says how it ended.
    "charge.dispute.closed": None,
}


def parse(account: Account, settings: Settings, raw: RawRequest, now: datetime) -> ParsedNotify:
    """See `Provider.parse_notify`: shape, signature, freshness, mode and account, number, amount. Raises NotifyProblem.

    An event about something that is not ours (other goods sold by the same account) has no facts and is acknowledged:
    Stripe switches an endpoint off that says no to it for days.
    """
    if raw.method != "POST" or not 0 < len(raw.body) <= MAX_BODY:
        raise NotifyProblem("malformed")
    header = raw.headers.get("stripe-signature", "")
    if not header:
        raise NotifyProblem("unsigned")
    try:
        timestamp, signatures = signing.parse_header(header)
    except signing.Malformed:
        raise NotifyProblem("malformed_signature") from None
    if not signing.verify(timestamp, signatures, raw.body, settings.webhook_secret):
        raise NotifyProblem("bad_signature")
    if not signing.is_fresh(timestamp, now.timestamp()):
        raise NotifyProblem("stale_timestamp")
    event = _event(raw.body)
    if event.get("livemode") is not settings.livemode:
        raise NotifyProblem("wrong_mode", authentic=True)
    if (event.get("account") or "") != settings.connected:
        raise NotifyProblem("foreign_merchant", authentic=True)
    return _read(account, event, now)


def _event(body: bytes) -> dict[str, Any]:
    try:
        decoded = json.loads(body.decode(), parse_constant=_refuse, object_pairs_hook=_unique)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise NotifyProblem("not_json", authentic=True) from None
    if not isinstance(decoded, dict) or decoded.get("object") != "event" or b"\\u0000" in body:
        raise NotifyProblem("malformed", authentic=True)
    return decoded


def _read(account: Account, event: dict[str, Any], now: datetime) -> ParsedNotify:
    kind, held = event.get("type"), event.get("data")
    thing = held.get("object") if isinstance(held, dict) else None
    if not isinstance(kind, str) or not isinstance(thing, dict):
        raise NotifyProblem("malformed", authentic=True)
    our_ref = ""
    try:
        event_id = objects.identifier(event.get("id"))
        told_at = objects.moment(event.get("created"))
        at = min(told_at, now) if told_at else now
        our_ref = _our_number(kind, thing)
        fact = _fact(account, kind, thing, our_ref, at)
    except BadReply as problem:
        raise NotifyProblem(problem.reason, authentic=True, our_ref=our_ref) from None
    return ParsedNotify(event_id, our_ref, (fact,) if fact else ())


def _our_number(kind: str, thing: dict[str, Any]) -> str:
    """Our number in the object; empty where it has none."""
    if kind in _SESSION_PAID:
        number: object = thing.get("client_reference_id") if objects.metadata(thing) else ""
    elif kind == "payment_intent.succeeded" or kind in _REFUND:
        number = objects.metadata(thing)
    else:
        return ""
    if number and not objects.is_number(number):
        raise BadReply("bad_number")
    return str(number or "")


def _fact(account: Account, kind: str, thing: dict[str, Any], number: str, at: datetime) -> Fact | None:
    if kind in _DISPUTE:
        return dispute_fact(account, thing, _DISPUTE[kind] or kind_of(thing.get("status")), at, "notify")
    if not number:
        return None
    if kind in _REFUND:
        return _refund_fact(account, thing, number, at)
    if kind == "payment_intent.succeeded":
        if thing.get("status") != "succeeded":
            raise BadReply("bad_status")
        amount = objects.money(thing.get("amount_received"), thing.get("currency"))
        return objects.paid_fact(account, number, objects.identifier(thing.get("id")), amount, at, "notify")
    if thing.get("payment_status") != "paid":
        return None
    amount = objects.money(thing.get("amount_total"), thing.get("currency"))
    return objects.paid_fact(account, number, objects.identifier(thing.get("payment_intent")), amount, at, "notify")


def _refund_fact(account: Account, refund: dict[str, Any], number: str, at: datetime) -> Fact | None:
    status = refund.get("status")
    kind: FactKind
    if status == "succeeded":
        kind = "refunded"
    elif status in ("failed", "canceled"):
        kind = "refund_failed"
    else:
        return None
    amount = objects.money(refund.get("amount"), refund.get("currency"))
    if amount is None or amount.amount_minor <= 0:
        raise BadReply("bad_amount")
    return Fact(
        kind=kind,
        provider="stripe",
        account_id=account.id,
        our_ref=number,
        channel_ref=objects.identifier(refund.get("id")),
        amount=amount,
        happened_at=at,
        source="notify",
        parent_ref=objects.identifier(refund["payment_intent"]) if refund.get("payment_intent") else "",
    )


def _refuse(_name: str) -> Any:
    raise ValueError("not a number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a name twice")
    return fields
