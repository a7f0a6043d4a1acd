"""What a vendor's module works with during one call to one site: neutral acts on the books, faults and all."""

import sqlite3
import time
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from goodfor.sandbox.suppliers import outbox, store
from goodfor.sandbox.suppliers.faults import AFTER_SALE, Scope
from goodfor.sandbox.suppliers.plan import plan
from goodfor.sandbox.suppliers.types import ENDED, Code, Instead, Item, Order, Refused, Site, Ticket, Wanted, amount_of
from goodfor.sandbox.web import Response

if TYPE_CHECKING:
    from goodfor.sandbox.suppliers.house import House

BEIJING: Final = timezone(timedelta(hours=8))
_PAGE: Final = b"<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>"


class Desk:
    """One call to one site. Amounts are Decimals; whatever is not allowed raises Refused with a neutral word."""

    def __init__(self, house: "House", site: Site, base_url: str) -> None:
        self.house = house
        self.site = site
        self.base_url = base_url
        self.scope = Scope(site.key)
        self.config, self.secrets = house.vendors[site.vendor].credentials(site.name, base_url)

    # -- the call ------------------------------------------------------------------------------------

    def now_ms(self) -> int:
        """The site's own clock, which may be wrong."""
        wrong = self.house.board.look("clock", self.scope)
        return self.house.now_ms() + (0 if wrong is None else wrong.ms())

    def begin(self, endpoint: str, *, number: str = "", item: str = "") -> None:
        """Says what the call is about, once it is verified: what may go wrong before the work goes wrong here.

        `endpoint` is a name of `faults.ENDPOINTS`. Raises Refused(throttled, or what was set), Instead.
        """
        self.scope = Scope(self.site.key, endpoint, item, number)
        board = self.house.board
        if endpoint in AFTER_SALE and board.take("down", self.scope) is not None:
            raise Instead(Response(hang_up=True))
        if board.take("lost_request", self.scope) is not None:
            raise Instead(Response(hang_up=True))
        spoiled = self.spoiled("before")
        if spoiled is not None:
            raise Instead(spoiled)
        rate = board.look("throttle", self.scope)
        if rate is not None and self.house.too_many(
            self.site.id, endpoint, rate.whole("calls"), float(rate.settings["seconds"])
        ):
            raise Refused("throttled", "too many calls")
        no = board.take("refuse", self.scope)
        if no is not None:
            raise Refused(no.text("why"), "as demanded")

    def spoiled(self, work: str) -> Response | None:
        """What a fault puts in the place of an answer, before or after the work."""
        board = self.house.board
        if (page := board.take("html", self.scope, work=work)) is not None:
            return Response(page.whole("status"), _PAGE, (("Content-Type", "text/html"),))
        if board.take("empty_body", self.scope, work=work) is not None:
            return Response(200, b"")
        if board.take("bad_json", self.scope, work=work) is not None:
            return Response(200, b'{"code":200,"data":{"order', (("Content-Type", "application/json"),))
        return None

    def finish(self, response: Response) -> Response:
        """The answer as it leaves, after the work was done."""
        board = self.house.board
        spoiled = self.spoiled("after")
        if spoiled is not None:
            return spoiled
        if (late := board.take("late_answer", self.scope)) is not None:
            time.sleep(late.ms() / 1000)
        return Response(hang_up=True) if board.take("lost_answer", self.scope) is not None else response

    # -- the account and what is for sale --------------------------------------------------------------

    def balance(self) -> Decimal:
        """What is left now."""
        with self.house.db.read() as conn:
            return store.site_at(conn, self.site.id).balance

    def items(self, page: int, limit: int, *, kind: str = "", category: str = "") -> list[Item]:
        """A page, counted from 1, of what is not deleted. A fault may have the list shrink while it is read."""
        offset = (page - 1) * limit
        if page > 1 and self.house.board.look("shrinking", self.scope) is not None:
            # One item of each earlier page went away meanwhile, so that the others moved up.
            offset += page - 1
        with self.house.db.read() as conn:
            return store.items(conn, self.site.id, offset=offset, limit=limit, kind=kind, category=category)

    def count_items(self) -> int:
        """How many there are."""
        with self.house.db.read() as conn:
            return store.count_items(conn, self.site.id)

    def item(self, item_id: str) -> Item:
        """One item that is not deleted. Raises Refused(off_sale)."""
        with self.house.db.read() as conn:
            found = store.item(conn, self.site.id, item_id)
        if found is None or found.state == "deleted":
            raise Refused("off_sale", "no such item")
        return found

    # -- orders ----------------------------------------------------------------------------------------

    def create(self, wanted: Wanted) -> Order:
        """Buys, by the vendor's rule about repeated numbers, in one transaction; `new` False: it was there.

        Raises Refused: duplicate, off_sale, price, stock, balance; duplicate also where a fault says so after the work.
        """
        house, now = self.house, self.house.now_ms()
        with house.db.write() as conn:
            site = store.site_at(conn, self.site.id)
            old = self._earlier(conn, wanted.number)
            if old is not None:
                return old
            of, unit = self._priced(conn, wanted, site)
            ref = f"{site.id}{now % 10**10:010d}{self._next(conn):07d}"
            order = store.add_order(conn, site, wanted, of, unit, ref, now)
            at_once = plan(conn, house.board, self.scope, site, order, now)
            if at_once:
                self._at_once(conn, site, order, now)
            order = store.order_at(conn, order.seq)
        house.outbox.wake()
        if house.board.take("push_first", self.scope) is not None:
            house.outbox.send_first(order.seq)
        if house.board.take("duplicate_reply", self.scope) is not None:
            raise Refused("duplicate", "the number is known")
        if house.board.take("doubt_reply", self.scope) is not None:
            raise Refused("unknown", "unknown error")
        return Order(**{**vars(order), "new": True})

    def _next(self, conn: sqlite3.Connection) -> int:
        row = conn.execute("SELECT coalesce(max(seq), 0) + 1 FROM orders").fetchone()
        return int(row[0])

    def _at_once(self, conn: sqlite3.Connection, site: Site, order: Order, now: int) -> None:
        step = conn.execute(
            "DELETE FROM steps WHERE order_seq = ? AND what = 'deliver' RETURNING detail", (order.seq,)
        ).fetchone()
        detail = {} if step is None else outbox.loads(step["detail"])
        self.house.work(conn, site, now).deliver(order, detail)

    def _earlier(self, conn: sqlite3.Connection, number: str) -> Order | None:
        repeat = self.house.vendors[self.site.vendor].repeat
        row = None if repeat == "unsafe" else store.order_row(conn, self.site.id, number=number)
        if row is None or (repeat == "new_after_failure" and row["state"] in ("failed", "cancelled")):
            return None
        if repeat == "same":
            return store.order_at(conn, row["seq"])
        raise Refused("duplicate", "the number is known")

    def _priced(self, conn: sqlite3.Connection, wanted: Wanted, site: Site) -> tuple[Item, Decimal]:
        of = store.item(conn, site.id, wanted.item)
        if of is None or of.state != "on":
            raise Refused("off_sale", "not for sale")
        unit = of.cost if wanted.unit_cost is None else wanted.unit_cost
        units = wanted.quantity * wanted.units
        if wanted.exact is not None and wanted.exact != unit:
            raise Refused("price", "another price")
        if wanted.max_unit is not None and unit > wanted.max_unit:
            raise Refused("price", "dearer than allowed")
        if wanted.max_total is not None and unit * units > wanted.max_total:
            raise Refused("price", "dearer than allowed")
        if unit * units > site.balance + site.credit:
            raise Refused("balance", "the balance does not suffice")
        if not store.take_stock(conn, site.id, of.id, units):
            raise Refused("stock", "not enough in stock")
        return of, unit

    def find(self, *, number: str = "", ref: str = "") -> Order:
        """An order, by the buyer's number or the supplier's. Raises Refused(not_found), also where a fault hides it."""
        with self.house.db.read() as conn:
            row = store.order_row(conn, self.site.id, number=number, ref=ref)
            if row is None:
                raise Refused("not_found", "no such order")
            if not row["counts"]:
                return store.order_at(conn, row["seq"])
        return self._counted(int(row["seq"]))

    def _counted(self, seq: int) -> Order:
        """A question that is counted: it may be what brings the delivery, or be answered with "not found"."""
        now = self.house.now_ms()
        with self.house.db.write() as conn:
            row = conn.execute(
                "UPDATE orders SET asked = asked + 1 WHERE seq = ? RETURNING asked, hidden_ms, hidden_for", (seq,)
            ).fetchone()
            for step in conn.execute(
                "DELETE FROM steps WHERE order_seq = ? AND queries <= ? RETURNING *", (seq, row["asked"])
            ).fetchall():
                self.house.do(conn, step, now)
            order = store.order_at(conn, seq)
        self.house.outbox.wake()
        if now < row["hidden_ms"] or row["asked"] <= row["hidden_for"]:
            raise Refused("not_found", "no such order")
        return order

    def orders(self, since_ms: int = 0, until_ms: int = 1 << 62) -> list[Order]:
        """Orders of a span, for vendors that have a list."""
        with self.house.db.read() as conn:
            return store.orders(conn, self.site.id, since_ms=since_ms, until_ms=until_ms)

    def cancel(self, order: Order) -> Order:
        """Takes an order back that is not done: `cancelling`, soon `cancelled`. Raises Refused(request)."""
        if order.state in ENDED:
            raise Refused("request", "it has ended")
        with self.house.db.write() as conn:
            changed = self.house.work(conn, self.site).state(order, "cancelling", tell=False)
            conn.execute("DELETE FROM steps WHERE order_seq = ?", (order.seq,))
            at = self.house.now_ms() + max(20, self.site.delay_ms)
            store.add_step(conn, order.seq, "cancel", {}, at, None)
        self.house.outbox.wake()
        return changed

    # -- after the sale --------------------------------------------------------------------------------

    def code(self, ref: str) -> Code:
        """A code by the supplier's number of it, as the books have it. Raises Refused(not_found)."""
        with self.house.db.read() as conn:
            found = store.code(conn, self.site.id, ref)
        if found is None:
            raise Refused("not_found", "no such code")
        return found[0]

    def code_told(self, ref: str) -> Code:
        """A code as they speak of it: a fault may lie, of the same codes always. Raises Refused(not_found)."""
        code, board = self.code(ref), self.house.board
        lie = board.look("lies_about_codes", self.scope)
        if lie is None or not board.drawn(lie, ref):
            return code
        if code.state == "used":
            return replace(code, state="unused", used_ms=None)
        return replace(code, state="used", used_ms=self.house.now_ms()) if code.state == "unused" else code

    def void(self, ref: str) -> Code:
        """Takes an unused code back and pays its price back; a fault has that take a while: `voiding` until then.

        Raises Refused(not_found, request).
        """
        with self.house.db.write() as conn:
            found = store.code(conn, self.site.id, ref)
            if found is None:
                raise Refused("not_found", "no such code")
            if found[0].state != "unused":
                raise Refused("request", "not unused")
            order = store.order_at(conn, found[1])
            slow = self.house.board.take("slow_void", self.scope)
            if slow is None:
                self.house.work(conn, self.site).voided(order, ref)
            else:
                store.mark_code(conn, self.site.id, ref, "voiding")
                store.add_step(conn, order.seq, "void", {"code": ref}, self.house.now_ms() + slow.ms(), None)
        self.house.outbox.wake()
        return self.code(ref)

    def complain(self, order: Order, text: str, notify_url: str) -> Ticket:
        """Opens a complaint; `judge` has it decided by itself."""
        with self.house.db.write() as conn:
            made = conn.execute(
                "INSERT INTO tickets (site, order_seq, ref, text, notify_url) VALUES (?, ?, 'new', ?, ?)",
                (self.site.id, order.seq, text, notify_url),
            )
            ref = f"T{int(made.lastrowid or 0):08d}"
            conn.execute("UPDATE tickets SET ref = ? WHERE seq = ?", (ref, made.lastrowid))
            judge = self.house.board.take("judge", self.scope)
            if judge is not None:
                detail = {"ticket": ref, "outcome": judge.text("outcome")}
                store.add_step(conn, order.seq, "judge", detail, self.house.now_ms() + judge.ms(), None)
            ticket = store.tickets(conn, self.site.id, ref)[0]
        self.house.outbox.wake()
        return ticket

    def ticket(self, ref: str) -> Ticket:
        """How a complaint stands. Raises Refused(not_found)."""
        with self.house.db.read() as conn:
            found = store.tickets(conn, self.site.id, ref)
        if not found or not ref:
            raise Refused("not_found", "no such complaint")
        return found[0]

    def movements(self, offset: int, limit: int) -> list[tuple[int, Decimal, str, int]]:
        """Movements, latest first: (time in ms, amount, kind, order's seq or 0)."""
        with self.house.db.read() as conn:
            rows = conn.execute(
                "SELECT at_ms, amount, kind, coalesce(order_seq, 0) AS seq FROM movements WHERE site = ?"
                " ORDER BY movements.seq DESC LIMIT ? OFFSET ?",
                (self.site.id, limit, offset),
            ).fetchall()
        return [(row["at_ms"], amount_of(row["amount"]), row["kind"], row["seq"]) for row in rows]

    def mark(self, code: Code, state: str) -> None:
        """What is known of a code from now on: `processed` where it was shown, say."""
        with self.house.db.write() as conn:
            store.mark_code(conn, self.site.id, code.ref, state)

    def statement(self, day: date) -> list[tuple[int, Decimal, str, str, str]]:
        """Movements of a Beijing day: (time in ms, amount, kind, our ref, the buyer's number)."""
        start = int(datetime(day.year, day.month, day.day, tzinfo=BEIJING).timestamp() * 1000)
        with self.house.db.read() as conn:
            rows = conn.execute(
                "SELECT m.at_ms, m.amount, m.kind, coalesce(o.ref, '') AS ref, coalesce(o.number, '') AS number"
                " FROM movements m LEFT JOIN orders o ON o.seq = m.order_seq"
                " WHERE m.site = ? AND m.at_ms >= ? AND m.at_ms < ? ORDER BY m.seq",
                (self.site.id, start, start + 86_400_000),
            ).fetchall()
        return [(row["at_ms"], amount_of(row["amount"]), row["kind"], row["ref"], row["number"]) for row in rows]
