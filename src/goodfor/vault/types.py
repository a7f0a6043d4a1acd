"""What goes in and out of the vault. Reprs never show a code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from goodfor.vault.code_types import AsideCode as AsideCode
from goodfor.vault.code_types import IncomingCode as IncomingCode
from goodfor.vault.code_types import Origin as Origin
from goodfor.vault.code_types import PlantedCode as PlantedCode
from goodfor.vault.code_types import Received as Received

#: The largest file of codes that is read.
MAX_FILE_BYTES = 200 * 1024 * 1024
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
    `separator`, `columns` (roles: number, secret, expiry, cost, -), `skip_lines` and `encoding` (utf-8, gb18030,
    utf-16-le, utf-16-be) overrule what is recognised. `strict` refuses the file as a whole if any line gives no code.
    `hold` imports without putting on sale: the batch stays staged until somebody activates it.
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
    encoding: str | None = None
    hold: bool = False


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
    """What an import would do. `samples` are masked (number, secret, expiry); `faults` the first ones only.

    `cost_minor` is what the codes that would come into stock cost together, in minor units of the import's currency.
    """

    filename: str
    size_bytes: int
    layout: FileLayout
    lines: int
    counts: Counts
    by_problem: Mapping[str, int]
    samples: tuple[tuple[str, str, datetime | None], ...]
    faults: tuple[LineFault, ...]
    cost_minor: int = 0


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
    created_by: str = ""

    @property
    def complete(self) -> bool:
        """True when all of its file was read: what is staged can go on sale."""
        return self.bytes_done >= self.size_bytes > 0


@dataclass(frozen=True, slots=True)
class Imported:
    """A finished import. `resumed_at_line` is 0 unless an earlier run had done that many lines already."""

    batch: BatchView
    resumed_at_line: int
    by_problem: Mapping[str, int]
    faults: tuple[LineFault, ...]


@dataclass(frozen=True, slots=True)
class IntakeView:
    """A file on its way into stock. `problem` is the code of what refused it, `report` what the check found.

    `checks` counts the checks: a confirmation names the one that was looked at.
    """

    id: UUID
    sku_id: UUID
    actor: str
    filename: str
    size_bytes: int
    state: str
    options: ImportOptions
    report: DryRun | None
    problem: str
    checks: int
    bytes_done: int
    lines_done: int
    accepted: int
    batch_id: UUID | None
    created_at: datetime
    finished_at: datetime | None

    @property
    def running(self) -> bool:
        """True while the worker has it, or is about to."""
        return self.state in ("waiting", "confirmed", "cancelling")

    @property
    def percent(self) -> int:
        """How far the present run is, 0 to 100."""
        return min(100, self.bytes_done * 100 // max(1, self.size_bytes))


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that arrived whole, not yet anybody's: `name` is what it lies under."""

    name: str
    size_bytes: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class LotFigures:
    """A lot with its exact counts, the changes of the last second included."""

    id: UUID
    batch_id: UUID
    sku_id: UUID
    state: str
    expires_at: datetime | None
    unit_cost_minor: int
    currency: str
    loaded: int
    free: int
    reserved: int
    sold: int
    quarantined: int
    void: int


@dataclass(frozen=True, slots=True)
class BatchFigures:
    """A batch and what became of its codes."""

    batch: BatchView
    lots: tuple[LotFigures, ...]

    def _sum(self, name: str) -> int:
        return sum(getattr(lot, name) for lot in self.lots)

    @property
    def sold(self) -> int:
        """Codes that buyers have."""
        return self._sum("sold")

    @property
    def reserved(self) -> int:
        """Codes promised to orders."""
        return self._sum("reserved")

    @property
    def void(self) -> int:
        """Codes written off."""
        return self._sum("void")

    @property
    def left(self) -> int:
        """Codes nobody bought: for sale, held back or past their day."""
        return self._sum("free")

    @property
    def quarantined(self) -> int:
        """Codes that are not sold because somebody suspects them: single ones, and the rest of quarantined lots."""
        return self._sum("quarantined") + sum(lot.free for lot in self.lots if lot.state == "quarantined")

    @property
    def cost_minor(self) -> int:
        """What all of its codes cost together."""
        return sum(lot.loaded * lot.unit_cost_minor for lot in self.lots)

    @property
    def unit_costs(self) -> tuple[int, int]:
        """Lowest and highest cost of one code."""
        costs = [lot.unit_cost_minor for lot in self.lots] or [self.batch.unit_cost_minor]
        return min(costs), max(costs)

    @property
    def expires_at(self) -> datetime | None:
        """The earliest expiry of its codes."""
        return min((lot.expires_at for lot in self.lots if lot.expires_at), default=None)

    @property
    def condition(self) -> str:
        """staging, held (all there, not on sale), open, quarantined, ended (nothing to sell) or cancelled."""
        if self.batch.state == "staging":
            return "held" if self.batch.complete and self.batch.counts.accepted else "staging"
        if self.batch.state == "cancelled":
            return "cancelled"
        states = {lot.state for lot in self.lots}
        return next((state for state in ("quarantined", "open") if state in states), "ended")


@dataclass(frozen=True, slots=True)
class BatchSearch:
    """Which batches: `condition` is "" for all, staging (held ones too), open, quarantined, ended or cancelled."""

    condition: str = ""
    sku_ids: tuple[UUID, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    expires_before: datetime | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class StockRow:
    """Stock of a SKU. `soon7` and `soon30`: codes for sale that expire within so many days; cost in minor units."""

    sku_id: UUID
    available: int
    reserved: int
    sold: int
    quarantined: int
    expired: int
    void: int
    soon7: int
    soon30: int
    cost_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class FoundCode:
    """One code without its text: where it is and who has it. `holder_id` is the order's line."""

    id: UUID
    sku_id: UUID
    batch_id: UUID
    filename: str
    state: str
    lot_state: str
    expires_at: datetime | None
    unit_cost_minor: int
    currency: str
    holder_id: UUID | None
    sold_at: datetime | None
    revealed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Voided:
    """Codes written off now, and those of the batch still to do."""

    count: int
    left: int
