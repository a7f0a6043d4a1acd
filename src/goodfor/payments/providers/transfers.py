"""Paying somebody out of our balance at a channel (转账到银行卡): what a channel has that does."""

from datetime import datetime
from typing import Protocol

from goodfor.kernel.outcomes import Outcome
from goodfor.payments.providers.base import Account
from goodfor.payments.types import Transfer


class Transferrer(Protocol):
    """A channel that pays to bank accounts. The same number is paid once, however often it is sent."""

    def transfer(self, account: Account, transfer: Transfer, now: datetime) -> Outcome:
        """Send it. Succeeded: the bank has it; taken on and not finished is Pending. Rejected: not done."""
        ...

    def query_transfer(self, account: Account, transfer: Transfer, now: datetime) -> Outcome:
        """What became of the number. Rejected(not_found): never heard of; another code: it failed for certain."""
        ...
