"""Make a shop's groups anew from its links: after limits or weights changed, or to be sure."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.locks import advisory_xact_lock
from goodfor.risk.operations.cluster_steps import rebuild


def rebuild_clusters(*, shop_id: UUID, now: datetime) -> int:
    """How many rows differ from what the loop had made of the same links: none, while it is not behind."""
    with transaction.atomic():
        advisory_xact_lock(("links", shop_id))
        return rebuild(shop_id, now)
