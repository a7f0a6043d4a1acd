"""Put one more block at the end of the draft."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.window.errors import InvalidBlock
from goodfor.window.models import Block
from goodfor.window.operations.check_block import checked_row
from goodfor.window.operations.rewrite_draft import held_draft
from goodfor.window.types import MAX_BLOCKS, BlockRequest


@transaction.atomic
def add_block(*, shop_id: UUID, block: BlockRequest, page_id: UUID | None = None, actor: str, now: datetime) -> UUID:
    """The new block's id; at most 30 a page. Nothing that buyers see changes. Raises InvalidBlock,
    PageNotFound.
    """
    position = len(held_draft(shop_id, page_id))
    if position >= MAX_BLOCKS:
        raise InvalidBlock(position=position, field="blocks")
    [row] = Block.objects.bulk_create([checked_row(shop_id, block, position, page_id)])
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="window_block_added",
        subject=("window", shop_id),
        data={"block": str(row.id), "kind": row.kind, "page": str(page_id or "")},
        now=now,
    )
    return row.id
