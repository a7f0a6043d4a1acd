"""Loops of payments: ask channels, send refunds, look after the inbox."""

from datetime import datetime

from goodfor.kernel.loops import loop
from goodfor.payments.operations.execute_refund import run_due_refunds
from goodfor.payments.operations.poll_due import poll_due
from goodfor.payments.operations.sweep_inbox import purge_forged, sweep_inbox


@loop(name="payments.poll", seconds=1.0)
def poll(now: datetime) -> int:
    """Ask about payments that are due."""
    return poll_due(now=now)


@loop(name="payments.refunds", seconds=1.0)
def refunds(now: datetime) -> int:
    """Send refunds and ask about unknown ones."""
    return run_due_refunds(now=now)


@loop(name="payments.inbox", seconds=5.0)
def inbox(now: datetime) -> int:
    """Look after callbacks that led to nothing."""
    return sweep_inbox(now=now)


@loop(name="payments.purge", seconds=3600.0)
def purge(now: datetime) -> int:
    """Throw away old samples of forged callbacks."""
    return purge_forged(now=now)
