"""Tiers: what leads to them, what they give, and where a member stands. Reached through `types`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

#: What is counted: growth, money paid less what came back (minor units), or orders that were kept.
GROWN, SPENT, ORDERED = "growth", "spend", "orders"
METRICS: Final = (GROWN, SPENT, ORDERED)
#: Over the last 365 days, or since the year began by the shop's clock.
ROLLING, CALENDAR = "rolling", "calendar"
WINDOWS: Final = (ROLLING, CALENDAR)
#: Why somebody stands where he stands.
EARNED, GRANTED, PAID = "earned", "granted", "paid"
SOURCES: Final = (EARNED, GRANTED, PAID)
#: What orders earn usually, in ten-thousandths.
USUAL: Final = 10_000
UP, DOWN, KEPT, GIVEN, ENDED = "up", "down", "kept", "given", "ended"


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier. `qualify` and `keep` of the metric lead to it and hold it; of the lowest both are 0.

    `points_bp`: what orders earn, in ten-thousandths of the usual. `monthly_points`, `birthday_points`: presents of
    points, as `anniversary_points` of having joined. `claim_hours`: within which a claim is decided, where the shop
    promises no less; 0: as it promises. `extra_picks`: how many more may be picked of what is subscribed to. `coupons`:
    batches of which a coupon each is given every month. `words`: what else it gives, as the page says it.
    """

    name: str
    qualify: int = 0
    keep: int = 0
    points_bp: int = USUAL
    monthly_points: int = 0
    birthday_points: int = 0
    words: str = ""
    anniversary_points: int = 0
    claim_hours: int = 0
    extra_picks: int = 0
    coupons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TierSet:
    """The tiers of a shop, lowest first. `valid_days`: how long a tier lasts (rolling), else to the end of next year.

    `grace_days`: how long after its end a tier is still held by whoever has too little.
    """

    tiers: tuple[Tier, ...] = ()
    metric: str = GROWN
    window: str = ROLLING
    valid_days: int = 365
    grace_days: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a member stands. `until` None: for ever (the lowest tier)."""

    rank: int = 0
    since: datetime | None = None
    until: datetime | None = None
    source: str = EARNED


@dataclass(frozen=True, slots=True)
class Step:
    """A change of a member's standing, and why."""

    what: str
    before: Standing
    after: Standing


@dataclass(frozen=True, slots=True)
class MemberView:
    """What a member's page tells: his tier, how far he is, what is missing, and by when."""

    tiers: TierSet
    standing: Standing
    amount: int
    #: What is missing to the next tier; None: there is none.
    to_next: int | None
    #: What is missing to keep this one; 0: it is kept.
    to_keep: int
    #: Where he would stand if his tier ended now.
    projected: int

    @property
    def tier(self) -> Tier:
        """His tier."""
        return self.tiers.tiers[self.standing.rank]

    @property
    def next_tier(self) -> Tier | None:
        """The one above."""
        above = self.standing.rank + 1
        return self.tiers.tiers[above] if above < len(self.tiers.tiers) else None


@dataclass(frozen=True, slots=True)
class StepView:
    """A line of a member's history of tiers, newest first."""

    what: str
    from_rank: int
    to_rank: int
    why: str
    figures: Mapping[str, int] = field(default_factory=dict)
    at: datetime | None = None
    actor: str = ""


@dataclass(frozen=True, slots=True)
class TierRun:
    """What a run over members did."""

    looked: int = 0
    moved: int = 0
    last: UUID | None = None
