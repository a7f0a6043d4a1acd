"""PayPal's calls: token, orders, captures, refunds, disputes, and asking whether a webhook is genuine."""

import base64
import hmac
import json
import re
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, cast
from urllib.parse import urlsplit

from goodfor.sandbox.channels import books, chains, demo
from goodfor.sandbox.channels.desk import Desk
from goodfor.sandbox.channels.paypal import common, signing
from goodfor.sandbox.channels.paypal.common import caller, found_capture, found_order, read_money
from goodfor.sandbox.channels.rows import BookRefused, Dispute, Payment, Refused, Wanted
from goodfor.sandbox.web import Handler, Request, Response, json_response

TOKEN_SECONDS = 32_400


def token(desk: Desk, request: Request) -> Response:
    """Client credentials by HTTP Basic."""
    wanted = base64.b64encode(f"{demo.PAYPAL_CLIENT_ID}:{demo.PAYPAL_CLIENT_SECRET}".encode()).decode()
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), f"Basic {wanted}".encode()):
        raise Refused("invalid_client", "Client Authentication failed", 401)
    if request.form.get("grant_type") != "client_credentials":
        raise Refused("unsupported_grant_type", "unsupported grant_type", 400)
    made = desk.token("A21AA", 60)
    desk.tokens[made] = (demo.PAYPAL_CLIENT_ID, desk.config.clock() + TOKEN_SECONDS)
    return json_response({"access_token": made, "token_type": "Bearer", "expires_in": TOKEN_SECONDS})


def create_order(desk: Desk, request: Request) -> Response:
    """intent CAPTURE and one purchase unit."""
    client, body = caller(desk, request), request.json()
    units = body.get("purchase_units")
    if body.get("intent") != "CAPTURE" or not isinstance(units, list) or len(units) != 1:
        raise Refused("INVALID_REQUEST", "intent CAPTURE with one purchase unit")
    unit = _part(units[0])
    amount, currency = read_money(unit.get("amount"))
    source = _part(_part(_part(body.get("payment_source")).get("paypal")).get("experience_context"))
    context = _part(body.get("application_context")) or source
    back = str(context.get("return_url") or "")
    if back and urlsplit(back).scheme not in ("http", "https"):
        raise Refused("INVALID_REQUEST", "return_url is malformed")
    ref = desk.token("", 17).upper()
    kept = {name: unit[name] for name in ("reference_id", "custom_id", "invoice_id", "description") if name in unit}
    payment = desk.open_payment(
        Wanted(
            "paypal", client, ref, ref, "ORDER", amount, currency, str(unit.get("description") or "order"),
            alias=str(unit.get("custom_id") or unit.get("invoice_id") or ""), return_url=back, seen=False,
            detail={"unit": kept},
        )
    )  # fmt: skip
    return json_response(common.order(desk, found_order(desk, request, payment.ref)), 201)


def _part(value: object) -> dict[str, Any]:
    if value is not None and not isinstance(value, dict):
        raise Refused("INVALID_REQUEST", "an object is malformed")
    return value or {}


def show_order(desk: Desk, request: Request, name: str) -> Response:
    """As it stands."""
    return json_response(common.order(desk, found_order(desk, request, name)))


def capture_order(desk: Desk, request: Request, name: str) -> Response:
    """Takes the money of an order that the buyer approved."""
    payment = found_order(desk, request, name)
    if payment.state == "paid":
        raise Refused("ORDER_ALREADY_CAPTURED", "Order already captured", 422)
    if payment.seen_ms is None or payment.state == "closed":
        raise Refused("ORDER_NOT_APPROVED", "Payer has not yet approved the Order for payment", 422)
    first = desk.faults.take("notify_before_reply", pid="paypal", out_trade_no=name, endpoint="capture")
    desk.pay(payment, tell_first=first is not None)
    return json_response(common.order(desk, found_order(desk, request, name)), 201)


def show_capture(desk: Desk, request: Request, name: str) -> Response:
    """As it stands."""
    return json_response(common.capture(desk, found_capture(desk, request, name)))


def refund_capture(desk: Desk, request: Request, name: str) -> Response:
    """All of the rest, or `amount`; invoice_id is the merchant's number."""
    payment, body = found_capture(desk, request, name), request.json()
    amount, currency = payment.amount - payment.refunded, payment.currency
    if body.get("amount") is not None:
        amount, currency = read_money(body["amount"])
    if currency != payment.currency:
        raise Refused("REFUND_CAPTURE_CURRENCY_MISMATCH", "Refund must be in the currency of the capture", 422)
    if amount < 1:
        raise Refused("CAPTURE_FULLY_REFUNDED", "The capture has already been fully refunded", 422)
    ref = desk.token("RF", 15).upper()
    made = desk.refund(
        payment, key=ref, number=str(body.get("invoice_id") or ""), ref=ref, amount=amount,
        reason=str(body.get("note_to_payer") or ""), at_once=True,
    )  # fmt: skip
    return json_response(common.refund(desk, payment, made), 201)


def show_refund(desk: Desk, request: Request, name: str) -> Response:
    """As it stands."""
    client = caller(desk, request)
    desk.settle_due()
    with desk.db.read() as conn:
        found = books.find_refund(conn, "paypal", ref=name)
        payment = books.payment_at(conn, found.payment) if found else None
    if found is None or payment is None or payment.merchant != client:
        raise BookRefused("not_found")
    return json_response(common.refund(desk, payment, found))


