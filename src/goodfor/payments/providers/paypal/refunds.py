"""Money back: of a capture, under our number, found again among the refunds of its order."""

import re
from datetime import datetime
from typing import Any, Final

from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown
from goodfor.payments.providers.base import NO_FUNDS, NOT_FOUND, WINDOW_OVER, RefundAttempt
from goodfor.payments.providers.paypal import objects
from goodfor.payments.providers.paypal.client import REFUSED, BadReply, Refused, call, written
from goodfor.payments.providers.paypal.settings import Settings

_CODES: Final = {
    "INSUFFICIENT_FUNDS": NO_FUNDS,
    "REFUND_FAILED_INSUFFICIENT_FUNDS": NO_FUNDS,
    "REFUND_TIME_LIMIT_EXCEEDED": WINDOW_OVER,
    "CAPTURE_FULLY_REFUNDED": "already_refunded",
}
_ORDER_LINK = re.compile(r"/v2/checkout/orders/([0-9A-Za-z_-]{1,58})")


def give_back(settings: Settings, refund: RefundAttempt, now: datetime) -> Outcome:
    """Ask for the refund; PayPal-Request-Id is our number, so a repetition is the same refund."""
    capture_id = _capture_id(refund)
    amount = {"currency_code": refund.amount.currency, "value": refund.amount.as_decimal_string()}
    body = written({"amount": amount, "invoice_id": refund.number, "custom_id": refund.number})
    try:
        made = call(settings, now, "POST", f"/v2/payments/captures/{capture_id}/refund", body, refund.number)
    except Refused as problem:
        return Rejected(_CODES.get(problem.issue, REFUSED), problem.text)
    if not _is_ours(made, refund):
        return Unknown("other_number")
    return _outcome(made, refund)


def find(settings: Settings, refund: RefundAttempt, now: datetime) -> Outcome:
    """Look for our number among the refunds of the order that the capture belongs to."""
    capture = call(settings, now, "GET", f"/v2/payments/captures/{_capture_id(refund)}")
    if capture.get("id") != refund.channel_ref or capture.get("custom_id") != refund.payment_number:
        return Unknown("other_number")
    order_id = _order_of(capture)
    if not order_id:
        return Unknown("no_order")
    order = call(settings, now, "GET", f"/v2/checkout/orders/{order_id}")
    unit = objects.unit_of(order, settings, refund.payment_number)
    listed = objects.listed(objects.inner(unit, "payments", "refunds"))
    for entry in listed:
        if _is_ours(entry, refund):
            return _outcome(entry, refund)
    if not listed and capture.get("status") == "REFUNDED":
        # All is back, so a repetition cannot pay again: under the same id it only tells what the first one did.
        told = give_back(settings, refund, now)
        return told if isinstance(told, Succeeded) else Unknown("ambiguous")
    if not listed and capture.get("status") == "PARTIALLY_REFUNDED":
        # Something went back, and the list does not say what.
        return Unknown("ambiguous")
    return Rejected(NOT_FOUND)


def _capture_id(refund: RefundAttempt) -> str:
    if refund.channel_ref.startswith(objects.ORDER):
        raise BadReply("no_capture")
    return objects.identifier(refund.channel_ref)


def _is_ours(made: dict[str, Any], refund: RefundAttempt) -> bool:
    """Either place may hold the payment's own number instead; a refund's number is nobody else's."""
    return refund.number in (made.get("invoice_id"), made.get("custom_id"))


def _outcome(made: dict[str, Any], refund: RefundAttempt) -> Outcome:
    ref, status = objects.identifier(made.get("id")), made.get("status")
    if objects.money(made.get("amount")) != refund.amount:
        return Unknown("other_amount")
    if status == "COMPLETED":
        return Succeeded(ref=ref)
    if status == "PENDING":
        return Pending(ref)
    if status in ("CANCELLED", "FAILED"):
        return Rejected("refund_failed", objects.text(objects.inner(made, "status_details", "reason")))
    return Unknown("bad_status")


def _order_of(capture: dict[str, Any]) -> str:
    """The order's id, told outright or by the link upwards (of which only the id is taken)."""
    told = objects.inner(capture, "supplementary_data", "related_ids", "order_id")
    if told is not None:
        return objects.identifier(told)
    for link in objects.listed(capture.get("links")):
        href = link.get("href")
        if link.get("rel") == "up" and isinstance(href, str) and (found := _ORDER_LINK.search(href)):
            return found[1]
    return ""
