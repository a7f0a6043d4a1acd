"""A part of an order's price that is met by what is owed to its buyer: points beside money. Pure.

It is a means of payment that looks like a discount: it takes its share off each line, so that what is refused, refunded
or delivered in part takes its share along by the same sums as discounts do. The books are told that it was owed:
sales stay at list price, and `REDEEMED` pays instead of a campaign.
"""

from collections.abc import Sequence
from dataclasses import replace

from goodfor.kernel.money import Money
from goodfor.orders.accounts import CREDIT_PART
from goodfor.orders.errors import CreditTooMuch
from goodfor.orders.offer_types import Offer, Taken
from goodfor.orders.types import Credit, LineView


def with_credit(offer: Offer, credit: Credit) -> Offer:
    """The offer with the credit taken off its lines. Raises CreditTooMuch: each piece costs some money."""
    shares = _shares(offer.lines, credit.minor, offer.total.currency)
    lines = tuple(
        replace(line, discount_minor=line.discount_minor + share)
        for line, share in zip(offer.lines, shares, strict=True)
    )
    taken = [
        # Of what suppliers may cost, it is as good as money.
        Taken(line.line_id, CREDIT_PART, CREDIT_PART, None, "", share, 0, share)
        for line, share in zip(offer.lines, shares, strict=True)
        if share
    ]
    total = Money(offer.total.amount_minor - credit.minor, offer.total.currency)
    return replace(offer, lines=lines, total=total, taken=(*offer.taken, *taken))


def most_credit(lines: Sequence[LineView]) -> int:
    """The most that may be met by credit: all but a minor unit a piece."""
    return sum(_free(line) for line in lines)


def _free(line: LineView) -> int:
    return 0 if line.gift else line.net.amount_minor - line.quantity


def _shares(lines: Sequence[LineView], minor: int, currency: str) -> list[int]:
    free = [_free(line) for line in lines]
    if not 0 < minor <= sum(free):
        raise CreditTooMuch(most_minor=max(0, sum(free)))
    return [part.amount_minor for part in Money(minor, currency).allocate(free)]
