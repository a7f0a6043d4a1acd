"""A small Stripe for tests: sessions, intents, refunds, disputes, with its idempotency, behind a loopback server."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from goodfor.kernel.money import Money
from goodfor.payments.providers.base import Account, RefundAttempt
from goodfor.payments.providers.stripe.tests.server import Answer, Asked

NOW = datetime.fromtimestamp(1767225600, UTC)
SECRET = "sk_test_4fakekeyfortests"
HOOK = "whsec_test_secret_0001"
DUE = Money(990, "USD")
REFUND = RefundAttempt(
    number="R1", payment_number="P1", channel_ref="pi_0001", amount=Money(500, "USD"), paid=Money(990, "USD"),
    refunded_before=Money(0, "USD"),
)  # fmt: skip


def account(base_url: str = "https://api.stripe.com", currency: str = "USD", **config: Any) -> Account:
    return Account(
        id=UUID(int=7),
        shop_id=UUID(int=8),
        code="st",
        currency=currency,
        config={"base_url": base_url, "publishable_key": "pk_test_4fakekeyfortests", **config},
        methods=("checkout", "intent"),
        secrets={"secret_key": SECRET, "webhook_secret": HOOK},
    )


class No(Exception):
    def __init__(self, status: int, code: str = "", kind: str = "invalid_request_error") -> None:
        self.status = status
        self.error = {"error": {"type": kind, "code": code, "message": f"no: {code}"}}


@dataclass
class Books:
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    intents: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: list[dict[str, Any]] = field(default_factory=list)
    movements: list[dict[str, Any]] = field(default_factory=list)
    disputes: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[str, tuple[dict[str, str], Answer]] = field(default_factory=dict)
    refund_status: str = "succeeded"
    refuse_refund: str = ""
    livemode: bool = False

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"Bearer {SECRET}":
            return 401, b'{"error":{"type":"invalid_request_error","message":"Invalid API Key"}}'
        key = asked.headers.get("idempotency-key", "")
        if key in self.keys:
            form, stored = self.keys[key]
            if form != asked.form:
                return 400, b'{"error":{"type":"idempotency_error","message":"other parameters"}}'
            return stored
        try:
            made: Answer = (200, json.dumps(self.work(asked)).encode())
        except No as no:
            return no.status, json.dumps(no.error).encode()
        if key:
            self.keys[key] = (asked.form, made)
        return made

    def work(self, asked: Asked) -> dict[str, Any]:
        parts = asked.path.strip("/").split("/")[1:]
        if parts == ["balance"]:
            return {"object": "balance", "livemode": self.livemode}
        if parts[0] == "checkout":
            return self.session(asked, parts[2:])
        if parts[0] == "payment_intents":
            return self.intent(asked, parts[1:])
        if parts[0] == "refunds":
            return self.refund(asked) if asked.method == "POST" else self.listed(asked, self.refunds)
        if parts[0] == "balance_transactions":
            return self.listed(asked, self.movements)
        if parts[0] == "disputes" and parts[1] in self.disputes:
            return self.disputes[parts[1]]
        raise No(404, "resource_missing")

    def new_intent(self, number: str, amount: int, currency: str) -> dict[str, Any]:
        name = f"pi_{len(self.intents) + 1:04}"
        self.intents[name] = {
            "id": name, "object": "payment_intent", "amount": amount, "amount_received": 0, "currency": currency,
            "status": "requires_payment_method", "livemode": self.livemode, "metadata": {"number": number},
            "client_secret": f"{name}_secret_x", "latest_charge": None,
        }  # fmt: skip
        return self.intents[name]

    def session(self, asked: Asked, parts: list[str]) -> dict[str, Any]:
        form = asked.form
        if not parts:
            if "expires_at" in form and not 1800 <= int(form["expires_at"]) - NOW.timestamp() <= 86400:
                raise No(400, "parameter_invalid_integer")
            name = f"cs_test_{'a' * 54}{len(self.sessions):04}"
            price = "line_items[0][price_data]"
            self.sessions[name] = {
                "id": name, "object": "checkout.session", "status": "open", "payment_status": "unpaid",
                "client_reference_id": form["client_reference_id"], "livemode": self.livemode,
                "metadata": {"number": form["metadata[number]"]}, "payment_intent": None,
                "amount_total": int(form[f"{price}[unit_amount]"]), "currency": form[f"{price}[currency]"],
                "url": f"https://checkout.stripe.com/c/pay/{name}#fid",
            }  # fmt: skip
            return self.sessions[name]
        session = self.sessions.get(parts[0])
        if session is None:
            raise No(404, "resource_missing")
        if parts[1:] == ["expire"]:
            if session["status"] != "open":
                raise No(400, "")
            session["status"] = "expired"
        return session

    def intent(self, asked: Asked, parts: list[str]) -> dict[str, Any]:
        form = asked.form
        if not parts:
            return self.new_intent(form["metadata[number]"], int(form["amount"]), form["currency"])
        intent = self.intents.get(parts[0])
        if intent is None:
            raise No(404, "resource_missing")
        if parts[1:] == ["cancel"]:
            if intent["status"] in ("succeeded", "canceled", "processing"):
                raise No(400, "payment_intent_unexpected_state")
            intent["status"] = "canceled"
        return intent

    def pay(self, name: str, at: int = 1767225605) -> dict[str, Any]:
        """The buyer pays a session or an intent."""
        intent = self.intents.get(name)
        if name in self.sessions:
            session = self.sessions[name]
            intent = self.new_intent(session["client_reference_id"], session["amount_total"], session["currency"])
            session |= {"status": "complete", "payment_status": "paid", "payment_intent": intent}
        assert intent is not None
        intent |= {"status": "succeeded", "amount_received": intent["amount"], "latest_charge": {"created": at}}
        return intent

    def refund(self, asked: Asked) -> dict[str, Any]:
        if self.refuse_refund:
            raise No(400, self.refuse_refund)
        form = asked.form
        made = {
            "id": f"re_{len(self.refunds) + 1:04}", "object": "refund", "amount": int(form["amount"]),
            "currency": "usd", "payment_intent": form["payment_intent"], "status": self.refund_status,
            "metadata": {"number": form["metadata[number]"], "payment": form["metadata[payment]"]},
        }  # fmt: skip
        self.refunds.append(made)
        return made

    def listed(self, asked: Asked, all_of_them: list[dict[str, Any]]) -> dict[str, Any]:
        intent, after = asked.query.get("payment_intent"), asked.query.get("starting_after")
        entries = [e for e in all_of_them if intent is None or e["payment_intent"] == intent]
        place = next((i + 1 for i, e in enumerate(entries) if e["id"] == after), 0)
        page = entries[place : place + int(asked.query["limit"])]
        return {"object": "list", "data": page, "has_more": place + len(page) < len(entries)}
