"""A small PayPal for tests: tokens, orders, captures, refunds, with its request ids, behind a loopback server."""

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from goodfor.kernel.money import Money
from goodfor.payments.providers.base import Account, RefundAttempt
from goodfor.payments.providers.stripe.tests.server import Answer, Asked

NOW = datetime.fromtimestamp(1767225606, UTC)
PAIR = base64.b64encode(b"client-1:secret-1").decode()
DUE = Money(990, "USD")
REFUND = RefundAttempt(
    number="R1", payment_number="P1", channel_ref="CAP0001", amount=Money(500, "USD"), paid=DUE,
    refunded_before=Money(0, "USD"),
)  # fmt: skip


def account(base_url: str = "https://api-m.paypal.com", currency: str = "USD", **config: Any) -> Account:
    return Account(
        id=UUID(int=7),
        shop_id=UUID(int=8),
        code="pp",
        currency=currency,
        config={
            "base_url": base_url, "client_id": "client-1", "webhook_id": "WHID0001", "merchant_id": "MERCH1", **config,
        },
        methods=("paypal",),
        secrets={"client_secret": "secret-1"},
    )  # fmt: skip


class No(Exception):
    def __init__(self, status: int, issue: str) -> None:
        self.answer: Answer = (
            status, json.dumps({"name": "X", "message": f"no: {issue}", "details": [{"issue": issue}]}).encode(),
        )  # fmt: skip


@dataclass
class Books:
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    captures: dict[str, dict[str, Any]] = field(default_factory=dict)
    disputes: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: dict[tuple[str, str], Answer] = field(default_factory=dict)
    tokens: int = 0
    good_token: str = ""
    expires_in: int = 3600
    capture_status: str = "COMPLETED"
    refuse_capture: str = ""
    refund_status: str = "COMPLETED"
    refuse_refund: str = ""
    verified: str = "SUCCESS"

    def answer(self, asked: Asked) -> Answer:
        if asked.path == "/v1/oauth2/token":
            if asked.headers["authorization"] != f"Basic {PAIR}":
                return 401, b'{"error":"invalid_client"}'
            self.tokens += 1
            self.good_token = f"token-{self.tokens}"
            return 200, json.dumps({"access_token": self.good_token, "expires_in": self.expires_in}).encode()
        if asked.headers.get("authorization") != f"Bearer {self.good_token}":
            return 401, b'{"name":"AUTHENTICATION_FAILURE","message":"no"}'
        key = (asked.path, asked.headers.get("paypal-request-id", ""))
        if key in self.requests:
            return self.requests[key]
        try:
            made: Answer = (200, json.dumps(self.work(asked)).encode())
        except No as no:
            return no.answer
        if key[1]:
            self.requests[key] = made
        return made

    def work(self, asked: Asked) -> dict[str, Any]:
        parts = asked.path.strip("/").split("/")[1:]
        if parts == ["notifications", "verify-webhook-signature"]:
            json.loads(asked.body)
            return {"verification_status": self.verified}
        if parts[:2] == ["checkout", "orders"]:
            return self.order(asked, parts[2:])
        if parts[:2] == ["customer", "disputes"]:
            if parts[2] not in self.disputes:
                raise No(404, "INVALID_RESOURCE_ID")
            return self.disputes[parts[2]]
        capture = self.captures.get(parts[2])
        if parts[:2] != ["payments", "captures"] or capture is None:
            raise No(404, "INVALID_RESOURCE_ID")
        return self.refund(asked, capture) if parts[3:] == ["refund"] else capture

    def order(self, asked: Asked, parts: list[str]) -> dict[str, Any]:
        if not parts:
            return self.new_order(json.loads(asked.body))
        order = self.orders.get(parts[0])
        if order is None:
            raise No(404, "INVALID_RESOURCE_ID")
        if parts[1:] != ["capture"]:
            return order
        if self.refuse_capture:
            raise No(422, self.refuse_capture)
        if order["status"] != "APPROVED":
            raise No(422, "ORDER_NOT_APPROVED")
        unit = order["purchase_units"][0]
        capture = {
            "id": f"CAP{len(self.captures) + 1:04}", "status": self.capture_status, "amount": unit["amount"],
            "custom_id": unit["custom_id"], "invoice_id": unit["invoice_id"], "create_time": "2026-01-01T00:00:05Z",
            "payee": unit["payee"],
            "links": [{"rel": "up", "href": f"https://api-m.paypal.com/v2/checkout/orders/{order['id']}"}],
        }  # fmt: skip
        self.captures[str(capture["id"])] = capture
        unit["payments"] = {"captures": [capture]}
        order["status"] = "COMPLETED"
        return order

    def new_order(self, wanted: dict[str, Any]) -> dict[str, Any]:
        name = f"ORD{len(self.orders) + 1:014}"
        unit = wanted["purchase_units"][0] | {"payee": {"merchant_id": "MERCH1"}}
        self.orders[name] = {
            "id": name, "status": "CREATED", "intent": wanted["intent"], "purchase_units": [unit],
            "links": [
                {"rel": "self", "href": "https://api-m.paypal.com/x"},
                {"rel": "approve", "href": f"https://www.paypal.com/checkoutnow?token={name}"},
            ],
        }  # fmt: skip
        return self.orders[name]

    def approve(self) -> dict[str, Any]:
        order = next(iter(self.orders.values()))
        order["status"] = "APPROVED"
        return order

    def refund(self, asked: Asked, capture: dict[str, Any]) -> dict[str, Any]:
        if self.refuse_refund:
            raise No(422, self.refuse_refund)
        order = next(o for o in self.orders.values() if capture in o["purchase_units"][0]["payments"]["captures"])
        held = order["purchase_units"][0]["payments"].setdefault("refunds", [])
        made = json.loads(asked.body) | {"id": f"REF{len(held) + 1:04}", "status": self.refund_status}
        held.append(made)
        capture["status"] = "PARTIALLY_REFUNDED"
        return made
