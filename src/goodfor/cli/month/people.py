"""Who buys, when, and what they do with a code: drawn from a seed, so that a run can be had again. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

# What a code turns out to be.
GOOD: Final = "good"
INVALID: Final = "invalid"
#: Somebody had used it before it was sold.
USED: Final = "used"

#: Shares of orders, as the issue states them.
CHANGED_MIND: Final = 0.02
DISHONEST: Final = 0.03
#: Shares of codes.
INVALID_SHARE: Final = 0.01
USED_SHARE: Final = 0.005
#: Who looks at the code at all: some keep a voucher for a friend.
LOOKS: Final = 0.94
#: Of the dishonest orders: by people who do it again and again, the others once in a while.
BY_CHEATS: Final = 0.85
#: Refused though honest: so many say no to it.
OBJECTS: Final = 0.8
#: Asked for a picture: so many of the honest send one, and so many of the others forge one.
ANSWERS: Final = 0.97
FORGES: Final = 0.5
#: Buyers look after a minute at the earliest: what is bought within one may be done side by side.
WINDOW: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Plan:
    """One purchase: `mind` unseen, seen or empty: whether and when the buyer changes their mind."""

    at: datetime
    buyer: int
    sku: int
    dishonest: bool
    mind: str
    looks: bool


@dataclass(frozen=True, slots=True)
class Crowd:
    """`cheats` of the `buyers` (numbered from 0) are there to cheat."""

    buyers: int
    cheats: int

    @classmethod
    def of(cls, orders: int) -> "Crowd":
        """A buyer buys some forty times a month, a cheat about as often."""
        buyers = max(20, orders // 40)
        return cls(buyers, max(2, round(buyers * DISHONEST)))


def plans(rng: Random, crowd: Crowd, orders: int, skus: int, start: datetime, days: float) -> Iterator[Plan]:
    """`orders` purchases by the clock, more in the evening than at night."""
    seconds = sorted(_moment(rng, days) for _ in range(orders))
    for second in seconds:
        dishonest = rng.random() < DISHONEST
        cheat = dishonest and rng.random() < BY_CHEATS
        buyer = rng.randrange(crowd.cheats) if cheat else rng.randrange(crowd.cheats, crowd.buyers)
        changes = not dishonest and rng.random() < CHANGED_MIND
        mind = "" if not changes else "unseen" if rng.random() < 0.5 else "seen"
        looks = dishonest or mind == "seen" or rng.random() < LOOKS
        yield Plan(start + timedelta(seconds=second), buyer, rng.randrange(skus), dishonest, mind, looks)


def _moment(rng: Random, days: float) -> float:
    """Seconds since the start; the hour by a triangle with its tip at eight in the evening."""
    day = rng.randrange(max(1, round(days)))
    hour = rng.triangular(0.0, 24.0, 20.0)
    return min(days, day + hour / 24) * 86_400


def truth_of(rng: Random) -> str:
    """What a code of an ordinary delivery is."""
    dice = rng.random()
    if dice < INVALID_SHARE:
        return INVALID
    return USED if dice < INVALID_SHARE + USED_SHARE else GOOD


def look_after(rng: Random) -> timedelta:
    """Most look within minutes."""
    return WINDOW + timedelta(seconds=rng.expovariate(1 / 900))


def use_after(rng: Random) -> timedelta:
    """From looking to using."""
    return timedelta(seconds=20 + rng.expovariate(1 / 600))


def complain_after(rng: Random) -> timedelta:
    """From finding out to saying so."""
    return timedelta(seconds=15 + rng.expovariate(1 / 1_200))
