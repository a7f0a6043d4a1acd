"""Which ledger accounts partners move. Pure.

Our points in their mall: what we owe it for what it delivers. Their points in ours: what they owe us for it, against the
debt that pays the order, as points of our own do; what the points are worth beyond or below the order's price is a
reduction of income, or the end of one.
"""

from typing import Final

from goodfor.partners import states

DIFFERENCE: Final = "5002:points"


def account_of(role: str, code: str) -> str:
    """Where what one owes the other stands."""
    return f"2202:partner:{code}" if role == states.DEVELOPER else f"1122:partner:{code}"
