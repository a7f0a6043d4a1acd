"""A shop that is paid through the stand-in gateway: all over HTTP, with the caller's part played as orders does."""

import http.client
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID, uuid4

from django.db import connection, connections, transaction

from goodfor.kernel import invariants
from goodfor.kernel.money import Money
from goodfor.kernel.tenancy import platform_job
from goodfor.ledger import operations as ledger
from goodfor.payments import queries
from goodfor.payments.invariants import INVARIANTS
from goodfor.payments.operations.apply_fact import apply_fact
from goodfor.payments.operations.begin_payment import PayerRequest, begin_payment
from goodfor.payments.operations.confirm_fact import confirm_fact
from goodfor.payments.operations.execute_refund import execute_refund
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.operations.record_callback import record_callback
from goodfor.payments.operations.request_refund import request_refund
from goodfor.payments.types import (
    OVERPAID,
    AccountView,
    Applied,
    Begun,
    CallbackReceipt,
    Fact,
    RawRequest,
    RefundView,
)
from goodfor.sandbox.demo import DEMO_PID, demo_merchant
from goodfor.sandbox.server import RunningGateway

PRICE = Money(990, "CNY")


def rows(text: str, params: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with platform_job("test"), connection.cursor() as cursor:
        cursor.execute(text, params)
        return cursor.fetchall() if cursor.description else []


def tamper(text: str, params: list[Any] | None = None) -> None:
    """Change rows past every guard."""
    rows("SET session_replication_role = replica")
    try:
        rows(text, params)
    finally:
        rows("SET session_replication_role = DEFAULT")


def violated(now: datetime) -> dict[str, list[str]]:
    """Invariants that do not hold two minutes later, with the subjects."""
    connection.ensure_connection()
    with platform_job("audit in a test"):
        results = [invariants.run(item, now + timedelta(minutes=2)) for item in INVARIANTS]
    return {r.invariant.name: [subject for subject, _ in r.violations] for r in results if not r.ok}


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Results, or the exceptions, of `count` threads that start together."""
    barrier = threading.Barrier(count)

    def one(number: int) -> Any:
        try:
            barrier.wait()
            return act(number)
        except Exception as problem:
            return problem
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def send(method: str, url: str, fields: dict[str, str] | None = None) -> int:
    """A browser's request, redirects not followed; the status."""
    parts = urlsplit(url)
    client = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    body = urlencode(fields) if fields is not None else None
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
    client.request(method, f"{parts.path}?{parts.query}", body, headers)
    response = client.getresponse()
    response.read()
    client.close()
    return response.status


class Inlet:
    """The shop's notify address: keeps what comes as RawRequest; `act`, when set, works on it before the answer."""

    def __init__(self) -> None:
        self.raws: list[RawRequest] = []
        self.act: Callable[[RawRequest], bytes] | None = None
        inlet = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                raw = RawRequest("GET", parts.path, parts.query.encode("latin-1"), headers)
                inlet.raws.append(raw)
                try:
                    answer = inlet.act(raw) if inlet.act else b"success"
                finally:
                    connections.close_all()
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/notify"


@dataclass
class World:
    gate: RunningGateway
    inlet: Inlet
    now: datetime
    shop: UUID = field(default_factory=uuid4)

    def epay(self, version: str = "v2", mode: str = "server", *, code: str = "", **more: Any) -> AccountView:
        merchant = demo_merchant()
        v2 = version == "v2"
        config = {"gateway": self.gate.url, "pid": merchant.pid, "version": version, "mode": mode}
        return open_account(
            shop_id=self.shop,
            provider="epay",
            code=code or f"{version}-{mode}",
            name="EPay",
            currency="CNY",
            config=config | ({"platform_key": merchant.platform_public_pem} if v2 else {}),
            secrets={"private_key": merchant.merchant_private_pem} if v2 else {"key": merchant.md5_key},
            methods=["alipay", "wxpay"],
            now=self.now,
            actor="test",
            enabled=True,
            **more,
        )

    def begin(
        self,
        account: AccountView,
        source: UUID | None = None,
        *,
        amount: Money = PRICE,
        method: str = "alipay",
        minutes: float = 4,
        now: datetime | None = None,
        open_page: bool = True,
    ) -> Begun:
        begun = begin_payment(
            shop_id=self.shop,
            account_id=account.id,
            method=method,
            source_type="order",
            source_id=source or uuid4(),
            amount=amount,
            request=PayerRequest("card", self.inlet.url, "https://shop.example.test/r", "203.0.113.9"),
            expires_at=self.now + timedelta(minutes=minutes),
            now=now or self.now,
        )
        if open_page and account.config.get("mode") == "page":
            assert send("GET", begun.instruction.url) == 200
        return begun

    def pay(self, begun: Begun, *, force: bool = False) -> None:
        """The buyer pays at the gateway; every notify has come when this returns."""
        self.gate.control.pay(pid=DEMO_PID, out_trade_no=begun.payment.number, force=force)
        assert self.gate.control.wait_quiet()

    def receive(self, account: AccountView, raw: RawRequest, now: datetime | None = None) -> CallbackReceipt:
        return record_callback(shop_id=self.shop, account_id=account.id, raw=raw, now=now or self.now)

    def facts(self, account: AccountView, now: datetime | None = None) -> list[Fact]:
        """What the notifies that came so far claim; they are taken out of the inlet."""
        raws, self.inlet.raws = self.inlet.raws, []
        return [fact for raw in raws for fact in self.receive(account, raw, now).facts]

    def apply(self, fact: Fact, now: datetime | None = None) -> Applied:
        """Apply and post, in one transaction, as the caller must."""
        with transaction.atomic():
            applied = apply_fact(shop_id=self.shop, fact=fact, now=now or self.now)
            if applied.outcome != "already_applied":
                ledger.post(shop_id=self.shop, currency="CNY", entries=(applied.entry(),), now=now or self.now)
        return applied

    def settle(self, account: AccountView, now: datetime | None = None) -> list[str]:
        """Each notify through confirm and apply; the outcomes."""
        outcomes: list[str] = []
        for fact in self.facts(account, now):
            told = confirm_fact(shop_id=self.shop, fact=fact, now=now or self.now)
            if told.state == "confirmed" and told.fact is not None:
                outcomes.append(self.apply(told.fact, now).outcome)
            else:
                outcomes.append(told.state)
        return outcomes

    def paid(self, account: AccountView, source: UUID | None = None) -> Begun:
        begun = self.begin(account, source)
        self.pay(begun)
        assert self.settle(account) == ["confirmed"]
        return begun

    def refund(self, begun: Begun, minor: int = 990, key: str = "", capture_ref: str = "") -> RefundView:
        with transaction.atomic():
            return request_refund(
                shop_id=self.shop,
                payment_id=begun.payment.id,
                amount=Money(minor, "CNY"),
                reason="test",
                business_key=key or f"key:{uuid4()}",
                capture_ref=capture_ref,
                now=self.now,
            )

    def execute(self, refund: RefundView, now: datetime | None = None) -> RefundView:
        """One try; a success is posted, as the listener of RefundSucceeded does."""
        view = execute_refund(shop_id=self.shop, refund_id=refund.id, now=now or self.now)
        if view.done:
            entry = view.entry(effective_at=self.now, debit_account=OVERPAID)
            ledger.post(shop_id=self.shop, currency="CNY", entries=(entry,), now=self.now)
        return view

    def state(self, begun: Begun) -> str:
        return queries.payment(self.shop, begun.payment.id).state

    def books(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.gate.control.books(DEMO_PID, demo_merchant().md5_key)
        totals: dict[str, Any] = answer["totals"]
        assert totals["balanced"] is True
        return totals

    def cases(self) -> list[str]:
        return sorted(case.kind for case in queries.open_cases(self.shop))

    def booked(self) -> int:
        """What the ledger says lies with the channels."""
        found = rows(
            "SELECT coalesce(sum(p.amount_minor), 0) FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id"
            " WHERE p.shop_id = %s AND a.code LIKE '1012:%%' AND p.layer = 0",
            [self.shop],
        )
        return int(found[0][0])

    def events(self, name: str) -> int:
        return int(rows("SELECT count(*) FROM kernel_event WHERE shop_id = %s AND name = %s", [self.shop, name])[0][0])


def query_of(raw: RawRequest) -> dict[str, str]:
    return dict(parse_qsl(raw.query.decode(), keep_blank_values=True))
