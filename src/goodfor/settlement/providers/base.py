"""What a provider of payouts must be able to do. Calls come outside of transactions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from goodfor.kernel.money import Money
from goodfor.kernel.outcomes import Outcome
from goodfor.settlement.types import BankDetails

#: `Unknown(NOT_SENT)`: the call certainly never left this machine.
NOT_SENT: Final = "not_sent"
#: `Rejected(NOT_FOUND)`, the answer of `ask` alone: the number was never heard of there.
NOT_FOUND: Final = "not_found"


@dataclass(frozen=True, slots=True)
class PayoutAttempt:
    """What is to be paid to whom, under a number that stays the same at every try.

    `number` is for people; two shops may have the same. `key` is no other payout's anywhere (letters and digits, 32):
    what a provider must not pay twice. `account_id`: the account at the provider that it goes by, now and ever.
    """

    number: str
    amount: Money
    bank: BankDetails = field(repr=False)
    purpose: str = ""
    key: str = ""
    shop_id: UUID | None = None
    account_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """How a payout can go: `name` as it is chosen and kept, `label` for people."""

    name: str
    label: str
    account_id: UUID | None = None


class PayoutProvider(Protocol):
    """Pays out, and answers what became of it. The same key is paid once, however often it is sent."""

    def ways(self, shop_id: UUID, currency: str, now: datetime) -> Sequence[Way]:
        """How a shop can pay by it. Names are its own name, or that and a colon and what tells them apart."""
        ...

    def ledger_account(self, way: str) -> str:
        """The account of our books that the money leaves; empty: the shop's bank account."""
        ...

    def pay(self, attempt: PayoutAttempt, now: datetime) -> Outcome:
        """Send it. Succeeded only when the money has arrived; taken on and not finished is Pending."""
        ...

    def ask(self, attempt: PayoutAttempt, now: datetime) -> Outcome:
        """What became of the number; Rejected(NOT_FOUND) where it was never heard of."""
        ...
