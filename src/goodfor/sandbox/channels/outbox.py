"""The queue of notifies: planned in the transaction of what they tell of. Claims and records are EPay's."""

import json
import secrets
import sqlite3
from dataclasses import dataclass

from goodfor.sandbox.channels.faults import LIES
from goodfor.sandbox.channels.rows import Event, Told
from goodfor.sandbox.faults import Fault, FaultBoard
from goodfor.sandbox.types import Attempt


@dataclass(frozen=True)
class Judged(Attempt):
    """A sending whose answer the channel judged by its own rule."""

    good: bool = False

    @property
    def accepted(self) -> bool:
        """The receiver took it, by the channel's rule."""
        return self.good


@dataclass(frozen=True)
class Letter:
    """What is to be told, as it was when it happened."""

    channel: str
    event: str
    event_id: str
    url: str
    payload: str
    created_ms: int


def letter(conn: sqlite3.Connection, notice_id: int) -> Letter:
    """The content of a notice."""
    row = conn.execute(
        "SELECT channel, event, event_id, url, payload, created_ms FROM notices WHERE id = ?", (notice_id,)
    ).fetchone()
    return Letter(**dict(row))


def plan(
    conn: sqlite3.Connection, faults: FaultBoard, payment: Told, events: list[Event], url: str, now_ms: int
) -> None:
    """Queues events: lies first, then the honest ones, doubled, late, held back or lost as faults demand."""

    def take(kind: str, *, hit: bool = True) -> Fault | None:
        return faults.take(kind, pid=payment.channel, out_trade_no=payment.number, hit=hit)

    if not url:
        return
    queue = _Queue(conn, payment, url, now_ms)
    before, honest = None, True
    for kind in LIES:
        lie = take(kind)
        if lie is not None:
            before = queue.put(events[0], fault=lie, wait_for=before, single=True)
            honest = honest and not lie.settings["instead"]
    if take("lost_notify") is not None or not honest:
        return
    late, held = take("delay_notify"), take("out_of_order")
    many, twice = take("concurrent_notify"), take("duplicate_notify")
    for event in reversed(events) if held is not None else events:
        due = now_ms + (0 if late is None else late.number("ms"))
        if held is not None and len(events) == 1:
            queue.put(event, due_ms=now_ms + held.number("ms"), wait_for=before, held=True)
            continue
        event_id = queue.new_id()
        repeat = 0 if twice is None else max(0, twice.number("count") - 1)
        for _copy in range(1 if many is None else max(1, many.number("count"))):
            last = queue.put(event, due_ms=due, event_id=event_id, wait_for=before, repeat=repeat)
        if held is not None:
            before = last
    queue.release_held()


class _Queue:
    """Puts notices of one payment into the books."""

    def __init__(self, conn: sqlite3.Connection, payment: Told, url: str, now_ms: int) -> None:
        self._conn, self._payment, self._url, self._now_ms = conn, payment, url, now_ms
        self._last = 0

    @staticmethod
    def new_id() -> str:
        return secrets.token_hex(16)

    def put(
        self, event: Event, *, fault: Fault | None = None, due_ms: int = 0, event_id: str = "",
        wait_for: int | None = None, single: bool = False, held: bool = False, repeat: int = 0,
    ) -> int:  # fmt: skip
        made = self._conn.execute(
            "INSERT INTO notices (trade_no, channel, event, event_id, url, payload, created_ms, held, fault, fault_id,"
            " detail, repeat_left, single, state, next_ms, wait_for)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self._payment.ref,
                self._payment.channel,
                event.name,
                event_id or self.new_id(),
                self._url,
                json.dumps(event.payload, ensure_ascii=False, separators=(",", ":")),
                self._now_ms,
                int(held),
                "" if fault is None else fault.kind,
                None if fault is None else fault.id,
                "{}" if fault is None else json.dumps(fault.settings),
                repeat,
                int(single),
                "pending" if wait_for is None else "waiting",
                due_ms or self._now_ms,
                wait_for,
            ),
        )
        number = int(made.lastrowid or 0)
        if not held:
            self._last = number
        return number

    def release_held(self) -> None:
        """What was held back follows what was put now."""
        if self._last:
            self._conn.execute(
                "UPDATE notices SET held = 0, state = 'waiting', wait_for = ?, next_ms = ? WHERE trade_no = ?"
                " AND held = 1 AND state = 'pending' AND attempt = 0",
                (self._last, self._now_ms, self._payment.ref),
            )


def next_due_ms(conn: sqlite3.Connection) -> int | None:
    """When the next notify, late payment or refund is due."""
    row = conn.execute(
        "SELECT min(at) AS at FROM (SELECT min(next_ms) AS at FROM notices WHERE state = 'pending'"
        " UNION ALL SELECT min(late_pay_ms) FROM payments WHERE late_pay_ms IS NOT NULL"
        " UNION ALL SELECT min(settle_ms) FROM refunds WHERE settle_ms IS NOT NULL)"
    ).fetchone()
    return None if row["at"] is None else int(row["at"])
