"""A block as it is kept, checked. Writes nothing."""

from uuid import UUID

from goodfor.catalog import queries as catalog
from goodfor.window.errors import InvalidBlock
from goodfor.window.models import DRAFT, Block
from goodfor.window.parsing import parse, stored
from goodfor.window.types import Banner, BlockRequest


def checked_row(shop_id: UUID, asked: BlockRequest, position: int, page_id: UUID | None = None) -> Block:
    """The row of a draft's block, not yet saved. Raises InvalidBlock."""
    content = parse(asked.kind, asked.settings, position)
    if isinstance(content, Banner) and content.image and catalog.image(shop_id, content.image) is None:
        raise InvalidBlock(position=position, field="image")
    times = (asked.visible_from, asked.visible_until)
    if any(at is not None and at.tzinfo is None for at in times) or (
        times[0] is not None and times[1] is not None and times[1] <= times[0]
    ):
        raise InvalidBlock(position=position, field="visible_until")
    return Block(
        shop_id=shop_id,
        page_id=page_id,
        version=DRAFT,
        position=position,
        kind=asked.kind,
        settings=stored(content),
        visible_from=times[0],
        visible_until=times[1],
    )
