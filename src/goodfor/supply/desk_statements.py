"""Reads of suppliers' statements, as values; offered by `queries`."""

from decimal import Decimal
from uuid import UUID

from goodfor.supply.account_models import Statement, StatementLine
from goodfor.supply.account_types import StatementLineView, StatementView
from goodfor.supply.errors import StatementNotFound
from goodfor.supply.models import Supplier
from goodfor.supply.providers.registry import connector_for


def statements(shop_id: UUID, supplier_id: UUID, limit: int = 50) -> list[StatementView]:
    """What was taken in, newest first."""
    rows = Statement.objects.filter(shop_id=shop_id, supplier_id=supplier_id).order_by("-created_at", "-id")[:limit]
    return [_view(row) for row in rows]


def statement(shop_id: UUID, statement_id: UUID) -> StatementView:
    """One of them. Raises StatementNotFound."""
    row = Statement.objects.filter(shop_id=shop_id, id=statement_id).first()
    if row is None:
        raise StatementNotFound
    return _view(row)


def statement_lines(
    shop_id: UUID, statement_id: UUID, *, verdict: str, after: int | None = None, limit: int = 100
) -> list[StatementLineView]:
    """Lines with that verdict, in the order of the file; `after`: the last place of the page before."""
    rows = StatementLine.objects.filter(shop_id=shop_id, statement_id=statement_id, verdict=verdict)
    rows = rows if after is None else rows.filter(place__gt=after)
    return [
        StatementLineView(
            row.place, row.at, row.number, row.ref, row.kind, row.amount, row.verdict, row.attempt_id, row.ours
        )
        for row in rows.order_by("place")[:limit]
    ]


def offers_statements(shop_id: UUID, supplier_id: UUID) -> bool:
    """Whether its protocol gives an account of a day."""
    protocol = Supplier.objects.filter(shop_id=shop_id, id=supplier_id).values_list("protocol", flat=True).first()
    connector = connector_for(protocol or "")
    return connector is not None and connector.after is not None and "statement" in connector.can


def _view(row: Statement) -> StatementView:
    sums = {verdict: (int(one[0]), Decimal(one[1]), Decimal(one[2])) for verdict, one in row.sums.items()}
    return StatementView(
        row.id, row.supplier_id, row.filename, row.from_at, row.until_at, row.rows, sums, row.actor, row.created_at
    )
