"""Reads of the vault. None of them ever returns a code in the open."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from goodfor.kernel.sealed import keys_in_use
from goodfor.kernel.sql import Statement
from goodfor.vault.costs import code_costs
from goodfor.vault.desk import (
    batches_by_ids,
    code_place,
    count_batches,
    intake,
    intakes,
    search_batch_ids,
    search_batches,
    stock_report,
    voidable,
)
from goodfor.vault.errors import BatchNotFound, intake_problem
from goodfor.vault.importing.dry_run import dry_run
from goodfor.vault.importing.known import known_duplicates
from goodfor.vault.marks import mark_of, marks_of
from goodfor.vault.models import Batch, BatchLine, Code, StockWatch
from goodfor.vault.states import CODE_NUMBERS, CODE_STATES, RESERVED
from goodfor.vault.types import AsideCode, BatchView, HeldCode, LineFault, Origin, StockLevel
from goodfor.vault.views import batch_view
from goodfor.vault.wording import LINE_TEXTS

__all__ = [
    "batch_by_id",
    "batch_faults",
    "batch_view",
    "batches",
    "batches_by_ids",
    "bought",
    "code_costs",
    "code_place",
    "count_batches",
    "count_free_codes",
    "dry_run",
    "fault_text",
    "find_code",
    "free_codes",
    "held",
    "intake",
    "intake_problem",
    "intakes",
    "keys_in_use",
    "mark_of",
    "marks_of",
    "origin",
    "planted",
    "planted_in_batch",
    "reserved_codes",
    "search_batch_ids",
    "search_batches",
    "set_aside",
    "stock",
    "stock_costs",
    "stock_report",
    "thresholds",
    "top_costs",
    "voidable",
]

_STOCK = Statement(__package__, "sql/stock.sql")
_COSTS = Statement(__package__, "sql/stock_costs.sql")
_TOP_COSTS = Statement(__package__, "sql/top_costs.sql")
_HELD = Statement(__package__, "sql/held.sql")
_FREE = Statement(__package__, "sql/free_codes.sql")
_ORIGIN = Statement(__package__, "sql/origin.sql")
_ASIDE = Statement(__package__, "sql/set_aside.sql")
_RESERVED = Statement(__package__, "sql/reserved.sql")
_BOUGHT = Statement(__package__, "sql/bought.sql")
_PLANTED = Statement(__package__, "sql/planted.sql")
_PLANTED_IN = Statement(__package__, "sql/planted_in_batch.sql")


def stock(shop_id: UUID, sku_ids: Sequence[UUID], now: datetime | None = None) -> dict[UUID, StockLevel]:
    """Counts of these SKUs in one statement; SKUs that never had a code are not in it.

    `available` leaves out staged, quarantined and expired lots; without `now` the database's clock decides on expiry.
    """
    if not sku_ids:
        return {}
    rows = _STOCK.rows({"shop_id": shop_id, "sku_ids": list(sku_ids), "now": now})
    return {row[0]: StockLevel(row[1], row[2], row[3]) for row in rows}


def stock_costs(shop_id: UUID, sku_ids: Sequence[UUID]) -> dict[UUID, tuple[int, str]]:
    """What the free codes of these SKUs had cost (minor units, currency), as far as changes are folded in.

    A SKU whose codes were bought in several currencies is not in it, nor is one without codes to sell.
    """
    if not sku_ids:
        return {}
    rows = _COSTS.rows({"shop_id": shop_id, "sku_ids": list(sku_ids)})
    return {row[0]: (row[1], row[2]) for row in rows}


def top_costs(shop_id: UUID, sku_ids: Sequence[UUID]) -> dict[UUID, tuple[int, str]]:
    """The most that one of the codes of these SKUs may have cost (minor units, currency), never too little.

    A SKU whose codes were bought in several currencies is not in it, nor is one without an open lot.
    """
    if not sku_ids:
        return {}
    rows = _TOP_COSTS.rows({"shop_id": shop_id, "sku_ids": list(sku_ids)})
    return {row[0]: (row[1], row[2]) for row in rows}


def thresholds(shop_id: UUID, sku_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Low-stock thresholds that SKUs have of their own; the others go by the shop's (types.low_stock_line)."""
    rows = StockWatch.objects.filter(shop_id=shop_id, sku_id__in=list(sku_ids), threshold__isnull=False)
    found = rows.values_list("sku_id", "threshold")
    return {sku_id: threshold for sku_id, threshold in found if threshold is not None}


