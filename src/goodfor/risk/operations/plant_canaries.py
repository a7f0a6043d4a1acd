"""Plant codes among the stock that are never sold."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.kernel import audit
from goodfor.kernel.crypto import INDEX_BYTES
from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.ids import uuid7
from goodfor.risk.door_models import Canary
from goodfor.risk.errors import PlantedAlready

MOST = 1000


@transaction.atomic
def plant_canaries(
    *, shop_id: UUID, sku_id: UUID, fingerprints: Sequence[bytes], why: str, actor: str, now: datetime
) -> list[UUID]:
    """Note codes, by the blind index of the room that keeps them, as never sold; ids in the order given.

    Raises InvalidInput for none, too many (1,000), fingerprints of another size or no reason; PlantedAlready.
    """
    sizes = {len(fingerprint) for fingerprint in fingerprints}
    if not 1 <= len(fingerprints) <= MOST or sizes != {INDEX_BYTES} or not why.strip():
        raise InvalidInput(field="fingerprints")
    rows = [
        Canary(
            id=uuid7(), shop_id=shop_id, sku_id=sku_id, fingerprint=fingerprint, why=why.strip()[:200],
            planted_by=actor[:80], planted_at=now,
        )
        for fingerprint in fingerprints
    ]  # fmt: skip
    try:
        with transaction.atomic():
            Canary.objects.bulk_create(rows)
    except IntegrityError:
        raise PlantedAlready from None
    for row in rows:
        audit.record(
            shop_id=shop_id, actor=actor, action="risk.canary_planted", subject=("canary", row.id),
            data={"sku_id": str(sku_id), "why": row.why}, now=now,
        )  # fmt: skip
    return [row.id for row in rows]
