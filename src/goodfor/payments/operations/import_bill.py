"""Take in a bill: every row, or none."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from goodfor.payments import bill_files, states
from goodfor.payments.bill_models import BillFile
from goodfor.payments.locks import lock_bill
from goodfor.payments.mapping import opened
from goodfor.payments.models import Account
from goodfor.payments.providers.bills import BadBill, BillRow
from goodfor.payments.providers.registry import bill_source

COLUMNS: Final = (
    "bill_id, line, shop_id, kind, happened_at, amount_minor, currency, fee, our_ref, channel_ref, refund_ref, "
    "channel_refund_ref, balance_minor, state, note"
)


class _Sums:
    """What the rows add up to."""

    def __init__(self) -> None:
        self.rows = self.came = self.went = 0
        self.fee = Decimal(0)

    def add(self, row: BillRow) -> None:
        """Count a row."""
        self.rows += 1
        if row.amount.amount_minor >= 0:
            self.came += row.amount.amount_minor
        else:
            self.went -= row.amount.amount_minor
        self.fee += row.fee


def import_bill(*, shop_id: UUID, bill_id: UUID, path: Path, now: datetime) -> int:
    """Read the file into rows; how many. A bill that was imported before is left as it is: 0.

    The adapter checks the sums after the last row: a file that does not hold together leaves nothing behind.
    `path` is moved into the folder of kept files. Raises BadBill.
    """
    with transaction.atomic():
        row = lock_bill(shop_id, bill_id)
        if row.state != states.WANTED:
            return 0
        account = Account.objects.get(shop_id=shop_id, id=row.account_id)
        source = bill_source(row.provider)
        if source is None:
            raise BadBill("no_reader")
        sums = _Sums()
        with (
            connection.cursor() as cursor,
            connection.wrap_database_errors,
            cursor.copy(f"COPY payments_bill_line ({COLUMNS}) FROM STDIN") as copy,
        ):
            for values in _values(row, source.read_bill(opened(account), row.kind, path), sums):  # type: ignore[arg-type]
                copy.write_row(values)
        # Before the commit: a crash in between leaves a file that nobody names.
        sha256, size = bill_files.keep(path)
        BillFile.objects.filter(shop_id=shop_id, id=bill_id, state=states.WANTED).update(
            state=states.IMPORTED, imported_at=now, next_try_at=None, problem="", sha256=sha256, size_bytes=size,
            rows=sums.rows, came_minor=sums.came, went_minor=sums.went, fee=sums.fee,
        )  # fmt: skip
    return sums.rows


def _values(bill: BillFile, rows: Iterator[BillRow], sums: _Sums) -> Iterator[tuple[object, ...]]:
    for row in rows:
        if row.amount.currency != bill.currency:
            raise BadBill("other_currency", row.line)
        sums.add(row)
        yield (
            bill.id, row.line, bill.shop_id, row.kind, row.happened_at, row.amount.amount_minor, row.amount.currency,
            row.fee, row.our_ref[:64], row.channel_ref[:64], row.refund_ref[:64], row.channel_refund_ref[:64],
            row.balance.amount_minor if row.balance else None, row.state[:32], row.note[:200].replace("\x00", ""),
        )  # fmt: skip
