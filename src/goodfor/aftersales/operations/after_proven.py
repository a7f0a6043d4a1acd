"""A code proved to be bad: its batch is watched. Told by the event, once or more."""

from datetime import datetime
from uuid import UUID

from goodfor.aftersales.operations.note_bad import note_bad


def after_proven(*, shop_id: UUID, case_id: UUID, now: datetime) -> None:
    """Counted anew each time, so that hearing it twice changes nothing. Money has a handler of its own."""
    note_bad(shop_id=shop_id, case_id=case_id, now=now)
