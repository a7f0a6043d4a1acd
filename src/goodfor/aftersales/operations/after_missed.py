"""A promised time passed. Runs in the transaction that wrote it down, with the order and the case locked."""

from datetime import datetime
from uuid import UUID


def after_missed(*, shop_id: UUID, case_id: UUID, what: str, now: datetime) -> None:
    """What the promise pays for it: `what` is states.GOODWILL_ANSWER or GOODWILL_DECISION."""
