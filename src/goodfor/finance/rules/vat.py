"""VAT in a price. Pure."""

from goodfor.finance.states import WHOLE


def included(amount: int, rate_bp: int) -> int:
    """The tax in an amount that includes it, rounded half up; nothing in nothing.

    Price 100.00 at 6 %: 5.66. Raises ValueError for negative amounts.
    """
    if amount < 0 or rate_bp < 0:
        raise ValueError("an amount and a rate are not negative")
    divisor = WHOLE + rate_bp
    return (2 * amount * rate_bp + divisor) // (2 * divisor)


def part_of(amount: int, bp: int) -> int:
    """A share of an amount in ten thousandths, rounded half up."""
    return (2 * amount * bp + WHOLE) // (2 * WHOLE)
