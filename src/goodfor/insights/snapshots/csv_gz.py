"""Snapshots as gzipped CSV, which everything reads: ids as text, days as ISO dates, amounts in minor units."""

import csv
import gzip
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any


class CsvWriter:
    """A `Writer`: one `<table>.csv.gz` each, UTF-8 without a mark, the names of the columns first."""

    def write(
        self, folder: Path, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
    ) -> tuple[Path, int]:
        """Write a whole table into the folder; the file and how many rows it has."""
        path, count = folder / f"{table}.csv.gz", 0
        with gzip.open(path, "wb", compresslevel=3) as packed, io.TextIOWrapper(packed, "utf-8", newline="") as text:
            out = csv.writer(text)
            out.writerow(columns)
            for count, row in enumerate(rows, 1):  # noqa: B007  (the count is wanted after the loop)
                out.writerow(row)
        return path, count
