"""Rows on their way into the database: streamed through COPY, counted, hashed, and their chain of balances watched."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import Final

from django.db import connection

from goodfor.recon.types import RowIn, Scope

COLUMNS: Final = (
    "kind, source, day, at, amount_minor, amount_rest, currency, key, alt_key, group_key, fee, state, post_ref, account"
)
#: Rows that are written at once.
PIECE: Final = 10_000
_ZERO: Final = Decimal(0)


@dataclass(slots=True)
class Chain:
    """Whether each balance follows from the one before, whichever end of the file is the earlier one."""

    rows: int = 0
    forward: int = 0
    backward: int = 0
    first: tuple[int, int] | None = None
    last: tuple[int, int] | None = None

    def add(self, amount_minor: int, balance_minor: int) -> None:
        """The next row of the file."""
        if self.last is not None:
            before_amount, before = self.last
            self.forward += before + amount_minor != balance_minor
            self.backward += balance_minor + before_amount != before
        else:
            self.first = (amount_minor, balance_minor)
        self.last = (amount_minor, balance_minor)
        self.rows += 1

    @property
    def _newest_first(self) -> bool:
        return self.backward < self.forward

    @property
    def breaks(self) -> int:
        """Rows that do not follow."""
        return min(self.forward, self.backward)

    @property
    def opening(self) -> int | None:
        """The balance before the earliest row."""
        end = self.last if self._newest_first else self.first
        return None if end is None else end[1] - end[0]

    @property
    def closing(self) -> int | None:
        """The balance after the latest row."""
        end = self.first if self._newest_first else self.last
        return None if end is None else end[1]


@dataclass(slots=True)
class Tally:
    """What rows add up to, as they go by."""

    rows: int = 0
    came: int = 0
    went: int = 0
    fee: Decimal = _ZERO
    chain: Chain = field(default_factory=Chain)

    def add(self, row: RowIn) -> None:
        """Count a row."""
        self.rows += 1
        amount = row.amount_minor
        if amount >= 0:
            self.came += amount
        else:
            self.went -= amount
        if row.fee is not None:
            self.fee += row.fee
        if row.balance_minor is not None:
            self.chain.add(amount, row.balance_minor)


def count(rows: Iterable[RowIn]) -> Tally:
    """Read rows that are not kept."""
    tally = Tally()
    for row in rows:
        tally.add(row)
    return tally


def stage(scope: Scope, rows: Iterable[RowIn], kinds: Iterable[str], *, marked: bool = False) -> tuple[Tally, str]:
    """Fill `recon_in` with the rows of these kinds, emptied before; what all rows add up to, and their hash.

    The hash is made where `marked` is True only: it costs a third of the time. In the caller's transaction.
    """
    tally, wanted, digest = Tally(), frozenset(kinds), hashlib.blake2b(digest_size=20)
    coming = iter(rows)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE recon_in")
        # Whoever tells the rows may read them from this very connection: never while a COPY is open on it.
        while piece := list(islice(coming, PIECE)):
            with (
                connection.wrap_database_errors,
                cursor.copy(f"COPY recon_in ({COLUMNS}) FROM STDIN") as copy,
            ):
                for row in piece:
                    tally.add(row)
                    if row.kind not in wanted:
                        continue
                    values = _values(row, scope.account)
                    if marked:
                        digest.update(repr(values).encode())
                    copy.write_row(values)
        cursor.execute("ANALYZE recon_in")
    return tally, digest.hexdigest()


def _values(row: RowIn, account: str) -> tuple[object, ...]:
    return (
        row.kind, row.source, row.day, row.at, row.amount_minor, row.amount_rest, row.currency, row.key, row.alt_key,
        row.group_key, row.fee, row.state, row.post_ref, row.account or account,
    )  # fmt: skip
