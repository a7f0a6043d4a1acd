"""Payouts by the shop's Alipay account, against the stand-in: paid once, whatever gets lost on the way."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from goodfor.kernel.money import Money
from goodfor.kernel.outcomes import Pending, Rejected, Succeeded, Unknown
from goodfor.ledger import queries as ledger
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.operations.send_transfer import ask_transfer, send_transfer
from goodfor.payments.types import Transfer
from goodfor.sandbox.channels import demo
from goodfor.sandbox.channels.alipay.transfers import CLOSED_ACCOUNT
from goodfor.sandbox.channels.server import RunningChannels, running_channels
from goodfor.sandbox.keys import derive_private_key, private_pem
from goodfor.settlement import queries, states
from goodfor.settlement.errors import UnknownWay
from goodfor.settlement.operations import execute_payout, run_due_payouts, start_payout
from goodfor.settlement.tests.conftest import broken
from goodfor.settlement.tests.factories import ANN, NOW, OTHER, SHOP, People, approved, party, share
from goodfor.settlement.types import BankDetails, PayoutView, StatementView

pytestmark = pytest.mark.django_db(transaction=True)
WAY = "alipay:main"
PERSON = BankDetails("中国工商银行", "张三", "6222020200001234567")


@dataclass
class Bench:
    """Stand-ins on a clock of their own, and a party that is a person."""

    channels: RunningChannels
    people: People
    clock: list[datetime] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.clock[0]

    def later(self, **by: float) -> datetime:
        self.clock[0] += timedelta(**by)
        return self.now

    def account(self, app_id: str = demo.ALIPAY_APP_ID, key: str = demo.MERCHANT_KEY_NAME, **more: Any) -> UUID:
        config = {
            "app_id": app_id, "seller_id": demo.ALIPAY_SELLER_ID, "mode": "key",
            "alipay_public_key": demo.platform_public_pem(), "base_url": f"{self.channels.url}/alipay/gateway.do",
        }  # fmt: skip
        given = {"shop_id": SHOP, "code": "main", "enabled": True, **more}
        return open_account(
            provider="alipay", name="支付宝", currency="CNY", config=config, methods=("page",),
            secrets={"private_key": private_pem(derive_private_key(key))}, actor="test", now=self.now, **given,
        ).id  # fmt: skip

    def ready(self, amount: int = 80_00, bank: BankDetails = PERSON, **changes: Any) -> StatementView:
        one = self.people.add(party(**changes))
        self.people.banks[one.id] = bank
        share(one, amount)
        return approved(one)

    def start(self, made: StatementView) -> PayoutView:
        return start_payout(shop_id=SHOP, statement_id=made.id, way=WAY, actor=ANN, now=self.now)

    def run(self, payout: PayoutView) -> PayoutView:
        return execute_payout(shop_id=SHOP, payout_id=payout.id, now=self.now)

    def fault(self, kind: str, **more: Any) -> None:
        self.channels.control.fault(kind, channel="alipay", **more)

    @property
    def books(self) -> list[tuple[str, int, str]]:
        """What the stand-in has paid, or has not: number, fen, state."""
        rows = self.channels.control.ledger("alipay")["transfers"]
        return [(row["number"], row["amount"], row["state"]) for row in rows]


@pytest.fixture
def bench(people: People, tmp_path: Path) -> Iterator[Bench]:
    clock = [NOW]
    with running_channels(tmp_path, clock=lambda: clock[0].timestamp()) as channels:
        made = Bench(channels, people, clock)
        made.account()
        yield made


def money() -> dict[str, int]:
    found = {one.code: one.posted_minor for one in ledger.balances(SHOP, "")}
    return {code: amount for code, amount in found.items() if amount and not code.startswith("5401")}


def state_of(made: StatementView) -> str:
    return queries.statement(SHOP, made.id).state


PAID = {"1012:channel:alipay:main:available": -80_00}


def test_a_person_is_paid_out_of_our_balance_there(bench: Bench) -> None:
    assert queries.ways(SHOP, "CNY", bench.now) == [(WAY, "支付宝")]
    made = bench.ready()
    payout = bench.start(made)
    assert run_due_payouts(now=bench.now) == 1
    view = queries.payout(SHOP, payout.id)
    assert (view.state, view.attempts, state_of(made)) == (states.SUCCEEDED, 1, states.PAID)
    assert bench.books == [(payout.id.hex, 80_00, "success")]
    assert money() == PAID
    assert broken() == {}


@pytest.mark.parametrize(
    ("kind", "more", "sent"),
    [
        ("lost_answer", {}, 1),
        ("error_burst", {"status": 502, "work": "after"}, 1),
        ("error_burst", {"status": 502, "work": "before"}, 2),
        ("bad_signature_reply", {}, 1),
    ],
)
def test_an_unknown_end_is_asked_about(bench: Bench, kind: str, more: dict[str, Any], sent: int) -> None:
    made = bench.ready()
    payout = bench.start(made)
    bench.fault(kind, on="transfer", **more)
    assert bench.run(payout).state == states.UNKNOWN
    assert (state_of(made), len(bench.books)) == (states.PAYING, sent % 2)
    bench.fault("lost_answer", on="transfer_query")
    bench.later(minutes=1)
    assert bench.run(payout).state == states.UNKNOWN
    bench.later(minutes=5)
    # Whatever would go out again, would be lost: only what the stand-in never heard of does.
    if sent == 1:
        bench.fault("error_burst", on="transfer", status=500, work="before")
    assert bench.run(payout).state == states.SUCCEEDED
    assert bench.books == [(payout.id.hex, 80_00, "success")]
    assert money() == PAID
    assert broken() == {}


def test_a_refusal_gives_the_statement_back(bench: Bench) -> None:
    made = bench.ready()
    first = bench.start(made)
    bench.fault("transfer_refused")
    view = bench.run(first)
    assert (view.state, view.failure, state_of(made)) == (states.FAILED, "payer_balance_not_enough", states.APPROVED)
    assert bench.books == []
    second = bench.start(made)
    assert bench.run(second).state == states.SUCCEEDED
    assert bench.books == [(second.id.hex, 80_00, "success")]
    assert broken() == {}


@pytest.mark.parametrize("ends", ["success", "failed"])
def test_what_was_taken_on_ends_later(bench: Bench, ends: str) -> None:
    bank = PERSON if ends == "success" else BankDetails("中国工商银行", "张三", CLOSED_ACCOUNT)
    made = bench.ready(bank=bank)
    payout = bench.start(made)
    bench.fault("transfer_dealing", seconds=60, outcome=ends)
    assert bench.run(payout).state == states.REQUESTED
    bench.later(seconds=30)
    assert bench.run(payout).state == states.REQUESTED
    bench.later(seconds=60)
    view = bench.run(payout)
    assert bench.books == [(payout.id.hex, 80_00, ends)]
    if ends == "success":
        assert (view.state, money()) == (states.SUCCEEDED, PAID)
    else:
        assert (view.state, view.failure) == (states.FAILED, "payee_card_info_error")
        assert money() == {"2202:supplier:acme:statement:supplier-acme-1": 80_00}
    assert broken() == {}


def test_another_account_of_the_shop_is_not_asked(bench: Bench) -> None:
    """It would never have heard of the number, and pay it once more."""
    made = bench.ready()
    payout = bench.start(made)
    bench.fault("lost_answer", on="transfer")
    bench.run(payout)
    bench.later(minutes=1)
    bench.account(demo.ALIPAY_OTHER_APP_ID, demo.OTHER_KEY_NAME)
    assert bench.run(payout).state == states.SUCCEEDED
    assert bench.books == [(payout.id.hex, 80_00, "success")]


def test_a_company_needs_its_bank_told_whole(bench: Bench) -> None:
    made = bench.ready(bank=BankDetails("招商银行", "甲供应链有限公司", "755912345610901"))
    view = bench.run(bench.start(made))
    assert (view.state, view.failure, bench.books) == (states.FAILED, "bank_incomplete", [])
    whole = BankDetails("招商银行 广东省 深圳市 南山支行", "甲供应链有限公司", "755912345610901")
    other = bench.ready(bank=whole, code="bolt")
    assert bench.run(bench.start(other)).state == states.SUCCEEDED
    [row] = bench.channels.control.ledger("alipay")["transfers"]
    assert row["bank"] == "招商银行 广东省 深圳市 南山支行"


def test_who_cannot_pay_is_no_way(bench: Bench) -> None:
    made = bench.ready()
    bench.account(code="off", enabled=False)
    bench.account(shop_id=OTHER, code="theirs")
    for way in ("alipay", "alipay:", "alipay:off", "alipay:theirs", "alipay:x", "wechat:main"):
        with pytest.raises(UnknownWay):
            start_payout(shop_id=SHOP, statement_id=made.id, way=way, actor=ANN, now=bench.now)
    assert state_of(made) == states.APPROVED
    assert queries.ways(SHOP, "USD", bench.now) == []


def test_the_same_number_is_paid_once_and_another_content_is_no_answer(bench: Bench) -> None:
    account = bench.account(code="second")
    call: dict[str, Any] = {"shop_id": SHOP, "account_id": account, "now": bench.now}

    def transfer(minor: int, currency: str = "CNY") -> Transfer:
        return Transfer("T1", Money(minor, currency), "张三", PERSON.account, PERSON.bank)

    assert ask_transfer(transfer=transfer(5), **call) == Rejected("not_found")
    first, again = (send_transfer(transfer=transfer(5), **call) for _ in range(2))
    assert isinstance(first, Succeeded)
    assert first == again
    assert isinstance(send_transfer(transfer=transfer(6), **call), Unknown)
    assert ask_transfer(transfer=transfer(6), **call) == Unknown("other_amount")
    assert bench.books == [("T1", 5, "success")]
    assert send_transfer(transfer=transfer(5, "USD"), **call) == Rejected("not_supported")
    stranger = {**call, "account_id": uuid4()}
    assert send_transfer(transfer=transfer(5), **stranger) == Unknown("not_sent")
    assert not isinstance(ask_transfer(transfer=transfer(5), **{**call, "shop_id": OTHER}), Rejected | Pending)
