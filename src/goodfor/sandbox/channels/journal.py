"""The journal: double entry for each merchant. Postings of an entry sum to zero, and an entry is booked once.

Accounts: `outside` (buyers' money comes from and goes to it), `balance` (the merchant's), `frozen` (held for
splits), `fees` (the channel's), `to:<receiver>`, `disputed`.
"""

import sqlite3
from collections.abc import Mapping
from typing import Any

from goodfor.sandbox.channels.rows import Payment

#: Parts of a million that a payment costs, and whether the fee comes back with a refund. Invented, but of real size.
FEES: Mapping[str, tuple[int, bool]] = {
    "wechat": (6000, True),
    "alipay": (6000, True),
    "stripe": (34000, False),
    "paypal": (44000, False),
}


def fee_of(channel: str, amount: int) -> int:
    """The fee of a payment, rounded half up to minor units."""
    return (amount * FEES[channel][0] + 500_000) // 1_000_000


def book(
    conn: sqlite3.Connection, payment: Payment, kind: str, ref: str, at_ms: int, postings: Mapping[str, int]
) -> bool:
    """Books one entry; False when it was booked before. Raises ValueError unless the postings sum to zero."""
    if sum(postings.values()) != 0:
        raise ValueError(f"{kind} does not balance")
    made = conn.execute(
        "INSERT INTO entries (channel, merchant, currency, kind, ref, payment, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (payment.channel, payment.merchant, payment.currency, kind, ref, payment.seq, at_ms),
    )
    if made.rowcount == 0:
        return False
    conn.executemany(
        "INSERT INTO postings (entry, account, amount) VALUES (?, ?, ?)",
        [(made.lastrowid, account, amount) for account, amount in postings.items() if amount],
    )
    return True


def held(conn: sqlite3.Connection, payment: Payment) -> int:
    """What of a payment is still frozen for splits."""
    row = conn.execute(
        "SELECT coalesce(sum(p.amount), 0) AS n FROM postings p JOIN entries e ON e.id = p.entry"
        " WHERE e.payment = ? AND p.account = 'frozen'",
        (payment.seq,),
    ).fetchone()
    return int(row["n"])


def balances(conn: sqlite3.Connection, channel: str, merchant: str) -> dict[str, dict[str, int]]:
    """currency -> account -> sum, of one merchant."""
    found: dict[str, dict[str, int]] = {}
    for row in conn.execute(
        "SELECT e.currency, p.account, sum(p.amount) AS n FROM postings p JOIN entries e ON e.id = p.entry"
        " WHERE e.channel = ? AND e.merchant = ? GROUP BY 1, 2 ORDER BY 1, 2",
        (channel, merchant),
    ):
        found.setdefault(row["currency"], {})[row["account"]] = int(row["n"])
    return found


def moves(conn: sqlite3.Connection, channel: str, merchant: str, until_ms: int) -> list[dict[str, Any]]:
    """Every change of what the merchant owns (balance and frozen together) before a time, in order.

    Rows: kind, ref, payment, at_ms, id, currency, amount and after, the sum so far in that currency.
    """
    rows = conn.execute(
        "SELECT e.id, e.kind, e.ref, e.payment, e.at_ms, e.currency, sum(p.amount) AS amount FROM entries e"
        " JOIN postings p ON p.entry = e.id WHERE e.channel = ? AND e.merchant = ? AND e.at_ms < ?"
        " AND p.account IN ('balance', 'frozen') GROUP BY e.id HAVING sum(p.amount) <> 0 ORDER BY e.at_ms, e.id",
        (channel, merchant, until_ms),
    )
    found: list[dict[str, Any]] = []
    sums: dict[str, int] = {}
    for row in rows:
        sums[row["currency"]] = sums.get(row["currency"], 0) + row["amount"]
        found.append({**dict(row), "after": sums[row["currency"]]})
    return found