def held(shop_id: UUID, holder_id: UUID) -> list[HeldCode]:
    """Codes that the holder has bought, in the order of the file; reserved and quarantined ones are not shown."""
    return [HeldCode(*row) for row in _HELD.rows({"shop_id": shop_id, "holder_id": holder_id})]


def reserved_for(shop_id: UUID, holder_id: UUID) -> int:
    """How many codes are reserved for a holder."""
    return Code.objects.filter(shop_id=shop_id, holder_id=holder_id, state=CODE_NUMBERS[RESERVED]).count()


def reserved_codes(shop_id: UUID, holder_id: UUID) -> list[UUID]:
    """Which these are, in the order of the file."""
    return [row[0] for row in _RESERVED.rows({"shop_id": shop_id, "holder_id": holder_id})]


def set_aside(shop_id: UUID, holder_ids: Sequence[UUID]) -> list[AsideCode]:
    """Codes that these holders bought and that are out of their hands: quarantined, or written off since."""
    return [AsideCode(*row) for row in _ASIDE.rows({"shop_id": shop_id, "holder_ids": list(holder_ids)})]


def bought(shop_id: UUID, holder_ids: Sequence[UUID], code_ids: Sequence[UUID]) -> set[UUID]:
    """Of these codes those that were sold to one of the holders, set aside since or not."""
    if not code_ids:
        return set()
    params = {"shop_id": shop_id, "holder_ids": list(holder_ids), "code_ids": list(code_ids)}
    return {row[0] for row in _BOUGHT.rows(params)}


def origin(shop_id: UUID, code_ids: Sequence[UUID]) -> dict[UUID, Origin]:
    """Batch, lot, state, first showing and expiry of codes, by their ids; what the shop does not have is not in it."""
    if not code_ids:
        return {}
    rows = _ORIGIN.rows({"shop_id": shop_id, "code_ids": list(code_ids)})
    return {row[0]: Origin(row[1], row[2], CODE_STATES[row[3]], row[4], row[5]) for row in rows}


def find_code(shop_id: UUID, *, secret: str, number: str = "") -> UUID | None:
    """The id of a code of this shop by its exact text, through the blind index; None when the shop never held it."""
    found = known_duplicates(shop_id, mark_of(shop_id, secret=secret, number=number))
    return next((code_id for code_id, _ in found.values()), None)


def planted(shop_id: UUID, code_ids: Sequence[UUID]) -> dict[UUID, bytes]:
    """Of these codes those that are bait, with the mark of the whole text."""
    if not code_ids:
        return {}
    return {row[0]: bytes(row[1]) for row in _PLANTED.rows({"shop_id": shop_id, "code_ids": list(code_ids)})}


def planted_in_batch(shop_id: UUID, batch_id: UUID) -> int:
    """How many of a batch's unsold codes are bait."""
    row = _PLANTED_IN.row({"shop_id": shop_id, "batch_id": batch_id})
    return int(row[0]) if row else 0


def batches(shop_id: UUID, *, sku_id: UUID | None = None, limit: int = 50) -> list[BatchView]:
    """Batches, newest first."""
    rows = Batch.objects.filter(shop_id=shop_id).order_by("-created_at", "-id")
    if sku_id is not None:
        rows = rows.filter(sku_id=sku_id)
    return [batch_view(row) for row in rows[:limit]]


def batch_by_id(shop_id: UUID, batch_id: UUID) -> BatchView:
    """One batch. Raises BatchNotFound."""
    row = Batch.objects.filter(shop_id=shop_id, id=batch_id).first()
    if row is None:
        raise BatchNotFound(batch_id=str(batch_id))
    return batch_view(row)


def free_codes(shop_id: UUID, batch_id: UUID, limit: int = 500) -> list[UUID]:
    """Some codes of a batch that can still be sold."""
    return [row[0] for row in _FREE.rows({"shop_id": shop_id, "batch_id": batch_id, "limit": limit})]


def count_free_codes(shop_id: UUID, batch_id: UUID, limit: int = 100_000) -> int:
    """How many these are, counted up to `limit`."""
    return len(free_codes(shop_id, batch_id, limit))


def batch_faults(shop_id: UUID, batch_id: UUID, *, after_line: int = 0, limit: int = 1000) -> list[LineFault]:
    """Lines that gave no code (the first 10,000 of a batch are kept), by line, beyond `after_line`."""
    rows = BatchLine.objects.filter(shop_id=shop_id, batch_id=batch_id, line_no__gt=after_line).order_by("line_no")
    return [LineFault(row.line_no, row.problem, row.other_line, row.other_batch_id) for row in rows[:limit]]


def fault_text(problem: str) -> str:
    """What the problem of a line is called for people."""
    return str(LINE_TEXTS.get(problem, problem))
