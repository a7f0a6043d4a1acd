"""Periodic duties of notify."""

from datetime import datetime

from goodfor.kernel.loops import loop
from goodfor.notify.operations.deliver_due import deliver_due


@loop(name="notify.send", seconds=0.5)
def send_due(now: datetime) -> int:
    """Send what is due, ask about what is unknown."""
    return deliver_due(now=now)
