"""Forget what accounts were seen with long ago, and make the groups anew without it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.locks import advisory_xact_lock
from goodfor.kernel.sql import Statement
from goodfor.risk.operations.cluster_steps import rebuild

_FORGET = Statement("goodfor.risk", "sql/link_forget.sql")


def forget_links(*, shop_id: UUID, before: datetime, now: datetime) -> int:
    """Delete the links last seen before then; how many."""
    with transaction.atomic():
        advisory_xact_lock(("links", shop_id))
        gone = _FORGET.run({"shop_id": shop_id, "before": before})
        if gone:
            rebuild(shop_id, now)
        return gone
