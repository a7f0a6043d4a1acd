"""Bills: how a file is asked for, fetched and checked against its hash, and when there is none."""

import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown
from goodfor.payments.providers.bills import BillKind
from goodfor.payments.providers.wechat import bills
from goodfor.payments.providers.wechat.bills import WechatBills
from goodfor.payments.providers.wechat.tests.kit import LOST, OTHER, Answer, Mch, account, no, ok, running
from goodfor.payments.providers.wechat.tests.test_bills import fund_bill, trade_bill

WX = WechatBills()
DAY, READY = date(2026, 1, 1), datetime(2026, 1, 2, 2, 0, tzinfo=UTC)
TRADE_PATH, FUND_PATH, FILE = "/v3/bill/tradebill", "/v3/bill/fundflowbill", "/v3/billdownload/file"


@pytest.fixture
def mch() -> Iterator[Mch]:
    with running() as server:
        yield server


def at(answer: Answer, now: datetime) -> Answer:
    """The same, signed at another time."""
    return replace(answer, at=now)


def told(mch: Mch, text: str, **changes: Any) -> Answer:
    digest = hashlib.sha1(text.encode()).hexdigest()
    named = {"download_url": f"{mch.url}{FILE}?token=a%2Fb", "hash_type": "SHA1", "hash_value": digest, **changes}
    return at(ok(**named), READY)


def fetched(mch: Mch, tmp_path: Path, kind: BillKind = "trade", now: datetime = READY, **config: Any) -> Outcome:
    return WX.download_bill(account(mch.url, **config), DAY, kind, tmp_path / "bill.csv", now)


def test_the_way_of_a_bill(mch: Mch, tmp_path: Path) -> None:
    text = trade_bill()
    mch.answers[f"GET {TRADE_PATH}"] = told(mch, text)
    mch.answers[f"GET {FILE}"] = Answer(said=gzip.compress(text.encode()), unsigned=True)
    assert fetched(mch, tmp_path) == Succeeded()
    assert mch.calls[0].target == f"{TRADE_PATH}?bill_date=2026-01-01&bill_type=ALL&tar_type=GZIP"
    assert mch.calls[1].target == f"{FILE}?token=a%2Fb"
    assert (tmp_path / "bill.csv").read_bytes() == text.encode()
    assert [one.name for one in tmp_path.iterdir()] == ["bill.csv"]
    assert len(list(WX.read_bill(account(), "trade", tmp_path / "bill.csv"))) == 4
    assert WX.bill_kinds(account()) == ("trade", "fund")
    mch.answers[f"GET {FUND_PATH}"] = told(mch, fund_bill())
    mch.answers[f"GET {FILE}"] = Answer(said=gzip.compress(fund_bill().encode()), unsigned=True)
    assert fetched(mch, tmp_path, "fund", fund_account="FEES") == Succeeded()
    assert mch.only(FUND_PATH).target == f"{FUND_PATH}?bill_date=2026-01-01&account_type=FEES&tar_type=GZIP"


def flipped(raw: bytes, place: int) -> bytes:
    return raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]


def test_files_that_are_not_what_was_told(mch: Mch, tmp_path: Path) -> None:
    text = trade_bill()
    packed = gzip.compress(text.encode())
    mch.answers[f"GET {TRADE_PATH}"] = told(mch, text)
    for body, reason in (
        (gzip.compress(text.replace("9.90", "9.91").encode()), "wrong_hash"), (gzip.compress(b""), "wrong_hash"),
        (packed[:-20], "damaged_file"), (packed[:5], "damaged_file"), (packed + packed, "wrong_hash"),
        (flipped(packed, len(packed) - 6), "damaged_file"), (text.encode(), "damaged_file"), (b"", "wrong_hash"),
        (b"<html>", "damaged_file"), (flipped(packed, 40), "damaged_file"),
    ):  # fmt: skip
        mch.answers[f"GET {FILE}"] = Answer(said=body, unsigned=True)
        assert fetched(mch, tmp_path) == Unknown(reason)
        assert not (tmp_path / "bill.csv.gz").exists()
    mch.answers[f"GET {FILE}"] = LOST
    assert fetched(mch, tmp_path) == Unknown("connection_lost")
    mch.answers[f"GET {FILE}"] = Answer(403, unsigned=True)
    assert fetched(mch, tmp_path) == Unknown("http_403")


def test_a_file_that_grows(mch: Mch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = trade_bill()
    monkeypatch.setattr(bills, "MAX_UNPACKED", len(text.encode()) - 1)
    mch.answers[f"GET {TRADE_PATH}"] = told(mch, text)
    mch.answers[f"GET {FILE}"] = Answer(said=gzip.compress(text.encode()), unsigned=True)
    assert fetched(mch, tmp_path) == Unknown("file_too_large")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"hash_type": "MD5"}, "unknown_hash"), ({"hash_value": ""}, "unknown_hash"),
        ({"hash_value": 7}, "unknown_hash"),
        ({"download_url": ""}, "unsafe_link"), ({"download_url": "http://192.168.0.1/x"}, "unsafe_link"),
        ({"download_url": None}, "unsafe_link"), ({"download_url": "https://u:p@bills.example.test/"}, "unsafe_link"),
    ],
)  # fmt: skip
def test_replies_that_name_no_file(mch: Mch, tmp_path: Path, changes: dict[str, Any], reason: str) -> None:
    mch.answers[f"GET {TRADE_PATH}"] = told(mch, trade_bill(), **changes)
    assert fetched(mch, tmp_path) == Unknown(reason)
    assert len(mch.calls) == 1


def test_before_it_is_ready_and_when_there_is_none(mch: Mch, tmp_path: Path) -> None:
    assert fetched(mch, tmp_path, now=READY.replace(hour=1, minute=59)) == Pending()
    assert mch.calls == []
    late = READY.replace(minute=5)
    for answer, now, outcome in (
        (no(400, "NO_STATEMENT_EXIST"), READY, Pending()),
        (no(400, "NO_STATEMENT_EXIST"), READY.replace(minute=4, second=59), Pending()),
        (no(400, "NO_STATEMENT_EXIST"), late, Rejected("no_statement")),
        (no(400, "STATEMENT_CREATING"), late, Pending()),
        # Who cannot sign for it does not say that nothing was sold.
        (no(400, "NO_STATEMENT_EXIST", unsigned=True), late, Unknown("no_statement_exist")),
        (no(400, "NO_STATEMENT_EXIST", key=OTHER), late, Unknown("bad_signature")),
        (no(400, "INVALID_REQUEST"), late, Unknown("invalid_request")),
        (no(429, "RATELIMIT_EXCEED"), late, Unknown("rate_limited")),
        (no(500, "SYSTEM_ERROR"), late, Unknown("http_500")),
        (LOST, late, Unknown("connection_lost")),
    ):  # fmt: skip
        mch.answers[f"GET {TRADE_PATH}"] = at(answer, now)
        assert fetched(mch, tmp_path, now=now) == outcome
