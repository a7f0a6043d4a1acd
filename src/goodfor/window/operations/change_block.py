"""Change what a block of the draft says."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.window.operations.check_block import checked_row
from goodfor.window.operations.rewrite_draft import held_draft_of, rewrite_draft
from goodfor.window.types import BlockRequest


@transaction.atomic
def change_block(*, shop_id: UUID, block_id: UUID, block: BlockRequest, actor: str, now: datetime) -> None:
    """Replace its settings and its time; it stays where it is. Raises BlockNotFound, InvalidBlock."""
    rows = held_draft_of(shop_id, block_id)
    position = next(at for at, row in enumerate(rows) if row.id == block_id)
    page_id = rows[position].page_id
    changed = checked_row(shop_id, block, position, page_id)
    changed.id = block_id
    rewrite_draft(shop_id, [*rows[:position], changed, *rows[position + 1 :]], page_id)
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="window_block_changed",
        subject=("window", shop_id),
        data={"block": str(block_id), "kind": block.kind},
        now=now,
    )
