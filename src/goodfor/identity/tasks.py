"""Background work of identity."""

from datetime import datetime

from goodfor.identity.operations.purge_nonces import purge_nonces
from goodfor.kernel.loops import loop


@loop(name="identity.purge_nonces", seconds=30.0)
def purge(now: datetime) -> int:
    """Forget old nonces."""
    return purge_nonces(now=now)
