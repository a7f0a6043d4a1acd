"""Facts about grants."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from goodfor.kernel.events import Event


@dataclass(frozen=True, slots=True)
class BudgetWasShort(Event):
    """A rule would have given something, and the company has not prepaid enough: nothing of it was given."""

    name: ClassVar[str] = "welfare.budget_was_short"
    company_id: UUID
    grant_id: UUID
    missing_minor: int
    currency: str
