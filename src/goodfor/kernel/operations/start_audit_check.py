"""Ask for a check of the audit trail."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.sql import Statement

_START = Statement("goodfor.kernel", "sql/audit_check_start.sql")


def start_audit_check(*, shop_id: UUID, actor: str, now: datetime) -> bool:
    """Begin at the first line; the worker walks the chain in batches. False, and nothing changes, while one runs."""
    with transaction.atomic():
        if not _START.run({"actor": actor, "now": now}):
            return False
        audit.record(
            shop_id=shop_id, actor=actor, action="kernel.audit_check_started", subject=("audit", "chain"), data={},
            now=now,
        )  # fmt: skip
    return True
