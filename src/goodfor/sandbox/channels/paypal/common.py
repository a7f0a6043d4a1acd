"""What the calls of PayPal share: amounts, objects, the caller."""

import json
import re
import time
from typing import Any

from goodfor.sandbox.channels import demo
from goodfor.sandbox.channels.cashier import WHOLE, page_url
from goodfor.sandbox.channels.desk import Desk
from goodfor.sandbox.channels.rows import BookRefused, Dispute, Payment, Refund, Refused
from goodfor.sandbox.fen import format_fen, parse_fen
from goodfor.sandbox.web import Request

REFUND_STATES = {"processing": "PENDING", "success": "COMPLETED", "closed": "CANCELLED"}


def stamp(at_ms: int) -> str:
    """RFC 3339 in UTC."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at_ms / 1000))


def money(amount: int, currency: str) -> dict[str, str]:
    """An amount as PayPal writes it."""
    return {"currency_code": currency, "value": str(amount) if currency in WHOLE else format_fen(amount)}


def read_money(value: Any) -> tuple[int, str]:
    """(minor units, currency). Raises Refused."""
    try:
        currency, text = str(value["currency_code"]), str(value["value"])
        if not re.fullmatch("[A-Z]{3}", currency, re.ASCII):
            raise ValueError
        amount = int(text) if currency in WHOLE else parse_fen(text)
        if amount < 1:
            raise ValueError
    except (KeyError, TypeError, ValueError):
        raise Refused("INVALID_REQUEST", "amount is malformed") from None
    return amount, currency


def caller(desk: Desk, request: Request) -> str:
    """The client whose access token this is. Raises Refused, 401."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    client, until = desk.tokens.get(token, ("", 0.0))
    if until <= desk.config.clock():
        raise Refused("AUTHENTICATION_FAILURE", "Authentication failed", 401)
    return client


def order(desk: Desk, payment: Payment) -> dict[str, Any]:
    """An order."""
    more, links = payment.more, []
    state = {"paid": "COMPLETED", "closed": "VOIDED"}.get(payment.state, "APPROVED" if payment.seen_ms else "CREATED")
    if payment.state == "open":
        links = [{"href": page_url(desk, payment), "rel": "approve", "method": "GET"}]
    base = f"{desk.url}/paypal/v2/checkout/orders/{payment.ref}"
    unit: dict[str, Any] = {**more.get("unit", {}), "amount": money(payment.amount, payment.currency)}
    unit["payee"] = {"merchant_id": demo.PAYPAL_MERCHANT_ID}
    if payment.state == "paid":
        unit["payments"] = {"captures": [capture(desk, payment)]}
    return {
        "id": payment.ref,
        "intent": "CAPTURE",
        "status": state,
        "purchase_units": [unit],
        "create_time": stamp(payment.created_ms),
        "links": [{"href": base, "rel": "self", "method": "GET"}, *links],
    }


def capture_id(payment: Payment) -> str:
    """The capture of an order."""
    return f"CAP{payment.ref}"


def capture(desk: Desk, payment: Payment) -> dict[str, Any]:
    """A capture."""
    unit = payment.more.get("unit", {})
    status = "COMPLETED"
    if payment.refunded:
        status = "REFUNDED" if payment.refunded == payment.amount else "PARTIALLY_REFUNDED"
    currency = payment.currency
    return {
        "id": capture_id(payment),
        "status": status,
        "amount": money(payment.amount, currency),
        "final_capture": True,
        "custom_id": unit.get("custom_id", ""),
        "invoice_id": unit.get("invoice_id", ""),
        "seller_receivable_breakdown": {
            "gross_amount": money(payment.amount, currency),
            "paypal_fee": money(payment.fee, currency),
            "net_amount": money(payment.amount - payment.fee, currency),
        },
        "supplementary_data": {"related_ids": {"order_id": payment.ref}},
        "payee": {"merchant_id": demo.PAYPAL_MERCHANT_ID},
        "create_time": stamp(payment.paid_ms or payment.created_ms),
        "links": [
            {"href": f"{desk.url}/paypal/v2/checkout/orders/{payment.ref}", "rel": "up", "method": "GET"},
        ],
    }


def refund(desk: Desk, payment: Payment, row: Refund) -> dict[str, Any]:
    """A refund."""
    up = f"{desk.url}/paypal/v2/payments/captures/{capture_id(payment)}"
    return {
        "id": row.ref,
        "status": REFUND_STATES.get(row.state, "FAILED"),
        "amount": money(row.amount, payment.currency),
        "invoice_id": row.number,
        "custom_id": payment.more.get("unit", {}).get("custom_id", ""),
        "create_time": stamp(row.created_ms),
        "links": [{"href": up, "rel": "up", "method": "GET"}],
    }


def dispute(desk: Desk, payment: Payment, row: Dispute) -> dict[str, Any]:
    """A dispute. Its links say what may be done now."""
    base = f"{desk.url}/paypal/v1/customer/disputes/{row.ref}"
    acts = ["provide-evidence", "accept-claim"] if row.state == "WAITING_FOR_SELLER_RESPONSE" else []
    told: dict[str, Any] = {
        "dispute_id": row.ref,
        "create_time": stamp(row.created_ms),
        "disputed_transactions": [
            {
                "seller_transaction_id": capture_id(payment),
                "custom": payment.alias,
                "seller": {"merchant_id": demo.PAYPAL_MERCHANT_ID},
            }
        ],
        "reason": row.reason,
        "status": "RESOLVED" if row.ended_ms is not None else row.state,
        "dispute_amount": money(row.amount, payment.currency),
        "dispute_life_cycle_stage": "CHARGEBACK",
        "seller_response_due_date": stamp(row.due_ms),
        "links": [
            {"href": base, "rel": "self", "method": "GET"},
            *({"href": f"{base}/{act}", "rel": act, "method": "POST"} for act in acts),
        ],
    }
    if row.evidence != "{}":
        told["evidences"] = json.loads(row.evidence)["evidences"]
    if row.ended_ms is not None:
        told["dispute_outcome"] = {"outcome_code": row.state}
    return told


def found_order(desk: Desk, request: Request, ref: str) -> Payment:
    """The caller's order. Raises BookRefused."""
    payment = desk.payment("paypal", ref=ref, merchant=caller(desk, request))
    if payment is None:
        raise BookRefused("not_found")
    return payment


def found_capture(desk: Desk, request: Request, capture: str) -> Payment:
    """The caller's captured order. Raises BookRefused."""
    payment = found_order(desk, request, capture.removeprefix("CAP"))
    if payment.state != "paid" or not capture.startswith("CAP"):
        raise BookRefused("not_found")
    return payment
