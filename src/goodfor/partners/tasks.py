"""Periodic duties of partners, each one operation."""

from datetime import datetime, timedelta

from goodfor.kernel.loops import loop
from goodfor.partners.operations.ask_mall import ask_due
from goodfor.partners.operations.forget_nonces import forget_nonces
from goodfor.partners.operations.go_on_exchange import go_on_due
from goodfor.partners.operations.tell_partner import tell_due


@loop(name="partners.ask", seconds=60.0)
def ask(now: datetime) -> int:
    """Malls, about orders whose end nobody told."""
    return ask_due(now=now)


@loop(name="partners.forget", seconds=3600.0)
def forget(now: datetime) -> int:
    """Calls that could not be repeated any more."""
    return forget_nonces(before=now - timedelta(hours=1))


@loop(name="partners.exchange", seconds=15.0)
def exchange(now: datetime) -> int:
    """Exchanges whose beginner did not end."""
    return go_on_due(now=now)


@loop(name="partners.tell", seconds=5.0)
def tell(now: datetime) -> int:
    """Partners, about what became of their people's exchanges."""
    return tell_due(now=now)
