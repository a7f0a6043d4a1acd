"""A code proved to be bad: what follows for its buyer, its supplier and its batch. Told of by the event, once or more."""

from datetime import datetime
from uuid import UUID


def after_proven(*, shop_id: UUID, case_id: UUID, now: datetime) -> None:  # noqa: ARG001
    """Compensation to the buyer, a claim on the supplier, the watch of the batch; each knows what it did before."""
