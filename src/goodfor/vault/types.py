"""What goes in and out of the vault. Reprs never show a code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

#: Codes below which somebody should buy more, unless the shop's settings say otherwise (`low_stock`).
LOW_STOCK: Final = 10
MAX_THRESHOLD: Final = 1_000_000_000


def low_stock_line(settings: Mapping[str, Any]) -> int:
    """The threshold of a shop for SKUs that have none of their own, by its settings."""
    line = settings.get("low_stock", LOW_STOCK)
    return line if type(line) is int and 0 <= line <= MAX_THRESHOLD else LOW_STOCK


@dataclass(frozen=True, slots=True)
class Taken:
    """How many codes were sold, and what they had cost together, in minor units."""

    count: int
    cost_minor: int


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Codes that went back on sale and what they had cost; codes that stay sold because they were seen."""

    count: int
    cost_minor: int
    burned: int


@dataclass(frozen=True, slots=True)
class StockLevel:
    """Codes of a SKU: can be bought now, promised to an order, sold ever."""

    available: int
    reserved: int
    sold: int


@dataclass(frozen=True, slots=True)
class HeldCode:
    """A code that a holder has bought, without its text. `revealed_at` is when the vault first opened it."""

    code_id: UUID
    expires_at: datetime | None
    revealed_at: datetime | None


@dataclass(frozen=True, slots=True)
class RevealedCode:
    """A code in the open. `number` may be empty; neither is ever in the repr."""

    code_id: UUID
    number: str = field(repr=False)
    secret: str = field(repr=False)
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to import a file.

    `unit_cost_minor` and `expires_at` (first moment when no longer good) hold for lines that say nothing else.
    `separator`, `columns` (roles: number, secret, expiry, cost, -) and `skip_lines` overrule what is recognised.
    `strict` refuses the file as a whole if any line gives no code.
    """

    currency: str
    unit_cost_minor: int = 0
    expires_at: datetime | None = None
    use_first: bool = False
    note: str = ""
    separator: str | None = None
    columns: tuple[str, ...] | None = None
    skip_lines: int | None = None
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the lines of a file."""

    accepted: int = 0
    duplicate_in_file: int = 0
    duplicate_held: int = 0
    rejected: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.accepted + other.accepted,
            self.duplicate_in_file + other.duplicate_in_file,
            self.duplicate_held + other.duplicate_held,
            self.rejected + other.rejected,
        )

    @property
    def faults(self) -> int:
        """Lines that gave no code."""
        return self.duplicate_in_file + self.duplicate_held + self.rejected


@dataclass(frozen=True, slots=True)
class LineFault:
    """A line that gave no code: `problem` is one of LINE_PROBLEMS; for duplicates, where the other one is."""

    line_no: int
    problem: str
    other_line: int | None = None
    other_batch_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is."""

    bytes_done: int
    bytes_total: int
    lines_done: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class FileLayout:
    """What was understood of a file. `columns` are roles from left to right, `header` the names found."""

    kind: str
    encoding: str
    separator: str
    columns: tuple[str, ...]
    header: tuple[str, ...]
    skip_lines: int
    labelled: bool


@dataclass(frozen=True, slots=True)
class DryRun:
    """What an import would do. `samples` are masked (number, secret, expiry); `faults` the first ones only."""

    filename: str
    size_bytes: int
    layout: FileLayout
    lines: int
    counts: Counts
    by_problem: Mapping[str, int]
    samples: tuple[tuple[str, str, datetime | None], ...]
    faults: tuple[LineFault, ...]


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch as others see it."""

    id: UUID
    sku_id: UUID
    filename: str
    state: str
    size_bytes: int
    bytes_done: int
    lines_done: int
    counts: Counts
    unit_cost_minor: int
    currency: str
    note: str
    created_at: datetime
    activated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Imported:
    """A finished import. `resumed_at_line` is 0 unless an earlier run had done that many lines already."""

    batch: BatchView
    resumed_at_line: int
    by_problem: Mapping[str, int]
    faults: tuple[LineFault, ...]
