"""Rules for prices and what they did. Reached through `queries`."""

from uuid import UUID

from goodfor.supply.errors import MoveNotFound
from goodfor.supply.types import MoveView, WatchRule, WatchView
from goodfor.supply.watch_models import PriceMove, Watch


def watch(shop_id: UUID, sku_id: UUID) -> WatchView | None:
    """The rule of a SKU; None where its price follows nothing."""
    row = Watch.objects.filter(shop_id=shop_id, sku_id=sku_id).first()
    return watch_view(row) if row else None


def watches(shop_id: UUID, *, offset: int = 0, limit: int = 50) -> list[WatchView]:
    """Rules, those that stopped selling first, then the latest changed."""
    rows = Watch.objects.filter(shop_id=shop_id).order_by("paused_at", "-changed_at", "sku_id")
    return [watch_view(row) for row in rows[offset : offset + limit]]


def moves(
    shop_id: UUID, *, sku_id: UUID | None = None, state: str = "", offset: int = 0, limit: int = 50
) -> list[MoveView]:
    """What rules did and propose, newest first."""
    rows = PriceMove.objects.filter(shop_id=shop_id)
    if sku_id is not None:
        rows = rows.filter(sku_id=sku_id)
    if state:
        rows = rows.filter(state=state)
    return [move_view(row) for row in rows.order_by("-at", "-id")[offset : offset + limit]]


def move(shop_id: UUID, move_id: UUID) -> MoveView:
    """One of them. Raises MoveNotFound."""
    row = PriceMove.objects.filter(shop_id=shop_id, id=move_id).first()
    if row is None:
        raise MoveNotFound
    return move_view(row)


def rule_of(row: Watch) -> WatchRule:
    """The rule of a row."""
    return WatchRule(**{name: getattr(row, name) for name in WatchRule.__slots__})


def watch_view(row: Watch) -> WatchView:
    """A row as a value."""
    return WatchView(row.sku_id, rule_of(row), row.cost, row.paused_at, row.looked_at)


def move_view(row: PriceMove) -> MoveView:
    """A row as a value."""
    return MoveView(**{name: getattr(row, name) for name in MoveView.__slots__})
