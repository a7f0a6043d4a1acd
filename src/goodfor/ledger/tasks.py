"""Periodic duties of the ledger."""

from datetime import datetime

from goodfor.kernel.loops import loop
from goodfor.ledger.operations.fill_days import fill_days
from goodfor.ledger.operations.roll_up import roll_up
from goodfor.ledger.operations.seal import seal


@loop(name="ledger.roll_up", seconds=1.0)
def roll_up_balances(now: datetime) -> int:
    """Keep the tails of balances short."""
    return roll_up(now=now)


@loop(name="ledger.seal", seconds=300.0)
def seal_transactions(now: datetime) -> int:
    """Extend the hash chains."""
    return seal(now=now)


@loop(name="ledger.fill_days", seconds=20.0)
def fill_daily_balances(now: datetime) -> int:
    """Keep reads by day short."""
    return fill_days(now=now)
