"""What an issuer of invoices must be able to do. Calls come outside of transactions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from goodfor.invoices.types import LineOf, Title
from goodfor.kernel.outcomes import Outcome

#: `Unknown(NOT_SENT)`: the call certainly never left this machine.
NOT_SENT: Final = "not_sent"
#: `Rejected(NOT_FOUND)`, the answer of `ask` alone: the number was never heard of there.
NOT_FOUND: Final = "not_found"


@dataclass(frozen=True, slots=True)
class Account:
    """How a shop is known to its issuer, and in whose name it sells."""

    url: str
    app_key: str
    secret: str = field(repr=False)
    seller_name: str
    seller_tax: str


@dataclass(frozen=True, slots=True)
class Paper:
    """What is to be written, under a number that stays the same at every try.

    `original`: the official number of the invoice that a red letter takes (a part of) back; amounts stay positive.
    """

    number: str
    kind: str
    paper: str
    title: Title = field(repr=False)
    currency: str
    total_minor: int
    tax_minor: int
    lines: Sequence[LineOf]
    original: str = ""
    reason: str = ""


class IssuingProvider(Protocol):
    """Writes invoices, and answers what became of one. The same number is written once, however often it is sent."""

    def issue(self, account: Account, paper: Paper, now: datetime) -> Outcome:
        """Have it written. `Succeeded(official number, {"link": ...})` once it is; taken on only is Pending."""
        ...

    def ask(self, account: Account, number: str, now: datetime) -> Outcome:
        """What became of the number; Rejected(NOT_FOUND) where it was never heard of."""
        ...
