"""Agreements to be charged again, in the books and at the desk: signed by hand, ended, announced for, charged by."""

import json
import sqlite3
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from goodfor.sandbox.channels import books, outbox
from goodfor.sandbox.channels.rows import Agreement, BookRefused, Payment, Wanted

if TYPE_CHECKING:
    from goodfor.sandbox.channels.desk import Desk

#: What the fault `charge_refused` may say; each channel has its own words for it.
REASONS = ("no_funds", "agreement_ended", "needs_buyer", "limit", "other")
_DAY_MS = 86_400_000


class Declined(Exception):
    """A charge that comes to nothing. `why` is one of `REASONS`; `payment`: what it left in the books, not paid."""

    def __init__(self, why: str, payment: Payment | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.payment = payment


def find(
    conn: sqlite3.Connection, channel: str, *, merchant: str = "", number: str = "", ref: str = "", token: str = ""
) -> Agreement | None:
    """By the merchant's number, the channel's, or the page's name; a merchant that is given must match."""
    name, value = ("number", number) if number else ("ref", ref) if ref else ("token", token)
    columns = ", ".join(field.name for field in fields(Agreement))
    row = conn.execute(
        f"SELECT {columns} FROM agreements WHERE channel = ? AND {name} = ? AND ? IN ('', merchant)",  # noqa: S608
        (channel, value, merchant),
    ).fetchone()
    return None if row is None else Agreement(**dict(row))


def found(desk: "Desk", channel: str, **by: str) -> Agreement:
    """Raises BookRefused(not_found)."""
    with desk.db.read() as conn:
        agreement = find(conn, channel, **by)
    if agreement is None:
        raise BookRefused("not_found")
    return agreement


def begin(
    desk: "Desk", channel: str, merchant: str, number: str, ref: str, *, subject: str, most: int, currency: str,
    notify_url: str, return_url: str, detail: dict[str, Any],
) -> Agreement:  # fmt: skip
    """A new one, or the one that this number already has. Raises BookRefused: closed (signed or over), differs."""
    with desk.db.write() as conn:
        old = find(conn, channel, merchant=merchant, number=number)
        if old is None:
            conn.execute(
                "INSERT INTO agreements (channel, merchant, number, ref, token, subject, most, currency, notify_url,"
                " return_url, detail, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    channel, merchant, number, ref, desk.token("a", 24), subject, most, currency, notify_url,
                    return_url, json.dumps(detail, ensure_ascii=False), desk.now_ms(),
                ),
            )  # fmt: skip
            old = find(conn, channel, merchant=merchant, number=number)
    if old is None or old.state != "waiting":
        raise BookRefused("closed")
    if (old.most, old.currency) != (most, currency):
        raise BookRefused("differs")
    return old


def sign(desk: "Desk", agreement: Agreement) -> Agreement:
    """The buyer presses the button; again changes nothing. Raises BookRefused(closed) where it was ended."""
    return _turn(desk, agreement, "signed", "waiting", "signed_ms = ?", ())


def end(desk: "Desk", agreement: Agreement, by: str) -> Agreement:
    """By the buyer, in the channel's own app, or by the merchant; again changes nothing."""
    return _turn(desk, agreement, "ended", "signed", "ended_ms = ?, ended_by = ?", (by,))


def expire(desk: "Desk", agreement: Agreement) -> Agreement:
    """Nobody signs it any more."""
    return _turn(desk, agreement, "ended", "waiting", "ended_ms = ?, ended_by = ?", ("merchant",))


def _turn(
    desk: "Desk", agreement: Agreement, to: str, before: str, changes: str, more: tuple[str, ...]
) -> Agreement:  # fmt: skip
    channel = desk.channels[agreement.channel]
    with desk.db.write() as conn:
        moved = conn.execute(
            f"UPDATE agreements SET state = ?, {changes} WHERE seq = ? AND state = ?",  # noqa: S608
            (to, desk.now_ms(), *more, agreement.seq, before),
        )
        current = find(conn, agreement.channel, token=agreement.token)
        if current is None or current.state != to:
            raise BookRefused("closed")
        if moved.rowcount:
            events = channel.agreement_events(desk, current)
            if events:
                url = channel.agreement_url(desk, current)
                outbox.plan(conn, desk.faults, current, events, url, desk.now_ms())
    desk.wake()
    return current


