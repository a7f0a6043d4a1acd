"""Write the draft anew in another order. Runs in the caller's transaction."""

from collections.abc import Sequence
from uuid import UUID

from goodfor.kernel.locks import advisory_xact_lock
from goodfor.window.errors import BlockNotFound, PageNotFound
from goodfor.window.models import DRAFT, Block, Page


def held_draft(shop_id: UUID, page_id: UUID | None = None) -> list[Block]:
    """The draft of a page, else of the first one, in order; nobody else changes it until this transaction ends.

    Raises PageNotFound.
    """
    advisory_xact_lock(("window", shop_id))
    known_page(shop_id, page_id)
    return list(Block.objects.filter(shop_id=shop_id, page=page_id, version=DRAFT).order_by("position"))


def held_draft_of(shop_id: UUID, block_id: UUID) -> list[Block]:
    """The draft that this block is in, held. Raises BlockNotFound."""
    advisory_xact_lock(("window", shop_id))
    row = Block.objects.filter(shop_id=shop_id, version=DRAFT, id=block_id).first()
    if row is None:
        raise BlockNotFound
    return held_draft(shop_id, row.page_id)


def known_page(shop_id: UUID, page_id: UUID | None) -> None:
    """Raises PageNotFound for a page that the shop does not have."""
    if page_id is not None and not Page.objects.filter(shop_id=shop_id, id=page_id).exists():
        raise PageNotFound


def rewrite_draft(shop_id: UUID, rows: Sequence[Block], page_id: UUID | None = None) -> None:
    """Put these blocks, with their ids, in the place of the draft."""
    Block.objects.filter(shop_id=shop_id, page=page_id, version=DRAFT).delete()
    for position, row in enumerate(rows):
        row.position, row.page_id = position, page_id
    Block.objects.bulk_create(rows)
