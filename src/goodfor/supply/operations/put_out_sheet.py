"""Orders for a supplier who is written to: put on a sheet, once, and the sheet as a file."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.timezone import localtime

from goodfor.kernel import audit
from goodfor.kernel.sql import Statement
from goodfor.supply import states
from goodfor.supply.errors import NothingToPutOut, SheetNotFound, SupplierNotFound
from goodfor.supply.locks import lock_supplier
from goodfor.supply.mapping import form_of
from goodfor.supply.models import Item, Supplier
from goodfor.supply.operations.settle_attempt import Told, settle_attempt
from goodfor.supply.providers.files.connector import CONNECTOR
from goodfor.supply.providers.files.sheet import OrderRow, order_sheet
from goodfor.supply.providers.values import Order
from goodfor.supply.purchase_models import Attempt, Want
from goodfor.supply.sheet_models import Sheet, SheetLine

_WAITING: Final = Statement("goodfor.supply", "sql/to_put_out.sql")
#: A person fills in no more, and a page reads no more back at once.
MOST_ORDERS: Final = 1000
MOST_UNITS: Final = 10_000


@dataclass(frozen=True, slots=True)
class SheetOut:
    """A sheet that was put out, or would be (`id` None). `dropped`: orders nobody waits for any more, not bought."""

    id: UUID | None
    orders: int
    units: int
    dropped: int


@dataclass(frozen=True, slots=True)
class SheetFile:
    """The sheet as it is mailed. The forms of buyers stand in it."""

    name: str
    content_type: str
    data: bytes = field(repr=False)


@transaction.atomic(savepoint=False)
def put_out_sheet(
    *, shop_id: UUID, supplier_id: UUID, actor: str, now: datetime, dry_run: bool = False
) -> SheetOut:  # fmt: skip
    """All that waits, oldest first, up to what one sheet holds. Each purchase stands on one sheet, ever.

    What nobody waits for any more was never told to the supplier: it ends unbought. Raises SupplierNotFound,
    NothingToPutOut.
    """
    if lock_supplier(shop_id, supplier_id).protocol != CONNECTOR.about.protocol:
        raise SupplierNotFound
    found = _WAITING.rows({"shop_id": shop_id, "supplier_id": supplier_id, "limit": MOST_ORDERS})
    idle = [(row[0], row[4]) for row in found if row[3] != states.OPEN]
    chosen: list[tuple[UUID, int]] = []
    units = 0
    for attempt_id, quantity, _kind, want_state, _number in found:
        if want_state == states.OPEN and (not chosen or units + quantity <= MOST_UNITS):
            chosen.append((attempt_id, quantity))
            units += quantity
    if dry_run:
        return SheetOut(None, len(chosen), units, len(idle))
    for attempt_id, number in idle:
        told = Told(Order("cancelled", number), asking=True)
        settle_attempt(
            shop_id=shop_id, attempt_id=attempt_id, told=told, about=CONNECTOR.about, actor=actor, now=now
        )  # fmt: skip
    if not chosen:
        if idle:
            return SheetOut(None, 0, 0, len(idle))
        raise NothingToPutOut
    sheet = Sheet.objects.create(
        shop_id=shop_id, supplier_id=supplier_id, orders=len(chosen), units=units, actor=actor[:64], at=now
    )
    SheetLine.objects.bulk_create(
        [SheetLine(attempt_id=attempt_id, shop_id=shop_id, sheet_id=sheet.id) for attempt_id, _units in chosen]
    )
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="supply.sheet_put_out",
        subject=("supply.supplier", supplier_id),
        data={"sheet": str(sheet.id), "orders": len(chosen), "units": units, "dropped": len(idle)},
        now=now,
    )
    return SheetOut(sheet.id, len(chosen), units, len(idle))


@transaction.atomic(savepoint=False)
def fetch_sheet(*, shop_id: UUID, supplier_id: UUID, sheet_id: UUID, actor: str, now: datetime) -> SheetFile:
    """The file; every time it is written down who fetched it. What has ended since is left out: it is not bought again.

    Raises SheetNotFound, NothingToPutOut (all of it has ended), DecryptFailed.
    """
    sheet = Sheet.objects.filter(shop_id=shop_id, supplier_id=supplier_id, id=sheet_id).first()
    if sheet is None:
        raise SheetNotFound
    supplier = Supplier.objects.get(shop_id=shop_id, id=supplier_id)
    rows = _rows(shop_id, sheet_id)
    if not rows:
        raise NothingToPutOut
    Sheet.objects.filter(shop_id=shop_id, id=sheet_id).update(fetched=F("fetched") + 1)
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="supply.sheet_fetched",
        subject=("supply.supplier", supplier.id),
        data={"sheet": str(sheet_id), "orders": len(rows)},
        now=now,
    )
    kind: Literal["xlsx", "csv"] = "csv" if supplier.config.get("format") == "csv" else "xlsx"
    name = f"{supplier.code}-{localtime(sheet.at):%Y%m%d-%H%M}-{sheet.id.hex[-4:]}.{kind}"
    return SheetFile(
        name,
        "text/csv; charset=utf-8"
        if kind == "csv"
        else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        order_sheet(rows, kind),
    )


def _rows(shop_id: UUID, sheet_id: UUID) -> list[OrderRow]:
    lines = SheetLine.objects.filter(shop_id=shop_id, sheet_id=sheet_id).values("attempt_id")
    waiting = Attempt.objects.filter(
        shop_id=shop_id, id__in=lines, state__in=(states.ACCEPTED, states.UNKNOWN, states.MANUAL)
    )
    found = list(waiting.order_by("sent_at", "id"))
    wants = {one.id: one for one in Want.objects.filter(shop_id=shop_id, id__in=[row.want_id for row in found])}
    items = {one.id: one for one in Item.objects.filter(shop_id=shop_id, id__in=[row.item_ref for row in found])}
    return [_row(attempt, wants[attempt.want_id], items.get(attempt.item_ref)) for attempt in found]


def _row(attempt: Attempt, want: Want, item: Item | None) -> OrderRow:
    form = form_of(want)
    fields = item.terms.get("form", []) if item else []
    labels = {str(one.get("key")): str(one.get("label")) for one in fields}
    return OrderRow(
        number=attempt.number,
        item_id=attempt.item_id,
        item_name=item.name if item else "",
        quantity=attempt.quantity // attempt.multiple,
        sku_name=attempt.variant,
        form={labels.get(key, key): value for key, value in form.items()},
        codes=want.kind == "code",
    )
