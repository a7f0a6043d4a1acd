"""Periodic duties of notify."""

from datetime import datetime

from goodfor.kernel.loops import loop
from goodfor.notify.operations.ask_reports import ask_reports
from goodfor.notify.operations.deliver_due import deliver_due
from goodfor.notify.operations.purge_messages import purge_messages


@loop(name="notify.send", seconds=0.5)
def send_due(now: datetime) -> int:
    """Send what is due, ask about what is unknown."""
    return deliver_due(now=now)


@loop(name="notify.reports", seconds=2.0)
def ask_about_reports(now: datetime) -> int:
    """Ask vendors about what they have reported."""
    return ask_reports(now=now)


@loop(name="notify.purge", seconds=3600.0)
def purge(now: datetime) -> int:
    """Let go of what is older than a shop keeps it."""
    return purge_messages(now=now)
