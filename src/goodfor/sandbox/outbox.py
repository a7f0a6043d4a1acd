"""The queue of notifies in the books: planned with the payment, claimed, recorded, retried, recovered after a kill."""

import json
import sqlite3

from goodfor.sandbox.faults import FaultBoard
from goodfor.sandbox.types import Attempt, Notice, Trade

LYING_NOTIFIES = ("bad_signature_notify", "wrong_amount_notify", "wrong_status_notify", "foreign_pid_notify")

_NOTICE_COLUMNS = "id, trade_no, fault, fault_id, detail, repeat_left, attempt, single"
_MAX_ANSWER = 200


def plan(conn: sqlite3.Connection, trade: Trade, faults: FaultBoard, now_ms: int) -> None:
    """Queues what a payment sends: lies first, each ended before the next begins, then the honest notify."""

    def take(kind: str, *, hit: bool = False) -> tuple[int | None, dict[str, int | str]]:
        fault = faults.take(kind, pid=trade.pid, out_trade_no=trade.out_trade_no, hit=hit)
        return (None, {}) if fault is None else (fault.id, fault.settings)

    before: int | None = None
    honest = True
    for kind in LYING_NOTIFIES:
        fault_id, settings = take(kind)
        if fault_id is not None:
            before = _queue(conn, trade, now_ms, kind, fault_id, settings, wait_for=before, single=True)
            honest = honest and not settings["instead"]
    lost_id, _ = take("lost_notify", hit=True)
    if lost_id is not None or not honest:
        return
    late_id, late = take("delay_notify", hit=True)
    due = now_ms + (0 if late_id is None else int(late["ms"]))
    many_id, many = take("concurrent_notify")
    if many_id is not None:
        for _copy in range(max(1, int(many["count"]))):
            _queue(conn, trade, due, "concurrent_notify", many_id, many, wait_for=before)
        return
    twice_id, twice = take("duplicate_notify")
    if twice_id is not None:
        count = max(1, int(twice["count"]))
        _queue(conn, trade, due, "duplicate_notify", twice_id, twice, wait_for=before, repeat=count - 1)
        return
    _queue(conn, trade, due, "", None, {}, wait_for=before)


def plan_again(conn: sqlite3.Connection, trade: Trade, now_ms: int) -> None:
    """Queues one more honest notify, as an operator's 'send again' button does."""
    _queue(conn, trade, now_ms, "", None, {}, wait_for=None)


def _queue(
    conn: sqlite3.Connection,
    trade: Trade,
    due_ms: int,
    kind: str,
    fault_id: int | None,
    settings: dict[str, int | str],
    *,
    wait_for: int | None,
    single: bool = False,
    repeat: int = 0,
) -> int:
    state = "pending" if wait_for is None else "waiting"
    row = conn.execute(
        "INSERT INTO notices (trade_no, fault, fault_id, detail, repeat_left, single, state, next_ms, wait_for)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (trade.trade_no, kind, fault_id, json.dumps(settings), repeat, int(single), state, due_ms, wait_for),
    )
    return int(row.lastrowid or 0)


def claim(
    conn: sqlite3.Connection, *, now_ms: int, limit: int, trade_no: str = "", first_only: bool = False
) -> list[Notice]:
    """Takes due notices to send, oldest first; of one trade, or never tried before, when told so."""
    rows = conn.execute(
        f"SELECT {_NOTICE_COLUMNS} FROM notices WHERE state = 'pending' AND next_ms <= ?"  # noqa: S608
        " AND ? IN ('', trade_no) AND (attempt = 0 OR NOT ?) ORDER BY next_ms, id LIMIT ?",
        (now_ms, trade_no, first_only, limit),
    ).fetchall()
    conn.executemany(
        "UPDATE notices SET state = 'sending', attempt = attempt + 1 WHERE id = ?",
        [(row["id"],) for row in rows],
    )
    return [Notice(**{**dict(row), "single": bool(row["single"]), "attempt": row["attempt"] + 1}) for row in rows]


def record(
    conn: sqlite3.Connection, notice: Notice, attempt: Attempt, *, delays: tuple[float, ...], now_ms: int
) -> None:
    """Writes down one sending and decides what follows: a repeat, a retry, or the end."""
    conn.execute(
        "INSERT INTO notifies (notice_id, trade_no, attempt, fault, started_ms, took_ms, status, answer, error,"
        " accepted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            notice.id,
            notice.trade_no,
            notice.attempt,
            notice.fault,
            attempt.started_ms,
            attempt.took_ms,
            attempt.status,
            attempt.answer[:_MAX_ANSWER],
            attempt.error,
            int(attempt.accepted),
        ),
    )
    if attempt.accepted and notice.repeat_left > 0:
        changes: tuple[str, int, int, int] = ("pending", now_ms, notice.repeat_left - 1, 0)
    elif attempt.accepted or notice.single:
        changes = ("done", now_ms, 0, notice.attempt)
    elif notice.attempt >= len(delays):
        changes = ("given_up", now_ms, 0, notice.attempt)
    else:
        later = now_ms + int(delays[notice.attempt] * 1000)
        changes = ("pending", later, notice.repeat_left, notice.attempt)
    conn.execute(
        "UPDATE notices SET state = ?, next_ms = ?, repeat_left = ?, attempt = ? WHERE id = ?",
        (*changes, notice.id),
    )
    if changes[0] in ("done", "given_up"):
        conn.execute(
            "UPDATE notices SET state = 'pending', next_ms = max(next_ms, ?) WHERE wait_for = ? AND state = 'waiting'",
            (now_ms, notice.id),
        )


def recover(conn: sqlite3.Connection) -> None:
    """After a kill nobody knows whether a notify being sent arrived: it is sent again."""
    conn.execute("UPDATE notices SET state = 'pending' WHERE state = 'sending'")


def next_due_ms(conn: sqlite3.Connection) -> int | None:
    """When the next notice, late payment or pending refund is due."""
    row = conn.execute(
        "SELECT min(at) AS at FROM (SELECT min(next_ms) AS at FROM notices WHERE state = 'pending'"
        " UNION ALL SELECT min(late_pay_ms) FROM trades WHERE late_pay_ms IS NOT NULL"
        " UNION ALL SELECT min(settle_ms) FROM refunds WHERE settle_ms IS NOT NULL)"
    ).fetchone()
    return None if row["at"] is None else int(row["at"])


def open_count(conn: sqlite3.Connection) -> int:
    """Notices not yet done or given up."""
    row = conn.execute("SELECT count(*) AS n FROM notices WHERE state IN ('waiting', 'pending', 'sending')").fetchone()
    return int(row["n"])
