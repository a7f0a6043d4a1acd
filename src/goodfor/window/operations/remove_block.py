"""Take a block out of the draft."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.window.operations.rewrite_draft import held_draft_of, rewrite_draft


@transaction.atomic
def remove_block(*, shop_id: UUID, block_id: UUID, actor: str, now: datetime) -> None:
    """What was published stays until the draft is published. Raises BlockNotFound."""
    rows = held_draft_of(shop_id, block_id)
    rewrite_draft(shop_id, [row for row in rows if row.id != block_id], rows[0].page_id)
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="window_block_removed",
        subject=("window", shop_id),
        data={"block": str(block_id)},
        now=now,
    )
