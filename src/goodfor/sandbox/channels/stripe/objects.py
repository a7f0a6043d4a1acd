"""Stripe's objects, told from the books: a payment is an intent, a charge and perhaps a session of one ending."""

import json
from typing import Any

from goodfor.sandbox.channels.cashier import page_url
from goodfor.sandbox.channels.desk import Desk
from goodfor.sandbox.channels.rows import Dispute, Payment, Refund

REFUND_STATES = {"processing": "pending", "success": "succeeded", "abnormal": "requires_action", "closed": "canceled"}


def _base(payment: Payment, prefix: str, kind: str) -> dict[str, Any]:
    return {
        "id": f"{prefix}_{payment.token}",
        "object": kind,
        "created": payment.created_ms // 1000,
        "currency": payment.currency.lower(),
        "livemode": False,
        "metadata": payment.more.get("metadata", {}),
    }


#: Why a kept card was declined -> (code, decline_code).
_DECLINES = {
    "no_funds": ("card_declined", "insufficient_funds"),
    "needs_buyer": ("authentication_required", "authentication_required"),
    "limit": ("card_declined", "card_velocity_exceeded"),
    "other": ("card_declined", "generic_decline"),
}


def decline(why: str) -> dict[str, str]:
    """The codes of a declined card."""
    code, by_bank = _DECLINES.get(why, _DECLINES["other"])
    return {"code": code, "decline_code": by_bank}


def customer_of(payment: Payment) -> str | None:
    """Whose kept card pays it."""
    return str(payment.more.get("agreement", "")).partition(":")[0] or None


def intent(payment: Payment) -> dict[str, Any]:
    """A payment_intent. One whose card was declined waits for another card until it is canceled."""
    paid, more = payment.state == "paid", payment.more
    open_state = more.get("open_state", "requires_payment_method")
    declined = more.get("declined", "")
    closed = "requires_payment_method" if declined and not more.get("canceled") else "canceled"
    return {
        **_base(payment, "pi", "payment_intent"),
        "amount": payment.amount,
        "amount_received": payment.amount if paid else 0,
        "status": {"paid": "succeeded", "closed": closed}.get(payment.state, open_state),
        "customer": customer_of(payment),
        "last_payment_error": decline(declined) if declined else None,
        "latest_charge": f"ch_{payment.token}" if paid else None,
        "client_secret": f"pi_{payment.token}_secret_sandbox",
    }


def session(desk: Desk, payment: Payment) -> dict[str, Any]:
    """A checkout.session."""
    paid = payment.state == "paid"
    return {
        **_base(payment, "cs_test", "checkout.session"),
        "mode": "payment",
        "amount_total": payment.amount,
        "client_reference_id": payment.alias or None,
        "payment_intent": f"pi_{payment.token}" if paid else None,
        "payment_status": "paid" if paid else "unpaid",
        "status": {"paid": "complete", "closed": "expired"}.get(payment.state, "open"),
        "url": page_url(desk, payment) if payment.state == "open" else None,
        "success_url": payment.return_url,
        "expires_at": (payment.expires_ms or payment.created_ms + 86_400_000) // 1000,
    }


def charge(payment: Payment) -> dict[str, Any]:
    """A charge."""
    return {
        **_base(payment, "ch", "charge"),
        "amount": payment.amount,
        "amount_captured": payment.amount,
        "amount_refunded": payment.refunded,
        "refunded": payment.refunded == payment.amount,
        "paid": True,
        "captured": True,
        "status": "succeeded",
        "payment_intent": f"pi_{payment.token}",
        "balance_transaction": f"txn_pay_{payment.token}",
    }


def refund(payment: Payment, row: Refund) -> dict[str, Any]:
    """A refund."""
    return {
        "id": row.ref,
        "object": "refund",
        "amount": row.amount,
        "currency": payment.currency.lower(),
        "charge": f"ch_{payment.token}",
        "payment_intent": f"pi_{payment.token}",
        "created": row.created_ms // 1000,
        "reason": row.reason or None,
        "status": REFUND_STATES.get(row.state, "failed"),
        "metadata": json.loads(row.number) if row.number.startswith("{") else {},
    }


def dispute(payment: Payment, row: Dispute) -> dict[str, Any]:
    """A dispute."""
    return {
        "id": row.ref,
        "object": "dispute",
        "livemode": False,
        "amount": row.amount,
        "currency": payment.currency.lower(),
        "charge": f"ch_{payment.token}",
        "payment_intent": f"pi_{payment.token}",
        "created": row.created_ms // 1000,
        "reason": row.reason,
        "status": row.state,
        "evidence": json.loads(row.evidence),
        "evidence_details": {
            "due_by": row.due_ms // 1000,
            "has_evidence": row.evidence != "{}",
            "submission_count": row.submitted,
        },
    }


def listed(url: str, rows: list[dict[str, Any]], *, limit: int, after: str, before: str = "") -> dict[str, Any]:
    """One page of a list: newest first, `limit` rows after the one that `starting_after` names."""
    ids = [row["id"] for row in rows]
    start = ids.index(after) + 1 if after in ids else 0
    end = ids.index(before) if before in ids else len(rows)
    page = rows[start:end][:limit]
    return {"object": "list", "url": url, "has_more": start + limit < end, "data": page}
