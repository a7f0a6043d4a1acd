"""What is sold on each day and what becomes of it: drawn from a seed, so that a run can be had again. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

#: Days of the books, of bills and of statements.
BEIJING: Final = ZoneInfo("Asia/Shanghai")
#: Shares of orders. What is claimed is bad and compensated; what is bought is bought by the shop's own operation.
BY_CHANNEL: Final = 0.5
WITH_CREDIT: Final = 0.2
TWO_LINES: Final = 0.1
WHOLE_BACK: Final = 0.015
PART_BACK: Final = 0.015
CLAIMED: Final = 0.001
BOUGHT: Final = 0.01
#: Refunds and claims come within so many days.
WITHIN: Final = 20

WHOLE: Final = "whole"
PART: Final = "part"
CLAIM: Final = "claim"


@dataclass(frozen=True, slots=True)
class Sale:
    """One order: `lines` are (place of the SKU, quantity); `fate` is what becomes of it, `after` so many days."""

    at: datetime
    buyer: int
    lines: tuple[tuple[int, int], ...]
    by_channel: bool
    credit: bool
    fate: str
    after: int
    bought: bool


def count_on(day: int, orders: int, days: int) -> int:
    """How many orders a day has; together they are all."""
    return orders * (day + 1) // days - orders * day // days


def sales_of(rng: Random, start: datetime, count: int, skus: int, buyers: int) -> list[Sale]:
    """The orders of the day that begins at `start`, by the clock."""
    seconds = sorted(rng.triangular(0, 86_399, 72_000) for _ in range(count))
    return [_sale(rng, start + timedelta(seconds=int(second)), skus, buyers) for second in seconds]


def _sale(rng: Random, at: datetime, skus: int, buyers: int) -> Sale:
    chosen = rng.sample(range(skus), 2 if rng.random() < TWO_LINES else 1)
    lines = tuple((sku, rng.choices((1, 2, 3), (80, 15, 5))[0]) for sku in chosen)
    dice, bought = rng.random(), rng.random() < BOUGHT
    fate = ""
    for name, share in ((WHOLE, WHOLE_BACK), (PART, PART_BACK), (CLAIM, CLAIMED)):
        if 0 <= dice < share:
            fate = name
        dice -= share
    return Sale(
        at, rng.randrange(buyers), lines, not bought and rng.random() < BY_CHANNEL, rng.random() < WITH_CREDIT, fate,
        rng.randrange(1, WITHIN), bought,
    )  # fmt: skip
