"""Facts about orders."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from goodfor.kernel.events import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    """An order waits for its payment."""

    name: ClassVar[str] = "orders.order_placed"
    order_id: UUID
    number: str
    total_minor: int
    currency: str


@dataclass(frozen=True)
class OrderPaid(Event):
    """The money is there; delivery must follow before the deadline."""

    name: ClassVar[str] = "orders.order_paid"
    order_id: UUID
    number: str
    payment_id: UUID
    total_minor: int
    currency: str


@dataclass(frozen=True)
class OrderDelivered(Event):
    """The buyer holds what was paid for. A purchase from a balance is paid and delivered at once: one event."""

    name: ClassVar[str] = "orders.order_delivered"
    order_id: UUID
    number: str
    payment_id: UUID
    total_minor: int
    currency: str
    quantity: int


@dataclass(frozen=True)
class LatePaymentCame(Event):
    """Money came for an order that no longer awaited it; `kept`: it pays the order all the same, else it goes back."""

    name: ClassVar[str] = "orders.late_payment_came"
    order_id: UUID
    number: str
    fact_id: UUID
    amount_minor: int
    currency: str
    kept: bool


@dataclass(frozen=True, slots=True)
class OrderHeld(Event):
    """The order is to wait after its payment; told again when the hold has become more.

    `then`: release or refuse, what happens by itself `for_seconds` after the payment; `review`: a person looks.
    """

    name: ClassVar[str] = "orders.order_held"
    order_id: UUID
    number: str
    decision_id: UUID | None
    then: str
    review: bool
    reasons: tuple[str, ...]
    for_seconds: int


@dataclass(frozen=True, slots=True)
class OrderReleased(Event):
    """A held order may be delivered. `actor`: who said so; `cause`: a short word; `until`: its time was over."""

    name: ClassVar[str] = "orders.order_released"
    order_id: UUID
    number: str
    decision_id: UUID | None
    actor: str
    cause: str


@dataclass(frozen=True, slots=True)
class OrderHoldRefused(Event):
    """A held order is not delivered; what was paid goes back. The same fields as of a release."""

    name: ClassVar[str] = "orders.order_hold_refused"
    order_id: UUID
    number: str
    decision_id: UUID | None
    actor: str
    cause: str


@dataclass(frozen=True)
class OrderClosed(Event):
    """Cancelled or expired without payment."""

    name: ClassVar[str] = "orders.order_closed"
    order_id: UUID
    number: str
    state: str


@dataclass(frozen=True)
class OrderRefunding(Event):
    """The money is on its way back."""

    name: ClassVar[str] = "orders.order_refunding"
    order_id: UUID
    number: str
    refund_id: UUID
    reason: str


@dataclass(frozen=True)
class OrderRefundFailed(Event):
    """The channel refused for good to give the money back; it is still owed, and the staff has a case."""

    name: ClassVar[str] = "orders.order_refund_failed"
    order_id: UUID
    number: str
    refund_id: UUID
    code: str


@dataclass(frozen=True)
class OrderRefunded(Event):
    """The buyer is made whole."""

    name: ClassVar[str] = "orders.order_refunded"
    order_id: UUID
    number: str
    refund_id: UUID
    amount_minor: int
    currency: str


@dataclass(frozen=True)
class OrderPartlyRefunded(Event):
    """Part of a delivered order's price is back with its buyer."""

    name: ClassVar[str] = "orders.order_partly_refunded"
    order_id: UUID
    number: str
    refund_id: UUID
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class OrderClaimOpened(Event):
    """A buyer says that `codes` codes of a line are not right; an open claim waits for a person or was met at once."""

    name: ClassVar[str] = "orders.claim_opened"
    claim_id: UUID
    order_id: UUID
    number: str
    line_id: UUID
    reason: str
    codes: int


@dataclass(frozen=True, slots=True)
class OrderClaimClosed(Event):
    """A claim is over: `state` is refunded, replaced, rejected, or withdrawn by the buyer."""

    name: ClassVar[str] = "orders.claim_closed"
    claim_id: UUID
    order_id: UUID
    number: str
    state: str


@dataclass(frozen=True, slots=True)
class OrderClaimReplacing(Event):
    """A good code is being bought for a claim; the bad one is set aside."""

    name: ClassVar[str] = "orders.claim_replacing"
    claim_id: UUID
    order_id: UUID
    number: str


@dataclass(frozen=True, slots=True)
class OrderReplacementFailed(Event):
    """Nothing could be had in the place of a claim's codes, which stay set aside; the claim is open again."""

    name: ClassVar[str] = "orders.replacement_failed"
    claim_id: UUID
    order_id: UUID
    number: str


@dataclass(frozen=True, slots=True)
class OrderGiftEnded(Event):
    """Codes of an order that were kept for a gift went back to the shop with it: there is nothing to open any more."""

    name: ClassVar[str] = "orders.gift_ended"
    gift_id: UUID
    order_id: UUID
    number: str


@dataclass(frozen=True, slots=True)
class OrderTakenIn(Event):
    """A guest's order is an account's from now on."""

    name: ClassVar[str] = "orders.taken_in"
    order_id: UUID
    number: str
    buyer_id: UUID
