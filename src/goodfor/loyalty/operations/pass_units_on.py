"""Give units that one holds to somebody else."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.loyalty import moving
from goodfor.loyalty.kinds import PRESENT
from goodfor.loyalty.store import Why
from goodfor.loyalty.types import Holder, Move, Source


@transaction.atomic(savepoint=False)
def pass_units_on(
    *, shop_id: UUID, giver: Holder, taker: Holder, units: int, source: Source, actor: str, now: datetime
) -> Move:
    """With the ends that they have; the books owe as much as before. What the giver gave.

    Raises InvalidPoints (the kind does not allow it, the same person, or the taker owes some), NotEnoughPoints.
    """
    why = Why(source, PRESENT, "", actor, None, now)
    given, _received = moving.pass_on(shop_id, giver, taker, units, why)
    return given.move
