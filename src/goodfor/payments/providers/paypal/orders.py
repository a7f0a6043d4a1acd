"""Orders: made, asked about, captured. Money moves only when we capture, so only an order that we know can be paid.

That is why a repeated create does no harm even where PayPal has forgotten its request id: an order that we do not find
by its id or by our request id is never captured.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from goodfor.kernel.outbound import http
from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Unknown
from goodfor.payments.providers.base import CLOSED, NOT_FOUND, Account, Attempt, created, paid
from goodfor.payments.providers.paypal import objects
from goodfor.payments.providers.paypal.client import BadReply, Refused, call, written
from goodfor.payments.providers.paypal.settings import Settings
from goodfor.payments.types import Instruction

_APPROVE: Final = ("approve", "payer-action")
_WAITING: Final = frozenset({"CREATED", "SAVED", "PAYER_ACTION_REQUIRED"})
#: A capture that took money stays one, whatever went back later.
_TAKEN: Final = frozenset({"COMPLETED", "REFUNDED", "PARTIALLY_REFUNDED"})
#: The last question about an attempt comes a moment after it ended; who approved until then has paid in time.
GRACE: Final = timedelta(minutes=5)
#: PayPal remembers a request id for some hours.
REMEMBERED: Final = timedelta(hours=5)


def make(settings: Settings, attempt: Attempt, now: datetime) -> dict[str, Any]:
    """Create, or get what was created under this number. Raises what `call` raises."""
    unit = {
        "reference_id": attempt.number,
        "custom_id": attempt.number,
        "invoice_id": attempt.number,
        "description": "".join(c for c in attempt.subject if c.isprintable())[:127] or attempt.number,
        "amount": {"currency_code": attempt.amount.currency, "value": attempt.amount.as_decimal_string()},
    }
    context = {
        "return_url": attempt.return_url,
        "cancel_url": attempt.return_url,
        "user_action": "PAY_NOW",
        "shipping_preference": "NO_SHIPPING",
    }
    if settings.brand:
        context["brand_name"] = settings.brand
    body = written({"intent": "CAPTURE", "purchase_units": [unit], "application_context": context})
    order = call(settings, now, "POST", "/v2/checkout/orders", body, attempt.number)
    found = objects.unit_of(order, settings, attempt.number)
    if objects.money(found.get("amount")) != attempt.amount:
        raise BadReply("other_amount")
    return order


def started(order: dict[str, Any]) -> Outcome:
    """The way to PayPal's page."""
    links = [link for link in objects.listed(order.get("links")) if str(link.get("rel")) in _APPROVE]
    href = links[0].get("href") if links else None
    if not isinstance(href, str) or len(href) > 2048 or not http.is_safe_url(href):
        return Unknown("no_link")
    return created(Instruction("redirect", href), objects.ORDER + objects.identifier(order.get("id")))


def state(account: Account, settings: Settings, attempt: Attempt, now: datetime) -> Outcome:
    """Ask, and capture what the buyer approved in time. Raises what `call` raises."""
    ref = attempt.channel_ref
    if ref and not ref.startswith(objects.ORDER):
        return _capture_state(account, settings, attempt, ref, now)
    if not ref and attempt.expires_at is not None and now > attempt.expires_at + REMEMBERED:
        return Unknown("no_reference")
    order_id = ref.removeprefix(objects.ORDER) if ref else make(settings, attempt, now).get("id")
    path = f"/v2/checkout/orders/{objects.identifier(order_id)}"
    order = _order(settings, attempt, path, now)
    if order is None:
        # An order that was never captured ends by itself; nobody will capture it now.
        return Rejected(NOT_FOUND)
    if order.get("status") == "APPROVED" and not _is_over(attempt, now):
        order = _captured(settings, attempt, path, order, now) or order
    return _order_state(account, attempt, order, now)


def _order(settings: Settings, attempt: Attempt, path: str, now: datetime) -> dict[str, Any] | None:
    try:
        order = call(settings, now, "GET", path)
    except Refused as problem:
        if problem.status == 404:
            return None
        raise
    objects.unit_of(order, settings, attempt.number)
    if path.rpartition("/")[2] != order.get("id"):
        raise BadReply("other_number")
    return order


def _captured(
    settings: Settings, attempt: Attempt, path: str, order: dict[str, Any], now: datetime
) -> dict[str, Any] | None:
    """The order after our capture. Refused (taken before, the buyer's bank said no): what the order says counts."""
    if objects.money(objects.unit_of(order, settings, attempt.number).get("amount")) != attempt.amount:
        # Approved for another amount: never taken.
        raise BadReply("other_amount")
    with suppress(Refused):
        call(settings, now, "POST", f"{path}/capture", b"{}", f"{attempt.number}-capture")
    return _order(settings, attempt, path, now)


def _order_state(account: Account, attempt: Attempt, order: dict[str, Any], now: datetime) -> Outcome:
    status, kept = order.get("status"), objects.ORDER + objects.identifier(order.get("id"))
    units = objects.listed(order.get("purchase_units"))
    captures = objects.listed(objects.inner(units[0], "payments", "captures"))
    taken = [capture for capture in captures if str(capture.get("status")) in _TAKEN]
    if taken:
        return _paid(account, attempt, taken[0], now)
    if any(capture.get("status") == "PENDING" for capture in captures):
        return Pending(kept)
    if status == "VOIDED" or (_is_over(attempt, now) and status in _WAITING | {"APPROVED"}):
        return Rejected(CLOSED)
    if status in _WAITING or status in ("APPROVED", "COMPLETED"):
        # Completed without a capture that took money: it was declined, the buyer may try again.
        return Pending(kept)
    return Unknown("bad_status")


def _capture_state(account: Account, settings: Settings, attempt: Attempt, ref: str, now: datetime) -> Outcome:
    capture = call(settings, now, "GET", f"/v2/payments/captures/{objects.identifier(ref)}")
    if capture.get("custom_id") != attempt.number or capture.get("id") != ref:
        raise BadReply("other_number")
    objects.check_payee(capture, settings)
    if str(capture.get("status")) in _TAKEN:
        return _paid(account, attempt, capture, now)
    return Pending(ref) if capture.get("status") == "PENDING" else Unknown("bad_status")


def _paid(account: Account, attempt: Attempt, capture: dict[str, Any], now: datetime) -> Outcome:
    if capture.get("custom_id", attempt.number) != attempt.number:
        raise BadReply("other_number")
    at = objects.moment(capture.get("create_time"))
    return paid(objects.fact(account, "paid", attempt.number, capture, min(at, now) if at else now, "query"))


def _is_over(attempt: Attempt, now: datetime) -> bool:
    return attempt.expires_at is not None and now > attempt.expires_at + GRACE
