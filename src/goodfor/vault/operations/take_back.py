"""Put sold codes that nobody has seen back on sale."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.sql import Statement
from goodfor.vault.models import Code
from goodfor.vault.moving import record_opened
from goodfor.vault.states import CODE_NUMBERS, SOLD
from goodfor.vault.types import TakenBack

_TAKE_BACK = Statement("goodfor.vault", "sql/take_back.sql")


@transaction.atomic(savepoint=False)
def take_back(*, shop_id: UUID, holder_id: UUID, seen: Sequence[UUID] = (), now: datetime) -> TakenBack:
    """Free the holder's sold codes, except those in `seen` and those that the vault itself has revealed.

    Seen codes are burned: they stay sold to the holder for good. The caller reverses what it had booked for the rest
    (`cost_minor`). Waits for a reveal of the same codes.
    """
    row = _TAKE_BACK.row({"shop_id": shop_id, "holder_id": holder_id, "seen": list(seen)})
    assert row is not None
    record_opened(shop_id, row[2], cause="take_back", now=now)
    burned = Code.objects.filter(shop_id=shop_id, holder_id=holder_id, state=CODE_NUMBERS[SOLD]).count()
    return TakenBack(row[0], row[1], burned)
