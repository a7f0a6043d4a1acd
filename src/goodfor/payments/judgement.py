"""What a fact that money came means for a payment, pure."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from goodfor.kernel.money import Money
from goodfor.payments import states
from goodfor.payments.types import Fact, OutcomeName

#: Outcomes that need a person, and the case they open.
CASES: Final[dict[OutcomeName, str]] = {
    "underpaid": "underpaid",
    "overpaid": "overpaid",
    "mismatch": "foreign",
    "unknown_payment": "unknown_payment",
    "duplicate_payment": "duplicate",
}


@dataclass(frozen=True, slots=True)
class Known:
    """What we know of the payment that the fact names."""

    account_id: UUID
    provider: str
    amount: Money
    state: str
    source_settled: bool


def judge(fact: Fact, payment: Known | None) -> OutcomeName:
    """The outcome. Merchant and currency come first, then whether the source is paid already, then the amount."""
    if payment is None:
        return "unknown_payment"
    if fact.account_id != payment.account_id or fact.provider != payment.provider:
        return "mismatch"
    if fact.amount.currency != payment.amount.currency:
        return "mismatch"
    if payment.state == states.SUCCEEDED or payment.source_settled:
        return "duplicate_payment"
    if fact.amount < payment.amount:
        return "underpaid"
    if fact.amount > payment.amount:
        return "overpaid"
    if payment.state in (states.CLOSED, states.FAILED):
        return "late"
    return "confirmed"
