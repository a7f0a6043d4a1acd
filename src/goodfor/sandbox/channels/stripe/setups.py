"""Cards kept at Stripe: sessions in setup mode, the card and its customer, intents confirmed without the buyer."""

from typing import Any

from goodfor.sandbox.channels import books, consents, demo
from goodfor.sandbox.channels.cashier import sign_url
from goodfor.sandbox.channels.desk import Desk
from goodfor.sandbox.channels.rows import Agreement, BookRefused, Payment, Refused, Wanted
from goodfor.sandbox.channels.stripe import objects
from goodfor.sandbox.web import Handler, Request, Response, json_response

_MISSING = ("resource_missing", "No such object", 404)


def create(desk: Desk, request: Request, metadata: dict[str, str]) -> Response:
    """A session in setup mode: one customer and one card of its own."""
    form = request.form
    token = desk.token("", 20)
    agreement = consents.begin(
        desk, "stripe", demo.STRIPE_ACCOUNT, form.get("client_reference_id") or token, f"cus_{token}:pm_{token}",
        subject=form.get("setup_intent_data[description]", "") or "card", most=0, currency="", notify_url="",
        return_url=form["success_url"], detail={"metadata": metadata},
    )  # fmt: skip
    return json_response(session(desk, agreement))


def session(desk: Desk, agreement: Agreement) -> dict[str, Any]:
    """A checkout.session in setup mode, its setup_intent inside."""
    customer, _, card = agreement.ref.partition(":")
    signed = agreement.signed_ms is not None
    expired = agreement.state == "ended" and not signed
    setup = {
        "id": f"seti_{agreement.token}",
        "object": "setup_intent",
        "livemode": False,
        "metadata": agreement.more["metadata"],
        "status": "succeeded" if signed else "requires_payment_method",
        "customer": customer if signed else None,
        "payment_method": card if signed else None,
        "usage": "off_session",
    }
    return {
        "id": f"cs_test_{agreement.token}",
        "object": "checkout.session",
        "created": agreement.created_ms // 1000,
        "livemode": False,
        "metadata": agreement.more["metadata"],
        "mode": "setup",
        "client_reference_id": agreement.number,
        "customer": customer if signed else None,
        "payment_intent": None,
        "payment_status": "no_payment_required",
        "setup_intent": setup,
        "status": "complete" if signed else "expired" if expired else "open",
        "url": sign_url(desk, agreement) if agreement.state == "waiting" else None,
        "success_url": agreement.return_url,
    }


def find_session(desk: Desk, name: str) -> Agreement | None:
    """The one of a session's id, or None."""
    with desk.db.read() as conn:
        return consents.find(conn, "stripe", token=name.removeprefix("cs_test_"))


def _of_card(desk: Desk, name: str) -> Agreement:
    token = name.removeprefix("pm_")
    return consents.found(desk, "stripe", ref=f"cus_{token}:pm_{token}")


def _card(agreement: Agreement) -> dict[str, Any]:
    customer, _, card = agreement.ref.partition(":")
    held = agreement.state == "signed"
    return {
        "id": card, "object": "payment_method", "type": "card", "livemode": False,
        "customer": customer if held else None, "card": {"brand": "visa", "last4": "4242"},
    }  # fmt: skip


def show_card(desk: Desk, _request: Request, name: str) -> Response:
    """A payment_method, once it was set up."""
    agreement = _of_card(desk, name)
    if agreement.signed_ms is None:
        raise BookRefused("not_found")
    return json_response(_card(agreement))


def detach(desk: Desk, _request: Request, name: str) -> Response:
    """Takes a card off its customer."""
    agreement = _of_card(desk, name)
    if agreement.state != "signed":
        raise Refused("payment_method_unexpected_state", "The payment method is not attached to a customer", 400)
    return json_response(_card(consents.end(desk, agreement, "merchant")))


def charge(desk: Desk, request: Request, wanted: Wanted) -> Response:
    """An intent that is confirmed at once, without the buyer."""
    form = request.form
    if form.get("off_session", "").lower() != "true":
        raise Refused("parameter_missing", "off_session=true is required to confirm without a page")
    try:
        agreement = _of_card(desk, form.get("payment_method", ""))
    except BookRefused:
        raise Refused(*_MISSING) from None
    if agreement.ref.partition(":")[0] != form.get("customer") or agreement.state != "signed":
        raise Refused(*_MISSING)
    try:
        payment = consents.charge(desk, wanted, agreement)
    except consents.Declined as no:
        if no.why == "agreement_ended" or no.payment is None:
            raise Refused(*_MISSING) from None
        error = {"type": "card_error", "message": "The card was declined", **objects.decline(no.why)}
        return json_response({"error": {**error, "payment_intent": objects.intent(no.payment)}}, 402)
    return json_response(objects.intent(payment))


def intents_of(desk: Desk, customer: str) -> list[dict[str, Any]]:
    """All intents of a customer, newest first."""
    desk.settle_due()
    with desk.db.read() as conn:
        found = books.select(conn, Payment, "payments", "channel = 'stripe' ORDER BY seq DESC")
    return [objects.intent(row) for row in found if objects.customer_of(row) == customer]


ROUTES: list[tuple[str, str, str, Handler]] = [
    ("GET", "/v1/payment_methods/{name}", "agreement_query", show_card),
    ("POST", "/v1/payment_methods/{name}/detach", "agreement_end", detach),
]
