"""The books of some days as a file: written aside, then handed over; who took what is written down."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.ledger.exports import ExportOptions, write_export


@dataclass(frozen=True, slots=True)
class BooksFile:
    """A file that lives until it is closed; `rows`: as its form counts them."""

    file: IO[bytes]
    rows: int
    size: int


def take_books(
    *, shop_id: UUID, form: str, first_day: date, last_day: date, options: ExportOptions, reason: str, actor: str,
    now: datetime,
) -> BooksFile:  # fmt: skip
    """Write it. Never inside a transaction: all of it is of one moment of the books. Raises InvalidInput."""
    # Without a name in the file system, so that nothing is left of it whatever happens; whoever asked closes it.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    try:
        rows = write_export(
            shop_id=shop_id, form=form, first_day=first_day, last_day=last_day, file=file, options=options
        )
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        mark = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        with transaction.atomic():
            audit.record(
                shop_id=shop_id, actor=actor, action="console.books_taken", subject=("shop", shop_id),
                data={
                    "form": form, "from": first_day.isoformat(), "until": last_day.isoformat(), "rows": rows,
                    "reason": reason[:200], "sha256": mark,
                },
                now=now,
            )  # fmt: skip
    except BaseException:
        file.close()
        raise
    return BooksFile(file, rows, size)
