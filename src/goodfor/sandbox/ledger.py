"""Writes of the books: merchants, trades, payments, refunds, journal. Each function runs inside one transaction."""

import sqlite3
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone

from goodfor.sandbox.types import (
    CLOSED,
    FROZEN,
    PAID,
    PARTIALLY_REFUNDED,
    REFUND_FAILED,
    REFUND_PENDING,
    REFUND_SUCCESS,
    REFUNDED,
    UNPAID,
    GatewayError,
    Merchant,
    Order,
    Refund,
    Trade,
)

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")

_TRADE_COLUMNS = ", ".join(field.name for field in fields(Trade))
_REFUND_COLUMNS = ", ".join(field.name for field in fields(Refund))


def beijing(at_ms: int | None, pattern: str = "%Y-%m-%d %H:%M:%S") -> str:
    """Milliseconds as the Beijing time text of the protocol; empty for None."""
    if at_ms is None:
        return ""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(BEIJING).strftime(pattern)


def put_merchant(conn: sqlite3.Connection, merchant: Merchant) -> None:
    """Adds the merchant or replaces its keys."""
    conn.execute(
        "INSERT INTO merchants (pid, name, md5_key, md5_dialect, public_pem) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (pid) DO UPDATE SET name = excluded.name, md5_key = excluded.md5_key, "
        "md5_dialect = excluded.md5_dialect, public_pem = excluded.public_pem",
        (merchant.pid, merchant.name, merchant.md5_key, merchant.md5_dialect, merchant.public_pem),
    )


def find_merchant(conn: sqlite3.Connection, pid: str) -> Merchant | None:
    """The merchant, or None."""
    row = conn.execute(
        "SELECT pid, name, md5_key, md5_dialect, public_pem FROM merchants WHERE pid = ?", (pid,)
    ).fetchone()
    return None if row is None else Merchant(**dict(row))


def find_trade(conn: sqlite3.Connection, *, trade_no: str = "", pid: str = "", out_trade_no: str = "") -> Trade | None:
    """By the gateway's number, or by the merchant's; a pid given with trade_no must match."""
    if trade_no:
        sql, args = "trade_no = ? AND ? IN ('', pid)", (trade_no, pid)
    else:
        sql, args = "pid = ? AND out_trade_no = ?", (pid, out_trade_no)
    row = conn.execute(f"SELECT {_TRADE_COLUMNS} FROM trades WHERE {sql}", args).fetchone()  # noqa: S608
    return None if row is None else Trade(**dict(row))


def open_trade(conn: sqlite3.Connection, order: Order, now_ms: int) -> Trade:
    """A new unpaid trade, or the one this merchant number already has.

    Raises GatewayError when that one is paid, closed or asks for another amount.
    """
    old = find_trade(conn, pid=order.pid, out_trade_no=order.out_trade_no)
    if old is not None:
        if old.state == CLOSED:
            raise GatewayError("该订单已关闭，请更换商户订单号")
        if old.state != UNPAID:
            raise GatewayError("该订单已完成支付，请勿重复发起支付")
        if old.money_fen != order.money_fen:
            raise GatewayError("商户订单号重复且金额不一致")
        return old
    last = conn.execute("SELECT coalesce(max(seq), 0) AS seq FROM trades").fetchone()["seq"]
    trade_no = beijing(now_ms, "%Y%m%d%H%M%S") + f"{(last + 1) % 100_000:05d}"
    conn.execute(
        "INSERT INTO trades (trade_no, pid, out_trade_no, version, type, name, money_fen, notify_url, return_url,"
        " param, clientip, device, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            trade_no,
            order.pid,
            order.out_trade_no,
            order.version,
            order.type,
            order.name,
            order.money_fen,
            order.notify_url,
            order.return_url,
            order.param,
            order.clientip,
            order.device,
            now_ms,
        ),
    )
    return _trade(conn, trade_no)


