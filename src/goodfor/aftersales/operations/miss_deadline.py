"""A promised time of a case passed: the loop's step."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.aftersales.operations.note_missed import note_missed
from goodfor.aftersales.operations.steps import lock_both


@transaction.atomic
def miss_deadline(*, shop_id: UUID, case_id: UUID, now: datetime) -> int:
    """How many of its two promised times were missed just now. Raises CaseNotFound."""
    return note_missed(lock_both(shop_id, case_id), now)
