"""Background work of doors."""

from datetime import datetime

from goodfor.kernel.loops import loop
from goodfor.risk.operations.purge_doors import purge_doors


@loop(name="risk.purge_doors", seconds=20.0)
def purge(now: datetime) -> int:
    """Forget what was counted."""
    return purge_doors(now=now)
