"""Events of PayPal: verified over the raw bytes by a certificate, or by asking PayPal, then read."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from goodfor.kernel.outbound import http
from goodfor.payments.providers.base import Account, NotifyProblem, ParsedNotify
from goodfor.payments.providers.paypal import certificates, client, objects, signing
from goodfor.payments.providers.paypal.client import BadReply
from goodfor.payments.providers.paypal.disputes import ENDS, dispute_fact
from goodfor.payments.providers.paypal.settings import Settings
from goodfor.payments.types import Fact, FactKind, RawRequest

MAX_BODY: Final = 256 * 1024
_FUTURE: Final = timedelta(seconds=300)
_ID = re.compile(r"[0-9A-Za-z-]{1,64}")
_SIGNATURE = re.compile(r"[0-9A-Za-z+/=]{1,1024}")
_HEADERS: Final = (
    "paypal-transmission-id", "paypal-transmission-time", "paypal-transmission-sig", "paypal-cert-url",
    "paypal-auth-algo",
)  # fmt: skip
_REFUND_EVENTS: Final = ("PAYMENT.CAPTURE.REFUNDED", "PAYMENT.REFUND.FAILED")
_REFUNDS: Final[Mapping[str, FactKind]] = {
    "COMPLETED": "refunded",
    "FAILED": "refund_failed",
    "CANCELLED": "refund_failed",
}


def parse(account: Account, settings: Settings, raw: RawRequest, now: datetime) -> ParsedNotify:
    """See `Provider.parse_notify`: shape, signature, freshness, payee, number, amount. Raises NotifyProblem.

    An approved order is no money yet, so it gives no fact: the next question about the payment captures it. What is not
    ours (other goods sold by the same account) has no facts and is acknowledged.
    """
    if raw.method != "POST" or not 0 < len(raw.body) <= MAX_BODY:
        raise NotifyProblem("malformed")
    held = _headers(raw)
    sent_at = objects.moment(held["paypal-transmission-time"])
    if sent_at is None:
        raise NotifyProblem("malformed_signature")
    # Before the signature: a stranger's old event must not make us fetch anything.
    if not -_FUTURE <= now - sent_at <= settings.notify_age:
        raise NotifyProblem("stale_timestamp")
    event = _event(raw.body)
    if settings.verify == "api":
        _verify_there(settings, held, raw.body, now)
    else:
        _verify_here(settings, held, raw.body, now)
    return _read(account, settings, event, now)


def _headers(raw: RawRequest) -> dict[str, str]:
    held = {name: raw.headers.get(name, "") for name in _HEADERS}
    if not held["paypal-transmission-sig"]:
        raise NotifyProblem("unsigned")
    if held["paypal-auth-algo"] != signing.ALGORITHM:
        raise NotifyProblem("bad_algorithm")
    if not _ID.fullmatch(held["paypal-transmission-id"]) or not _SIGNATURE.fullmatch(held["paypal-transmission-sig"]):
        raise NotifyProblem("malformed_signature")
    return held


def _verify_here(settings: Settings, held: Mapping[str, str], body: bytes, now: datetime) -> None:
    signed = signing.message(
        held["paypal-transmission-id"], held["paypal-transmission-time"], settings.webhook_id, body
    )
    key = certificates.key_of(held["paypal-cert-url"], settings, now)
    if not signing.verify(signed, held["paypal-transmission-sig"], key):
        raise NotifyProblem("bad_signature")


def _verify_there(settings: Settings, held: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Ask PayPal. The event goes as the bytes that came: another spelling of it would not verify."""
    if not certificates.is_allowed(held["paypal-cert-url"], settings):
        raise NotifyProblem("foreign_certificate")
    about = client.written(
        {
            "auth_algo": held["paypal-auth-algo"],
            "cert_url": held["paypal-cert-url"],
            "transmission_id": held["paypal-transmission-id"],
            "transmission_sig": held["paypal-transmission-sig"],
            "transmission_time": held["paypal-transmission-time"],
            "webhook_id": settings.webhook_id,
        }
    )
    asking = about[:-1] + b',"webhook_event":' + body + b"}"
    try:
        told = client.call(settings, now, "POST", "/v1/notifications/verify-webhook-signature", asking)
    except (http.NotSent, http.NoAnswer, client.NoToken, BadReply, client.Refused):
        raise NotifyProblem("not_verified") from None
    if told.get("verification_status") != "SUCCESS":
        raise NotifyProblem("bad_signature")


def _event(body: bytes) -> dict[str, Any]:
    try:
        event = client.decode(body)
    except BadReply:
        raise NotifyProblem("not_json") from None
    if b"\\u0000" in body:
        raise NotifyProblem("malformed")
    return event


def _read(account: Account, settings: Settings, event: dict[str, Any], now: datetime) -> ParsedNotify:
    kind, resource = event.get("event_type"), event.get("resource")
    if not isinstance(kind, str) or not isinstance(resource, dict):
        raise NotifyProblem("malformed", authentic=True)
    our_ref = ""
    try:
        event_id = objects.identifier(event.get("id"))
        told_at = objects.moment(event.get("create_time"))
        at = min(told_at, now) if told_at else now
        our_ref = _our_number(kind, resource)
        objects.check_payee(resource, settings)
        fact = _fact(account, kind, resource, our_ref, at)
    except BadReply as problem:
        raise NotifyProblem(problem.reason, authentic=True, our_ref=our_ref) from None
    return ParsedNotify(event_id, our_ref, (fact,) if fact else ())


def _our_number(kind: str, resource: dict[str, Any]) -> str:
    number: object
    if kind in _REFUND_EVENTS:
        number = resource.get("invoice_id") or resource.get("custom_id")
    elif kind.startswith("PAYMENT.CAPTURE."):
        number = resource.get("custom_id")
    elif kind.startswith("CHECKOUT.ORDER."):
        units = objects.listed(resource.get("purchase_units"))
        number = units[0].get("custom_id") if units else None
    else:
        number = None
    if number is None:
        return ""
    if not objects.is_number(number):
        raise BadReply("bad_number")
    return str(number)


def _fact(account: Account, kind: str, resource: dict[str, Any], number: str, at: datetime) -> Fact | None:
    if kind in ("CUSTOMER.DISPUTE.CREATED", "CUSTOMER.DISPUTE.RESOLVED"):
        return _dispute(account, kind, resource, at)
    if not number:
        return None
    if kind == "PAYMENT.CAPTURE.COMPLETED":
        if resource.get("status", "COMPLETED") != "COMPLETED":
            raise BadReply("bad_status")
        return objects.fact(account, "paid", number, resource, at, "notify")
    if kind in _REFUND_EVENTS:
        status = resource.get("status")
        ended = _REFUNDS.get(status) if isinstance(status, str) else None
        return objects.fact(account, ended, number, resource, at, "notify") if ended else None
    return None


def _dispute(account: Account, kind: str, resource: dict[str, Any], at: datetime) -> Fact | None:
    """A dispute that ended in a way that we do not know is no fact: a person sees it in PayPal's own messages."""
    ended: FactKind | None = "disputed"
    if kind == "CUSTOMER.DISPUTE.RESOLVED":
        code = objects.inner(resource, "dispute_outcome", "outcome_code")
        ended = ENDS.get(code) if isinstance(code, str) else None
    if ended is None:
        return None
    return dispute_fact(account, resource, ended, at, "notify")
