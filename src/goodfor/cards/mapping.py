"""Rows as views."""

from goodfor.cards.models import Batch, Card, Program, Walk
from goodfor.cards.types import BatchView, ProgramView, Skin, WalkView
from goodfor.kernel.money import Money


def program_view(row: Program) -> ProgramView:
    """A program."""
    return ProgramView(
        row.id, row.name, row.state, row.face, Skin(row.brand, row.ink, row.paper, row.words), tuple(row.skus),
        Money(row.value_minor, row.currency), row.made_at,
    )  # fmt: skip


def batch_view(row: Batch, currency: str) -> BatchView:
    """A batch of a program in that currency."""
    return BatchView(
        id=row.id, program_id=row.program_id, name=row.name, state=row.state, size=row.size, made=row.made,
        price=Money(row.price_minor, currency), activation=row.activation, valid_until=row.valid_until,
        valid_days=row.valid_days, first_serial=row.first_serial, made_by=row.made_by, made_at=row.made_at,
        asked_by=row.asked_by, allowed_by=row.allowed_by, exported_at=row.exported_at,
    )  # fmt: skip


def walk_view(row: Walk) -> WalkView:
    """A walk."""
    return WalkView(
        id=row.id, batch_id=row.batch_id, kind=row.kind, state=row.state, first_serial=row.first_serial,
        last_serial=row.last_serial, done=row.next_serial - row.first_serial,
        all=row.last_serial - row.first_serial + 1, moved=row.moved, reason=row.reason, kept=row.kept,
        asked_by=row.asked_by, asked_at=row.asked_at, allowed_by=row.allowed_by,
    )  # fmt: skip


def left_on(card: Card, currency: str) -> Money | None:
    """Money on a card; None: goods that nobody has fetched yet."""
    return Money(card.remaining_minor, currency) if card.basis_minor else None
