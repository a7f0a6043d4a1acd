"""Stripe's stand-in: keys, sessions, stored answers, refunds, disputes, balance, events; its books add up."""

import hmac
import json
from typing import Any
from urllib.parse import urlencode

from goodfor.sandbox.channels import demo
from goodfor.sandbox.channels.server import RunningChannels
from goodfor.sandbox.channels.stripe.channel import signature_header
from goodfor.sandbox.channels.tests.helpers import books_balance, receiving, send

ITEM = {
    "line_items[0][quantity]": "2", "line_items[0][price_data][unit_amount]": "500",
    "line_items[0][price_data][currency]": "usd", "line_items[0][price_data][product_data][name]": "card",
}  # fmt: skip


def call(
    desk: RunningChannels, method: str, path: str, key: str = "", secret: str = demo.STRIPE_SECRET_KEY, **form: str
) -> tuple[int, dict[str, Any]]:
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/x-www-form-urlencoded"}
    if key:
        headers["Idempotency-Key"] = key
    status, body, _ = send(method, f"{desk.url}/stripe{path}", urlencode(form).encode(), headers)
    return status, json.loads(body)


def session(desk: RunningChannels, number: str, key: str = "") -> dict[str, Any]:
    form = {"mode": "payment", "success_url": "http://127.0.0.1:1/ok", "client_reference_id": number, **ITEM}
    status, made = call(desk, "POST", "/v1/checkout/sessions", key, **form)
    assert status == 200, made
    return made


def test_the_vector_of_the_header() -> None:
    body = (
        b'{"id":"evt_test_0001","object":"event","type":"payment_intent.succeeded","data":{"object":{"id":'
        b'"pi_test_0001","object":"payment_intent","amount":990,"currency":"cny","status":"succeeded"}}}'
    )
    wanted = "t=1767225606,v1=e9708971bd329a6898d42883c6fbad5ba86bac61b2434c31f590b46101aa5810"
    assert signature_header("whsec_test_secret_0001", body, 1767225606) == wanted


def test_a_wrong_key_is_refused(desk: RunningChannels) -> None:
    for path in ("/v1/refunds", "/v1/checkout/sessions/cs_x", "/v1/balance_transactions"):
        assert call(desk, "GET", path, secret="sk_wrong")[0] == 401


def test_paid_told_refunded(desk: RunningChannels) -> None:
    with receiving() as hook:
        desk.control.webhook("stripe", hook.url)
        made = session(desk, "N1")
        assert (made["amount_total"], made["payment_status"], made["status"]) == (1000, "unpaid", "open")
        desk.control.fault("out_of_order", channel="stripe", number=made["id"])
        desk.control.buy("stripe", "N1")
        shown = call(desk, "GET", f"/v1/checkout/sessions/{made['id']}")[1]
        assert (shown["payment_status"], shown["client_reference_id"]) == ("paid", "N1")
        intent = shown["payment_intent"]
        assert call(desk, "GET", f"/v1/payment_intents/{intent}")[1]["status"] == "succeeded"
        status, refund = call(desk, "POST", "/v1/refunds", "k1", payment_intent=intent, amount="400")
        assert (status, refund["status"]) == (200, "succeeded")
        assert call(desk, "POST", "/v1/refunds", "k1", payment_intent=intent, amount="400")[1] == refund
        assert call(desk, "POST", "/v1/refunds", "k1", payment_intent=intent, amount="401")[0] == 400
        assert call(desk, "POST", "/v1/refunds", "k2", payment_intent=intent, amount="601")[0] == 400
        assert len(call(desk, "GET", f"/v1/refunds?payment_intent={intent}")[1]["data"]) == 1
        assert desk.control.wait_quiet()
        seen = list(hook.seen)
    for _path, headers, body in seen:
        stamp, signature = headers["Stripe-Signature"].split(",v1=")
        raw = f"{stamp[2:]}.".encode() + body
        assert signature == hmac.new(demo.STRIPE_WEBHOOK_SECRET.encode(), raw, "sha256").hexdigest()
    told = [json.loads(body)["type"] for _path, _headers, body in seen]
    paid = ["checkout.session.completed", "charge.succeeded", "payment_intent.succeeded"]
    # Stripe promises no order either.
    assert sorted(name for name in told if name in paid) == sorted(paid)
    assert set(told) - set(paid) == {"charge.refunded", "refund.updated"}
    moved = call(desk, "GET", "/v1/balance_transactions")[1]["data"]
    assert [(row["type"], row["net"]) for row in moved] == [("refund", -400), ("charge", 966)]
    assert books_balance(desk, "stripe")["balances"][demo.STRIPE_ACCOUNT]["USD"]["balance"] == 566


def test_a_stored_500_comes_again(desk: RunningChannels) -> None:
    desk.control.fault("error_burst", channel="stripe", on="create", status=500)
    form = {"amount": "990", "currency": "usd"}
    assert call(desk, "POST", "/v1/payment_intents", "once", **form)[0] == 500
    assert call(desk, "POST", "/v1/payment_intents", "once", **form)[0] == 500
    assert call(desk, "POST", "/v1/payment_intents", "other", **form)[0] == 200


def test_expire_and_cancel(desk: RunningChannels) -> None:
    made = session(desk, "E1")
    assert call(desk, "POST", f"/v1/checkout/sessions/{made['id']}/expire")[1]["status"] == "expired"
    assert call(desk, "POST", f"/v1/checkout/sessions/{made['id']}/expire")[0] == 400
    intent = call(desk, "POST", "/v1/payment_intents", amount="1", currency="jpy")[1]
    assert call(desk, "POST", f"/v1/payment_intents/{intent['id']}/cancel")[1]["status"] == "canceled"


def test_a_dispute(desk: RunningChannels) -> None:
    with receiving() as hook:
        desk.control.webhook("stripe", hook.url)
        session(desk, "D1")
        desk.control.buy("stripe", "D1")
        name = desk.control.dispute("stripe", "D1")["ref"]
        given = {"evidence[uncategorized_text]": "delivered"}
        assert call(desk, "POST", f"/v1/disputes/{name}", submit="false", **given)[1]["status"] == "needs_response"
        assert call(desk, "POST", f"/v1/disputes/{name}")[1]["status"] == "under_review"
        assert call(desk, "POST", f"/v1/disputes/{name}", **given)[0] == 400
        assert desk.control.decide("stripe", name, won=True)["state"] == "won"
        assert call(desk, "GET", "/v1/disputes")[1]["data"][0]["evidence"] == {"uncategorized_text": "delivered"}
        assert desk.control.wait_quiet()
        told = {json.loads(body)["type"] for _path, _headers, body in hook.seen}
    assert {"charge.dispute.created", "charge.dispute.funds_reinstated", "charge.dispute.closed"} <= told
    assert books_balance(desk, "stripe")["balances"][demo.STRIPE_ACCOUNT]["USD"]["disputed"] == 0
