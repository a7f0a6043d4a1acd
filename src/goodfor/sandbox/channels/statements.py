"""What bills of any channel are made of: payments and refunds of a day, with faults of rows; files for a while."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from goodfor.sandbox.channels import books
from goodfor.sandbox.channels.desk import Desk
from goodfor.sandbox.channels.rows import Payment, Refund, Refused
from goodfor.sandbox.ledger import BEIJING


@dataclass(frozen=True)
class Line:
    """One row: a payment, or a refund of it."""

    payment: Payment
    refund: Refund | None
    at_ms: int


def bounds(text: str) -> tuple[int, int]:
    """A day in Beijing as [start, end) in milliseconds. Raises ValueError."""
    day = date.fromisoformat(text)
    start = datetime(day.year, day.month, day.day, tzinfo=BEIJING)
    return int(start.timestamp() * 1000), int((start + timedelta(days=1)).timestamp() * 1000)


def is_ready(desk: Desk, end_ms: int) -> bool:
    """Bills are made in the morning after, at `bill_hour`."""
    hour = desk.limits.bill_hour
    return hour < 0 or desk.now_ms() >= end_ms + hour * 3_600_000


def lines(desk: Desk, channel: str, merchant: str, start_ms: int, end_ms: int) -> list[Line]:
    """In the order of time, changed where the fault `bill_row` demands."""
    desk.settle_due()
    with desk.db.read() as conn:
        paid = books.select(
            conn, Payment, "payments", "channel = ? AND merchant = ? AND paid_ms >= ? AND paid_ms < ?",
            channel, merchant, start_ms, end_ms,
        )  # fmt: skip
        refunded = books.select(
            conn, Refund, "refunds", "channel = ? AND created_ms >= ? AND created_ms < ? AND state = 'success' AND"
            " payment IN (SELECT seq FROM payments WHERE merchant = ?)", channel, start_ms, end_ms, merchant,
        )  # fmt: skip
        of = {row.payment: books.payment_at(conn, row.payment) for row in refunded}
    found = [Line(row, None, row.paid_ms or 0) for row in paid]
    found += [Line(of[row.payment], row, row.created_ms) for row in refunded]
    found.sort(key=lambda line: (line.at_ms, line.payment.seq))
    return _with_faults(desk, channel, found)


def _with_faults(desk: Desk, channel: str, found: list[Line]) -> list[Line]:
    if not any(fault["kind"] == "bill_row" and fault["left"] != 0 for fault in desk.faults.listed()):
        return found
    kept = []
    for line in found:
        fault = desk.faults.take("bill_row", pid=channel, out_trade_no=line.payment.number)
        change = "" if fault is None else fault.text("change")
        if change == "changed":
            line = replace(line, payment=replace(line.payment, amount=line.payment.amount + 1))
        if change != "missing":
            kept.append(line)
        if change == "extra":
            other = replace(line.payment, number=f"{line.payment.number[:28]}-EX", ref=f"{line.payment.ref[:26]}99")
            kept.append(replace(line, payment=other, refund=None))
    return kept


def keep(desk: Desk, channel: str, merchant: str, content: bytes, content_type: str) -> str:
    """Keeps a file to be fetched; its token."""
    token = desk.token("", 32)
    with desk.db.write() as conn:
        conn.execute(
            "INSERT INTO bills (token, channel, merchant, content, content_type, made_ms) VALUES (?, ?, ?, ?, ?, ?)",
            (token, channel, merchant, content, content_type, desk.now_ms()),
        )
    return token


def fetch(desk: Desk, channel: str, token: str, seconds: int, merchant: str = "") -> tuple[bytes, str]:
    """The file and its type, for so many seconds. Raises Refused."""
    with desk.db.read() as conn:
        row = conn.execute(
            "SELECT content, content_type, made_ms FROM bills WHERE token = ? AND channel = ? AND ? IN ('', merchant)",
            (token, channel, merchant),
        ).fetchone()
    if row is None or desk.now_ms() - row["made_ms"] > seconds * 1000:
        raise Refused("RESOURCE_NOT_EXISTS", "no such file", 404)
    return bytes(row["content"]), str(row["content_type"])
