"""PayPal's stand-in: tokens, orders, captures, refunds, webhooks and their chain, the call that verifies them."""

import base64
import hashlib
import json
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import load_pem_x509_certificates

from goodfor.sandbox.channels import demo
from goodfor.sandbox.channels.paypal import signing
from goodfor.sandbox.channels.server import RunningChannels
from goodfor.sandbox.channels.tests.helpers import books_balance, receiving, send
from goodfor.sandbox.signing import verify_bytes


def token(desk: RunningChannels, secret: str = demo.PAYPAL_CLIENT_SECRET) -> tuple[int, dict[str, Any]]:
    basic = base64.b64encode(f"{demo.PAYPAL_CLIENT_ID}:{secret}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"}
    url = f"{desk.url}/paypal/v1/oauth2/token"
    status, body, _ = send("POST", url, b"grant_type=client_credentials", headers)
    return status, json.loads(body)


class Shop:
    def __init__(self, desk: RunningChannels) -> None:
        self.desk, self.token = desk, token(desk)[1]["access_token"]

    def call(self, method: str, path: str, body: object = None, key: str = "") -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if key:
            headers["PayPal-Request-Id"] = key
        raw = b"" if body is None else json.dumps(body).encode()
        status, answer, _ = send(method, f"{self.desk.url}/paypal{path}", raw, headers)
        return status, json.loads(answer)

    def order(self, number: str, key: str = "") -> dict[str, Any]:
        unit = {"custom_id": number, "amount": {"currency_code": "USD", "value": "9.90"}}
        body = {"intent": "CAPTURE", "purchase_units": [unit],
                "application_context": {"return_url": "http://127.0.0.1:1/back"}}  # fmt: skip
        status, made = self.call("POST", "/v2/checkout/orders", body, key)
        assert status == 201, made
        return made


def test_the_vector_of_a_webhook() -> None:
    body = (
        b'{"id":"WH-TEST-0001","event_type":"PAYMENT.CAPTURE.COMPLETED","resource":{"id":"CAP0001",'
        b'"amount":{"currency_code":"USD","value":"9.90"}}}'
    )
    made = signing.sign("11111111-2222-3333-4444-555555555555", "2026-01-01T00:00:06Z", "WHID0001", body)
    digest = hashlib.sha256(made.encode()).hexdigest()
    assert digest == "7690382a81a7abcac414ad5180992dbd94d5ec494defe93f3367313193b5354f"


def test_wrong_credentials_are_refused(desk: RunningChannels) -> None:
    assert token(desk, "wrong")[0] == 401
    shop = Shop(desk)
    shop.token = "other"
    for method, path in (("GET", "/v2/checkout/orders/X"), ("POST", "/v2/checkout/orders")):
        assert shop.call(method, path, {})[0] == 401


def test_approve_capture_refund_and_webhooks(desk: RunningChannels) -> None:
    shop = Shop(desk)
    with receiving() as hook:
        desk.control.webhook("paypal", hook.url)
        made = shop.order("N1", "k1")
        assert shop.order("N1", "k1") == made
        at = f"/v2/checkout/orders/{made['id']}"
        assert shop.call("POST", f"{at}/capture", {})[1]["details"][0]["issue"] == "ORDER_NOT_APPROVED"
        page = next(link["href"] for link in made["links"] if link["rel"] == "approve")
        assert send("GET", page)[0] == 200
        assert shop.call("GET", at)[1]["status"] == "CREATED"
        status, _body, headers = send("POST", page)
        assert status == 303
        assert f"token={made['id']}" in headers["Location"]
        assert shop.call("GET", at)[1]["status"] == "APPROVED"
        status, done = shop.call("POST", f"{at}/capture", {}, "c1")
        assert (status, done["status"]) == (201, "COMPLETED")
        assert shop.call("POST", f"{at}/capture", {}, "c1")[1] == done
        assert shop.call("POST", f"{at}/capture", {})[1]["details"][0]["issue"] == "ORDER_ALREADY_CAPTURED"
        capture = done["purchase_units"][0]["payments"]["captures"][0]["id"]
        part = {"amount": {"currency_code": "USD", "value": "4.00"}, "invoice_id": "R1"}
        refund = shop.call("POST", f"/v2/payments/captures/{capture}/refund", part, "r1")[1]
        assert shop.call("POST", f"/v2/payments/captures/{capture}/refund", part, "r1")[1] == refund
        assert shop.call("GET", f"/v2/payments/refunds/{refund['id']}")[1]["status"] == "COMPLETED"
        part["amount"]["value"] = "5.91"  # type: ignore[index]
        assert shop.call("POST", f"/v2/payments/captures/{capture}/refund", part)[0] == 422
        assert desk.control.wait_quiet()
        seen = list(hook.seen)
    told = [json.loads(body)["event_type"] for _path, _headers, body in seen]
    assert sorted(told) == ["CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.COMPLETED", "PAYMENT.CAPTURE.REFUNDED"]
    _path, headers, body = seen[-1]
    said = {name.upper(): value for name, value in headers.items()}
    leaf, root = load_pem_x509_certificates(send("GET", said["PAYPAL-CERT-URL"])[1])
    leaf.verify_directly_issued_by(root)
    key = leaf.public_key()
    assert isinstance(leaf, x509.Certificate)
    assert isinstance(key, RSAPublicKey)
    parts = (said["PAYPAL-TRANSMISSION-ID"], said["PAYPAL-TRANSMISSION-TIME"], demo.PAYPAL_WEBHOOK_ID)
    assert verify_bytes(signing.message(*parts, body), said["PAYPAL-TRANSMISSION-SIG"], key)
    asked = {
        "transmission_id": parts[0], "transmission_time": parts[1], "webhook_id": parts[2],
        "transmission_sig": said["PAYPAL-TRANSMISSION-SIG"], "auth_algo": said["PAYPAL-AUTH-ALGO"],
        "cert_url": said["PAYPAL-CERT-URL"],
    }  # fmt: skip
    for event, verdict in ((body, "SUCCESS"), (body + b" ", "SUCCESS"), (body.replace(b"USD", b"EUR"), "FAILURE")):
        raw = json.dumps(asked)[:-1].encode() + b',"webhook_event":' + event + b"}"
        bearer = {"Authorization": f"Bearer {shop.token}"}
        url = f"{desk.url}/paypal/v1/notifications/verify-webhook-signature"
        assert json.loads(send("POST", url, raw, bearer)[1])["verification_status"] == verdict
    sums = books_balance(desk, "paypal")["balances"][demo.PAYPAL_CLIENT_ID]["USD"]
    assert sums == {"balance": 546, "fees": 44, "outside": -590}


