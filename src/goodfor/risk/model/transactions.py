"""Labelled transactions from a file: csv, csv.gz or npz with the columns ts, customer, terminal, cents, scenario."""

import gzip
import io
import warnings
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import IO, Final, cast

import numpy as np
from numpy.typing import NDArray

from goodfor.risk.model.windows import DAY

COLUMNS: Final = ("ts", "customer", "terminal", "cents", "scenario")
#: Second 0 of the published files.
ORIGIN: Final = date(2018, 4, 1)


class BadTransactions(ValueError):
    """The file is not what it should be; the message says where."""


@dataclass(frozen=True, slots=True)
class Transactions:
    """Columns of one length, in the order of time. `ts`: seconds since `origin`. `scenario`: 0 is honest."""

    ts: NDArray[np.int64]
    customer: NDArray[np.int64]
    terminal: NDArray[np.int64]
    cents: NDArray[np.int64]
    scenario: NDArray[np.int64]
    origin: date = ORIGIN

    @property
    def fraud(self) -> NDArray[np.bool_]:
        """Which are bad."""
        return self.scenario > 0

    @property
    def day(self) -> NDArray[np.int64]:
        """Days since `origin`."""
        return self.ts // DAY

    @property
    def last_day(self) -> date:
        """The day of the last transaction."""
        return self.origin + timedelta(days=int(self.ts[-1]) // DAY)

    def __len__(self) -> int:
        return int(self.ts.size)


def read_transactions(path: Path, origin: date = ORIGIN) -> Transactions:
    """Read a file. Raises BadTransactions, or OSError when it cannot be opened."""
    try:
        columns = _from_npz(path) if path.suffix == ".npz" else _from_csv(path)
    except (ValueError, EOFError, gzip.BadGzipFile, zipfile.BadZipFile, zlib.error) as error:
        raise BadTransactions(f"{path.name}: {error}") from error
    return made_of(columns, origin)


def made_of(columns: Mapping[str, NDArray[np.generic]], origin: date = ORIGIN) -> Transactions:
    """Check columns and put them in the order of time. Raises BadTransactions."""
    if missing := [name for name in COLUMNS if name not in columns]:
        raise BadTransactions(f"there is no column {', '.join(missing)}; needed are {', '.join(COLUMNS)}")
    found: dict[str, NDArray[np.int64]] = {}
    for name in COLUMNS:
        column = columns[name]
        if column.ndim != 1 or column.dtype.kind not in "iub":
            raise BadTransactions(f"the column {name} holds {column.dtype}, not whole numbers")
        found[name] = column.astype(np.int64)
    if len({column.size for column in found.values()}) != 1:
        raise BadTransactions("the columns have different lengths")
    if not found["ts"].size:
        raise BadTransactions("there are no rows")
    for name, column in found.items():
        if int(column.min()) < 0:
            raise BadTransactions(f"row {int(column.argmin()) + 1}: {name} is negative")
    order = np.argsort(found["ts"], kind="stable")
    return Transactions(**{name: column[order] for name, column in found.items()}, origin=origin)


def _from_npz(path: Path) -> dict[str, NDArray[np.generic]]:
    with np.load(path, allow_pickle=False) as archive:
        return {name: archive[name] for name in COLUMNS if name in archive.files}


def _from_csv(path: Path) -> dict[str, NDArray[np.generic]]:
    """With a header in any order, or without one in the order of COLUMNS."""
    with path.open("rb") as opened:
        packed = opened.read(2) == b"\x1f\x8b"
    with (
        path.open("rb") as stored,
        cast(IO[bytes], gzip.GzipFile(fileobj=stored)) if packed else stored as raw,
        io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as file,
    ):
        first = [name.strip().strip('"') for name in file.readline().split(",")]
        if first and all(name.isdecimal() for name in first):
            names = list(COLUMNS)
            head = np.array([[int(name) for name in first]], dtype=np.int64)
        else:
            names, head = first, np.empty((0, len(first)), dtype=np.int64)
        wanted = [name for name in COLUMNS if name in names]
        places = [names.index(name) for name in wanted]
        if not places:
            raise BadTransactions(f"{path.name}: there is no column {COLUMNS[0]}; needed are {', '.join(COLUMNS)}")
        with warnings.catch_warnings():
            # Of a file without rows numpy only warns; it is refused below.
            warnings.simplefilter("ignore", UserWarning)
            table = np.loadtxt(file, delimiter=",", dtype=np.int64, usecols=places, ndmin=2)
    table = np.concatenate([head[:, places], table])
    return {name: table[:, place] for place, name in enumerate(wanted)}
