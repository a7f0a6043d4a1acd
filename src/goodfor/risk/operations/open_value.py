"""Show somebody of the staff the whole value behind a key: written down before it is seen."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.risk.queries import entity_value
from goodfor.risk.types import KeyKind


@transaction.atomic
def open_value(*, shop_id: UUID, kind: KeyKind, key: int, actor: str, now: datetime) -> str:
    """The value, with a line in the audit trail that tells who saw which key. Raises NotFound where there is none."""
    value = entity_value(shop_id, kind, key)
    audit.record(
        shop_id=shop_id, actor=actor, action="risk_key_seen", subject=("risk_key", str(key)), data={"kind": str(kind)},
        now=now,
    )  # fmt: skip
    return value
