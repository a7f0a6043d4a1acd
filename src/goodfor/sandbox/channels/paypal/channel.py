"""PayPal: access tokens, JSON calls, answers stored by PayPal-Request-Id, webhooks signed under a chain of our own."""

# ruff: noqa: ARG002 - a channel is given more than each of its answers needs

import json
from typing import Any

from goodfor.sandbox.channels import answers, demo
from goodfor.sandbox.channels.app import number_in_body
from goodfor.sandbox.channels.channel import Channel
from goodfor.sandbox.channels.desk import Desk
from goodfor.sandbox.channels.outbox import Letter
from goodfor.sandbox.channels.paypal import calls, common, signing
from goodfor.sandbox.channels.rows import BookRefused, Dispute, Event, Outgoing, Payment, Refund, Refused
from goodfor.sandbox.notices import spoiled
from goodfor.sandbox.web import Handler, Request, Response, json_response

_BOOK_WORDS = {
    "not_found": ("RESOURCE_NOT_FOUND", "The specified resource does not exist.", 404),
    "too_much": ("REFUND_AMOUNT_EXCEEDED", "The refund amount must be less than or equal to what is left", 422),
    "rejected": ("REFUND_FAILED_INSUFFICIENT_FUNDS", "Not enough funds", 422),
}
_REFUND_EVENTS = {"success": "PAYMENT.CAPTURE.REFUNDED"}


class PayPal(Channel):
    """The stand-in of PayPal's REST API."""

    name = "paypal"

    def __init__(self) -> None:
        super().__init__()
        for method, pattern, endpoint, handler in calls.ROUTES:
            kept = method == "POST" and endpoint in ("create", "capture", "refund")
            self.router.add(method, pattern, endpoint, _idempotent(handler) if kept else handler)

    def number_of(self, request: Request, arguments: dict[str, str]) -> str:
        """The order of the path."""
        return arguments.get("name", "") or number_in_body(request, "custom_id")

    def refusal(self, desk: Desk, request: Request, refused: Refused) -> Response:
        """{"name", "message", "details"}; the token call speaks OAuth."""
        if request.path.endswith("/oauth2/token"):
            return json_response({"error": refused.code, "error_description": refused.message}, refused.status)
        name = "UNPROCESSABLE_ENTITY" if refused.status == 422 else refused.code
        details = [{"issue": refused.code, "description": refused.message}]
        body = {"name": name, "message": refused.message, "details": details, "debug_id": desk.token("", 13)}
        return json_response(body, refused.status)

    def fault(self, desk: Desk, request: Request, status: int) -> Response:
        """RATE_LIMIT_REACHED or INTERNAL_SERVER_ERROR."""
        name = "RATE_LIMIT_REACHED" if status == 429 else "INTERNAL_SERVER_ERROR"
        return self.refusal(desk, request, Refused(name, "fault on demand", status))

    def book_refusal(self, refused: BookRefused) -> Refused:
        """In PayPal's words."""
        return Refused(*_BOOK_WORDS.get(refused.why, ("INVALID_RESOURCE_STATE", refused.why, 422)))

    def notify_url(self, desk: Desk, payment: Payment) -> str:
        """The one webhook of the account."""
        return desk.webhooks.get("paypal", "")

    def buyer_pays(self, desk: Desk, payment: Payment) -> None:
        """The buyer only approves; the merchant captures."""
        approved = desk.see(payment, approved=True)
        desk.tell(approved, [Event("CHECKOUT.ORDER.APPROVED", common.order(desk, approved))])

    def return_url(self, desk: Desk, payment: Payment) -> str:
        """With the order as `token`."""
        joint = "&" if "?" in payment.return_url else "?"
        return f"{payment.return_url}{joint}token={payment.ref}&PayerID=SANDBOXPAYER1"

    def paid_events(self, desk: Desk, payment: Payment) -> list[Event]:
        """PAYMENT.CAPTURE.COMPLETED."""
        return [Event("PAYMENT.CAPTURE.COMPLETED", common.capture(desk, payment))]

    def refund_events(self, desk: Desk, payment: Payment, refund: Refund) -> list[Event]:
        """PAYMENT.CAPTURE.REFUNDED, or that it failed."""
        name = _REFUND_EVENTS.get(refund.state, "PAYMENT.REFUND.FAILED")
        return [Event(name, common.refund(desk, payment, refund))]

    def dispute_ref(self, desk: Desk) -> str:
        """PP-D- and a number."""
        return f"PP-D-{desk.digits(8)}"

    def dispute_state(self, step: str) -> str:
        """PayPal's status of a dispute; how it ended is told apart from that (`common.dispute`)."""
        ends = {"won": "RESOLVED_SELLER_FAVOUR", "lost": "RESOLVED_BUYER_FAVOUR"}
        return {"opened": "WAITING_FOR_SELLER_RESPONSE", "updated": "UNDER_REVIEW", **ends}[step]

    def dispute_events(self, desk: Desk, payment: Payment, dispute: Dispute, step: str) -> list[Event]:
        """CUSTOMER.DISPUTE.*."""
        name = {"opened": "CREATED", "updated": "UPDATED"}.get(step, "RESOLVED")
        return [Event(f"CUSTOMER.DISPUTE.{name}", common.dispute(desk, payment, dispute))]

    def seal(self, desk: Desk, letter: Letter, lie: str, settings: dict[str, Any]) -> Outgoing:
        """The event around its resource, and the five headers that sign it."""
        told = json.loads(letter.payload)
        if lie == "wrong_amount_notify" and "amount" in told:
            told["amount"]["value"] = settings["money"]
        elif lie == "foreign_merchant_notify":
            told["payee"] = {"merchant_id": settings["as_merchant"] or "SANDBOXMERCH2"}
        event = {
            "id": f"WH-{letter.event_id.upper()}",
            "event_version": "1.0",
            "create_time": common.stamp(letter.created_ms),
            "event_type": letter.event,
            "resource": told,
        }
        body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        at = common.stamp(desk.now_ms())
        signature = signing.sign(letter.event_id, at, demo.PAYPAL_WEBHOOK_ID, body)
        if lie in ("bad_signature_notify", "signtest_notify"):
            signature = spoiled(signature)
        headers = {
            "Content-Type": "application/json",
            "PAYPAL-TRANSMISSION-ID": letter.event_id,
            "PAYPAL-TRANSMISSION-TIME": at,
            "PAYPAL-TRANSMISSION-SIG": signature,
            "PAYPAL-CERT-URL": f"{desk.url}/paypal{signing.CERT_PATH}",
            "PAYPAL-AUTH-ALGO": signing.ALGORITHM,
        }
        return Outgoing(body, headers)


def _idempotent(handler: Handler) -> Handler:
    def handled(desk: Desk, request: Request, **arguments: str) -> Response:
        client, key = common.caller(desk, request), request.headers.get("Paypal-Request-Id", "")
        before = answers.stored(desk, "paypal", client, key, request)
        if before is not None:
            return Response(before[0], before[1], (("Content-Type", "application/json"),))
        response = handler(desk, request, **arguments)
        answers.store(desk, "paypal", client, key, request, response)
        return response

    return handled
