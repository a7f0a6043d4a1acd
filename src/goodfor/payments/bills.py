"""What is read of bills. Part of `queries`."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from goodfor.kernel.money import Money
from goodfor.payments.bill_models import BillFile, BillLine
from goodfor.payments.errors import BillNotFound
from goodfor.payments.providers.bills import BillRow
from goodfor.payments.types import BillView

PIECE = 5000


def bills(shop_id: UUID, *, state: str | None = None, offset: int = 0, limit: int = 50) -> list[BillView]:
    """Bills of a shop, the latest day first."""
    rows = BillFile.objects.filter(shop_id=shop_id).order_by("-day", "account_code", "kind")
    if state:
        rows = rows.filter(state=state)
    return [_view(row) for row in rows[offset : offset + limit]]


def bills_of_day(shop_id: UUID, day: date) -> list[BillView]:
    """Every bill of a shop's day, in whatever state."""
    rows = BillFile.objects.filter(shop_id=shop_id, day=day).order_by("provider", "account_code", "kind")
    return [_view(row) for row in rows]


def shops_with_bills(since: date) -> list[UUID]:
    """Shops that have a bill of that day or a later one; a platform job's question."""
    rows = BillFile.objects.filter(day__gte=since).order_by("shop_id").values_list("shop_id", flat=True)
    return list(rows.distinct())


def bill(shop_id: UUID, bill_id: UUID) -> BillView:
    """One bill. Raises BillNotFound."""
    row = BillFile.objects.filter(shop_id=shop_id, id=bill_id).first()
    if row is None:
        raise BillNotFound
    return _view(row)


def bill_rows(shop_id: UUID, bill_id: UUID) -> Iterator[BillRow]:
    """The rows of an imported bill in their order, a piece at a time."""
    last = -1
    while True:
        found = BillLine.objects.filter(shop_id=shop_id, bill_id=bill_id, line__gt=last).order_by("line")[:PIECE]
        piece = list(found)
        yield from (_row(line) for line in piece)
        if len(piece) < PIECE:
            return
        last = piece[-1].line


def _row(line: BillLine) -> BillRow:
    return BillRow(
        line=line.line,
        kind=line.kind,  # type: ignore[arg-type]
        happened_at=line.happened_at,
        amount=Money(line.amount_minor, line.currency),
        fee=line.fee,
        our_ref=line.our_ref,
        channel_ref=line.channel_ref,
        refund_ref=line.refund_ref,
        channel_refund_ref=line.channel_refund_ref,
        balance=None if line.balance_minor is None else Money(line.balance_minor, line.currency),
        state=line.state,
        note=line.note,
    )


def _view(row: BillFile) -> BillView:
    return BillView(
        id=row.id,
        shop_id=row.shop_id,
        provider=row.provider,
        account_code=row.account_code,
        day=row.day,
        kind=row.kind,
        state=row.state,
        rows=row.rows,
        came=Money(row.came_minor, row.currency),
        went=Money(row.went_minor, row.currency),
        fee=row.fee,
        problem=row.problem,
        problem_line=row.problem_line,
        sha256=row.sha256,
        size_bytes=row.size_bytes,
        imported_at=row.imported_at,
        next_try_at=row.next_try_at,
    )
