"""Background work of identity."""

from datetime import datetime

from goodfor.identity.operations.erase_buyer import erase_due
from goodfor.identity.operations.purge_buyer_records import purge_buyer_records
from goodfor.identity.operations.purge_nonces import purge_nonces
from goodfor.kernel.loops import loop


@loop(name="identity.purge_nonces", seconds=30.0)
def purge(now: datetime) -> int:
    """Forget old nonces."""
    return purge_nonces(now=now)


@loop(name="identity.purge_buyer_records", seconds=300.0)
def purge_buyers(now: datetime) -> int:
    """Forget what is kept of buyers for a time only; never asks to be called again at once."""
    purge_buyer_records(now=now)
    return 0


@loop(name="identity.erase_due", seconds=60.0)
def erase(now: datetime) -> int:
    """Erase accounts whose seven days are over."""
    return erase_due(now=now)
