"""By which payments the price of a period was paid.

What an upgrade was credited had been paid by the period that it ended, and a part of that, maybe, by the one before:
own money is used up first, by what is credited on as by what goes back, so that each payment is counted once.
"""

from collections.abc import Iterator
from uuid import UUID

from goodfor.subscriptions.models import Period

#: (payment, minor units of it), in the order in which they are used.
Funds = list[tuple[UUID, int]]


def funds_of(period: Period) -> Funds:
    """Of a period that was paid: its own payment, then those of what it was credited; the price in all."""
    assert period.payment_id is not None
    own: Funds = [(period.payment_id, period.price_minor - period.credit_minor)]
    if not period.credit_minor or period.replaces is None:
        return own
    before = Period.objects.get(shop_id=period.shop_id, id=period.replaces)
    return own + first_of(funds_of(before), period.credit_minor)


def first_of(funds: Funds, minor: int) -> Funds:
    """The first so many minor units."""
    return list(_between(funds, 0, minor))


def rest_after(funds: Funds, minor: int) -> Funds:
    """All but the first so many."""
    return list(_between(funds, minor, total(funds)))


def total(funds: Funds) -> int:
    """Minor units in all."""
    return sum(minor for _payment_id, minor in funds)


def _between(funds: Funds, begin: int, end: int) -> Iterator[tuple[UUID, int]]:
    seen = 0
    for payment_id, minor in funds:
        part = min(end, seen + minor) - max(begin, seen)
        seen += minor
        if part > 0:
            yield payment_id, part
