"""Bills of a channel: a day's file fetched, verified and read into rows that mean the same for every channel."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal, Protocol

from goodfor.kernel.money import Money
from goodfor.kernel.outcomes import Outcome
from goodfor.payments.providers.base import Account

#: `trade`: payments and refunds with their fees. `fund`: every movement of the balance.
BillKind = Literal["trade", "fund"]
RowKind = Literal["payment", "refund", "fee", "payout", "split", "dispute", "other"]
#: `Rejected.code` of a download: the channel says that the day had no movement. An empty bill.
NO_STATEMENT = "no_statement"


class BadBill(Exception):
    """A file that is refused whole. `line` counts from 1; 0: the file itself. `code` is stable and safe to store."""

    def __init__(self, code: str, line: int = 0) -> None:
        self.code = code
        self.line = line
        super().__init__(f"{code} at {line}")


@dataclass(frozen=True, slots=True)
class BillRow:
    """One movement. Money that came to the merchant is positive, money that went is negative; the fee as well.

    `our_ref` is our payment number, `refund_ref` our refund number, `channel_ref` and `channel_refund_ref` theirs.
    `fee` in units of the currency, exact, with as many digits as the channel gives (WeChat: five). `balance` after the
    row, where the bill has it. `line` is the row's place in the file, from 1.
    """

    line: int
    kind: RowKind
    happened_at: datetime
    amount: Money
    fee: Decimal = Decimal(0)
    our_ref: str = ""
    channel_ref: str = ""
    refund_ref: str = ""
    channel_refund_ref: str = ""
    balance: Money | None = None
    state: str = ""
    note: str = ""


class BillSource(Protocol):
    """A channel that gives bills."""

    def bill_kinds(self, account: Account) -> tuple[BillKind, ...]:
        """Which bills it has for this account."""
        ...

    def download_bill(self, account: Account, day: date, kind: BillKind, target: Path, now: datetime) -> Outcome:
        """Fetch the file of a day (Beijing's, or the channel's own) and check it against the channel's checksum.

        Succeeded: `target` is the file as the channel gave it. Pending: not ready yet. Rejected(no_statement): nothing
        happened that day. The same file again has the same bytes. `target` is of no use after any other outcome.
        """
        ...

    def read_bill(self, account: Account, kind: BillKind, path: Path) -> Iterator[BillRow]:
        """The rows, one by one, in constant memory.

        Raises BadBill at whatever does not fit: an unknown header, a row of another merchant, an amount that is none,
        a missing end, and after the last row when the rows do not add up to the summary. Whoever reads keeps nothing of
        a file that raises.
        """
        ...
