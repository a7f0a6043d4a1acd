"""News of risk control."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from goodfor.kernel.events import Event
from goodfor.risk.review_events import RiskReviewed as RiskReviewed
from goodfor.risk.review_events import RiskReviewOpened as RiskReviewOpened
from goodfor.risk.rule_events import RuleSwitchedOff as RuleSwitchedOff


@dataclass(frozen=True)
class ActStopped(Event):
    """An act was reviewed, held or denied; told in its decision's transaction. No subject: `subject_kind` is empty."""

    name: ClassVar[str] = "risk.act_stopped"
    decision_id: UUID
    scene: str
    outcome: str
    sampled: bool
    reasons: list[str]
    subject_kind: str
    subject_id: UUID | None
    amount_minor: int
    currency: str
