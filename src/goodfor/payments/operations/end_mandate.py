"""End a mandate, by its holder's or the staff's word: here at once, at the channel as soon as it answers."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.payments import states
from goodfor.payments.locks import lock_mandate
from goodfor.payments.mandates import mandate_view
from goodfor.payments.operations.close_mandate import fail_mandate, finish_mandate
from goodfor.payments.types import MandateView


@transaction.atomic(savepoint=False)
def end_mandate(*, shop_id: UUID, mandate_id: UUID, by: str, now: datetime) -> MandateView:
    """Nobody is charged by it from this commit on; what was sent before is asked about. Again changes nothing.

    `by` is `holder` or who of the staff. One that is not signed yet is given up. The channel is told by a loop.
    Raises MandateNotFound.
    """
    row = lock_mandate(shop_id, mandate_id)
    if row.state == states.STARTED:
        fail_mandate(row, "withdrawn", actor=by, now=now)
    elif row.state == states.ACTIVE:
        finish_mandate(row, by, now=now)
    return mandate_view(row)
