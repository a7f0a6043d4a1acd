"""Disputes and chargebacks: the buyer's bank takes money back, and we may show what the buyer got."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from goodfor.kernel.outcomes import Outcome
from goodfor.payments.providers.base import Account


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for us. No codes in it: that they were shown, when and to whom, never what they are."""

    order_number: str
    product: str
    buyer_contact: str = field(repr=False)
    client_ip: str = ""
    delivered_at: datetime | None = None
    #: When and from where each code was revealed, in words of one line each.
    reveals: tuple[str, ...] = ()
    text: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)


class Disputing(Protocol):
    """A channel with disputes."""

    def query_dispute(self, account: Account, dispute_ref: str, now: datetime) -> Outcome:
        """Ask. Succeeded: `data["fact"]`, of kind disputed, dispute_won or dispute_lost. Rejected(not_found)."""
        ...

    def submit_evidence(self, account: Account, dispute_ref: str, evidence: Evidence, now: datetime) -> Outcome:
        """Hand in the evidence; the same again replaces it."""
        ...
