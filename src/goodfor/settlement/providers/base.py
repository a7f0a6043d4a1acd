"""What a provider of payouts must be able to do. Calls come outside of transactions."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from goodfor.kernel.money import Money
from goodfor.kernel.outcomes import Outcome
from goodfor.settlement.types import BankDetails

#: `Unknown(NOT_SENT)`: the call certainly never left this machine.
NOT_SENT: Final = "not_sent"
#: `Rejected(NOT_FOUND)`, the answer of `ask` alone: the number was never heard of there.
NOT_FOUND: Final = "not_found"


@dataclass(frozen=True, slots=True)
class PayoutAttempt:
    """What is to be paid to whom, under a number that stays the same at every try."""

    number: str
    amount: Money
    bank: BankDetails = field(repr=False)
    purpose: str = ""


class PayoutProvider(Protocol):
    """Pays out, and answers what became of it. The same number is paid once, however often it is sent."""

    def pay(self, attempt: PayoutAttempt, now: datetime) -> Outcome:
        """Send it. Succeeded only when the money has arrived; taken on and not finished is Pending."""
        ...

    def ask(self, attempt: PayoutAttempt, now: datetime) -> Outcome:
        """What became of the number; Rejected(NOT_FOUND) where it was never heard of."""
        ...
