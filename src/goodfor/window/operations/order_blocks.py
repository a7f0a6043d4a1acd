"""Put the blocks of the draft in another order."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.window.errors import BlockNotFound
from goodfor.window.operations.rewrite_draft import held_draft, held_draft_of, rewrite_draft


@transaction.atomic
def order_blocks(
    *, shop_id: UUID, block_ids: Sequence[UUID], page_id: UUID | None = None, actor: str, now: datetime
) -> None:
    """`block_ids` are all blocks of the draft, each once. Raises BlockNotFound: somebody has changed it meanwhile."""
    rows = {row.id: row for row in held_draft(shop_id, page_id)}
    if len(block_ids) != len(rows) or set(block_ids) != set(rows):
        raise BlockNotFound
    rewrite_draft(shop_id, [rows[block_id] for block_id in block_ids], page_id)
    _note(shop_id, actor, {"order": [rows[block_id].kind for block_id in block_ids]}, now)


@transaction.atomic
def move_block(*, shop_id: UUID, block_id: UUID, up: bool, actor: str, now: datetime) -> None:
    """One place up or down; at the end it stays. Raises BlockNotFound."""
    rows = held_draft_of(shop_id, block_id)
    at = next(at for at, row in enumerate(rows) if row.id == block_id)
    to = at - 1 if up else at + 1
    if not 0 <= to < len(rows):
        return
    rows[at], rows[to] = rows[to], rows[at]
    rewrite_draft(shop_id, rows, rows[0].page_id)
    _note(shop_id, actor, {"block": str(block_id), "up": up}, now)


def _note(shop_id: UUID, actor: str, data: dict[str, object], now: datetime) -> None:
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="window_ordered",
        subject=("window", shop_id),
        data=data,
        now=now,
    )
