"""Calls back: planned with what they tell of, sent by threads of their own, repeated as the vendor repeats."""

import contextlib
import json
import sqlite3
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from goodfor.sandbox.db import Database
from goodfor.sandbox.notifier import call
from goodfor.sandbox.suppliers.faults import Board, Scope
from goodfor.sandbox.suppliers.types import Outgoing
from goodfor.sandbox.suppliers.vendor import Vendor

_IDLE: Final = 0.25
_SENDERS: Final = 12
_ROUND: Final = 200


def loads(text: str) -> dict[str, Any]:
    """An object of the books."""
    return dict(json.loads(text))


def plan(
    conn: sqlite3.Connection, board: Board, scope: Scope, vendor: Vendor, site: int, order: int | None,
    calls: list[Outgoing], early: list[Outgoing], now_ms: int,
) -> None:  # fmt: skip
    """Queues calls: lies first, then the honest ones, late, doubled, lost or followed by an older state (`early`)."""
    honest, at = True, now_ms
    for how in ("forged", "tampered"):
        lie = board.take(f"{how}_push", scope)
        if lie is not None:
            _put(conn, site, order, [vendor.spoil(one, how) for one in calls], at, f"{how}_push", single=True)
            at, honest = at + 15, honest and not lie.whole("instead")
    if board.take("lost_push", scope) is not None or not honest:
        return
    late, twice = board.take("late_push", scope), board.take("doubled_push", scope)
    at += 0 if late is None else late.ms()
    for _copy in range(1 if twice is None else max(1, twice.whole("count"))):
        _put(conn, site, order, calls, at, "" if twice is None else "doubled_push")
    if board.take("reordered_push", scope) is not None:
        _put(conn, site, order, early, at + 30, "reordered_push")


def _put(
    conn: sqlite3.Connection, site: int, order: int | None, calls: list[Outgoing], at_ms: int, fault: str,
    *, single: bool = False,
) -> None:  # fmt: skip
    conn.executemany(
        "INSERT INTO pushes (site, order_seq, what, method, url, headers, body, ack, fault, single, next_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                site, order, "item" if order is None else "order", one.method, one.url,
                json.dumps(dict(one.headers)), one.body, one.ack, fault, int(single), at_ms,
            )
            for one in calls
        ],
    )  # fmt: skip


class Outbox:
    """One dispatcher and a few senders. `due()` does the steps of orders that are due and says whether there were any.

    `retries(site)`: the vendor's pauses in seconds; `hurry` shortens them (0.01: a hundredth).
    """

    def __init__(
        self, db: Database, *, due: Callable[[], bool], retries: Callable[[int], tuple[float, ...]], hurry: float,
        clock: Callable[[], float], timeout: float = 5.0,
    ) -> None:  # fmt: skip
        self._db, self._due, self._retries, self._hurry = db, due, retries, hurry
        self._clock, self._timeout = clock, timeout
        self._pool = ThreadPoolExecutor(_SENDERS, thread_name_prefix="supplier-push")
        self._free = threading.BoundedSemaphore(_SENDERS)
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="supplier-steps", daemon=True)
        with db.write() as conn:
            # What was under way when a process ended is sent again.
            conn.execute("UPDATE pushes SET state = 'waiting' WHERE state = 'sending'")

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def wake(self) -> None:
        """There may be something new."""
        self._wake.set()

    def stop(self) -> None:
        """Ends; calls that run have a deadline."""
        self._stopping = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        self._pool.shutdown(wait=True)

    def now_ms(self) -> int:
        """Milliseconds since 1970."""
        return int(self._clock() * 1000)

    def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            worked = False
            try:
                worked = self._due() or worked
                worked = self._send_due() or worked
                if not worked:
                    self._wake.wait(self._pause())
            except Exception:
                # The dispatcher outlives a failure: what was due is still due on the next round.
                traceback.print_exc()
                time.sleep(0.1)

    def _pause(self) -> float:
        with self._db.read() as conn:
            row = conn.execute(
                "SELECT min(at) FROM (SELECT min(next_ms) AS at FROM pushes WHERE state = 'waiting'"
                " UNION ALL SELECT min(at_ms) FROM steps WHERE at_ms IS NOT NULL)"
            ).fetchone()
        return _IDLE if row[0] is None else min(_IDLE, max(0.004, row[0] / 1000 - self._clock()))

    def _send_due(self) -> bool:
        slots = 0
        while slots < _SENDERS and self._free.acquire(blocking=False):
            slots += 1
        if not slots:
            self._wake.wait(_IDLE)
            return True
        rows: list[sqlite3.Row] = []
        try:
            with self._db.read() as conn:
                found = conn.execute(
                    "SELECT 1 FROM pushes WHERE state = 'waiting' AND next_ms <= ? LIMIT 1", (self.now_ms(),)
                ).fetchone()
            if found is not None:
                with self._db.write() as conn:
                    rows = conn.execute(
                        "UPDATE pushes SET state = 'sending', attempt = attempt + 1 WHERE id IN (SELECT id FROM pushes"
                        " WHERE state = 'waiting' AND next_ms <= ? ORDER BY next_ms, id LIMIT ?) RETURNING *",
                        (self.now_ms(), slots),
                    ).fetchall()
        finally:
            for _unused in range(slots - len(rows)):
                self._free.release()
        for row in sorted(rows, key=lambda one: (one["next_ms"], one["id"])):
            self._pool.submit(self._one, row)
        return bool(rows)

    def _one(self, row: sqlite3.Row) -> None:
        try:
            self.send(row)
        except Exception:
            traceback.print_exc()
        finally:
            self._free.release()
            self._wake.set()

    def send(self, row: sqlite3.Row) -> None:
        """Sends one call that was claimed, and writes down what came of it."""
        sent = call(
            row["url"], timeout=self._timeout, clock=self._clock, method=row["method"], body=row["body"],
            headers=json.loads(row["headers"]),
        )  # fmt: skip
        ack = bytes(row["ack"]).decode("utf-8", "replace")
        heard = 200 <= sent.status < 300 and (not ack or sent.answer.strip() == ack)
        pauses = self._retries(row["site"])
        again = not heard and not row["single"] and row["attempt"] <= len(pauses)
        pause = pauses[row["attempt"] - 1] * self._hurry * 1000 if again else 0
        state = "heard" if heard else "waiting" if again else "given_up"
        with contextlib.suppress(sqlite3.ProgrammingError), self._db.write() as conn:
            conn.execute(
                "UPDATE pushes SET state = ?, status = ?, answer = ?, next_ms = ? WHERE id = ?",
                (state, sent.status, sent.error or sent.answer[:200], self.now_ms() + int(pause), row["id"]),
            )

    def send_first(self, order: int) -> None:
        """Sends what an order tells now, in the caller's thread: a call that comes before the reply."""
        with self._db.write() as conn:
            rows = conn.execute(
                "UPDATE pushes SET state = 'sending', attempt = attempt + 1 WHERE order_seq = ? AND state = 'waiting'"
                " RETURNING *",
                (order,),
            ).fetchall()
        for row in rows:
            self.send(row)
        until = time.monotonic() + self._timeout
        # The dispatcher may have been quicker.
        while time.monotonic() < until:
            with self._db.read() as conn:
                found = conn.execute(
                    "SELECT 1 FROM pushes WHERE order_seq = ? AND state = 'sending' LIMIT 1", (order,)
                ).fetchone()
            if found is None:
                return
            time.sleep(0.004)
