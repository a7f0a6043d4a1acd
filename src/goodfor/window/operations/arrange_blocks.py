"""Arrange the draft of a shop's first page."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.window.errors import InvalidBlock
from goodfor.window.models import DRAFT, Block
from goodfor.window.operations.check_block import checked_row
from goodfor.window.operations.rewrite_draft import held_draft
from goodfor.window.types import MAX_BLOCKS, BlockRequest


@transaction.atomic
def arrange_blocks(
    *, shop_id: UUID, blocks: Sequence[BlockRequest], page_id: UUID | None = None, actor: str, now: datetime
) -> None:
    """Replace the draft as a whole; nothing that buyers see changes.

    Raises InvalidBlock, PageNotFound, and then nothing changes.
    """
    if len(blocks) > MAX_BLOCKS:
        raise InvalidBlock(position=MAX_BLOCKS, field="blocks")
    rows = [checked_row(shop_id, asked, position, page_id) for position, asked in enumerate(blocks)]
    held_draft(shop_id, page_id)
    Block.objects.filter(shop_id=shop_id, page=page_id, version=DRAFT).delete()
    Block.objects.bulk_create(rows)
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="window_arranged",
        subject=("window", shop_id),
        data={"kinds": [block.kind for block in blocks], "page": str(page_id or "")},
        now=now,
    )
