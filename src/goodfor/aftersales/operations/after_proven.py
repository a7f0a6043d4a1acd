"""A code proved to be bad: what follows for its buyer, its supplier and its batch. Told by the event, once or more."""

from datetime import datetime
from uuid import UUID


def after_proven(*, shop_id: UUID, case_id: UUID, now: datetime) -> None:
    """Compensation to the buyer, a claim on the supplier, the watch of the batch; each knows what it did before."""
