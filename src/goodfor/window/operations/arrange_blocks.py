"""Arrange the draft of a shop's first page."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.catalog import queries as catalog
from goodfor.kernel import audit
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.window.errors import InvalidBlock
from goodfor.window.models import DRAFT, Block
from goodfor.window.parsing import parse, stored
from goodfor.window.types import MAX_BLOCKS, Banner, BlockRequest


@transaction.atomic
def arrange_blocks(*, shop_id: UUID, blocks: Sequence[BlockRequest], actor: str, now: datetime) -> None:
    """Replace the draft as a whole; nothing that buyers see changes. Raises InvalidBlock, and then nothing changes."""
    if len(blocks) > MAX_BLOCKS:
        raise InvalidBlock(position=MAX_BLOCKS, field="blocks")
    rows = []
    for position, asked in enumerate(blocks):
        content = parse(asked.kind, asked.settings, position)
        if isinstance(content, Banner) and content.image and catalog.image(shop_id, content.image) is None:
            raise InvalidBlock(position=position, field="image")
        times = (asked.visible_from, asked.visible_until)
        if any(at is not None and at.tzinfo is None for at in times) or (
            times[0] is not None and times[1] is not None and times[1] <= times[0]
        ):
            raise InvalidBlock(position=position, field="visible_until")
        rows.append(
            Block(
                shop_id=shop_id,
                version=DRAFT,
                position=position,
                kind=asked.kind,
                settings=stored(content),
                visible_from=times[0],
                visible_until=times[1],
            )
        )
    advisory_xact_lock(("window", shop_id))
    Block.objects.filter(shop_id=shop_id, version=DRAFT).delete()
    Block.objects.bulk_create(rows)
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="window_arranged",
        subject=("window", shop_id),
        data={"kinds": [block.kind for block in blocks]},
        now=now,
    )
