"""Periodic duties of supply."""

from datetime import datetime

from goodfor.kernel.loops import loop
from goodfor.supply.operations.ask import keep_asking
from goodfor.supply.operations.buy_due import keep_buying
from goodfor.supply.operations.close_late_wants import close_late_wants
from goodfor.supply.operations.follow_costs import follow_costs
from goodfor.supply.operations.hold_statement import forget_statements
from goodfor.supply.operations.inquire import keep_inquiring
from goodfor.supply.operations.judge_suppliers import judge_suppliers
from goodfor.supply.operations.keep_accounts import keep_accounts
from goodfor.supply.operations.keep_calls import forget_calls
from goodfor.supply.operations.score import score_suppliers
from goodfor.supply.operations.sweep_orders import sweep_due as sweep_orders_due
from goodfor.supply.operations.sync import freshen, keep_sweeping, read_hinted
from goodfor.supply.operations.tally import forget_tallies, tally_due
from goodfor.supply.operations.walk_trials import walk_trials


@loop(name="supply.buy", seconds=0.05)
def buy(now: datetime) -> int:
    """Buy what is wanted."""
    return keep_buying(now=now)


@loop(name="supply.ask", seconds=0.3)
def ask(now: datetime) -> int:
    """Ask about purchases whose end is not known."""
    return keep_asking(now=now)


@loop(name="supply.inquiries", seconds=0.3)
def inquiries(now: datetime) -> int:
    """Ask suppliers about codes that they sold, have them taken back, complain."""
    return keep_inquiring(now=now)


@loop(name="supply.items", seconds=0.5)
def items(now: datetime) -> int:
    """Read items that suppliers told of."""
    return read_hinted(now=now)


@loop(name="supply.sweep", seconds=10.0)
def sweep(now: datetime) -> int:
    """Look at whole catalogues and balances."""
    return keep_sweeping(now=now)


@loop(name="supply.fresh", seconds=5.0)
def fresh(now: datetime) -> int:
    """Have items that are offered looked at again; never more at once, or nothing would bound the calls."""
    freshen(now=now)
    return 0


@loop(name="supply.watch", seconds=1.0)
def watch(now: datetime) -> int:
    """Let prices follow costs."""
    return follow_costs(now=now)


@loop(name="supply.trials", seconds=1.0)
def trials(now: datetime) -> int:
    """Replay purchases under another routing."""
    return walk_trials(now=now)


@loop(name="supply.score", seconds=15.0)
def score(now: datetime) -> int:
    """Renew how suppliers did; nothing is left over, so never more at once."""
    score_suppliers(now=now)
    return 0


@loop(name="supply.consequences", seconds=60.0)
def consequences(now: datetime) -> int:
    """Let something follow from bad codes; nothing is left over, so never more at once."""
    judge_suppliers(now=now)
    return 0


@loop(name="supply.tally", seconds=20.0)
def tally(now: datetime) -> int:
    """Count how suppliers did, hour by hour."""
    return tally_due(now=now)


@loop(name="supply.tidy", seconds=60.0)
def tidy(now: datetime) -> int:
    """Close what is past its time, throw away old calls and files."""
    return close_late_wants(now=now) + forget_calls(now=now) + forget_tallies(now=now) + forget_statements()


@loop(name="supply.accounts", seconds=30.0)
def accounts(now: datetime) -> int:
    """Compare balances when a supplier's day has ended, and watch what is left; never more at once."""
    keep_accounts(now=now)
    return 0


@loop(name="supply.recount", seconds=5.0)
def recount(now: datetime) -> int:
    """Ask again about purchases of past days."""
    return sweep_orders_due(now=now)
