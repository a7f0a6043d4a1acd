"""When a batch has proved bad. Pure.

Of ordinary batches some 1.5 % of the codes turn out bad, of a bad one nearly all. Buyers complain some time after they
bought, so the share of proven claims among units sold begins low in either case. A batch is bad when at least `LEAST`
orders proved it and the lower end of Wilson's interval for that share (z = 3.29, one in two thousand by chance) lies
above the shop's line, 4 % by default: up to 4 of 22 units, 5 of 32, 6 of 43, 10 of 93.
"""

from math import sqrt
from typing import Final

LEAST: Final = 4
LINE: Final = 0.04
Z: Final = 3.29


def lower_bound(bad: int, sold: int, z: float = Z) -> float:
    """Lower end of Wilson's score interval for `bad` of `sold`; 0 for none. Source: E. B. Wilson, JASA 22 (1927)."""
    if sold <= 0 or bad <= 0:
        return 0.0
    units = max(sold, bad)
    share = bad / units
    middle = share + z * z / (2 * units)
    spread = z * sqrt(share * (1 - share) / units + z * z / (4 * units * units))
    return max(0.0, (middle - spread) / (1 + z * z / units))


def is_bad(bad: int, sold: int, *, line: float = LINE, forgiven: int = 0) -> bool:
    """Whether a batch is to be pulled. `forgiven`: so many proven ones a person knew of when they let it go on."""
    fresh = bad - forgiven
    return fresh >= LEAST and lower_bound(fresh, sold, Z) > line
