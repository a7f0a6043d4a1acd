"""The loops of invoices."""

from datetime import datetime

from goodfor.invoices.operations.run_due_invoices import run_due_invoices, run_due_looks
from goodfor.kernel.loops import loop


@loop(name="invoices.issue", seconds=5.0)
def issue(now: datetime) -> int:
    """Have invoices issued, and ask about those whose end is not known."""
    return run_due_invoices(now=now)


@loop(name="invoices.look", seconds=3.0)
def look(now: datetime) -> int:
    """Look at orders that were delivered with a title, or whose price went back."""
    return run_due_looks(now=now)
