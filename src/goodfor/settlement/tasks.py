"""Periodic duties of settlement."""

from datetime import datetime

from goodfor.kernel.loops import loop
from goodfor.kernel.tenancy import platform_job
from goodfor.settlement import ports
from goodfor.settlement.operations.collect import collect
from goodfor.settlement.operations.make_due_statements import make_due_statements
from goodfor.settlement.operations.run_due_payouts import run_due_payouts


@loop(name="settlement.collect", seconds=20.0)
def collect_items(now: datetime) -> int:
    """Keep what the books have for parties, so that a statement has little left to read."""
    with platform_job("shops with parties"):
        shops = ports.parties().shops()
    for shop_id in shops:
        collect(shop_id=shop_id, now=now)
    # What was read is read to its end: no need to come back at once.
    return 0


@loop(name="settlement.statements", seconds=120.0)
def make_statements(now: datetime) -> int:
    """Statements of cycles that have ended."""
    make_due_statements(now=now)
    return 0


@loop(name="settlement.payouts", seconds=5.0)
def pay_out(now: datetime) -> int:
    """Send payouts, and ask about those whose end is not known."""
    return run_due_payouts(now=now)
