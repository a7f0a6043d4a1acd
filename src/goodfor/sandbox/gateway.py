"""What the gateway does: open, pay, close, refund, tell the merchant. Protocol faces and control both call this."""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from goodfor.sandbox import ledger, notices, outbox
from goodfor.sandbox.db import Database
from goodfor.sandbox.demo import DEMO_MD5_KEY, DEMO_PID, MERCHANT_KEY_NAMES, OTHER_MD5_KEY, OTHER_PID
from goodfor.sandbox.faults import FaultBoard
from goodfor.sandbox.fen import parse_fen
from goodfor.sandbox.keys import derive_private_key, public_pem
from goodfor.sandbox.notifier import Notifier, call
from goodfor.sandbox.types import (
    PAY_TYPES,
    REFUND_SUCCESS,
    UNPAID,
    GatewayError,
    Merchant,
    Notice,
    Order,
    Refund,
    Trade,
)

RETRY_SECONDS = (0.0, 1.0, 3.0, 10.0, 30.0, 60.0, 180.0)
_SENDERS = 64


@dataclass(frozen=True)
class Config:
    """How one gateway runs. `retry_seconds` are the pauses before each notify attempt, the first being 0."""

    data_dir: Path
    public_url: str
    control_token: str = field(repr=False)
    md5_key: str = field(default=DEMO_MD5_KEY, repr=False)
    retry_seconds: tuple[float, ...] = RETRY_SECONDS
    notify_timeout: float = 5.0
    clock: Callable[[], float] = time.time


