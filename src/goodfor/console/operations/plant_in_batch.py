"""Make some codes of a batch bait, chosen by chance among those that can still be sold."""

import random
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.console.operations.plant_canary import plant_canary
from goodfor.kernel.errors import InvalidInput
from goodfor.vault import queries as stock

MOST: Final = 100
#: Among so many of the batch they are chosen.
AMONG: Final = 20_000


@transaction.atomic
def plant_in_batch(*, shop_id: UUID, batch_id: UUID, count: int, why: str, actor: str, now: datetime) -> int:
    """How many codes became bait: all, or none. They are not for sale from now on.

    Raises InvalidInput(field): `count` is 1 to 100, `reason`, `free`: fewer are left to sell; IllegalTransition where
    one was sold at this very moment.
    """
    if not 1 <= count <= MOST:
        raise InvalidInput(field="count")
    if not why.strip():
        raise InvalidInput(field="reason")
    free = stock.free_codes(shop_id, batch_id, AMONG)
    if len(free) < count:
        raise InvalidInput(field="free")
    # The system's own randomness: whoever knows where bait lies goes around it.
    for code_id in random.SystemRandom().sample(free, count):
        plant_canary(shop_id=shop_id, code_id=code_id, why=why.strip(), actor=actor, now=now)
    return count
