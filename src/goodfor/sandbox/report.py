"""Reads of the books: the witness for audit and reconciliation. Every function reads inside one snapshot."""

import sqlite3
from dataclasses import asdict, fields

from goodfor.sandbox.ledger import BEIJING, beijing
from goodfor.sandbox.types import Refund, Trade

SECTIONS = ("trades", "refunds", "journal", "notifies")
_DAY_MS = 86_400_000

_TRADE_COLUMNS = ", ".join(field.name for field in fields(Trade))
_REFUND_COLUMNS = ", ".join(field.name for field in fields(Refund))


def newest_trades(conn: sqlite3.Connection, pid: str, *, limit: int, offset: int) -> list[Trade]:
    """Trades of a merchant, newest first."""
    rows = conn.execute(
        f"SELECT {_TRADE_COLUMNS} FROM trades WHERE pid = ? ORDER BY seq DESC LIMIT ? OFFSET ?",  # noqa: S608
        (pid, limit, offset),
    )
    return [Trade(**dict(row)) for row in rows]


def figures(conn: sqlite3.Connection, pid: str, now_ms: int) -> dict[str, int]:
    """Balance in fen and order counts, days being Beijing days."""
    offset = int((BEIJING.utcoffset(None)).total_seconds() * 1000)
    today = (now_ms + offset) // _DAY_MS * _DAY_MS - offset
    row = conn.execute(
        "SELECT count(*) AS orders,"
        " coalesce(sum(created_ms >= :today), 0) AS orders_today,"
        " coalesce(sum(created_ms >= :yesterday AND created_ms < :today), 0) AS orders_lastday,"
        " coalesce(sum(CASE WHEN paid_ms >= :today THEN paid_fen END), 0) AS paid_today_fen,"
        " coalesce(sum(CASE WHEN paid_ms >= :yesterday AND paid_ms < :today THEN paid_fen END), 0)"
        "   AS paid_lastday_fen,"
        " coalesce(sum(paid_fen - refunded_fen), 0) AS balance_fen"
        " FROM trades WHERE pid = :pid",
        {"pid": pid, "today": today, "yesterday": today - _DAY_MS},
    ).fetchone()
    return {key: int(row[key]) for key in row.keys()}  # noqa: SIM118 - sqlite3.Row iterates over values


def books(conn: sqlite3.Connection, pid: str, *, now_ms: int, sections: tuple[str, ...]) -> dict[str, object]:
    """Totals of one merchant and the rows of the sections asked for. Amounts in fen.

    `totals.balanced` says whether trades, refunds and journal agree with each other, row by row.
    """
    answer: dict[str, object] = {
        "pid": pid,
        "currency": "CNY",
        "as_of_ms": now_ms,
        "as_of": beijing(now_ms),
        "totals": _totals(conn, pid),
    }
    if "trades" in sections:
        sql = f"SELECT {_TRADE_COLUMNS} FROM trades WHERE pid = ? ORDER BY seq"  # noqa: S608
        answer["trades"] = [asdict(Trade(**dict(row))) for row in conn.execute(sql, (pid,))]
    if "refunds" in sections:
        sql = f"SELECT {_REFUND_COLUMNS} FROM refunds WHERE pid = ? ORDER BY seq"  # noqa: S608
        answer["refunds"] = [asdict(Refund(**dict(row))) for row in conn.execute(sql, (pid,))]
    if "journal" in sections:
        answer["journal"] = _plain(
            conn.execute(
                "SELECT id, kind, trade_no, refund_no, debit, credit, amount_fen, at_ms FROM journal"
                " WHERE pid = ? ORDER BY id",
                (pid,),
            )
        )
    if "notifies" in sections:
        answer["notifies"] = _plain(
            conn.execute(
                "SELECT n.id, n.trade_no, t.out_trade_no, n.attempt, n.fault, n.started_ms, n.took_ms, n.status,"
                " n.answer, n.error, n.accepted FROM notifies n JOIN trades t USING (trade_no)"
                " WHERE t.pid = ? ORDER BY n.id",
                (pid,),
            )
        )
    return answer


def notifies_of(conn: sqlite3.Connection, trade_no: str) -> list[dict[str, object]]:
    """Every sending for one trade, in order."""
    return _plain(
        conn.execute(
            "SELECT id, attempt, fault, started_ms, took_ms, status, answer, error, accepted FROM notifies"
            " WHERE trade_no = ? ORDER BY id",
            (trade_no,),
        )
    )


def _totals(conn: sqlite3.Connection, pid: str) -> dict[str, object]:
    trades = conn.execute(
        "SELECT count(*) AS trades, coalesce(sum(paid_ms IS NOT NULL), 0) AS paid_count,"
        " coalesce(sum(paid_fen), 0) AS paid_fen, coalesce(sum(refunded_fen), 0) AS refunded_fen"
        " FROM trades WHERE pid = ?",
        (pid,),
    ).fetchone()
    refunds = conn.execute(
        "SELECT count(*) AS refunds, coalesce(sum(state = 'success'), 0) AS refunded_count,"
        " coalesce(sum(CASE WHEN state = 'pending' THEN amount_fen END), 0) AS refund_pending_fen"
        " FROM refunds WHERE pid = ?",
        (pid,),
    ).fetchone()
    journal = conn.execute(
        "SELECT coalesce(sum(CASE WHEN kind = 'payment' THEN amount_fen END), 0) AS journal_in_fen,"
        " coalesce(sum(CASE WHEN kind = 'refund' THEN amount_fen END), 0) AS journal_out_fen"
        " FROM journal WHERE pid = ?",
        (pid,),
    ).fetchone()
    states = conn.execute("SELECT state, count(*) AS n FROM trades WHERE pid = ? GROUP BY state", (pid,))
    return {
        **dict(trades),
        **dict(refunds),
        **dict(journal),
        "net_fen": trades["paid_fen"] - trades["refunded_fen"],
        "states": {row["state"]: row["n"] for row in states},
        "balanced": not _differences(conn, pid),
    }


def _differences(conn: sqlite3.Connection, pid: str) -> list[str]:
    """Trade numbers whose row, refunds and journal do not say the same."""
    rows = conn.execute(
        "SELECT t.trade_no FROM trades t WHERE t.pid = ? AND ("
        " t.paid_fen <> (SELECT coalesce(sum(amount_fen), 0) FROM journal j"
        "   WHERE j.trade_no = t.trade_no AND j.kind = 'payment')"
        " OR t.refunded_fen <> (SELECT coalesce(sum(j.amount_fen), 0) FROM journal j"
        "   JOIN refunds r ON j.refund_no = r.refund_no WHERE r.trade_no = t.trade_no AND j.kind = 'refund')"
        " OR t.refunded_fen <> (SELECT coalesce(sum(amount_fen), 0) FROM refunds r"
        "   WHERE r.trade_no = t.trade_no AND r.state = 'success'))",
        (pid,),
    )
    return [row["trade_no"] for row in rows]


def _plain(rows: sqlite3.Cursor) -> list[dict[str, object]]:
    return [dict(row) for row in rows]
