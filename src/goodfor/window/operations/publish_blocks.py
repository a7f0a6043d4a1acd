"""Show the draft to buyers."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.window.models import PUBLISHED, Block, Page
from goodfor.window.operations.rewrite_draft import held_draft


@transaction.atomic
def publish_blocks(*, shop_id: UUID, page_id: UUID | None = None, actor: str, now: datetime) -> int:
    """Put a copy of the draft in the place of what was published; how many blocks.

    An empty first page brings the default; a page goes online. Raises PageNotFound.
    """
    drafted = held_draft(shop_id, page_id)
    Block.objects.filter(shop_id=shop_id, page=page_id, version=PUBLISHED).delete()
    copies = [
        Block(
            shop_id=shop_id,
            page_id=page_id,
            version=PUBLISHED,
            position=row.position,
            kind=row.kind,
            settings=row.settings,
            visible_from=row.visible_from,
            visible_until=row.visible_until,
        )
        for row in drafted
    ]
    Block.objects.bulk_create(copies)
    if page_id is not None:
        Page.objects.filter(shop_id=shop_id, id=page_id).update(online=True, changed_at=now)
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="window_published",
        subject=("window", shop_id),
        data={"kinds": [row.kind for row in copies], "page": str(page_id or "")},
        now=now,
    )
    return len(copies)
