"""Stripe: bearer keys, form-encoded calls, stored answers by idempotency key, signed events."""

# ruff: noqa: ARG002 - a channel is given more than each of its answers needs

import hmac
import json
from typing import Any

from goodfor.sandbox.channels import answers, demo
from goodfor.sandbox.channels.channel import Channel
from goodfor.sandbox.channels.desk import Desk
from goodfor.sandbox.channels.outbox import Letter
from goodfor.sandbox.channels.rows import Agreement, BookRefused, Dispute, Event, Outgoing, Payment, Refund, Refused
from goodfor.sandbox.channels.stripe import calls, elements, objects, setups
from goodfor.sandbox.fen import parse_fen
from goodfor.sandbox.notices import spoiled
from goodfor.sandbox.web import Handler, Request, Response, json_response

_BOOK_WORDS = {
    "not_found": ("resource_missing", "No such object", 404),
    "too_much": ("charge_already_refunded", "Amount is greater than what is left", 400),
    "rejected": ("insufficient_funds", "Insufficient funds in your Stripe balance", 400),
    "not_paid": ("charge_not_refundable", "Nothing to refund", 400),
}
_DISPUTE = {
    "opened": "charge.dispute.created",
    "updated": "charge.dispute.updated",
    "won": "charge.dispute.closed",
    "lost": "charge.dispute.closed",
}


def signature_header(secret: str, body: bytes, seconds: int) -> str:
    """`t=...,v1=...`: HMAC-SHA256 over `<t>.` and the body."""
    return f"t={seconds},v1={hmac.new(secret.encode(), f'{seconds}.'.encode() + body, 'sha256').hexdigest()}"


class Stripe(Channel):
    """The stand-in of Stripe's API."""

    name = "stripe"

    def __init__(self) -> None:
        super().__init__()
        for method, pattern, endpoint, handler in (*calls.ROUTES, *setups.ROUTES):
            self.router.add(method, pattern, endpoint, _idempotent(handler) if method == "POST" else handler)
        for method, pattern, endpoint, handler in elements.ROUTES:
            self.router.add(method, pattern, endpoint, handler)

    def number_of(self, request: Request, arguments: dict[str, str]) -> str:
        """client_reference_id, where it is said, or our number in the metadata."""
        return request.form.get("client_reference_id", "") or request.form.get("metadata[number]", "")

    def prepare(self, desk: Desk, request: Request, endpoint: str) -> None:
        """The secret key, as bearer; but browsers come without."""
        if endpoint in elements.ENDPOINTS:
            return
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {demo.STRIPE_SECRET_KEY}".encode()):
            raise Refused("api_key_invalid", "Invalid API Key provided", 401)

    def refusal(self, desk: Desk, request: Request, refused: Refused) -> Response:
        """{"error": {...}}."""
        kind = "api_error" if refused.status >= 500 else "invalid_request_error"
        if refused.code == "idempotency_error":
            kind = "idempotency_error"
        error = {"type": kind, "code": refused.code, "message": refused.message}
        return json_response({"error": error}, refused.status)

    def fault(self, desk: Desk, request: Request, status: int) -> Response:
        """An error; one that came after a key was given is stored and comes again, as at Stripe."""
        answer = self.refusal(desk, request, Refused("fault", "fault on demand", status))
        if request.method == "POST" and status >= 500:
            key = request.headers.get("Idempotency-Key", "")
            answers.store(desk, "stripe", demo.STRIPE_ACCOUNT, key, request, answer)
        return answer

    def book_refusal(self, refused: BookRefused) -> Refused:
        """In Stripe's words."""
        return Refused(*_BOOK_WORDS.get(refused.why, ("payment_intent_unexpected_state", refused.why, 400)))

    def notify_url(self, desk: Desk, payment: Payment) -> str:
        """The one endpoint of the account."""
        return desk.webhooks.get("stripe", "")

    def paid_events(self, desk: Desk, payment: Payment) -> list[Event]:
        """The intent, its charge, and the session if there is one."""
        events = [
            Event("payment_intent.succeeded", objects.intent(payment)),
            Event("charge.succeeded", objects.charge(payment)),
        ]
        if payment.kind == "SESSION":
            events.append(Event("checkout.session.completed", objects.session(desk, payment)))
        return events

    def closed_events(self, desk: Desk, payment: Payment) -> list[Event]:
        """The session expired, or the intent was canceled."""
        if payment.kind == "SESSION":
            return [Event("checkout.session.expired", objects.session(desk, payment))]
        return [Event("payment_intent.canceled", objects.intent(payment))]

    def refund_events(self, desk: Desk, payment: Payment, refund: Refund) -> list[Event]:
        """charge.refunded once money moved, else refund.failed."""
        if refund.state == "success":
            return [
                Event("charge.refunded", objects.charge(payment)),
                Event("refund.updated", objects.refund(payment, refund)),
            ]
        return [Event("refund.failed", objects.refund(payment, refund))]

    def agreement_events(self, desk: Desk, agreement: Agreement) -> list[Event]:
        """The session of a card that was set up."""
        if agreement.state != "signed":
            return []
        return [Event("checkout.session.completed", setups.session(desk, agreement))]

    def agreement_url(self, desk: Desk, agreement: Agreement) -> str:
        """The one endpoint of the account."""
        return desk.webhooks.get("stripe", "")

    def dispute_state(self, step: str) -> str:
        """Stripe's status of a dispute."""
        return {"opened": "needs_response", "updated": "under_review"}.get(step, step)

    def dispute_events(self, desk: Desk, payment: Payment, dispute: Dispute, step: str) -> list[Event]:
        """charge.dispute.*, and where money moves, funds_withdrawn or funds_reinstated."""
        told = objects.dispute(payment, dispute)
        events = [Event(_DISPUTE[step], told)]
        if step in ("opened", "won"):
            moved = "withdrawn" if step == "opened" else "reinstated"
            events.append(Event(f"charge.dispute.funds_{moved}", told))
        return events

    def seal(self, desk: Desk, letter: Letter, lie: str, settings: dict[str, Any]) -> Outgoing:
        """The event around its object, signed with the endpoint's secret."""
        told = json.loads(letter.payload)
        event: dict[str, Any] = {
            "id": f"evt_{letter.event_id}",
            "object": "event",
            "api_version": "sandbox",
            "created": letter.created_ms // 1000,
            "livemode": False,
            "type": letter.event,
            "data": {"object": told},
        }
        if lie == "wrong_amount_notify":
            for name in ("amount", "amount_received", "amount_captured", "amount_total"):
                if name in told:
                    told[name] = parse_fen(settings["money"])
        elif lie == "foreign_merchant_notify":
            event["account"] = settings["as_merchant"] or "acct_sandbox_0002"
        body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        header = signature_header(demo.STRIPE_WEBHOOK_SECRET, body, desk.now_ms() // 1000)
        if lie in ("bad_signature_notify", "signtest_notify"):
            stamp, _v1, signature = header.partition("v1=")
            header = f"{stamp}v1={spoiled(signature)}"
        return Outgoing(body, {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": header})


def _idempotent(handler: Handler) -> Handler:
    def handled(desk: Desk, request: Request, **arguments: str) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if len(key) > 255:
            raise Refused("idempotency_key_too_long")
        before = answers.stored(desk, "stripe", demo.STRIPE_ACCOUNT, key, request)
        if before is not None:
            again = (("Content-Type", "application/json"), ("Idempotent-Replayed", "true"))
            return Response(before[0], before[1], again)
        response = handler(desk, request, **arguments)
        answers.store(desk, "stripe", demo.STRIPE_ACCOUNT, key, request, response)
        return response

    return handled
