"""Disputes and chargebacks: the buyer's bank takes money back, and we may show what the buyer got."""

from datetime import datetime
from typing import Protocol

from goodfor.kernel.outcomes import Outcome
from goodfor.payments.desk_types import Evidence as Evidence
from goodfor.payments.providers.base import Account


class Disputing(Protocol):
    """A channel with disputes."""

    def query_dispute(self, account: Account, dispute_ref: str, now: datetime) -> Outcome:
        """Ask. Succeeded: `data["fact"]`, of kind disputed, dispute_won or dispute_lost. Rejected(not_found)."""
        ...

    def submit_evidence(self, account: Account, dispute_ref: str, evidence: Evidence, now: datetime) -> Outcome:
        """Hand in the evidence; the same again replaces it."""
        ...
