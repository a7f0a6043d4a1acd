"""Writes of the books: payments, refunds, disputes. Each function runs inside one transaction and can be repeated."""

import json
import sqlite3
from dataclasses import fields
from typing import Any, TypeVar

from goodfor.sandbox.channels.journal import FEES, book, fee_of, held
from goodfor.sandbox.channels.rows import BookRefused, Dispute, Payment, Refund, Wanted

Row = TypeVar("Row")


def columns(kind: type) -> str:
    """The columns of a row's class."""
    return ", ".join(field.name for field in fields(kind))


def select(conn: sqlite3.Connection, kind: type[Row], table: str, where: str, *args: object) -> list[Row]:
    """Rows of a table as values; table and condition are ours, never a caller's text."""
    rows = conn.execute(f"SELECT {columns(kind)} FROM {table} WHERE {where}", args)  # noqa: S608
    return [kind(**dict(row)) for row in rows]


def find_payment(
    conn: sqlite3.Connection, channel: str, *, ref: str = "", number: str = "", merchant: str = "", any: str = ""
) -> Payment | None:
    """By the channel's number, by the merchant's, or by whatever name; a merchant that is given must match."""
    if ref:
        where, args = "ref = ?", [ref]
    elif number:
        where, args = "number = ?", [number]
    else:
        where, args = "(ref = ? OR number = ? OR alias = ?)", [any, any, any]
    found = select(
        conn, Payment, "payments", f"channel = ? AND {where} AND ? IN ('', merchant) ORDER BY seq DESC LIMIT 1",
        channel, *args, merchant,
    )  # fmt: skip
    return found[0] if found else None


def payment_at(conn: sqlite3.Connection, seq: int) -> Payment:
    """The payment of that row. Raises LookupError."""
    found = select(conn, Payment, "payments", "seq = ?", seq)
    if not found:
        raise LookupError(seq)
    return found[0]


def open_payment(conn: sqlite3.Connection, wanted: Wanted, now_ms: int) -> Payment:
    """A new payment, or the one that this merchant's number already has.

    Raises BookRefused: `paid` or `closed` already, `differs` in amount, currency or kind of money.
    """
    old = find_payment(conn, wanted.channel, number=wanted.number, merchant=wanted.merchant)
    if old is not None:
        if old.state != "open":
            raise BookRefused(old.state)
        if (old.amount, old.currency) != (wanted.amount, wanted.currency):
            raise BookRefused("differs")
        return old
    made = conn.execute(
        "INSERT INTO payments (channel, merchant, number, ref, alias, kind, amount, currency, splitting, subject,"
        " notify_url, return_url, detail, created_ms, seen_ms, expires_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            wanted.channel,
            wanted.merchant,
            wanted.number,
            wanted.ref,
            wanted.alias,
            wanted.kind,
            wanted.amount,
            wanted.currency,
            int(wanted.splitting),
            wanted.subject,
            wanted.notify_url,
            wanted.return_url,
            json.dumps(wanted.detail, ensure_ascii=False),
            now_ms,
            now_ms if wanted.seen else None,
            wanted.expires_ms,
        ),
    )
    return payment_at(conn, int(made.lastrowid or 0))


def see(conn: sqlite3.Connection, payment: Payment, now_ms: int, **more: object) -> Payment:
    """The buyer has opened it: scanned, logged in, approved. What else is known is kept in the detail."""
    detail = json.dumps({**payment.more, **more}, ensure_ascii=False)
    conn.execute(
        "UPDATE payments SET seen_ms = coalesce(seen_ms, ?), detail = ? WHERE seq = ?", (now_ms, detail, payment.seq)
    )
    return payment_at(conn, payment.seq)


