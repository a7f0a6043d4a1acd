"""Show the draft to buyers."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.window.models import DRAFT, PUBLISHED, Block


@transaction.atomic
def publish_blocks(*, shop_id: UUID, actor: str, now: datetime) -> int:
    """Put a copy of the draft in the place of what was published; how many blocks. An empty one brings the default."""
    advisory_xact_lock(("window", shop_id))
    Block.objects.filter(shop_id=shop_id, version=PUBLISHED).delete()
    copies = [
        Block(
            shop_id=shop_id,
            version=PUBLISHED,
            position=row.position,
            kind=row.kind,
            settings=row.settings,
            visible_from=row.visible_from,
            visible_until=row.visible_until,
        )
        for row in Block.objects.filter(shop_id=shop_id, version=DRAFT).order_by("position")
    ]
    Block.objects.bulk_create(copies)
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="window_published",
        subject=("window", shop_id),
        data={"kinds": [row.kind for row in copies]},
        now=now,
    )
    return len(copies)
