"""What the four channels share: books, faults, a clock, notifies, and everything that happens by itself."""

import json
import secrets
import sqlite3

from goodfor.sandbox import outbox as queue
from goodfor.sandbox.channels import books, faults, outbox
from goodfor.sandbox.channels.channel import Channel
from goodfor.sandbox.channels.config import Config, Limits
from goodfor.sandbox.channels.rows import BookRefused, Dispute, Event, Payment, Refund, Wanted
from goodfor.sandbox.db import Database
from goodfor.sandbox.notifier import Notifier, call
from goodfor.sandbox.types import Notice

_SENDERS = 32
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


class Desk:
    """The state of all four channels. Raises BooksInUse when the directory is taken."""

    def __init__(self, config: Config, channels: dict[str, Channel]) -> None:
        self.config = config
        self.channels = channels
        self.url = ""
        self.limits = Limits()
        self.faults = faults.board()
        #: Where Stripe and PayPal send events: channel -> URL, set by control.
        self.webhooks: dict[str, str] = {}
        #: Access tokens given out: token -> (client, end in seconds since 1970).
        self.tokens: dict[str, tuple[str, float]] = {}
        #: Codes of WeChat's OAuth: code -> (application, end in seconds since 1970, or 0 once it is used).
        self.codes: dict[str, tuple[str, float]] = {}
        self.db = Database(config.data_dir, package=__package__ or "", name="channels")
        with self.db.write() as conn:
            queue.recover(conn)
        self._notifier = Notifier(
            due=self._do_due, send=self._send, next_due=self._next_due, clock=config.clock, senders=_SENDERS
        )
        self._notifier.start()

    def close_books(self) -> None:
        """Lets running notifies end and closes the books."""
        self._notifier.stop()
        self.db.close()

    def now_ms(self) -> int:
        """The stand-ins' clock."""
        return int(self.config.clock() * 1000)

    @staticmethod
    def token(prefix: str, length: int) -> str:
        """A new name that nobody guesses."""
        return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(length))

    @staticmethod
    def digits(length: int) -> str:
        """A new number that nobody guesses."""
        return "".join(secrets.choice("0123456789") for _ in range(length))

    # -- payments ---------------------------------------------------------------------------------------------

    def payment(
        self, channel: str, *, ref: str = "", number: str = "", merchant: str = "", any: str = ""
    ) -> Payment | None:
        """As it stands now, after everything that is due."""
        self.settle_due()
        with self.db.read() as conn:
            return books.find_payment(conn, channel, ref=ref, number=number, merchant=merchant, any=any)

    def open_payment(self, wanted: Wanted) -> Payment:
        """Opens it, or answers with the same one. The fault `notify_before_reply` pays it before returning."""
        with self.db.write() as conn:
            payment = books.open_payment(conn, wanted, self.now_ms())
        if self._first("create", payment):
            self.pay(payment, tell_first=True)
        return payment

    def see(self, payment: Payment, **more: object) -> Payment:
        """The buyer opened it."""
        with self.db.write() as conn:
            return books.see(conn, payment, self.now_ms(), **more)

    def pay(self, payment: Payment, *, closed_too: bool = False, tell_first: bool = False) -> bool:
        """The buyer pays; payment, journal and notifies are one transaction. False when it was paid before.

        Raises BookRefused(closed). `tell_first` sends what is due before returning.
        """
        now_ms = self.now_ms()
        with self.db.write() as conn:
            paid = books.pay(conn, payment, now_ms, closed_too=closed_too)
            if paid:
                current = books.payment_at(conn, payment.seq)
                channel = self.channels[payment.channel]
                self._plan(conn, current, channel.paid_events(self, current), channel.notify_url(self, current))
        self._tell(payment, first=tell_first)
        return paid

    def close(self, payment: Payment) -> Payment:
        """Makes it unpayable; the fault `paid_after_close` lets the buyer pay all the same. Raises BookRefused."""
        now_ms = self.now_ms()
        late = None
        if payment.state == "open":
            fault = self.faults.take("paid_after_close", pid=payment.channel, out_trade_no=payment.number)
            late = None if fault is None else now_ms + fault.number("ms")
        with self.db.write() as conn:
            books.close(conn, payment, now_ms, late)
            current = books.payment_at(conn, payment.seq)
            channel = self.channels[payment.channel]
            if payment.state == "open":
                self._plan(conn, current, channel.closed_events(self, current), channel.notify_url(self, current))
        self._tell(payment, first=False)
        return current

    # -- refunds ----------------------------------------------------------------------------------------------

    def refund(
        self, payment: Payment, *, key: str, number: str, ref: str, amount: int, reason: str = "", notify_url: str = "",
        gap_seconds: int = 0, at_once: bool = False,
    ) -> Refund:  # fmt: skip
        """Gives money back. Raises BookRefused, also `too_soon` after the last refund and `rejected` by fault.

        `at_once`: ended before returning, as Alipay does; else it is under way and ends right after.
        """
        self.settle_due()
        now_ms = self.now_ms()
        with self.db.write() as conn:
            old = books.find_refund(conn, payment.channel, key=key)
            fault = None
            if old is None:
                self._may_refund(conn, payment, now_ms, gap_seconds)
                fault = self.faults.take("refund_processing", pid=payment.channel, out_trade_no=payment.number)
            later = 0 if fault is None else fault.number("seconds") * 1000
            refund = books.open_refund(
                conn, payment, key=key, number=number, ref=ref, amount=amount, reason=reason, notify_url=notify_url,
                now_ms=now_ms, settle_ms=now_ms + later,
                settle_to="success" if fault is None else fault.text("outcome"),
            )  # fmt: skip
            first = old is None and self._first("refund", payment)
            if old is None and ((at_once and fault is None) or first):
                refund = self._end_refund(conn, refund, refund.settle_to)
        self._tell(payment, first=first)
        return refund

    def _may_refund(self, conn: sqlite3.Connection, payment: Payment, now_ms: int, gap_seconds: int) -> None:
        if self.faults.take("refund_rejected", pid=payment.channel, out_trade_no=payment.number) is not None:
            raise BookRefused("rejected")
        last = [row.created_ms for row in books.refunds_of(conn, payment)][-1:]
        if last and now_ms - last[0] < gap_seconds * 1000:
            raise BookRefused("too_soon")

    def end_refund(self, refund: Refund, to: str) -> Refund:
        """Ends a refund that is under way or abnormal."""
        with self.db.write() as conn:
            ended = self._end_refund(conn, refund, to)
        self._notifier.wake()
        return ended

    def _end_refund(self, conn: sqlite3.Connection, refund: Refund, to: str) -> Refund:
        ended = books.settle_refund(conn, refund, to, self.now_ms())
        if ended.state != refund.state:
            payment = books.payment_at(conn, refund.payment)
            channel = self.channels[refund.channel]
            url = refund.notify_url or channel.notify_url(self, payment)
            self._plan(conn, payment, channel.refund_events(self, payment, ended), url)
        return ended

    # -- disputes ---------------------------------------------------------------------------------------------

    def dispute(self, payment: Payment, *, amount: int, reason: str, days: int = 9) -> Dispute:
        """The buyer objects. Raises BookRefused."""
        now_ms = self.now_ms()
        channel = self.channels[payment.channel]
        with self.db.write() as conn:
            dispute = books.open_dispute(
                conn, payment, channel.dispute_ref(self), amount or payment.amount - payment.refunded, reason,
                channel.dispute_state("opened"), now_ms, now_ms + days * 86_400_000,
            )  # fmt: skip
            self._plan_dispute(conn, dispute, "opened")
        self._notifier.wake()
        return dispute

    def answer_dispute(self, dispute: Dispute, evidence: str, *, submitted: bool, state: str) -> Dispute:
        """The merchant sends evidence."""
        with self.db.write() as conn:
            changed = books.change_dispute(conn, dispute, evidence=evidence, submitted=int(submitted), state=state)
            self._plan_dispute(conn, changed, "updated")
        self._notifier.wake()
        return changed

    def end_dispute(self, dispute: Dispute, *, won: bool) -> Dispute:
        """The bank decides."""
        step = "won" if won else "lost"
        state = self.channels[dispute.channel].dispute_state(step)
        with self.db.write() as conn:
            ended = books.end_dispute(conn, dispute, won=won, state=state, now_ms=self.now_ms())
            if dispute.ended_ms is None:
                self._plan_dispute(conn, ended, step)
        self._notifier.wake()
        return ended

    def _plan_dispute(self, conn: sqlite3.Connection, dispute: Dispute, step: str) -> None:
        payment = books.payment_at(conn, dispute.payment)
        channel = self.channels[dispute.channel]
        events = channel.dispute_events(self, payment, dispute, step)
        self._plan(conn, payment, events, channel.notify_url(self, payment))

    # -- what happens by itself -------------------------------------------------------------------------------

    def settle_due(self) -> None:
        """Ends refunds whose time has come, so that every answer after it is true."""
        now_ms = self.now_ms()
        with self.db.read() as conn:
            due = conn.execute("SELECT 1 FROM refunds WHERE settle_ms <= ? LIMIT 1", (now_ms,)).fetchone()
        if due is None:
            return
        with self.db.write() as conn:
            for refund in books.select(conn, Refund, "refunds", "settle_ms <= ? ORDER BY settle_ms LIMIT 500", now_ms):
                self._end_refund(conn, refund, refund.settle_to)
        self._notifier.wake()

    def tell(self, payment: Payment, events: list[Event]) -> None:
        """Tells the merchant something that moves no money."""
        with self.db.write() as conn:
            self._plan(conn, payment, events, self.channels[payment.channel].notify_url(self, payment))
        self._notifier.wake()

    def wake(self) -> None:
        """Something new may be due."""
        self._notifier.wake()

    def open_notices(self) -> int:
        """How many notifies are not yet taken or given up."""
        with self.db.read() as conn:
            return queue.open_count(conn)

    def _plan(self, conn: sqlite3.Connection, payment: Payment, events: list[Event], url: str) -> None:
        if events:
            outbox.plan(conn, self.faults, payment, events, url, self.now_ms())

    def _first(self, endpoint: str, payment: Payment) -> bool:
        number = payment.number
        fault = self.faults.take("notify_before_reply", pid=payment.channel, out_trade_no=number, endpoint=endpoint)
        return fault is not None

    def _tell(self, payment: Payment, *, first: bool) -> None:
        # Only what has not been tried yet: a receiver that refuses must not hold up the reply for minutes.
        while first:
            with self.db.write() as conn:
                claimed = queue.claim(conn, now_ms=self.now_ms(), limit=1, trade_no=payment.ref, first_only=True)
            for notice in claimed:
                self._send(notice)
            first = bool(claimed)
        self._notifier.wake()

    def _do_due(self, now_ms: int, limit: int) -> list[Notice]:
        self.settle_due()
        with self.db.read() as conn:
            late = books.select(conn, Payment, "payments", "late_pay_ms <= ? LIMIT 100", now_ms)
            due = outbox.next_due_ms(conn)
        for payment in late:
            self.pay(payment, closed_too=True)
        if limit == 0 or ((due is None or due > now_ms) and not late):
            return []
        with self.db.write() as conn:
            return queue.claim(conn, now_ms=now_ms, limit=limit)

    def _next_due(self) -> int | None:
        with self.db.read() as conn:
            return outbox.next_due_ms(conn)

    def _send(self, notice: Notice) -> None:
        """Sends one claimed notice outside any transaction, then records what became of it."""
        with self.db.read() as conn:
            letter = outbox.letter(conn, notice.id)
        channel = self.channels[letter.channel]
        out = channel.seal(self, letter, notice.fault, json.loads(notice.detail))
        tried = call(
            letter.url, timeout=self.config.notify_timeout, clock=self.config.clock, method=out.method, body=out.body,
            headers=out.headers,
        )  # fmt: skip
        good = not tried.error and channel.accepts(tried.status, tried.answer)
        judged = outbox.Judged(tried.status, tried.answer, tried.error, tried.started_ms, tried.took_ms, good)
        with self.db.write() as conn:
            queue.record(conn, notice, judged, delays=self.config.retry_seconds, now_ms=self.now_ms())
