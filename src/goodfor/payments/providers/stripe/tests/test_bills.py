"""The bill that we write from the list of movements, and every damage to it."""

import json
import resource
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from goodfor.kernel.money import Money
from goodfor.kernel.outcomes import Pending, Rejected, Succeeded, Unknown
from goodfor.payments.providers.bills import NO_STATEMENT, BadBill
from goodfor.payments.providers.stripe import bills
from goodfor.payments.providers.stripe.adapter import StripeProvider
from goodfor.payments.providers.stripe.tests.books import Books, account
from goodfor.payments.providers.stripe.tests.server import Loopback, loopback

pytestmark = pytest.mark.django_db
PROVIDER = StripeProvider()
DAY = date(2026, 1, 1)
T = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
LATER = datetime(2026, 1, 2, 1, tzinfo=UTC)


def movement(index: int, kind: str, amount: int, fee: int, source: Any, **more: Any) -> dict[str, Any]:
    return {
        "id": f"txn_{index:06}", "object": "balance_transaction", "type": kind, "amount": amount, "fee": fee,
        "net": amount - fee, "currency": "usd", "created": T + 80_000 - index, "source": source, "status": "pending",
        "reporting_category": kind, "available_on": T + 99, **more,
    }  # fmt: skip


def charge(index: int) -> dict[str, Any]:
    held = {
        "id": f"ch_{index}", "payment_intent": f"pi_{index}", "metadata": {"number": f"P{index}"},
        "billing_details": {"email": "buyer@example.test"},
    }  # fmt: skip
    return movement(index, "charge", 990, 59, held)


def refund(index: int) -> dict[str, Any]:
    held = {"id": f"re_{index}", "payment_intent": "pi_1", "metadata": {"number": f"R{index}", "payment": "P1"}}
    return movement(index, "refund", -500, 0, held)


@pytest.fixture
def books() -> Books:
    rest = [
        movement(91, "payout", -2000, 0, "po_1"),
        movement(92, "stripe_fee", -25, 0, None),
        movement(93, "adjustment", -990, 1500, "dp_1", reporting_category="dispute"),
        movement(94, "adjustment", 5, 0, None),
    ]
    return Books(movements=[*(charge(i) for i in range(1, 61)), refund(70), *rest])


@pytest.fixture
def stand(books: Books) -> Iterator[Loopback]:
    with loopback(books.answer) as running:
        yield running


@pytest.fixture
def bill(stand: Loopback, tmp_path: Path) -> Path:
    path = tmp_path / "bill"
    assert PROVIDER.download_bill(account(stand.url), DAY, "fund", path, LATER) == Succeeded()
    return path


def test_rows(bill: Path) -> None:
    rows = list(PROVIDER.read_bill(account(), "fund", bill))
    assert len(rows) == 65
    assert [row.kind for row in rows[59:]] == ["payment", "refund", "payout", "fee", "dispute", "other"]
    first, back, lost = rows[0], rows[60], rows[63]
    assert (first.our_ref, first.channel_ref, first.amount, first.fee) == (
        "P1", "pi_1", Money(990, "USD"), Decimal("-0.59"),
    )  # fmt: skip
    assert (back.our_ref, back.refund_ref, back.channel_ref, back.channel_refund_ref, back.amount) == (
        "P1", "R70", "pi_1", "re_70", Money(-500, "USD"),
    )  # fmt: skip
    assert (lost.amount, lost.fee) == (Money(-990, "USD"), Decimal("-15.00"))
    assert {row.kind for row in PROVIDER.read_bill(account(), "trade", bill)} == {"payment", "refund"}
    assert b"buyer@" not in bill.read_bytes()


def test_same_day_has_the_same_bytes(books: Books, stand: Loopback, bill: Path, tmp_path: Path) -> None:
    for entry in books.movements:
        entry |= {"status": "available"}
    again = tmp_path / "again"
    assert PROVIDER.download_bill(account(stand.url), DAY, "trade", again, LATER) == Succeeded()
    assert again.read_bytes() == bill.read_bytes()


def test_no_bill_yet_and_no_movement(books: Books, stand: Loopback, tmp_path: Path) -> None:
    path = tmp_path / "bill"
    assert PROVIDER.download_bill(account(stand.url), DAY, "fund", path, LATER - timedelta(hours=1)) == Pending()
    assert stand.asked == []
    books.movements = []
    assert PROVIDER.download_bill(account(stand.url), DAY, "fund", path, LATER) == Rejected(NO_STATEMENT)
    assert list(PROVIDER.read_bill(account(), "fund", path)) == []