def announce(desk: "Desk", agreement: Agreement, amount: int) -> Agreement:
    """Books the next charge: from the day after tomorrow on, for three days, unless `charge_wait` says otherwise.

    The same sum again is the same booking. Raises Declined(agreement_ended), BookRefused(differs).
    """
    now_ms = desk.now_ms()
    if agreement.state != "signed":
        raise Declined("agreement_ended")
    if is_booked(agreement, now_ms):
        if agreement.announced != amount:
            raise BookRefused("differs")
        return agreement
    opens = now_ms + desk.limits.charge_wait * 1000
    with desk.db.write() as conn:
        conn.execute(
            "UPDATE agreements SET announced = ?, announced_for = NULL, opens_ms = ?, closes_ms = ? WHERE seq = ?",
            (amount, opens, opens + 2 * _DAY_MS, agreement.seq),
        )
    return found(desk, agreement.channel, token=agreement.token)


def is_booked(agreement: Agreement, now_ms: int) -> bool:
    """Whether a charge is announced that was neither made nor missed."""
    return (
        agreement.announced is not None
        and agreement.announced_for is None
        and (agreement.closes_ms or 0) + _DAY_MS > now_ms
    )


def charge(desk: "Desk", wanted: Wanted, agreement: Agreement, *, announced: bool = False) -> Payment:
    """Takes the money, or answers with the payment that has this number already, paid or not.

    `charge_slow`: it is taken on, and money comes later. Raises Declined, BookRefused(differs). What is declined is
    closed in the books, with the reason in its detail.
    """
    with desk.db.read() as conn:
        old = books.find_payment(conn, wanted.channel, number=wanted.number, merchant=wanted.merchant)
    if old is not None:
        if old.amount != wanted.amount or old.more.get("agreement") != agreement.ref:
            raise BookRefused("differs")
        if why := old.more.get("declined"):
            raise Declined(why, old)
        return old
    named = wanted.alias or wanted.number
    why = _why_not(desk, agreement, wanted, named, announced=announced)
    slow = None if why else desk.faults.take("charge_slow", pid=wanted.channel, out_trade_no=named)
    now_ms = desk.now_ms()
    with desk.db.write() as conn:
        payment = books.open_payment(conn, wanted, now_ms)
        payment = books.see(conn, payment, now_ms, agreement=agreement.ref, **({"declined": why} if why else {}))
        if why:
            books.close(conn, payment, now_ms)
        elif announced:
            conn.execute("UPDATE agreements SET announced_for = ? WHERE seq = ?", (payment.seq, agreement.seq))
        if slow is not None:
            conn.execute(
                "UPDATE payments SET late_pay_ms = ? WHERE seq = ?",
                (now_ms + slow.number("seconds") * 1000, payment.seq),
            )
    if why:
        payment = _again(desk, payment)
        desk.tell(payment, desk.channels[wanted.channel].declined_events(desk, payment))
        raise Declined(why, payment)
    if slow is None:
        desk.pay(payment)
    else:
        desk.wake()
    return _again(desk, payment)


def _why_not(desk: "Desk", agreement: Agreement, wanted: Wanted, named: str, *, announced: bool) -> str:
    fault = desk.faults.take("charge_refused", pid=wanted.channel, out_trade_no=named)
    if fault is not None:
        return fault.text("reason")
    if agreement.state != "signed":
        return "agreement_ended"
    most = agreement.announced if announced else agreement.most
    if (most and wanted.amount > most) or wanted.currency != (agreement.currency or wanted.currency):
        return "limit"
    if announced:
        opens, closes = agreement.opens_ms or 0, (agreement.closes_ms or 0) + _DAY_MS
        # Whole days: what opens today is open.
        if not is_booked(agreement, desk.now_ms()) or not opens - _DAY_MS <= desk.now_ms() <= closes:
            return "other"
    return ""


def _again(desk: "Desk", payment: Payment) -> Payment:
    with desk.db.read() as conn:
        return books.payment_at(conn, payment.seq)


def all_of(conn: sqlite3.Connection, channel: str, number: str) -> list[dict[str, Any]]:
    """Rows of the books; `number` narrows."""
    rows = conn.execute(
        "SELECT * FROM agreements WHERE channel = ? AND (? = '' OR number = ? OR ref = ?) ORDER BY seq",
        (channel, number, number, number),
    )
    return [dict(row) for row in rows]