def pay(conn: sqlite3.Connection, payment: Payment, now_ms: int, *, closed_too: bool = False) -> bool:
    """The buyer's money comes in: False when it came before. Raises BookRefused(closed)."""
    payment = payment_at(conn, payment.seq)
    if payment.state == "paid":
        return False
    expired = payment.expires_ms is not None and payment.expires_ms <= now_ms
    if (payment.state == "closed" or expired) and not closed_too:
        raise BookRefused("closed")
    fee = fee_of(payment.channel, payment.amount)
    conn.execute(
        "UPDATE payments SET state = 'paid', paid_ms = ?, seen_ms = coalesce(seen_ms, ?), fee = ?, late_pay_ms = NULL"
        " WHERE seq = ?",
        (now_ms, now_ms, fee, payment.seq),
    )
    where = "frozen" if payment.splitting else "balance"
    book(conn, payment, "pay", payment.ref, now_ms, {"outside": -payment.amount, where: payment.amount})
    if fee:
        book(conn, payment, "fee", payment.ref, now_ms, {where: -fee, "fees": fee})
    return True


def close(conn: sqlite3.Connection, payment: Payment, now_ms: int, late_pay_ms: int | None = None) -> None:
    """Makes it unpayable; closing again changes nothing. Raises BookRefused(paid)."""
    payment = payment_at(conn, payment.seq)
    if payment.state == "paid":
        raise BookRefused("paid")
    if payment.state == "open":
        conn.execute(
            "UPDATE payments SET state = 'closed', closed_ms = ?, late_pay_ms = ? WHERE seq = ?",
            (now_ms, late_pay_ms, payment.seq),
        )


def find_refund(conn: sqlite3.Connection, channel: str, *, key: str = "", ref: str = "") -> Refund | None:
    """By what makes it the same refund, or by the channel's number."""
    where, value = ("ref = ?", ref) if ref else ("key = ?", key)
    found = select(conn, Refund, "refunds", f"channel = ? AND {where}", channel, value)
    return found[0] if found else None


def refunds_of(conn: sqlite3.Connection, payment: Payment) -> list[Refund]:
    """All refunds of a payment in order."""
    return select(conn, Refund, "refunds", "payment = ? ORDER BY seq", payment.seq)


def open_refund(
    conn: sqlite3.Connection, payment: Payment, *, key: str, number: str, ref: str, amount: int,
    reason: str, notify_url: str, now_ms: int, settle_ms: int, settle_to: str,
) -> Refund:  # fmt: skip
    """A refund under way, to be ended by `settle_refund`. Raises BookRefused: not_paid, too_much, differs.

    The same key with the same payment and amount is the same refund.
    """
    payment = payment_at(conn, payment.seq)
    old = find_refund(conn, payment.channel, key=key)
    if old is not None:
        if (old.payment, old.amount) != (payment.seq, amount):
            raise BookRefused("differs")
        return old
    if payment.state != "paid":
        raise BookRefused("not_paid")
    if amount > payment.amount - payment.refunded:
        raise BookRefused("too_much")
    conn.execute("UPDATE payments SET refunded = refunded + ? WHERE seq = ?", (amount, payment.seq))
    conn.execute(
        "INSERT INTO refunds (channel, key, number, ref, payment, amount, state, settle_ms, settle_to, reason,"
        " notify_url, created_ms) VALUES (?, ?, ?, ?, ?, ?, 'processing', ?, ?, ?, ?, ?)",
        (payment.channel, key, number, ref, payment.seq, amount, settle_ms, settle_to, reason, notify_url, now_ms),
    )
    return _refund(conn, payment.channel, ref)


def settle_refund(conn: sqlite3.Connection, refund: Refund, to: str, now_ms: int) -> Refund:
    """Ends a refund. Only success moves money; `failed` and `closed` free the amount; `abnormal` keeps it taken."""
    current = _refund(conn, refund.channel, refund.ref)
    if current.state not in ("processing", "abnormal"):
        return current
    payment = payment_at(conn, refund.payment)
    back = 0
    if to == "success":
        back = _fee_back(conn, payment, refund)
        _book_refund(conn, payment, current, back, now_ms)
    elif to in ("failed", "closed"):
        conn.execute("UPDATE payments SET refunded = refunded - ? WHERE seq = ?", (refund.amount, payment.seq))
    conn.execute(
        "UPDATE refunds SET state = ?, settle_ms = NULL, ended_ms = ?, fee_back = ? WHERE seq = ?",
        (to, now_ms, back, refund.seq),
    )
    return _refund(conn, refund.channel, refund.ref)


