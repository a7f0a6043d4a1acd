"""Bills and splits against the stand-in of WeChat Pay, which shares no code with the adapter."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown
from goodfor.payments.providers.base import Account, Attempt, instruction_of
from goodfor.payments.providers.splits import Receiver, ReturnAttempt, Share, SplitAttempt, results_of
from goodfor.payments.providers.wechat import client, keys
from goodfor.payments.providers.wechat.adapter import WechatProvider, _instruction
from goodfor.payments.providers.wechat.bills import WechatBills
from goodfor.payments.providers.wechat.client import Caller
from goodfor.payments.providers.wechat.settings import Settings
from goodfor.payments.providers.wechat.splits import WechatSplitter
from goodfor.payments.providers.wechat.tests.kit import APPID, MCHID, account
from goodfor.sandbox.channels import demo
from goodfor.sandbox.channels.server import RunningChannels, running_channels

BILLS, SPLITS = WechatBills(), WechatSplitter()
DAY = date(2026, 1, 1)
LARK, WREN = Receiver("merchant", "1900000077", "Lark Ltd", "SUPPLIER"), Receiver("person", "oWREN")


@pytest.fixture(params=["public_key", "certificate"])
def mode(request: pytest.FixtureRequest) -> Iterator[str]:
    keys.forget()
    yield request.param
    keys.forget()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[RunningChannels]:
    with running_channels(tmp_path / "books") as running:
        running.control.limits(wechat_split_wait=0, bill_hour=-1)
        yield running


def owner_at(desk: RunningChannels, mode: str = "public_key") -> Account:
    return account(
        desk.base("wechat"), serial_no=demo.WECHAT_MERCHANT_SERIAL, key_mode=mode,
        public_key_id=demo.WECHAT_PUBLIC_KEY_ID,
    )  # fmt: skip


def test_a_days_bills(desk: RunningChannels, tmp_path: Path, mode: str) -> None:
    numbers = desk.control.rows("wechat", 20, DAY.isoformat(), refund_every=5)
    owner, path, now = owner_at(desk, mode), tmp_path / "bill", utc_now()
    assert BILLS.download_bill(owner, DAY, "trade", path, now) == Succeeded()
    rows = list(BILLS.read_bill(owner, "trade", path))
    assert {row.our_ref for row in rows if row.kind == "payment"} == set(numbers)
    assert [row.kind for row in rows].count("refund") == 4
    assert BILLS.download_bill(owner, DAY, "fund", path, now) == Succeeded()
    moves = list(BILLS.read_bill(owner, "fund", path))
    assert {row.kind for row in moves} == {"payment", "refund", "fee"}
    # The same day told twice: what was sold and given back, less the fees, is what the balance moved by.
    fees = sum(row.fee for row in rows)
    assert sum(row.amount.amount_minor for row in moves) == sum(row.amount.amount_minor for row in rows) + fees * 100
    assert BILLS.download_bill(owner, DAY - timedelta(days=9), "trade", path, now) == Rejected("no_statement")


def paid(desk: RunningChannels, owner: Account, number: str, now: datetime) -> str:
    """A paid order whose money is frozen; WeChat's number of it."""
    fields = {
        "mchid": MCHID, "appid": APPID, "out_trade_no": number, "description": "card",
        "notify_url": "http://127.0.0.1:1/n", "amount": {"total": 10_000, "currency": "CNY"},
        "settle_info": {"profit_sharing": True},
    }  # fmt: skip
    caller = Caller(Settings.of(owner), now)
    caller.post("/v3/pay/transactions/native", fields)
    desk.control.buy("wechat", number)
    return str(caller.get(f"/v3/pay/transactions/out-trade-no/{number}?mchid={MCHID}")["transaction_id"])


def test_a_split_from_first_to_last(desk: RunningChannels, mode: str) -> None:
    owner, now = owner_at(desk, mode), utc_now()
    ref = paid(desk, owner, "SPLIT1", now)
    shares = (Share(LARK, Money(1000, "CNY")), Share(WREN, Money(500, "CNY")))
    one = SplitAttempt("S1", "SPLIT1", ref, shares)
    assert SPLITS.query_split(owner, one, now) == Rejected("not_found", "分账单不存在")
    # Only the first of the two is known there.
    for _ in range(2):
        assert SPLITS.bind_receiver(owner, LARK, now) == Succeeded()
    assert isinstance(SPLITS.split(owner, one, now), Pending)
    over = SPLITS.query_split(owner, one, now)
    assert [(done.state, done.code) for done in results_of(over)] == [("succeeded", ""), ("failed", "no_relation")]
    assert left(SPLITS.unsplit(owner, one, now)) == 10_000 - 1000 - 60
    back = ReturnAttempt("B1", "S1", "SPLIT1", ref, LARK, Money(400, "CNY"))
    assert isinstance(SPLITS.return_split(owner, back, now), Succeeded)
    assert isinstance(SPLITS.query_return(owner, back, now), Succeeded)
    much = SplitAttempt("S2", "SPLIT1", ref, (Share(LARK, Money(2001, "CNY")),))
    assert isinstance(refused := SPLITS.split(owner, much, now), Rejected)
    assert refused.code == "rule_limit"
    rest = SplitAttempt("S3", "SPLIT1", ref, finish=True)
    assert isinstance(SPLITS.unfreeze(owner, rest, now), Pending | Succeeded)
    assert isinstance(SPLITS.query_split(owner, rest, now), Succeeded)
    assert left(SPLITS.unsplit(owner, rest, now)) == 0
    assert SPLITS.unbind_receiver(owner, LARK, now) == Succeeded()


def left(outcome: Outcome) -> int:
    assert isinstance(outcome, Succeeded)
    return int(outcome.data["amount"].amount_minor)


def test_its_certificates(desk: RunningChannels) -> None:
    (found,) = client.fetch_certificates(Settings.of(owner_at(desk, "certificate")), utc_now())
    assert found.serial == demo.WECHAT_PLATFORM_SERIAL


def test_a_page_for_phones(desk: RunningChannels, mode: str) -> None:
    """Wherever below its host the channel has it; plain http only on this machine, where that is allowed."""
    owner, now = replace(owner_at(desk, mode), methods=("h5",)), utc_now()
    attempt = Attempt("PHONE1", Money(990, "CNY"), "h5", "card", "http://127.0.0.1:1/n", "https://shop.example/o")
    made = instruction_of(succeeded(WechatProvider().create(owner, attempt, now)))
    assert made.kind == "redirect"
    assert made.url.startswith(f"{desk.url}/pay/wechat/")
    assert made.url.endswith("&redirect_url=https%3A%2F%2Fshop.example%2Fo")


def succeeded(outcome: Outcome) -> Succeeded:
    assert isinstance(outcome, Succeeded), outcome
    return outcome


@pytest.mark.parametrize("url", ["http://wx.example/pay", "javascript:1", "https://u:p@wx.example/", "//wx.example/"])
def test_no_page_that_is_not_safe(url: str) -> None:
    attempt = Attempt("PHONE1", Money(990, "CNY"), "h5", "card", "", "")
    assert _instruction(Settings.of(account()), attempt, {"h5_url": url}, utc_now()) == Unknown("no_link")