def payable(trade: Trade, *, closed_too: bool) -> bool:
    """Whether the trade still takes money."""
    return trade.state == UNPAID or (closed_too and trade.state == CLOSED)


def pay_trade(
    conn: sqlite3.Connection, trade: Trade, *, pay_type: str, now_ms: int, closed_too: bool, paid_fen: int
) -> bool:
    """Takes the buyer's money, once: `paid_fen`, at most what was asked. False when it was already paid.

    Raises GatewayError for a closed trade.
    """
    states = (UNPAID, CLOSED) if closed_too else (UNPAID, UNPAID)
    chosen = trade.type or pay_type
    paid = conn.execute(
        "UPDATE trades SET state = 'paid', paid_fen = ?, paid_ms = ?, type = ?, api_trade_no = ?,"
        " late_pay_ms = NULL WHERE trade_no = ? AND state IN (?, ?)",
        (paid_fen, now_ms, chosen, f"4200{trade.trade_no}", trade.trade_no, *states),
    )
    if paid.rowcount == 0:
        if _trade(conn, trade.trade_no).state == CLOSED:
            raise GatewayError("订单已关闭")
        return False
    conn.execute(
        "INSERT INTO journal (kind, pid, trade_no, debit, credit, amount_fen, at_ms)"
        " VALUES ('payment', ?, ?, ?, ?, ?, ?)",
        (trade.pid, trade.trade_no, f"cash:{chosen}", f"merchant:{trade.pid}", paid_fen, now_ms),
    )
    return True


def close_trade(conn: sqlite3.Connection, trade: Trade, *, now_ms: int, late_pay_ms: int | None) -> Trade:
    """Closes an unpaid trade; closing a closed one changes nothing. Raises GatewayError when it is paid."""
    conn.execute(
        "UPDATE trades SET state = 'closed', closed_ms = ?, late_pay_ms = ? WHERE trade_no = ? AND state = 'unpaid'",
        (now_ms, late_pay_ms, trade.trade_no),
    )
    after = _trade(conn, trade.trade_no)
    if after.state != CLOSED:
        raise GatewayError("订单已支付，无法关闭")
    return after


def set_frozen(conn: sqlite3.Connection, trade: Trade, *, frozen: bool) -> Trade:
    """Freezes a paid trade or gives it free. Raises GatewayError in any other state."""
    before, after = (PAID, FROZEN) if frozen else (FROZEN, PAID)
    done = conn.execute(
        "UPDATE trades SET state = ? WHERE trade_no = ? AND state = ? AND refunded_fen = 0",
        (after, trade.trade_no, before),
    )
    if done.rowcount == 0:
        raise GatewayError(f"trade is {trade.state}, not {before}")
    return _trade(conn, trade.trade_no)


def find_refund(conn: sqlite3.Connection, *, pid: str, refund_no: str = "", out_refund_no: str = "") -> Refund | None:
    """By the gateway's refund number or by the merchant's."""
    column, value = ("refund_no", refund_no) if refund_no else ("out_refund_no", out_refund_no)
    row = conn.execute(
        f"SELECT {_REFUND_COLUMNS} FROM refunds WHERE pid = ? AND {column} = ?",  # noqa: S608
        (pid, value),
    ).fetchone()
    return None if row is None else Refund(**dict(row))


def refundable_fen(conn: sqlite3.Connection, trade: Trade) -> int:
    """What is left to refund: paid, less refunded, less refunds under way."""
    pending = conn.execute(
        "SELECT coalesce(sum(amount_fen), 0) AS fen FROM refunds WHERE trade_no = ? AND state = 'pending'",
        (trade.trade_no,),
    ).fetchone()["fen"]
    return trade.paid_fen - trade.refunded_fen - int(pending)


