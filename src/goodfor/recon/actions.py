"""The port through which the machine puts differences right. Tests and other rooms bring their own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be tried about one case. `ours` and `theirs` are the rows as they were found, empty where none is."""

    shop_id: UUID
    case_id: UUID
    category: str
    action: str
    area: str
    account: str
    day: date
    number: int
    ours: Mapping[str, Any] = field(default_factory=dict)
    theirs: Mapping[str, Any] = field(default_factory=dict)
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it. `done`: the cause is gone, compare again. `later`: ask again. `person`: beyond a machine.

    `explained`: the difference is known and right as it stands; `note` says why. No secrets, no names.
    """

    outcome: Literal["done", "later", "person"]
    note: str = ""
    explained: bool = False


class Actions(Protocol):
    """Carries actions out, through the operations of the rooms below, each idempotent by its own key."""

    def carry_out(self, act: Act, now: datetime) -> Answer:
        """Called outside of a transaction; may talk to channels. The same act again does no harm."""
        ...
