"""Facts about statements and payouts."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from goodfor.kernel.events import Event


@dataclass(frozen=True)
class StatementLocked(Event):
    """A statement was made: its list never changes. The party is asked to confirm it."""

    name: ClassVar[str] = "settlement.statement_locked"
    statement_id: UUID
    number: str
    party_id: UUID
    payable_minor: int
    currency: str


@dataclass(frozen=True)
class StatementConfirmed(Event):
    """The party, or the staff in its name, agreed."""

    name: ClassVar[str] = "settlement.statement_confirmed"
    statement_id: UUID
    number: str
    party_id: UUID


@dataclass(frozen=True)
class StatementRejected(Event):
    """A statement was taken back: its items are free for the next one."""

    name: ClassVar[str] = "settlement.statement_rejected"
    statement_id: UUID
    number: str
    party_id: UUID
    by_party: bool


@dataclass(frozen=True)
class StatementApproved(Event):
    """Enough persons approved; `due`: it is to be paid, else its rest goes on the next one."""

    name: ClassVar[str] = "settlement.statement_approved"
    statement_id: UUID
    number: str
    party_id: UUID
    due: bool


@dataclass(frozen=True)
class PayoutSucceeded(Event):
    """The money is with the party; its statement is paid."""

    name: ClassVar[str] = "settlement.payout_succeeded"
    payout_id: UUID
    statement_id: UUID
    party_id: UUID
    number: str
    amount_minor: int
    currency: str


@dataclass(frozen=True)
class PayoutFailed(Event):
    """The money did not go, for certain; its statement may be paid again."""

    name: ClassVar[str] = "settlement.payout_failed"
    payout_id: UUID
    statement_id: UUID
    party_id: UUID
    number: str
    amount_minor: int
    currency: str
    reason: str