def _dispute(desk: Desk, request: Request, name: str) -> tuple[Payment, Dispute]:
    client = caller(desk, request)
    with desk.db.read() as conn:
        found = books.find_dispute(conn, "paypal", name)
        payment = books.payment_at(conn, found.payment)
    if payment.merchant != client:
        raise BookRefused("not_found")
    return payment, found


def show_dispute(desk: Desk, request: Request, name: str) -> Response:
    """As it stands."""
    return json_response(common.dispute(desk, *_dispute(desk, request, name)))


def accept_claim(desk: Desk, request: Request, name: str) -> Response:
    """The merchant gives in."""
    payment, found = _dispute(desk, request, name)
    return json_response(common.dispute(desk, payment, desk.end_dispute(found, won=False)))


def provide_evidence(desk: Desk, request: Request, name: str) -> Response:
    """The merchant's evidence, once and in time: a form of parts, of which `input` is read."""
    _payment, found = _dispute(desk, request, name)
    if found.state != "WAITING_FOR_SELLER_RESPONSE" or found.due_ms < desk.now_ms():
        raise Refused("INVALID_DISPUTE_STATUS", "This dispute takes no evidence now", 422)
    given = _input(request).get("evidences")
    kinds = [part.get("evidence_type") for part in given if isinstance(part, dict)] if isinstance(given, list) else []
    if not kinds or not all(isinstance(kind, str) and re.fullmatch("[0-9A-Z_]{1,255}", kind) for kind in kinds):
        raise Refused("INVALID_REQUEST", "evidences with an evidence_type are required")
    mine = [{**part, "source": "SUBMITTED_BY_SELLER"} for part in cast(list[dict[str, Any]], given)]
    if any(len(str(part.get("notes", ""))) > 2000 for part in mine):
        raise Refused("INVALID_REQUEST", "notes: at most 2000 characters")
    evidence = json.dumps({"evidences": mine}, ensure_ascii=False)
    desk.answer_dispute(found, evidence, submitted=True, state="UNDER_REVIEW")
    href = f"{desk.url}/paypal/v1/customer/disputes/{name}"
    return json_response({"links": [{"href": href, "rel": "self", "method": "GET"}]})


def _input(request: Request) -> dict[str, Any]:
    kind = request.headers.get("Content-Type", "")
    if not kind.startswith("multipart/form-data;"):
        raise Refused("UNSUPPORTED_MEDIA_TYPE", "send multipart/form-data", 415)
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + request.body)
    for part in message.iter_parts():
        if part.get_param("name", header="content-disposition") == "input":
            content = part.get_payload(decode=True)
            try:
                value = json.loads(content if isinstance(content, bytes) else b"")
            except ValueError:
                break
            return _part(value)
    raise Refused("INVALID_REQUEST", "the part input is missing or no JSON")


def verify(desk: Desk, request: Request) -> Response:
    """Whether these headers sign this event. The event's bytes are taken as they stand in the request."""
    caller(desk, request)
    body = request.json()
    names = ("transmission_id", "transmission_time", "webhook_id", "transmission_sig", "auth_algo", "cert_url")
    if any(not isinstance(body.get(name), str) for name in names) or "webhook_event" not in body:
        raise Refused("VALIDATION_ERROR", "a field is missing")
    raw = signing.raw_value(request.body.decode(), "webhook_event")
    good = (
        body["webhook_id"] == demo.PAYPAL_WEBHOOK_ID
        and body["auth_algo"] == signing.ALGORITHM
        and body["cert_url"] == f"{desk.url}/paypal{signing.CERT_PATH}"
        and signing.verify(
            str(body["transmission_id"]), str(body["transmission_time"]), str(body["webhook_id"]), raw.encode(),
            str(body["transmission_sig"]),
        )
    )  # fmt: skip
    return json_response({"verification_status": "SUCCESS" if good else "FAILURE"})


def certificate(_desk: Desk, _request: Request, name: str) -> Response:
    """The chain that signs webhooks, leaf first; public."""
    if name != signing.CERT_PATH.rsplit("/", 1)[-1]:
        raise BookRefused("not_found")
    text = chains.pem(signing.leaf(), signing.root())
    return Response(200, text.encode(), (("Content-Type", "application/x-pem-file"),))


ROUTES: list[tuple[str, str, str, Handler]] = [
    ("POST", "/v1/oauth2/token", "token", token),
    ("POST", "/v2/checkout/orders", "create", create_order),
    ("GET", "/v2/checkout/orders/{name}", "query", show_order),
    ("POST", "/v2/checkout/orders/{name}/capture", "capture", capture_order),
    ("GET", "/v2/payments/captures/{name}", "query", show_capture),
    ("POST", "/v2/payments/captures/{name}/refund", "refund", refund_capture),
    ("GET", "/v2/payments/refunds/{name}", "refund_query", show_refund),
    ("GET", "/v1/customer/disputes/{name}", "dispute", show_dispute),
    ("POST", "/v1/customer/disputes/{name}/provide-evidence", "dispute", provide_evidence),
    ("POST", "/v1/customer/disputes/{name}/accept-claim", "dispute", accept_claim),
    ("POST", "/v1/notifications/verify-webhook-signature", "verify", verify),
    ("GET", "/v1/notifications/certs/{name}", "", certificate),
]
