"""Throw the draft away: go on from what buyers see."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.window.models import DRAFT, PUBLISHED, Block
from goodfor.window.operations.rewrite_draft import held_draft, rewrite_draft


@transaction.atomic
def restore_published(*, shop_id: UUID, page_id: UUID | None = None, actor: str, now: datetime) -> int:
    """Put a copy of what was published last in the place of the draft; how many blocks."""
    held_draft(shop_id, page_id)
    copies = [
        Block(
            shop_id=shop_id,
            version=DRAFT,
            kind=row.kind,
            settings=row.settings,
            visible_from=row.visible_from,
            visible_until=row.visible_until,
        )
        for row in Block.objects.filter(shop_id=shop_id, page=page_id, version=PUBLISHED).order_by("position")
    ]
    rewrite_draft(shop_id, copies, page_id)
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="window_draft_restored",
        subject=("window", shop_id),
        data={"kinds": [row.kind for row in copies]},
        now=now,
    )
    return len(copies)