def test_a_lie_and_a_dispute(desk: RunningChannels) -> None:
    with receiving() as hook:
        desk.control.webhook("paypal", hook.url)
        Shop(desk).order("N2")
        desk.control.fault("foreign_merchant_notify", channel="paypal", instead=1)
        desk.control.buy("paypal", "N2")
        name = desk.control.dispute("paypal", "N2")["ref"]
        desk.control.decide("paypal", name, won=False)
        assert desk.control.wait_quiet()
        events = [json.loads(body) for _path, _headers, body in hook.seen]
    # PayPal promises no order.
    told = {event["event_type"]: event["resource"] for event in events}
    assert told["PAYMENT.CAPTURE.COMPLETED"]["payee"] == {"merchant_id": "SANDBOXMERCH2"}
    assert len(events) == 3
    assert set(told) == {"PAYMENT.CAPTURE.COMPLETED", "CUSTOMER.DISPUTE.CREATED", "CUSTOMER.DISPUTE.RESOLVED"}
    assert books_balance(desk, "paypal")["balances"][demo.PAYPAL_CLIENT_ID]["USD"]["disputed"] == 0


def test_evidence(desk: RunningChannels) -> None:
    shop = Shop(desk)
    shop.order("N3")
    desk.control.buy("paypal", "N3")
    name = desk.control.dispute("paypal", "N3")["ref"]
    url = f"{desk.url}/paypal/v1/customer/disputes/{name}"
    bearer = {"Authorization": f"Bearer {shop.token}"}

    def provide(value: object, kind: str = "multipart/form-data; boundary=EDGE") -> int:
        head = b'--EDGE\r\nContent-Disposition: form-data; name="input"\r\nContent-Type: application/json\r\n\r\n'
        body = head + json.dumps(value).encode() + b"\r\n--EDGE--\r\n"
        return send("POST", f"{url}/provide-evidence", body, {**bearer, "Content-Type": kind})[0]

    told = json.loads(send("GET", url, b"", bearer)[1])
    assert "provide-evidence" in [link["rel"] for link in told["links"]]
    good = {"evidences": [{"evidence_type": "OTHER", "notes": "delivered"}]}
    assert provide(good, "application/json") == 415
    assert provide({"evidences": []}) == 400
    assert provide({"evidences": [{"evidence_type": "OTHER", "notes": "x" * 2001}]}) == 400
    assert provide(good) == 200
    told = json.loads(send("GET", url, b"", bearer)[1])
    assert (told["status"], told["evidences"][0]["notes"]) == ("UNDER_REVIEW", "delivered")
    assert "provide-evidence" not in [link["rel"] for link in told["links"]]
    assert provide(good) == 422
    desk.control.decide("paypal", name, won=True)
    told = json.loads(send("GET", url, b"", bearer)[1])
    assert (told["status"], told["dispute_outcome"]["outcome_code"]) == ("RESOLVED", "RESOLVED_SELLER_FAVOUR")