@pytest.mark.parametrize(
    ("faults", "reason"), [(["ok", "lost"], "connection_lost"), ([500], "http_500"), (["ok", 429], "http_429")]
)
def test_download_that_breaks_off(stand: Loopback, tmp_path: Path, faults: list[int | str], reason: str) -> None:
    stand.faults = faults
    path = tmp_path / "bill"
    assert PROVIDER.download_bill(account(stand.url), DAY, "fund", path, LATER) == Unknown(reason)
    if path.exists():
        with pytest.raises(BadBill):
            list(PROVIDER.read_bill(account(), "fund", path))


@pytest.mark.parametrize(
    "change",
    [{"created": T + 86_400}, {"created": T - 1}, {"amount": 9.5}, {"net": 1}, {"currency": "xxx"}, {"id": ""}],
)
def test_movements_that_make_no_sense(books: Books, stand: Loopback, tmp_path: Path, change: dict[str, Any]) -> None:
    books.movements[3] |= change
    told = PROVIDER.download_bill(account(stand.url), DAY, "fund", tmp_path / "bill", LATER)
    assert isinstance(told, Unknown)


def _flip(data: bytes) -> bytes:
    place = data.index(b'"amount":990') + 10
    return data[:place] + b"1" + data[place + 1 :]


def _resum(lines: list[bytes]) -> bytes:
    """As somebody would who knows the file, but not that the amounts must fit."""
    sums = bills._Sums()
    for line in lines:
        sums.add(line, json.loads(line))
    return b"".join(lines) + bills._written(sums.summary(account(), DAY.isoformat()))


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (_flip, "bad_net"),
        (lambda d: d.replace(b'"number":"P7"', b'"number":"P8"', 1), "digest_off"),
        (lambda d: d.replace(b'"P60"', b'"P06"', 1), "digest_off"),
        (lambda d: b"".join(d.splitlines(True)[:3] + d.splitlines(True)[4:]), "count_off"),
        (lambda d: b"".join(d.splitlines(True)[:3]), "no_end"),
        (lambda d: b"".join(d.splitlines(True)[:-1]), "no_end"),
        (lambda d: d[:-1], "cut_line"),
        (lambda d: d[: len(d) // 2], "cut_line"),
        (lambda d: b"", "no_end"),
        (lambda d: d + d.splitlines(True)[0], "after_the_end"),
        (lambda d: d.replace(b'"fee":59', b'"fee": 59', 1), "not_ours"),
        (lambda d: d.replace(b'"fee":59', b'"fee":59,"fee":59', 1), "not_ours"),
        (lambda d: d.replace(b'"fee":', b'"cost":', 1), "not_ours"),
        (lambda d: b'{"a":1}\n' + d, "unknown_header"),
        (lambda d: b"id,amount\n" + d, "not_json"),
        (lambda d: d.replace(b'"count":65', b'"count":64'), "count_off"),
        (lambda d: d.replace(b'"USD:fee":5', b'"USD:fee":6'), "sums_off"),
        (lambda d: d.replace(b'"day":"2026-01-01"', b'"day":"2026-01-02"'), "other_day"),
        (lambda d: d.replace(b'"day":"2026-01-01"', b'"day":"soon"'), "bad_summary"),
        (lambda d: d.replace(b":st", b":xx"), "foreign_merchant"),
        (lambda d: b"\x1f\x8b" + d, "not_json"),
        (lambda d: b"[" * 4000 + b"\n", "not_json"),
        (lambda d: b" " * 5000 + b"\n" + d, "cut_line"),
        (lambda d: _resum([x.replace(b'"USD"', b'"XXX"') for x in d.splitlines(True)[:2]]), "unknown_currency"),
    ],
)
def test_damage_is_refused(bill: Path, damage: Any, code: str) -> None:
    data = bill.read_bytes()
    damaged = damage(data)
    assert damaged != data
    bill.write_bytes(damaged)
    with pytest.raises(BadBill) as problem:
        list(PROVIDER.read_bill(account(), "fund", bill))
    assert problem.value.code == code


def test_bill_of_another_shop(bill: Path) -> None:
    with pytest.raises(BadBill, match="foreign_merchant"):
        list(PROVIDER.read_bill(replace(account(), code="other"), "fund", bill))


def test_any_flipped_byte_is_refused(bill: Path) -> None:
    lines = bill.read_bytes().splitlines(True)
    bill.write_bytes(_resum(lines[:2]))
    data = bill.read_bytes()
    for place in range(len(data)):
        bill.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        with pytest.raises(BadBill):
            list(PROVIDER.read_bill(account(), "fund", bill))


@pytest.mark.soak
def test_many_rows_in_constant_memory(tmp_path: Path) -> None:
    path, sums = tmp_path / "bill", bills._Sums()
    with path.open("wb") as file:
        for index in range(60_000):
            entry = bills._kept(charge(index % 80_000))
            line = bills._written(entry)
            sums.add(line, entry)
            file.write(line)
        file.write(bills._written(sums.summary(account(), DAY.isoformat())))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(1 for _ in PROVIDER.read_bill(account(), "fund", path)) == 60_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16 * 1024
