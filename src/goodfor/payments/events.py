"""What happened in payments, for the rooms above. No secrets, no raw data."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from goodfor.kernel.events import Event


@dataclass(frozen=True)
class FactRecorded(Event):
    """A channel told, when asked, that money came: the listener applies it (`queries.recorded`, `apply_fact`)."""

    name: ClassVar[str] = "payments.fact_recorded"
    version: ClassVar[int] = 1

    fact_id: UUID
    payment_id: UUID | None
    kind: str


@dataclass(frozen=True)
class PaymentClosed(Event):
    """An attempt ended unpaid: expired or closed by the channel."""

    name: ClassVar[str] = "payments.payment_closed"
    version: ClassVar[int] = 1

    payment_id: UUID
    source_type: str
    source_id: UUID


@dataclass(frozen=True)
class CaseOpened(Event):
    """Something that no rule decides waits for a person."""

    name: ClassVar[str] = "payments.case_opened"
    version: ClassVar[int] = 1

    case_id: UUID
    kind: str


@dataclass(frozen=True)
class RefundSucceeded(Event):
    """The channel gave the money back. `business_key` is the one of `request_refund`."""

    name: ClassVar[str] = "payments.refund_succeeded"
    version: ClassVar[int] = 1

    refund_id: UUID
    payment_id: UUID
    source_type: str
    source_id: UUID
    business_key: str
    amount_minor: int
    currency: str


@dataclass(frozen=True)
class RefundFailed(Event):
    """The channel will not give the money back this way; `code` is its reason. A case is open."""

    name: ClassVar[str] = "payments.refund_failed"
    version: ClassVar[int] = 1

    refund_id: UUID
    payment_id: UUID
    source_type: str
    source_id: UUID
    business_key: str
    amount_minor: int
    currency: str
    code: str


@dataclass(frozen=True)
class DisputeEnded(Event):
    """A bank decided a dispute: `won` by the shop, or its money is gone. `source_type` empty: of no payment of ours."""

    name: ClassVar[str] = "payments.dispute_ended"
    version: ClassVar[int] = 1

    dispute_id: UUID
    source_type: str
    source_id: UUID | None
    won: bool


@dataclass(frozen=True)
class MandateActive(Event):
    """The holder signed, and the channel says so: he may be charged from now on."""

    name: ClassVar[str] = "payments.mandate_active"
    version: ClassVar[int] = 1

    mandate_id: UUID
    holder: str


@dataclass(frozen=True)
class MandateEnded(Event):
    """Nobody is charged by it any more. `by`: holder, channel, or who of the staff."""

    name: ClassVar[str] = "payments.mandate_ended"
    version: ClassVar[int] = 1

    mandate_id: UUID
    holder: str
    by: str


@dataclass(frozen=True)
class ChargeRefused(Event):
    """A charge by a mandate that did not come about. `code`: no_funds, mandate_ended, needs_buyer, limit or other.

    One that came about is told as any payment (`FactRecorded`).
    """

    name: ClassVar[str] = "payments.charge_refused"
    version: ClassVar[int] = 1

    charge_id: UUID
    mandate_id: UUID
    payment_id: UUID
    source_type: str
    source_id: UUID
    business_key: str
    amount_minor: int
    currency: str
    code: str
