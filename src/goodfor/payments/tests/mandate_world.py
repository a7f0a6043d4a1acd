"""A shop that charges by stored consent: the stand-in of WeChat Pay, Alipay or Stripe, by a clock that moves."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.db import transaction

from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.kernel.outcomes import Outcome
from goodfor.ledger import operations as ledger
from goodfor.payments import queries
from goodfor.payments.mandate_models import Mandate, MandateCharge
from goodfor.payments.models import FactRow, Payment
from goodfor.payments.operations.apply_fact import apply_fact
from goodfor.payments.operations.charge_mandate import charge_mandate
from goodfor.payments.operations.confirm_fact import confirm_fact
from goodfor.payments.operations.heed_hint import ask_now, heed_hint
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.operations.poll_mandates import poll_mandates, run_due_charges
from goodfor.payments.operations.record_callback import record_callback
from goodfor.payments.operations.start_mandate import StartedMandate, start_mandate
from goodfor.payments.tests.world import rows, send
from goodfor.payments.types import AccountView, Cycle, Fact, MandateView, RawRequest, SigningRequest
from goodfor.sandbox.channels import demo
from goodfor.sandbox.channels.server import RunningChannels, running_channels

CHANNELS = ("wechat", "alipay", "stripe")
CURRENCY = {"wechat": "CNY", "alipay": "CNY", "stripe": "USD"}


class Clock:
    """Of both sides."""

    def __init__(self) -> None:
        self.shift = 0.0

    def __call__(self) -> float:
        return time.time() + self.shift

    @property
    def now(self) -> datetime:
        return utc_now() + timedelta(seconds=self.shift)


class PostInlet:
    """The shop's address for notices: keeps what comes."""

    def __init__(self) -> None:
        self.raws: list[RawRequest] = []
        inlet = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                parts = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                inlet.raws.append(RawRequest("POST", parts.path, b"", headers, body))
                self.send_response(200)
                self.send_header("Content-Length", "7")
                self.end_headers()
                self.wfile.write(b"success")

            def log_message(self, format: str, *args: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/notify"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def config_of(desk: RunningChannels, channel: str) -> tuple[dict[str, Any], dict[str, str], tuple[str, ...]]:
    if channel == "stripe":
        config: dict[str, Any] = {"base_url": desk.base("stripe"), "mandates": True}
        secrets = {"secret_key": demo.STRIPE_SECRET_KEY, "webhook_secret": demo.STRIPE_WEBHOOK_SECRET}
        return config, secrets, ("checkout",)
    secrets = {"private_key": demo.merchant_private_pem()}
    if channel == "wechat":
        config = {
            "appid": demo.WECHAT_APP_ID, "mchid": demo.WECHAT_MCHID, "serial_no": demo.WECHAT_MERCHANT_SERIAL,
            "public_key_id": demo.WECHAT_PUBLIC_KEY_ID,
            "public_key": demo.platform_public_pem(), "base_url": desk.base("wechat"),
            "papay_plan_id": demo.WECHAT_PLAN_ID, "key_mode": "both",
        }  # fmt: skip
        return config, secrets | {"apiv3_key": demo.WECHAT_API_V3_KEY}, ("native",)
    config = {
        "app_id": demo.ALIPAY_APP_ID, "seller_id": demo.ALIPAY_SELLER_ID, "mode": "key",
        "alipay_public_key": demo.platform_public_pem(), "base_url": f"{desk.base('alipay')}/gateway.do",
        "agreement_scene": demo.ALIPAY_SCENE,
    }  # fmt: skip
    return config, secrets, ("page",)


@dataclass
class MandateWorld:
    desk: RunningChannels
    inlet: PostInlet
    clock: Clock
    channel: str
    account: AccountView
    shop: UUID

    @property
    def now(self) -> datetime:
        return self.clock.now

    def pass_time(self, seconds: float) -> None:
        self.clock.shift += seconds

    def money(self, minor: int) -> Money:
        return Money(minor, CURRENCY[self.channel])

    def start(self, key: str = "", *, most: int = 3000, device: str = "mobile") -> StartedMandate:
        """Begun, and its page opened by the holder's browser."""
        started = start_mandate(
            shop_id=self.shop, account_id=self.account.id, holder="member:7", most=self.money(most),
            cycle=Cycle("month", 1, self.now + timedelta(days=7)), business_key=key or f"sign:{uuid4()}",
            request=SigningRequest("会员续费", "云雀", self.inlet.url, "https://shop.example.test/r", device=device),
            now=self.now,
        )  # fmt: skip
        told = started.instruction
        if told.kind == "form":
            assert send("POST", told.url, dict(told.fields)) == 303
        else:
            assert send("GET", told.url) == 200
        return started

    def active(self, *, most: int = 3000) -> MandateView:
        """Signed, and told to us."""
        started = self.start(most=most)
        self.desk.control.sign_up(self.channel, started.mandate.number)
        self.hear()
        self.work(1)
        found = queries.mandate(self.shop, started.mandate.id)
        assert found.state == "active"
        return found

    def charge(self, mandate: MandateView, source: UUID, *, minor: int = 1000, key: str = "") -> Outcome:
        return charge_mandate(
            shop_id=self.shop, mandate_id=mandate.id, source_type="order", source_id=source,
            amount=self.money(minor), business_key=key or f"charge:{source}", now=self.now,
        )  # fmt: skip

    def hear(self) -> list[str]:
        """Every notice that is under way comes in and is dealt with, as the orders room does; what became of each."""
        assert self.desk.control.wait_quiet()
        raws, self.inlet.raws = self.inlet.raws, []
        return [self.receive(raw) for raw in raws]

    def receive(self, raw: RawRequest) -> str:
        receipt = record_callback(shop_id=self.shop, account_id=self.account.id, raw=raw, now=self.now)
        if not receipt.verified:
            return receipt.problem
        if not receipt.facts and receipt.our_ref:
            ask_now(shop_id=self.shop, account_id=self.account.id, number=receipt.our_ref, now=self.now)
        for fact in receipt.facts:
            if fact.kind != "paid":
                heed_hint(shop_id=self.shop, fact=fact, now=self.now)
                continue
            told = confirm_fact(shop_id=self.shop, fact=fact, now=self.now)
            if told.state == "confirmed" and told.fact is not None:
                self.apply(told.fact)
        return "ok"

    def apply(self, fact: Fact) -> str:
        with transaction.atomic():
            applied = apply_fact(shop_id=self.shop, fact=fact, now=self.now)
            if applied.outcome != "already_applied":
                ledger.post(
                    shop_id=self.shop, currency=fact.amount.currency, entries=(applied.entry(),), now=self.now
                )  # fmt: skip
        return applied.outcome

    def listen(self) -> None:
        """What the listener of FactRecorded does."""
        for row in FactRow.objects.filter(shop_id=self.shop, applied_at__isnull=True):
            recorded = queries.recorded(self.shop, row.id)
            assert recorded is not None
            self.apply(recorded.fact)

    def work(self, rounds: int = 4, *, step: float = 61) -> None:
        """The loops, a lease apart."""
        for number in range(rounds):
            if number:
                self.pass_time(step)
            run_due_charges(now=self.now)
            poll_mandates(now=self.now)
            self.listen()

    def settle(self) -> None:
        """Until nothing is left to do: past what WeChat wants to wait for, too."""
        self.work(3)
        self.to_the_window()
        self.work(5, step=400)

    def to_the_window(self) -> None:
        """Until all that was announced may be charged."""
        opens = MandateCharge.objects.filter(shop_id=self.shop, state="announced").values_list("opens_at", flat=True)
        if found := max(filter(None, opens), default=None):
            self.pass_time((found - self.now).total_seconds() + 1)

    def wait_paid(self) -> None:
        """Until the channel has done what its clock says is due."""
        self.desk.desk.wake()
        for _ in range(100):
            if self.theirs():
                return
            time.sleep(0.02)

    def change_keys(self) -> None:
        """A new version of the account, as when its keys change."""
        config, secrets, methods = config_of(self.desk, self.channel)
        self.account = open_account(
            shop_id=self.shop, provider=self.channel, code="main", name="again", currency=CURRENCY[self.channel],
            config=config, secrets=secrets, methods=methods, enabled=True, actor="test", now=self.now,
        )  # fmt: skip

    def states(self, source: UUID) -> list[tuple[str, str]]:
        """(charge, payment) of a source, oldest first."""
        found = MandateCharge.objects.filter(shop_id=self.shop, source_id=source).order_by("id")
        return list(found.values_list("state", "payment__state"))

    def row(self, mandate: MandateView) -> Mandate:
        return Mandate.objects.get(shop_id=self.shop, id=mandate.id)

    def events(self, name: str) -> list[dict[str, Any]]:
        found = rows(
            "SELECT payload FROM kernel_event WHERE shop_id = %s AND name = %s ORDER BY id", [self.shop, name]
        )  # fmt: skip
        return [json.loads(row[0]) if isinstance(row[0], str) else row[0] for row in found]

    def theirs(self) -> list[tuple[str, int]]:
        """(our number, amount) of what was paid by agreement, by the channel's own books."""
        ledger_of = self.desk.control.ledger(self.channel)
        name = "alias" if self.channel == "stripe" else "number"
        return sorted((row[name], row["amount"]) for row in ledger_of["payments"] if row["state"] == "paid")

    def ours(self) -> list[tuple[str, int]]:
        """The same by ours."""
        found = Payment.objects.filter(shop_id=self.shop, method="mandate", state="succeeded")
        return sorted(found.values_list("number", "captured_minor"))

    def agreement(self, mandate: MandateView) -> dict[str, Any]:
        (row,) = self.desk.control.ledger(self.channel, mandate.number)["agreements"]
        return dict(row)

    def fault(self, kind: str, **settings: object) -> None:
        self.desk.control.fault(kind, channel=self.channel, **settings)


@contextmanager
def mandate_world(path: Path, channel: str) -> Iterator[MandateWorld]:
    """A running stand-in, and a shop with an account at it."""
    clock, inlet = Clock(), PostInlet()
    try:
        with running_channels(path, retry_seconds=(0.0, 0.05), clock=clock) as desk:
            config, secrets, methods = config_of(desk, channel)
            shop = uuid4()
            account = open_account(
                shop_id=shop, provider=channel, code="main", name=channel, currency=CURRENCY[channel], config=config,
                secrets=secrets, methods=methods, enabled=True, actor="test", now=utc_now(),
            )  # fmt: skip
            if channel == "stripe":
                desk.control.webhook("stripe", inlet.url)
            yield MandateWorld(desk, inlet, clock, channel, account, shop)
    finally:
        inlet.close()
