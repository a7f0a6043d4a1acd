"""Facts about reviews. Public through `events`."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from goodfor.kernel.events import Event


@dataclass(frozen=True, slots=True)
class RiskReviewed(Event):
    """A review ended: `outcome` is release, deny or ask. `automatic`: nobody decided in time."""

    name: ClassVar[str] = "risk.reviewed"
    review_id: UUID
    decision_id: UUID
    scene: str
    subject_type: str
    subject_id: UUID | None
    outcome: str
    automatic: bool


@dataclass(frozen=True, slots=True)
class RiskReviewOpened(Event):
    """A decision waits for a person until `due_at` (ISO)."""

    name: ClassVar[str] = "risk.review_opened"
    review_id: UUID
    decision_id: UUID
    scene: str
    due_at: str