class Gateway:
    """One gateway: its books, its faults, its notifies. Raises BooksInUse when the directory is taken."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.faults = FaultBoard()
        self.db = Database(config.data_dir)
        with self.db.write() as conn:
            outbox.recover(conn)
            for pid, key in ((DEMO_PID, config.md5_key), (OTHER_PID, OTHER_MD5_KEY)):
                pem = public_pem(derive_private_key(MERCHANT_KEY_NAMES[pid]).public_key())
                ledger.put_merchant(conn, Merchant(pid, f"Demo {pid}", key, "plain", pem))
        self._notifier = Notifier(
            due=self._do_due,
            send=self._send,
            next_due=self._next_due,
            clock=config.clock,
            senders=_SENDERS,
        )
        self._notifier.start()

    def close(self) -> None:
        """Lets running notifies end and closes the books. What is unsent is sent by the next gateway here."""
        self._notifier.stop()
        self.db.close()

    def now_ms(self) -> int:
        """The gateway's clock."""
        return int(self.config.clock() * 1000)

    # -- merchants -------------------------------------------------------------------------------------------

    def merchant(self, pid: str) -> Merchant:
        """Raises GatewayError when there is none."""
        with self.db.read() as conn:
            found = ledger.find_merchant(conn, pid)
        if found is None:
            raise GatewayError("商户不存在")
        return found

    def put_merchant(self, merchant: Merchant) -> None:
        """Adds or replaces a merchant."""
        with self.db.write() as conn:
            ledger.put_merchant(conn, merchant)

    # -- trades ----------------------------------------------------------------------------------------------

    def trade(self, *, trade_no: str = "", pid: str = "", out_trade_no: str = "") -> Trade:
        """Raises GatewayError when there is none, or it belongs to another merchant."""
        self.settle_due()
        with self.db.read() as conn:
            found = ledger.find_trade(conn, trade_no=trade_no, pid=pid, out_trade_no=out_trade_no)
        if found is None:
            raise GatewayError("订单号不存在")
        return found

    def open_trade(self, order: Order) -> Trade:
        """Opens the trade, or answers with the same one when it is asked for again."""
        with self.db.write() as conn:
            trade = ledger.open_trade(conn, order, self.now_ms())
        if self.faults.take("notify_before_reply", pid=trade.pid, out_trade_no=trade.out_trade_no):
            self.pay(trade, tell_first=True)
        return trade

    def pay(
        self,
        trade: Trade,
        *,
        pay_type: str = PAY_TYPES[0],
        closed_too: bool = False,
        tell_first: bool = False,
    ) -> bool:
        """The buyer pays. The payment, its journal row and its notifies are one transaction.

        Returns False when it was paid before. `tell_first` sends what is due before returning.
        """
        now_ms = self.now_ms()
        with self.db.write() as conn:
            paid = ledger.pay_trade(
                conn, trade, pay_type=pay_type, now_ms=now_ms, closed_too=closed_too,
                paid_fen=self._handed_over(conn, trade, closed_too),
            )  # fmt: skip
            if paid:
                outbox.plan(conn, trade, self.faults, now_ms)
            claimed = self._claim_first(conn, trade) if tell_first else []
        while claimed:
            for notice in claimed:
                self._send(notice)
            with self.db.write() as conn:
                claimed = self._claim_first(conn, trade)
        self._notifier.wake()
        return paid

    def _handed_over(self, conn: sqlite3.Connection, trade: Trade, closed_too: bool) -> int:
        # What the buyer really pays: all of it, unless the fault `short_payment` has less in the buyer's hand.
        current = ledger.find_trade(conn, trade_no=trade.trade_no) or trade
        fault = None
        if ledger.payable(current, closed_too=closed_too):
            fault = self.faults.take("short_payment", pid=trade.pid, out_trade_no=trade.out_trade_no)
        return trade.money_fen if fault is None else min(trade.money_fen, parse_fen(fault.text("money")))

    def _claim_first(self, conn: sqlite3.Connection, trade: Trade) -> list[Notice]:
        # Only what has not been tried yet: a receiver that refuses must not hold up the reply for minutes.
        return outbox.claim(conn, now_ms=self.now_ms(), limit=1, trade_no=trade.trade_no, first_only=True)

    def close_trade(self, trade: Trade) -> Trade:
        """Closes an unpaid trade; the fault `paid_after_close` makes the buyer pay all the same."""
        now_ms = self.now_ms()
        with self.db.write() as conn:
            current = ledger.find_trade(conn, trade_no=trade.trade_no) or trade
            fault = None
            if current.state == UNPAID:
                fault = self.faults.take("paid_after_close", pid=trade.pid, out_trade_no=trade.out_trade_no)
            late = None if fault is None else now_ms + fault.number("ms")
            closed = ledger.close_trade(conn, current, now_ms=now_ms, late_pay_ms=late)
        self._notifier.wake()
        return closed

    def set_frozen(self, trade: Trade, *, frozen: bool) -> Trade:
        """The operator freezes a paid trade, or gives it free."""
        with self.db.write() as conn:
            return ledger.set_frozen(conn, trade, frozen=frozen)

    def notify_again(self, trade: Trade) -> None:
        """Sends one more honest notify. Raises GatewayError for a trade that is not paid."""
        if trade.paid_fen == 0:
            raise GatewayError("trade is not paid")
        with self.db.write() as conn:
            outbox.plan_again(conn, trade, self.now_ms())
        self._notifier.wake()

    # -- refunds ---------------------------------------------------------------------------------------------

    def refund(self, trade: Trade, *, amount_fen: int, out_refund_no: str | None) -> Refund:
        """Gives money back. The same out_refund_no with the same trade and amount is the same refund.

        Raises GatewayError: number used for something else, nothing left to refund, fault `refund_rejected`.
        """
        self.settle_due()
        now_ms = self.now_ms()
        with self.db.write() as conn:
            old = ledger.find_refund(conn, pid=trade.pid, out_refund_no=out_refund_no) if out_refund_no else None
            if old is not None:
                if (old.trade_no, old.amount_fen) != (trade.trade_no, amount_fen):
                    raise GatewayError("商户退款单号重复且内容不一致")
                return old
            if self.faults.take("refund_rejected", pid=trade.pid, out_trade_no=trade.out_trade_no):
                raise GatewayError("商户余额不足，退款失败")
            fault = self.faults.take("refund_pending", pid=trade.pid, out_trade_no=trade.out_trade_no)
            current = ledger.find_trade(conn, trade_no=trade.trade_no) or trade
            refund = ledger.open_refund(
                conn,
                current,
                amount_fen=amount_fen,
                out_refund_no=out_refund_no,
                now_ms=now_ms,
                settle_ms=None if fault is None else now_ms + fault.number("seconds") * 1000,
                settle_to=REFUND_SUCCESS if fault is None else fault.text("outcome"),
            )
        self._notifier.wake()
        return refund

    def find_refund(self, *, pid: str, refund_no: str = "", out_refund_no: str = "") -> Refund:
        """Raises GatewayError when there is none."""
        self.settle_due()
        with self.db.read() as conn:
            found = ledger.find_refund(conn, pid=pid, refund_no=refund_no, out_refund_no=out_refund_no)
        if found is None:
            raise GatewayError("退款单号不存在")
        return found

    # -- what happens by itself ------------------------------------------------------------------------------

    def settle_due(self) -> None:
        """Ends pending refunds whose time has come, so that every answer after it is true."""
        now_ms = self.now_ms()
        with self.db.read() as conn:
            due = ledger.due_refunds(conn, now_ms)
        if due:
            with self.db.write() as conn:
                for refund in ledger.due_refunds(conn, now_ms):
                    ledger.settle_refund(conn, refund, now_ms=now_ms)

    def open_notices(self) -> int:
        """How many notifies are not yet accepted or given up."""
        with self.db.read() as conn:
            return outbox.open_count(conn)

    def _do_due(self, now_ms: int, limit: int) -> list[Notice]:
        self.settle_due()
        with self.db.read() as conn:
            late = ledger.due_late_payments(conn, now_ms)
            due = outbox.next_due_ms(conn)
        for trade in late:
            self.pay(trade, closed_too=True)
        if limit == 0 or ((due is None or due > now_ms) and not late):
            return []
        with self.db.write() as conn:
            return outbox.claim(conn, now_ms=now_ms, limit=limit)

    def _next_due(self) -> int | None:
        with self.db.read() as conn:
            return outbox.next_due_ms(conn)

    def _send(self, notice: Notice) -> None:
        """Sends one claimed notice outside any transaction, then records what became of it."""
        trade = self.trade(trade_no=notice.trade_no)
        merchant = self.merchant(trade.pid)
        url = notices.notify_url(trade, merchant, notice, self.now_ms())
        attempt = call(url, timeout=self.config.notify_timeout, clock=self.config.clock)
        if notices.is_faulty(notice):
            self.faults.hit(notice.fault_id)
        with self.db.write() as conn:
            outbox.record(conn, notice, attempt, delays=self.config.retry_seconds, now_ms=self.now_ms())

    def return_url(self, trade: Trade) -> str:
        """Where the buyer's browser goes after paying, with signed parameters; empty when there is no return_url."""
        if not trade.return_url:
            return ""
        return notices.return_url(trade, self.merchant(trade.pid), self.now_ms())
