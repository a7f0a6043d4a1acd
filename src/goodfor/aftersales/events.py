"""Facts about promises kept and broken. No codes, no words of buyers."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from goodfor.kernel.events import Event


@dataclass(frozen=True, slots=True)
class CaseDecided(Event):
    """A claim was decided: `action` of `states.ACTIONS`, `automatic`: by the table with nobody touching it.

    `why` is the key of the words a buyer reads. `proven`: the code counts as bad from now on.
    """

    name: ClassVar[str] = "aftersales.case_decided"
    case_id: UUID
    order_id: UUID
    number: str
    line_id: UUID
    sku_id: UUID
    action: str
    rule: str
    why: str
    automatic: bool
    proven: bool
    units: int


@dataclass(frozen=True, slots=True)
class CaseRated(Event):
    """A buyer said how it went, 1 (bad) to 5 (good); `buyer`: as the case names him."""

    name: ClassVar[str] = "aftersales.case_rated"
    case_id: UUID
    order_id: UUID
    buyer: str
    rating: int


@dataclass(frozen=True, slots=True)
class BuyerAsked(Event):
    """The buyer is asked for something (`why`); the clocks stand still until they answer."""

    name: ClassVar[str] = "aftersales.buyer_asked"
    case_id: UUID
    order_id: UUID
    number: str
    why: str


@dataclass(frozen=True, slots=True)
class PersonNeeded(Event):
    """A case waits for a person from now on."""

    name: ClassVar[str] = "aftersales.person_needed"
    case_id: UUID
    order_id: UUID
    number: str


@dataclass(frozen=True, slots=True)
class DeadlineMissed(Event):
    """A promised time passed: `what` is late_answer, late_decision or late_delivery; `goodwill_minor` 0: none due."""

    name: ClassVar[str] = "aftersales.deadline_missed"
    case_id: UUID | None
    order_id: UUID
    number: str
    what: str
    goodwill_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class CaseEscalated(Event):
    """Nobody has dealt with it: `level` 1 operators, 2 the owner."""

    name: ClassVar[str] = "aftersales.case_escalated"
    case_id: UUID
    order_id: UUID
    number: str
    level: int


@dataclass(frozen=True, slots=True)
class GrantMade(Event):
    """An amount beyond the price is owed to a buyer."""

    name: ClassVar[str] = "aftersales.grant_made"
    grant_id: UUID
    order_id: UUID
    number: str
    kind: str
    amount_minor: int
    currency: str
    way: str


@dataclass(frozen=True, slots=True)
class GrantPaid(Event):
    """It is with the buyer."""

    name: ClassVar[str] = "aftersales.grant_paid"
    grant_id: UUID
    order_id: UUID
    number: str
    kind: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class BatchPulled(Event):
    """A batch's bad codes crossed the line: it is off sale. `holders`: orders that hold unclaimed codes of it."""

    name: ClassVar[str] = "aftersales.batch_pulled"
    batch_id: UUID
    sku_id: UUID
    bad: int
    sold: int
    held: int
    holders: int


@dataclass(frozen=True, slots=True)
class RecallOffered(Event):
    """A buyer who holds codes of a pulled batch is offered a remedy before they complain."""

    name: ClassVar[str] = "aftersales.recall_offered"
    recall_id: UUID
    order_id: UUID
    number: str
    line_id: UUID
    codes: int


@dataclass(frozen=True, slots=True)
class ReplyWritten(Event):
    """The staff wrote to the buyer about a case."""

    name: ClassVar[str] = "aftersales.reply_written"
    case_id: UUID
    order_id: UUID
    number: str


@dataclass(frozen=True, slots=True)
class PromiseSet(Event):
    """Another version of a promise was set; orders placed from `from_at` on have it. `removed`: what is wider holds."""

    name: ClassVar[str] = "aftersales.promise_set"
    scope: str
    scope_id: UUID | None
    promise_version: int
    from_at: datetime
    removed: bool
