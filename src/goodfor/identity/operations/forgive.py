"""Take back what a right guess was counted as."""

from collections.abc import Sequence
from uuid import UUID

from goodfor.identity.operations.knock import FREE, Try
from goodfor.kernel.sql import Statement

_FORGIVE = Statement("goodfor.identity", "sql/forgive.sql")


def forgive(*, shop_id: UUID, tries: Sequence[Try]) -> None:
    """The tries were right. Only they are taken back: signing in to one's own account makes no other guess undone."""
    for one in tries:
        _FORGIVE.run({"shop_id": shop_id, "scope": one.scope, "subject_hash": one.subject_hash, "free": FREE})
