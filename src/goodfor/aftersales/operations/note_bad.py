"""A code proved bad: count its batch's, and take the batch off sale once it is bad as a whole."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.aftersales.batches import is_bad
from goodfor.aftersales.models import Case
from goodfor.aftersales.operations.pull_batch import pull, watch


@transaction.atomic(savepoint=False)
def note_bad(*, shop_id: UUID, case_id: UUID, now: datetime) -> bool:
    """Whether this took the case's batch off sale. What is not of a batch (a top-up) is nobody's batch."""
    batch_id = Case.objects.filter(shop_id=shop_id, id=case_id).values_list("batch_id", flat=True).first()
    if batch_id is None:
        return False
    seen = watch(shop_id, batch_id, now)
    if seen is None or seen.pulled or not is_bad(seen.bad, seen.sold, forgiven=seen.forgiven):
        return False
    pull(shop_id, batch_id, seen, "system", now)
    return True
