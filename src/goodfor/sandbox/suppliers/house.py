"""All sites of one process: books, switches, the clock, what is due, the calls that came."""

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from goodfor.sandbox.db import Database
from goodfor.sandbox.suppliers import outbox, store
from goodfor.sandbox.suppliers.faults import Board, Scope
from goodfor.sandbox.suppliers.types import Order, Refused, Site, stored
from goodfor.sandbox.suppliers.vendor import Vendor
from goodfor.sandbox.suppliers.work import Work
from goodfor.sandbox.types import GatewayError

_ROUND: Final = 200
_NAME: Final = "abcdefghijklmnopqrstuvwxyz0123456789-"


class House:
    """What all requests share. `hurry`: by how much the vendors' pauses between calls back are shortened."""

    def __init__(
        self, data_dir: Path, vendors: Mapping[str, Vendor], *, token: str = "", hurry: float = 1.0, seed: int = 1,
        clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self.vendors = vendors
        self.board = Board(seed)
        self.token = token or secrets.token_urlsafe(18)
        self.url = ""
        self._clock = clock
        self.db = Database(data_dir, package="goodfor.sandbox.suppliers", name="suppliers")
        self._ids: dict[str, int] = {}
        self._vendor_of: dict[int, str] = {}
        self._calls: list[tuple[object, ...]] = []
        self._calls_lock = threading.Lock()
        self._rates: dict[tuple[int, str], list[float]] = {}
        with self.db.read() as conn:
            for site in store.sites(conn):
                self._know(site)
        self.outbox = outbox.Outbox(self.db, due=self.due, retries=self._retries, hurry=hurry, clock=clock)
        self.outbox.start()

    def close(self) -> None:
        """Ends the threads and closes the books."""
        self.outbox.stop()
        self.flush()
        self.db.close()

    def now_ms(self) -> int:
        """Milliseconds since 1970."""
        return int(self._clock() * 1000)

    def _know(self, site: Site) -> None:
        self._ids[site.key] = site.id
        self._vendor_of[site.id] = site.vendor

    def _retries(self, site: int) -> tuple[float, ...]:
        return self.vendors[self._vendor_of[site]].retries

    def site_id(self, vendor: str, name: str) -> int | None:
        """The site's row; None where there is none."""
        return self._ids.get(f"{vendor}/{name}")

    def site(self, vendor: str, name: str) -> Site:
        """The account as it stands. Raises GatewayError."""
        found = self.site_id(vendor, name)
        if found is None:
            raise GatewayError("no such site")
        with self.db.read() as conn:
            return store.site_at(conn, found)

    def vendor_of(self, site: int) -> Vendor:
        """The vendor of a site's row."""
        return self.vendors[self._vendor_of[site]]

    def open_site(
        self, vendor: str, name: str, *, balance: Decimal = Decimal(10_000), credit: Decimal = Decimal(0),
        push_url: str = "", delay: float | None = None,
    ) -> Site:  # fmt: skip
        """A new account, or the one there is (its address for calls and its delay set anew). Raises GatewayError."""
        if vendor not in self.vendors:
            raise GatewayError(f"vendors: {', '.join(sorted(self.vendors))}")
        if not name or len(name) > 40 or set(name) - set(_NAME):
            raise GatewayError("name: small letters, digits and hyphens")
        about = self.vendors[vendor]
        delay_ms = int((0.0 if about.inline else 0.05) * 1000) if delay is None else int(delay * 1000)
        with self.db.write() as conn:
            made = conn.execute(
                "INSERT INTO sites (vendor, name, currency, credit, push_url, delay_ms, created_ms)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id",
                (vendor, name, about.currency, stored(credit), push_url, delay_ms, self.now_ms()),
            ).fetchone()
            if made is None:
                where = "vendor = ? AND name = ?"
                if push_url:
                    conn.execute(f"UPDATE sites SET push_url = ? WHERE {where}", (push_url, vendor, name))  # noqa: S608
                if delay is not None:
                    conn.execute(f"UPDATE sites SET delay_ms = ? WHERE {where}", (delay_ms, vendor, name))  # noqa: S608
            elif balance:
                store.move(conn, int(made["id"]), None, "topup", stored(balance), self.now_ms())
            row = conn.execute("SELECT id FROM sites WHERE vendor = ? AND name = ?", (vendor, name)).fetchone()
            site = store.site_at(conn, int(row["id"]))
        self._know(site)
        return site

    def base_url(self, site: Site) -> str:
        """Where the site answers."""
        return f"{self.url}/{site.key}"

    def note(self, site: int, endpoint: str, number: str, verdict: str) -> None:
        """Writes a call down, soon: not every call is worth a transaction of its own."""
        with self._calls_lock:
            self._calls.append((site, endpoint, number, verdict, self.now_ms()))
            full = len(self._calls) >= _ROUND
        if full:
            self.flush()

    def flush(self) -> None:
        """Writes down the calls that came so far."""
        with self._calls_lock:
            calls, self._calls = self._calls, []
        if calls:
            with self.db.write() as conn:
                conn.executemany(
                    "INSERT INTO calls (site, endpoint, number, verdict, at_ms) VALUES (?, ?, ?, ?, ?)", calls
                )

    def too_many(self, site: int, endpoint: str, calls: int, seconds: float) -> bool:
        """Whether a site was called more often than that."""
        now = self._clock()
        with self._calls_lock:
            kept = [at for at in self._rates.get((site, endpoint), []) if at > now - seconds]
            if len(kept) >= calls:
                self._rates[site, endpoint] = kept
                return True
            self._rates[site, endpoint] = [*kept, now]
            return False

    def work(self, conn: Any, site: Site, now_ms: int | None = None) -> Work:
        """What is done to an order of that site, within a transaction."""
        at = self.now_ms() if now_ms is None else now_ms
        return Work(conn, self.vendors[site.vendor], site, self.board, self.token, at)

    def due(self) -> bool:
        """Does the steps of orders whose time has come; whether there were any."""
        now = self.now_ms()
        with self.db.read() as conn:
            found = conn.execute("SELECT 1 FROM steps WHERE at_ms <= ? LIMIT 1", (now,)).fetchone()
        if found is None:
            return False
        with self.db.write() as conn:
            rows = conn.execute(
                "DELETE FROM steps WHERE seq IN (SELECT seq FROM steps WHERE at_ms <= ? ORDER BY at_ms LIMIT ?)"
                " RETURNING *",
                (now, _ROUND),
            ).fetchall()
            for row in sorted(rows, key=lambda one: (one["at_ms"], one["seq"])):
                self.do(conn, row, now)
        return True

    def do(self, conn: Any, step: Any, now_ms: int) -> None:
        """One step; what is no longer possible is left."""
        order = store.order_at(conn, step["order_seq"])
        try:
            self.work(conn, store.site_at(conn, order.site), now_ms).step(
                order, step["what"], outbox.loads(step["detail"])
            )
        except Refused:
            return

    def scope(self, site: Site, endpoint: str = "other", item: str = "", number: str = "") -> Scope:
        """For the choice of switches."""
        return Scope(site.key, endpoint, item, number)

    def orders(self, site: Site, *, after: int = 0) -> list[Order]:
        """All orders of a site; `after`: only those that came later than that one."""
        with self.db.read() as conn:
            return store.orders(conn, site.id, after=after)
