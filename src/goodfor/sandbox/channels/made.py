"""Rows made for a bill: many payments, some with refunds, on a day of the past, booked like all others."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from goodfor.sandbox.channels import books
from goodfor.sandbox.channels.demo import MERCHANT_OF
from goodfor.sandbox.channels.rows import Wanted
from goodfor.sandbox.ledger import BEIJING
from goodfor.sandbox.types import GatewayError

if TYPE_CHECKING:
    from goodfor.sandbox.channels.desk import Desk

_MOST = 200_000


def rows(desk: "Desk", channel: str, wish: dict[str, Any]) -> list[str]:
    """`{"count", "date" (yyyy-mm-dd, Beijing), "prefix"?, "amount"?, "refund_every"?}`; the numbers that were made.

    Every `refund_every`-th payment is refunded in half. Amounts differ from row to row. Raises GatewayError.
    """
    try:
        count, day = int(wish["count"]), date.fromisoformat(str(wish["date"]))
    except (KeyError, ValueError) as wrong:
        raise GatewayError("rows: count and date") from wrong
    if not 0 < count <= _MOST:
        raise GatewayError(f"count: 1 to {_MOST}")
    prefix, every = str(wish.get("prefix") or f"R{day:%Y%m%d}"), int(wish.get("refund_every") or 0)
    start = int(datetime(day.year, day.month, day.day, tzinfo=BEIJING).timestamp() * 1000)
    step = 86_000_000 // count
    currency = "CNY" if channel in ("wechat", "alipay") else str(wish.get("currency") or "USD").upper()
    numbers = []
    with desk.db.write() as conn:
        for index in range(count):
            number = f"{prefix}{index:06d}"
            wanted = Wanted(
                channel, MERCHANT_OF[channel], number, f"{channel[:2]}{day:%Y%m%d}_{number}", "MADE",
                int(wish.get("amount") or 990) + index % 100, currency, "made", detail={"appid": "", "made": True},
            )  # fmt: skip
            at_ms = start + index * step
            payment = books.open_payment(conn, wanted, at_ms)
            books.pay(conn, payment, at_ms)
            if every and index % every == every - 1:
                refund = books.open_refund(
                    conn, payment, key=f"{wanted.merchant}|{number}-R", number=f"{number}-R", ref=f"5{payment.ref}",
                    amount=payment.amount // 2, reason="made", notify_url="", now_ms=at_ms, settle_ms=at_ms,
                    settle_to="success",
                )  # fmt: skip
                books.settle_refund(conn, refund, "success", at_ms)
            numbers.append(number)
    return numbers
