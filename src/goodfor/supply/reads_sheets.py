"""Reads of suppliers who are written to: who they are, what waits for a sheet, sheets and answers of before."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef

from goodfor.supply import states
from goodfor.supply.errors import SupplierNotFound
from goodfor.supply.models import Supplier
from goodfor.supply.purchase_models import Attempt
from goodfor.supply.sheet_models import AnswerFile, Sheet, SheetLine

PROTOCOL: Final = "files"
SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class FileSupplier:
    """A supplier who is written to. `waiting`: purchases without an end; `unsent` of them stand on no sheet yet."""

    id: UUID
    name: str
    enabled: bool
    waiting: int
    unsent: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class SheetView:
    """A sheet that was put out. `open`: of its orders, those without an end."""

    id: UUID
    orders: int
    units: int
    open: int
    actor: str
    at: datetime
    fetched: int


@dataclass(frozen=True, slots=True)
class AnswerView:
    """A file that came back."""

    name: str
    whole: int
    part: int
    failed: int
    known: int
    left: int
    problems: int
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PaperDesk:
    """All about one supplier who is written to. `format`: of its sheets; `mail`: where they go, empty: by hand."""

    supplier: FileSupplier
    format: str
    mail: str
    sheets: tuple[SheetView, ...]
    answers: tuple[AnswerView, ...]


def file_suppliers(shop_id: UUID) -> list[FileSupplier]:
    """All of a shop, by name."""
    found = Supplier.objects.filter(shop_id=shop_id, protocol=PROTOCOL).order_by("name", "id")
    return [_supplier(row) for row in found]


def paper_desk(shop_id: UUID, supplier_id: UUID) -> PaperDesk:
    """Raises SupplierNotFound: none of this shop, or one that is not written to."""
    row = Supplier.objects.filter(shop_id=shop_id, id=supplier_id, protocol=PROTOCOL).first()
    if row is None:
        raise SupplierNotFound
    sheets = Sheet.objects.filter(shop_id=shop_id, supplier_id=supplier_id).order_by("-at")[:SHOWN]
    answers = AnswerFile.objects.filter(shop_id=shop_id, supplier_id=supplier_id).order_by("-at")[:SHOWN]
    return PaperDesk(
        supplier=_supplier(row),
        format=str(row.config.get("format") or "xlsx"),
        mail=str(row.config.get("mail") or ""),
        sheets=tuple(
            SheetView(one.id, one.orders, one.units, _open(one), one.actor, one.at, one.fetched) for one in sheets
        ),
        answers=tuple(
            AnswerView(one.name, one.whole, one.part, one.failed, one.known, one.left, one.problems, one.actor, one.at)
            for one in answers
        ),
    )


def _supplier(row: Supplier) -> FileSupplier:
    waiting = Attempt.objects.filter(
        shop_id=row.shop_id, supplier_id=row.id, state__in=(states.ACCEPTED, states.MANUAL)
    )
    lines = SheetLine.objects.filter(shop_id=row.shop_id, attempt_id=OuterRef("id"))
    return FileSupplier(
        id=row.id,
        name=row.name,
        enabled=row.enabled,
        waiting=waiting.count(),
        unsent=waiting.filter(~Exists(lines), state=states.ACCEPTED).count(),
        oldest=waiting.order_by("sent_at").values_list("sent_at", flat=True).first(),
    )


def _open(sheet: Sheet) -> int:
    lines = SheetLine.objects.filter(shop_id=sheet.shop_id, sheet_id=sheet.id).values("attempt_id")
    return Attempt.objects.filter(
        shop_id=sheet.shop_id, id__in=lines, state__in=(states.ACCEPTED, states.UNKNOWN, states.MANUAL)
    ).count()
