"""The books in the forms that others read. `write_export` is the one way in; each writer streams, whatever the size."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO
from uuid import UUID

from goodfor.kernel.errors import InvalidInput
from goodfor.ledger.exports import beancount, kingdee, sheets, yonyou
from goodfor.ledger.exports.source import snapshot
from goodfor.ledger.exports.types import ExportOptions as ExportOptions
from goodfor.ledger.exports.types import Period
from goodfor.ledger.exports.vouchers import read_accounts as read_accounts


@dataclass(frozen=True, slots=True)
class Format:
    """A form of the books: the ending of its file's name, and what writes it and says how many rows it wrote."""

    suffix: str
    write: Callable[[Period, BinaryIO, ExportOptions], int]


FORMATS: Mapping[str, Format] = {
    "journal-csv": Format(".csv", sheets.journal_csv),
    "journal-xlsx": Format(".xlsx", sheets.journal_xlsx),
    "trial-csv": Format(".csv", sheets.trial_csv),
    "trial-xlsx": Format(".xlsx", sheets.trial_xlsx),
    "beancount": Format(".beancount", beancount.write),
    "kingdee": Format(".csv", kingdee.write),
    "yonyou": Format(".txt", yonyou.write),
}


def write_export(
    *, shop_id: UUID, form: str, first_day: date, last_day: date, file: BinaryIO, options: ExportOptions | None = None
) -> int:
    """Write the shop's books of these days, both included, to a file; returns how many rows or lines of entries.

    All of it is of one moment. Raises InvalidInput (unknown form, days the wrong way round).
    """
    if form not in FORMATS:
        raise InvalidInput("not a form of export", form=form[:40])
    if last_day < first_day:
        raise InvalidInput("the last day is before the first")
    with snapshot():
        return FORMATS[form].write(Period(shop_id, first_day, last_day), file, options or ExportOptions())
