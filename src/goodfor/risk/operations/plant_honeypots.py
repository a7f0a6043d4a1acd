"""Plant codes that nobody is ever given."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.kernel import audit
from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.ids import uuid7
from goodfor.risk.door_models import Honeypot
from goodfor.risk.doors.codes import new_code
from goodfor.risk.errors import PlantedAlready
from goodfor.risk.operations.meet_honeypot import honeypot_hash

MOST = 1000


@transaction.atomic
def plant_honeypots(
    *, shop_id: UUID, count: int = 0, codes: Sequence[str] = (), batch: str = "", why: str, actor: str, now: datetime
) -> list[str]:
    """New codes of our own make (`count`), or given ones in normal form, that raise an alarm when they are tried.

    They are told here and never again: lay them where a thief would find them. Raises InvalidInput for none, too many
    (1,000), shorter ones than eight characters or no reason; PlantedAlready.
    """
    planted = [*codes, *(new_code() for _ in range(count))]
    if not 1 <= len(planted) <= MOST or not why.strip() or any(len(code) < 8 for code in planted):
        raise InvalidInput(field="codes")
    rows = [
        Honeypot(
            id=uuid7(), shop_id=shop_id, hash=honeypot_hash(shop_id, code), ending=code[-4:], batch=batch[:64],
            why=why.strip()[:200], planted_by=actor[:80], planted_at=now,
        )
        for code in planted
    ]  # fmt: skip
    try:
        with transaction.atomic():
            Honeypot.objects.bulk_create(rows)
    except IntegrityError:
        raise PlantedAlready from None
    for row in rows:
        audit.record(
            shop_id=shop_id, actor=actor, action="risk.honeypot_planted", subject=("honeypot", row.id),
            data={"batch": row.batch, "why": row.why, "ending": row.ending}, now=now,
        )  # fmt: skip
    return planted
