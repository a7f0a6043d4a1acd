"""What happens to orders: delivered, failed, paid back; each with the calls that tell of it, in one transaction."""

import base64
import sqlite3
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from goodfor.sandbox.suppliers import outbox, store
from goodfor.sandbox.suppliers.faults import Board, Scope
from goodfor.sandbox.suppliers.types import ENDED, Code, Order, Refused, Site, stored
from goodfor.sandbox.suppliers.vendor import Vendor, code_text

#: The smallest picture that there is, for codes that are one.
PICTURE: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Work:
    """Does one thing to one order within a transaction. `salt`: codes of one set of books are no other's."""

    def __init__(
        self, conn: sqlite3.Connection, vendor: Vendor, site: Site, board: Board, salt: str, now_ms: int
    ) -> None:  # fmt: skip
        self._conn, self._vendor, self._site, self._board = conn, vendor, site, board
        self._salt, self._now_ms = salt, now_ms

    def step(self, order: Order, what: str, detail: dict[str, Any]) -> None:
        """A planned step."""
        if what == "deliver":
            self.deliver(order, detail)
        elif what == "fail":
            self.fail(order, str(detail.get("why", "failed")))
        elif what == "cancel":
            self.cancelled(order)
        elif what == "void":
            self.voided(order, str(detail["code"]))
        elif what == "judge":
            self.judge(order, detail)
        elif what == "refund":
            share = Decimal(str(detail.get("part", 1)))
            amount = (order.charged * share).quantize(Decimal("0.0001"))
            self.refund(order, min(amount, order.charged - order.refunded), tell=bool(detail.get("tell", 1)))

    def deliver(self, order: Order, detail: dict[str, Any] | None = None) -> Order:
        """Done, or a part of it (`count`; `refund` pays the rest back). What has ended stays as it is."""
        if order.state in ENDED:
            return order
        part = min(int((detail or {}).get("count", order.quantity)), order.quantity)
        if order.kind not in ("direct", "manual"):
            self._issue(order, part)
        state = "success" if part == order.quantity else "partial"
        self._conn.execute(
            "UPDATE orders SET state = ?, done = ?, odd = '', ended_ms = ? WHERE seq = ?",
            (state, part, self._now_ms, order.seq),
        )
        if part < order.quantity and (detail or {}).get("refund", 1):
            self._pay_back(order, order.unit_cost * (order.quantity - part))
        for row in self._conn.execute(
            "DELETE FROM steps WHERE order_seq = ? AND what = 'refund_later' RETURNING detail", (order.seq,)
        ).fetchall():
            later = outbox.loads(row["detail"])
            store.add_step(self._conn, order.seq, "refund", later, self._now_ms + int(later["after_ms"]), None)
        return self._tell(order)

    def fail(self, order: Order, why: str = "failed") -> Order:
        """It comes to nothing and is paid back."""
        if order.state in ENDED:
            return order
        self._end(order, "failed", why)
        return self._tell(order)

    def cancelled(self, order: Order) -> Order:
        """Taken back by the buyer's wish."""
        if order.state in ENDED:
            return order
        self._end(order, "cancelled", "cancelled")
        return self._tell(order)

    def refund(self, order: Order, amount: Decimal, *, tell: bool = True) -> Order:
        """Money back of an order that was done. Raises Refused(request) when it is more than is left."""
        if not 0 < amount <= order.charged - order.refunded:
            raise Refused("request", "more than is left")
        self._pay_back(order, amount)
        self._conn.execute("UPDATE orders SET state = 'refunded' WHERE seq = ?", (order.seq,))
        return self._tell(order) if tell else store.order_at(self._conn, order.seq)

    def voided(self, order: Order, ref: str) -> bool:
        """A code that is still good for use is taken back, its price paid back; False: it was used meanwhile."""
        found = next((code for code in order.codes if code.ref == ref), None)
        if found is None or found.state not in ("unused", "voiding"):
            return False
        store.mark_code(self._conn, order.site, ref, "voided")
        back = min(order.unit_cost, order.charged - order.refunded)
        if back > 0:
            self.refund(store.order_at(self._conn, order.seq), back)
        return True

    def judge(self, order: Order, detail: dict[str, Any]) -> None:
        """A complaint is decided by itself: `upheld`, `refused`, or by the `books`: bad codes are paid back."""
        left, outcome = order.charged - order.refunded, str(detail["outcome"])
        bad = [code for code in order.codes if code.state == "invalid" or _used_before(code, order)]
        back = order.unit_cost * len(bad)
        if outcome == "upheld" and not bad:
            back = order.unit_cost
        back = Decimal(0) if outcome == "refused" else min(back, left)
        self.judged(str(detail["ticket"]), "已核实并退款" if back else "经核实卡密正常", "done", back or None)
        for code in bad if back else ():
            # Paid back once: it is theirs again.
            store.mark_code(self._conn, order.site, code.ref, "voided")

    def judged(self, ticket: str, text: str, state: str, back: Decimal | None) -> bool:
        """A complaint is answered, and that is told; False: there is none. `back` is paid back of its order before."""
        found = store.tickets(self._conn, self._site.id, ticket)
        if not found:
            return False
        if back is not None:
            row = store.order_row(self._conn, self._site.id, ref=found[0].order)
            assert row is not None
            self.refund(store.order_at(self._conn, row["seq"]), back)
        self._conn.execute(
            "UPDATE tickets SET reply = ?, state = ? WHERE site = ? AND ref = ?", (text, state, self._site.id, ticket)
        )
        told = store.tickets(self._conn, self._site.id, ticket)[0]
        calls = self._vendor.ticket_push(told, self._site, self._now_ms)
        scope = Scope(self._site.key, "ticket")
        outbox.plan(self._conn, self._board, scope, self._vendor, self._site.id, None, calls, calls, self._now_ms)
        return True

    def state(self, order: Order, state: str, *, tell: bool) -> Order:
        """Only the word changes: accepted, processing, cancelling, refunding."""
        self._conn.execute("UPDATE orders SET state = ? WHERE seq = ?", (state, order.seq))
        return self._tell(order) if tell else store.order_at(self._conn, order.seq)

    def _end(self, order: Order, state: str, hint: str) -> None:
        self._conn.execute(
            "UPDATE orders SET state = ?, odd = '', hint = ?, ended_ms = ? WHERE seq = ?",
            (state, hint, self._now_ms, order.seq),
        )
        self._pay_back(order, order.charged - order.refunded)
        store.take_stock(self._conn, self._site.id, order.item, -order.quantity)

    def _pay_back(self, order: Order, amount: Decimal) -> None:
        self._conn.execute("UPDATE orders SET refunded = refunded + ? WHERE seq = ?", (stored(amount), order.seq))
        store.move(self._conn, self._site.id, order.seq, "refund", stored(amount), self._now_ms)

    def _issue(self, order: Order, count: int) -> None:
        """So many codes, each never given out before, unless a fault wills it."""
        scope = Scope(self._site.key, "create", order.item, order.number)
        if (wrong := self._board.take("wrong_count", scope)) is not None:
            count = max(0, count + wrong.whole("delta"))
        dirty, used = self._board.take("dirty_code", scope), self._board.take("used_code", scope)
        for index in range(count):
            made = self._code(order, index)
            if dirty is not None:
                made = _dirty(made, dirty.text("how"))
            if used is not None and index == 0 and (old := self._used(order)) is not None:
                made = replace(made, number=old["number"], secret=old["secret"], link=old["link"], honest=False)
            store.add_code(self._conn, order, replace(made, honest=made.honest and index < order.quantity))

    def _code(self, order: Order, index: int) -> Code:
        text = code_text(f"{self._salt}|{self._site.key}|{order.seq}|{order.created_ms}|{index}")
        ref = f"{order.seq:09d}{index:04d}"
        if order.kind in ("link", "ticket"):
            return Code(ref, link=f"https://redeem.example/{text}", secret=text)
        if order.kind == "image":
            return Code(ref, secret=text, image=_picture(text))
        return Code(ref, number=f"N{ref}", secret=text)

    def _used(self, order: Order) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._conn.execute(
            "SELECT number, secret, link FROM codes WHERE site = ? AND order_seq <> ? AND secret <> ''"
            " ORDER BY seq DESC LIMIT 1",
            (order.site, order.seq),
        ).fetchone()
        return row

    def _tell(self, before: Order) -> Order:
        now = store.order_at(self._conn, before.seq)
        site = self._site
        calls = self._vendor.order_push(now, site, self._now_ms)
        if calls:
            stale = replace(before, state="processing", codes=())
            early = self._vendor.order_push(stale, site, self._now_ms)
            scope = Scope(site.key, "create", now.item, now.number)
            outbox.plan(self._conn, self._board, scope, self._vendor, site.id, now.seq, calls, early, self._now_ms)
        return now


def _used_before(code: Code, order: Order) -> bool:
    """It was used when it was sold: no buyer of it can have been the one."""
    return code.state == "used" and code.used_ms is not None and code.used_ms < order.created_ms


def _picture(text: str) -> bytes:
    """One of its own for each code: what follows a picture's end is no part of what is seen."""
    return PICTURE + text.encode()


def _dirty(made: Code, how: str) -> Code:
    if how == "cr":
        return replace(made, number=f"{made.number}\r", secret=f"{made.secret}\r\n")
    if how == "colon":
        return replace(made, number="", secret=f"卡号：{made.number}\r\n密码：{made.secret}")
    if how == "picture":
        picture = _picture(made.secret)
        return replace(made, number="", image=picture, secret=base64.b64encode(picture).decode())
    if how == "link":
        link = f"https://redeem.example/{made.secret}"
        return replace(made, number="", secret=link, link=link)
    if how == "spaces":
        return replace(made, secret=f"\ufeff {made.secret[:4]} {made.secret[4:]}\u200b")
    return replace(made, number="")
