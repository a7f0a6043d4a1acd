"""What a format of snapshots must be able to do: Parquet for DuckDB is to be one of them."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol


class Writer(Protocol):
    """Writes one table of a snapshot at a time, row by row, never all in memory."""

    def write(
        self, folder: Path, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
    ) -> tuple[Path, int]:
        """Write a whole table into the folder; the file and how many rows it has."""
