"""Make a code bait: out of the stock for good, and an alarm wherever it is seen."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.risk.operations.plant_canaries import plant_canaries
from goodfor.vault import operations as vault


@transaction.atomic
def plant_canary(*, shop_id: UUID, code_id: UUID, why: str, actor: str, now: datetime) -> list[UUID]:
    """Ids of what raises the alarm: the whole code, and its secret alone where it has a number too.

    Raises CodeNotFound, IllegalTransition (it has a buyer), PlantedAlready.
    """
    planted = vault.plant_codes(shop_id=shop_id, code_ids=[code_id], reason=why, actor=actor, now=now)
    return [
        canary_id
        for code in planted
        for canary_id in plant_canaries(
            shop_id=shop_id, sku_id=code.sku_id, fingerprints=code.marks, why=why, actor=actor, now=now
        )
    ]