def _book_refund(conn: sqlite3.Connection, payment: Payment, refund: Refund, back: int, now_ms: int) -> None:
    # Money that is still frozen goes first; what a split took away comes out of the balance.
    frozen = held(conn, payment)
    from_frozen = min(refund.amount, frozen + back) if frozen > 0 else 0
    postings = {"outside": refund.amount, "frozen": -from_frozen, "balance": from_frozen - refund.amount}
    if back:
        where = "frozen" if from_frozen else "balance"
        book(conn, payment, "fee_back", refund.ref, now_ms, {"fees": -back, where: back})
    book(conn, payment, "refund", refund.ref, now_ms, postings)


def _fee_back(conn: sqlite3.Connection, payment: Payment, refund: Refund) -> int:
    if not FEES[payment.channel][1]:
        return 0
    done = [row for row in refunds_of(conn, payment) if row.state == "success"]
    total = sum(row.amount for row in done) + refund.amount
    return payment.fee * total // payment.amount - sum(row.fee_back for row in done)


def _refund(conn: sqlite3.Connection, channel: str, ref: str) -> Refund:
    found = find_refund(conn, channel, ref=ref)
    if found is None:
        raise LookupError(ref)
    return found


def open_dispute(
    conn: sqlite3.Connection, payment: Payment, ref: str, amount: int, reason: str, state: str, now_ms: int, due_ms: int
) -> Dispute:
    """The buyer objects: the money is taken from the merchant until it is decided. Raises BookRefused."""
    payment = payment_at(conn, payment.seq)
    if payment.state != "paid":
        raise BookRefused("not_paid")
    if not 0 < amount <= payment.amount - payment.refunded:
        raise BookRefused("too_much")
    conn.execute(
        "INSERT INTO disputes (channel, ref, payment, amount, reason, state, due_ms, created_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (payment.channel, ref, payment.seq, amount, reason, state, due_ms, now_ms),
    )
    book(conn, payment, "dispute", ref, now_ms, {"balance": -amount, "disputed": amount})
    return find_dispute(conn, payment.channel, ref)


def find_dispute(conn: sqlite3.Connection, channel: str, ref: str) -> Dispute:
    """Raises BookRefused(not_found)."""
    found = select(conn, Dispute, "disputes", "channel = ? AND ref = ?", channel, ref)
    if not found:
        raise BookRefused("not_found")
    return found[0]


def change_dispute(conn: sqlite3.Connection, dispute: Dispute, **changes: Any) -> Dispute:
    """New state or evidence: `state`, `evidence` (JSON text), `submitted`, `ended_ms`."""
    names = [name for name in ("state", "evidence", "submitted", "ended_ms") if name in changes]
    settings = ", ".join(f"{name} = ?" for name in names)
    conn.execute(
        f"UPDATE disputes SET {settings} WHERE seq = ?",  # noqa: S608 - names are ours
        (*(changes[name] for name in names), dispute.seq),
    )
    return find_dispute(conn, dispute.channel, dispute.ref)


def end_dispute(conn: sqlite3.Connection, dispute: Dispute, *, won: bool, state: str, now_ms: int) -> Dispute:
    """Decided: the money comes back to the merchant, or goes to the buyer. Once."""
    if dispute.ended_ms is not None:
        return dispute
    payment = payment_at(conn, dispute.payment)
    to = "balance" if won else "outside"
    book(conn, payment, "dispute_end", dispute.ref, now_ms, {"disputed": -dispute.amount, to: dispute.amount})
    return change_dispute(conn, dispute, state=state, ended_ms=now_ms)
