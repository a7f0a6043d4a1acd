"""Which figure of an order's profit an account belongs to, and the sums. Pure."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

#: By beginning of the code, the first that fits: the figure, and the sign that makes it a positive number.
FIGURES: Final[tuple[tuple[str, str, int], ...]] = (
    ("5001:", "revenue", -1),
    ("5002:", "discount", 1),
    ("5401:", "cost", 1),
    ("6603:", "fee", 1),
    ("6601:commission", "share", 1),
    ("6601:", "marketing", 1),
    ("6711:recovery", "recovery", -1),
    ("6711:", "compensation", 1),
    ("5", "other", -1),
    ("6", "other", -1),
    ("2221:", "tax", -1),
)
NAMES: Final = (
    "revenue", "discount", "cost", "fee", "share", "marketing", "compensation", "recovery", "other", "tax",
)  # fmt: skip
#: How each counts in the profit; tax is no part of it.
SIGNS: Final = {
    "revenue": 1, "discount": -1, "cost": -1, "fee": -1, "share": -1, "marketing": -1, "compensation": -1,
    "recovery": 1, "other": 1, "tax": 0,
}  # fmt: skip


@lru_cache(maxsize=8192)
def figure_of(account: str) -> tuple[str, int] | None:
    """The figure that an account's postings add to, and with which sign; None: no part of what an order earned."""
    return next(((name, sign) for start, name, sign in FIGURES if account.startswith(start)), None)


def sums(postings: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Every figure from (account, amount, debit positive)."""
    found = dict.fromkeys(NAMES, 0)
    for account, amount in postings:
        if (figure := figure_of(account)) is not None:
            found[figure[0]] += figure[1] * amount
    return found


def profit(figures: dict[str, int]) -> int:
    """What is left."""
    return sum(SIGNS[name] * amount for name, amount in figures.items())
