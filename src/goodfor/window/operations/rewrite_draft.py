"""Write the draft anew in another order. Runs in the caller's transaction."""

from collections.abc import Sequence
from uuid import UUID

from goodfor.kernel.locks import advisory_xact_lock
from goodfor.window.models import DRAFT, Block


def held_draft(shop_id: UUID) -> list[Block]:
    """The draft in order; nobody else changes it until this transaction ends."""
    advisory_xact_lock(("window", shop_id))
    return list(Block.objects.filter(shop_id=shop_id, version=DRAFT).order_by("position"))


def rewrite_draft(shop_id: UUID, rows: Sequence[Block]) -> None:
    """Put these blocks, with their ids, in the place of the draft."""
    Block.objects.filter(shop_id=shop_id, version=DRAFT).delete()
    for position, row in enumerate(rows):
        row.position = position
    Block.objects.bulk_create(rows)
