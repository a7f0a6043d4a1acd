"""Splits in the books, for the channels that have them: shares out of frozen money, the rest given free, returns."""

import json
import sqlite3

from goodfor.sandbox.channels.books import payment_at, select
from goodfor.sandbox.channels.journal import book, held
from goodfor.sandbox.channels.rows import BookRefused, Payment, Return, Share, Split


def find(conn: sqlite3.Connection, channel: str, merchant: str, number: str) -> Split | None:
    """By the merchant's number of the split."""
    found = select(
        conn, Split, "splits", "channel = ? AND merchant = ? AND number = ?", channel, merchant, number
    )  # fmt: skip
    return found[0] if found else None


def shares_of(conn: sqlite3.Connection, split: Split) -> list[Share]:
    """The shares of a split."""
    return select(conn, Share, "shares", "split = ? ORDER BY id", split.seq)


def open_split(
    conn: sqlite3.Connection, payment: Payment, *, number: str, ref: str, finish: bool, now_ms: int, settle_ms: int,
    lines: list[dict[str, object]], merchant: str = "",
) -> Split:  # fmt: skip
    """A split with its shares, each of `{type, account, amount, description, fail_reason}`; ended by `settle`.

    The same number with the same shares is the same split. Raises BookRefused: differs, too_much.
    """
    owner = merchant or payment.merchant
    asked = json.dumps([payment.seq, lines, finish], sort_keys=True, ensure_ascii=False)
    old = find(conn, payment.channel, owner, number)
    if old is not None:
        if _without_faults(old.asked) != _without_faults(asked):
            raise BookRefused("differs")
        return old
    if sum(int(str(line["amount"])) for line in lines) > free(conn, payment):
        raise BookRefused("too_much")
    made = conn.execute(
        "INSERT INTO splits (channel, merchant, number, ref, payment, asked, finish, created_ms, settle_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (payment.channel, owner, number, ref, payment.seq, asked, int(finish), now_ms, settle_ms),
    )
    for index, line in enumerate(lines):
        conn.execute(
            "INSERT INTO shares (id, split, type, account, amount, description, state, fail_reason)"
            " VALUES (?, ?, ?, ?, ?, ?, 'pending', ?)",
            (
                f"36{ref[-20:]}{index:04d}",
                made.lastrowid,
                line["type"],
                line["account"],
                line["amount"],
                line["description"],
                line.get("fail_reason", ""),
            ),
        )
    split = find(conn, payment.channel, owner, number)
    assert split is not None
    return split


def _without_faults(asked: str) -> str:
    seq, lines, finish = json.loads(asked)
    return json.dumps([seq, [{**line, "fail_reason": ""} for line in lines], finish], sort_keys=True)


def free(conn: sqlite3.Connection, payment: Payment) -> int:
    """What can still be split: frozen money less shares under way."""
    row = conn.execute(
        "SELECT coalesce(sum(s.amount), 0) AS n FROM shares s JOIN splits p ON p.seq = s.split"
        " WHERE p.payment = ? AND s.state = 'pending' AND s.fail_reason = ''",
        (payment.seq,),
    ).fetchone()
    return held(conn, payment) - int(row["n"])


def settle(conn: sqlite3.Connection, payment: Payment, now_ms: int) -> None:
    """Ends the splits of a payment whose time has come: shares move or fail, and a finished split frees the rest."""
    due = select(conn, Split, "splits", "payment = ? AND settle_ms <= ? ORDER BY seq", payment.seq, now_ms)
    for split in due:
        pending = [share for share in shares_of(conn, split) if share.state == "pending"]
        for share in pending:
            state = "closed" if share.fail_reason else "success"
            conn.execute("UPDATE shares SET state = ?, ended_ms = ? WHERE id = ?", (state, now_ms, share.id))
            if state == "success":
                to = f"to:{share.account}"
                book(conn, payment, "split", share.id, now_ms, {"frozen": -share.amount, to: share.amount})
        if split.finish:
            rest = held(conn, payment)
            if rest > 0:
                book(conn, payment, "unfreeze", split.ref, now_ms, {"frozen": -rest, "balance": rest})


def returnable(conn: sqlite3.Connection, split: Split, account: str) -> int:
    """What a receiver still has of a split."""
    given = [row.amount for row in shares_of(conn, split) if row.account == account and row.state == "success"]
    back = select(conn, Return, "returns", "split = ? AND account = ? AND state = 'success'", split.seq, account)
    return sum(given) - sum(row.amount for row in back)


def give_back(
    conn: sqlite3.Connection, split: Split, *, number: str, ref: str, account: str, amount: int, description: str,
    fail_reason: str, now_ms: int,
) -> Return:  # fmt: skip
    """A share, or part of it, comes back to the balance. Raises BookRefused: differs, too_much, not_found."""
    same = select(
        conn, Return, "returns", "channel = ? AND merchant = ? AND number = ?", split.channel, split.merchant, number
    )
    if same:
        if (same[0].split, same[0].account, same[0].amount) != (split.seq, account, amount):
            raise BookRefused("differs")
        return same[0]
    if all(row.account != account or row.state != "success" for row in shares_of(conn, split)):
        raise BookRefused("not_found")
    if amount > returnable(conn, split, account):
        raise BookRefused("too_much")
    conn.execute(
        "INSERT INTO returns (channel, merchant, number, ref, split, account, amount, description, state, fail_reason,"
        " created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            split.channel, split.merchant, number, ref, split.seq, account, amount, description,
            "failed" if fail_reason else "success", fail_reason, now_ms,
        ),
    )  # fmt: skip
    if not fail_reason:
        payment = payment_at(conn, split.payment)
        book(conn, payment, "split_return", ref, now_ms, {f"to:{account}": -amount, "balance": amount})
    return select(conn, Return, "returns", "ref = ?", ref)[0]
