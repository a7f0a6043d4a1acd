"""Which ledger accounts a prize moves. Pure.

Goods that somebody won are marketing: they become what an order is paid from, as points do. What comes back of them
lowers the marketing again, and the winner's points are a present of their own.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.ledger.types import Entry, Line
from goodfor.loyalty.operations.spend_units import REDEEMED

MARKETING: Final = "6601:marketing"


def prize_entry(*, play_id: UUID, order_id: UUID, minor: int, now: datetime) -> Entry:
    """Goods of `minor` were won, and are ordered."""
    lines = (Line(MARKETING, minor, order_id=order_id), Line(REDEEMED, -minor, order_id=order_id))
    return Entry(f"prize:{play_id}", "prize", lines, now, ("mall.play", play_id))


def prize_back_entry(*, play_id: UUID, refund_id: UUID, order_id: UUID, minor: int, now: datetime) -> Entry:
    """`minor` of a prize's goods came back."""
    lines = (Line(REDEEMED, minor, order_id=order_id), Line(MARKETING, -minor, order_id=order_id))
    return Entry(f"prizeback:{refund_id}", "prize_back", lines, now, ("mall.play", play_id))