def open_refund(
    conn: sqlite3.Connection,
    trade: Trade,
    *,
    amount_fen: int,
    out_refund_no: str | None,
    now_ms: int,
    settle_ms: int | None,
    settle_to: str,
) -> Refund:
    """Refunds now (`settle_ms` None) or leaves it pending until then. Raises GatewayError when it cannot be."""
    if trade.state not in (PAID, PARTIALLY_REFUNDED):
        raise GatewayError("订单状态不允许退款" if trade.state != REFUNDED else "订单已全额退款")
    if amount_fen > refundable_fen(conn, trade):
        raise GatewayError("退款金额超过可退金额")
    last = conn.execute("SELECT coalesce(max(seq), 0) AS seq FROM refunds").fetchone()["seq"]
    refund_no = "R" + beijing(now_ms, "%Y%m%d%H%M%S") + f"{(last + 1) % 100_000:05d}"
    conn.execute(
        "INSERT INTO refunds (refund_no, trade_no, pid, out_refund_no, amount_fen, state, settle_ms, settle_to,"
        " created_ms) VALUES (?, ?, ?, ?, ?, 'pending', ?, ?, ?)",
        (
            refund_no,
            trade.trade_no,
            trade.pid,
            out_refund_no,
            amount_fen,
            settle_ms or now_ms,
            settle_to,
            now_ms,
        ),
    )
    refund = find_refund(conn, pid=trade.pid, refund_no=refund_no)
    if refund is None:
        raise LookupError(refund_no)
    return refund if settle_ms is not None else settle_refund(conn, refund, now_ms=now_ms)


def settle_refund(conn: sqlite3.Connection, refund: Refund, *, now_ms: int) -> Refund:
    """Ends a pending refund as it was told to end; money moves only on success."""
    if refund.state != REFUND_PENDING:
        return refund
    conn.execute(
        "UPDATE refunds SET state = ?, settle_ms = NULL, ended_ms = ? WHERE refund_no = ?",
        (refund.settle_to, now_ms, refund.refund_no),
    )
    if refund.settle_to == REFUND_SUCCESS:
        conn.execute(
            "UPDATE trades SET refunded_fen = refunded_fen + ?, state = CASE WHEN refunded_fen + ? = paid_fen"
            " THEN 'refunded' ELSE 'partially_refunded' END WHERE trade_no = ?",
            (refund.amount_fen, refund.amount_fen, refund.trade_no),
        )
        trade = _trade(conn, refund.trade_no)
        conn.execute(
            "INSERT INTO journal (kind, pid, trade_no, refund_no, debit, credit, amount_fen, at_ms)"
            " VALUES ('refund', ?, ?, ?, ?, ?, ?, ?)",
            (
                trade.pid,
                trade.trade_no,
                refund.refund_no,
                f"merchant:{trade.pid}",
                f"cash:{trade.type}",
                refund.amount_fen,
                now_ms,
            ),
        )
    after = find_refund(conn, pid=refund.pid, refund_no=refund.refund_no)
    if after is None or after.state not in (REFUND_SUCCESS, REFUND_FAILED):
        raise LookupError(refund.refund_no)
    return after


def due_refunds(conn: sqlite3.Connection, now_ms: int) -> list[Refund]:
    """Pending refunds whose time has come, oldest first."""
    rows = conn.execute(
        f"SELECT {_REFUND_COLUMNS} FROM refunds WHERE settle_ms <= ? ORDER BY settle_ms LIMIT 500",  # noqa: S608
        (now_ms,),
    )
    return [Refund(**dict(row)) for row in rows]


def due_late_payments(conn: sqlite3.Connection, now_ms: int) -> list[Trade]:
    """Closed trades whose buyer pays all the same, and now."""
    rows = conn.execute(
        f"SELECT {_TRADE_COLUMNS} FROM trades WHERE late_pay_ms <= ? ORDER BY late_pay_ms LIMIT 500",  # noqa: S608
        (now_ms,),
    )
    return [Trade(**dict(row)) for row in rows]


def _trade(conn: sqlite3.Connection, trade_no: str) -> Trade:
    trade = find_trade(conn, trade_no=trade_no)
    if trade is None:
        raise LookupError(trade_no)
    return trade
