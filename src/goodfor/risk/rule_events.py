"""Facts about rules. Public through `events`."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from goodfor.kernel.events import Event


@dataclass(frozen=True, slots=True)
class RuleSwitchedOff(Event):
    """One person switched a rule off that counted; `proposal_id` waits for a colleague to confirm it."""

    name: ClassVar[str] = "risk.rule_switched_off"
    rule_id: UUID
    proposal_id: UUID
    code: str
    title: str
    was: str
    reason: str
    by: str
