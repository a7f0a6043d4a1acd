"""What a revision of a campaign says. Immutable; written as JSON by `spec_json`. Reached through `types`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

ACTIVITY, PRICE, ORDER, COUPON, EARN = "activity", "price", "order", "coupon", "earn"
LAYERS: Final = (ACTIVITY, PRICE, ORDER, COUPON, EARN)
NORMAL, EXCLUSIVE, JOINT = "normal", "exclusive", "joint"
STACK, FIRST, BEST, LEAST = "stack", "first", "best", "least"
MODES: Final = (STACK, FIRST, BEST, LEAST)
AUTO, BY_COUPON, BY_CHOICE = "auto", "coupon", "choice"
#: What operators call it; decides the page and the form, never the arithmetic.
PLAYS: Final = (
    "limited_price", "member_price", "flash", "group", "bargain", "new_buyer", "full_reduce", "full_percent", "nth",
    "gift", "coupon", "bundle", "points",
)  # fmt: skip
ENTITIES: Final = ("campaign", "buyer", "device", "address", "phone", "sku")
COUNTS: Final = ("uses", "minor", "units", "loss")
PERIODS: Final = ("all", "day", "week", "month")
#: Points that a line earns usually, in ten-thousandths.
USUAL_BP: Final = 10_000
#: What a refund gives back of a limit.
WHOLE, PART, NEVER = "whole", "part", "never"


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """A price a piece in fen. `by_sku` names others for some SKUs."""

    minor: int
    by_sku: Mapping[UUID, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UnitPercent:
    """Pay `bp` of 10,000 a piece."""

    bp: int


@dataclass(frozen=True, slots=True)
class BundlePrice:
    """A set of a bundle: its own price in fen, or `bp` of 10,000 off the sum; one of both is None."""

    minor: int | None
    off_bp: int | None = None


@dataclass(frozen=True, slots=True)
class Tier:
    """From `threshold` on: `value` fen off (full_reduce) or pay `value` of 10,000 (full_percent)."""

    threshold: int
    value: int


@dataclass(frozen=True, slots=True)
class FullReduce:
    """满减. Tiers ascend; `pieces`: thresholds count pieces; `every`: one tier, again and again; `most` in fen."""

    tiers: tuple[Tier, ...]
    pieces: bool = False
    every: bool = False
    most: int | None = None


@dataclass(frozen=True, slots=True)
class FullPercent:
    """满折. Tiers ascend; `pieces`: thresholds count pieces; `most` off in fen."""

    tiers: tuple[Tier, ...]
    pieces: bool = False
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Nth:
    """第N件: every `n`th piece pays `bp` of 10,000; `across` lines, or line by line."""

    n: int
    bp: int
    across: bool = False


@dataclass(frozen=True, slots=True)
class Gift:
    """买赠: `pieces` of a SKU from a threshold (fen, or pieces) on; `every` time again, `most` pieces in all."""

    sku_id: UUID
    pieces: int
    threshold: int
    by_pieces: bool = False
    every: bool = False
    most: int | None = None


@dataclass(frozen=True, slots=True)
class ExtraPoints:
    """From `threshold` fen on: lines earn `times_bp` of 10,000 of the usual points, the order `plus` more."""

    times_bp: int = USUAL_BP
    plus: int = 0
    threshold: int = 1


Effect = UnitPrice | UnitPercent | BundlePrice | FullReduce | FullPercent | Nth | Gift | ExtraPoints


@dataclass(frozen=True, slots=True)
class Compare:
    """`fact` `op` `value`; op is one of eq ne lt le gt ge (numbers, truths), has (a tag in a set)."""

    fact: str
    op: str
    value: int | bool | str


@dataclass(frozen=True, slots=True)
class Join:
    """`and`, `or` of parts; `not` of one part."""

    op: str
    parts: tuple["Condition", ...]


Condition = Compare | Join


@dataclass(frozen=True, slots=True)
class Window:
    """When it counts. Weekdays 1 (Monday) to 7, hours as (from, to) minutes of the day; empty: always."""

    starts_at: datetime
    ends_at: datetime
    weekdays: frozenset[int] = frozenset()
    hours: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """Which lines. `everything`, or what is named; what is excluded is out in any case."""

    everything: bool = False
    skus: frozenset[UUID] = frozenset()
    products: frozenset[UUID] = frozenset()
    categories: frozenset[UUID] = frozenset()
    without_skus: frozenset[UUID] = frozenset()
    without_products: frozenset[UUID] = frozenset()
    without_categories: frozenset[UUID] = frozenset()
    bundles: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """Where in its layer, and how its members choose among themselves."""

    name: str = ""
    mode: str = STACK
    position: int = 0


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` of `counts` for each `entity` in each `period`. `back`: what a refund gives back of it."""

    entity: str
    counts: str
    period: str
    most: int
    back: str = WHOLE


@dataclass(frozen=True, slots=True)
class Spec:
    """All that a revision says. `audience` None: everybody. Money in fen of the shop's currency."""

    play: str
    layer: str
    window: Window
    scope: Scope
    effect: Effect
    trigger: str = AUTO
    priority: int = 0
    node: Node = Node()
    category: str = ""
    stacking: str = NORMAL
    channels: frozenset[str] = frozenset()
    audience: Condition | None = None
    cut: bool = True
    floor: int | None = None
    loss_leader: bool = False
    per_order: int = 1
    limits: tuple[Limit, ...] = ()
    #: What arithmetic does not know (group size, steps of a bargain, what a coupon looks like).
    play_settings: Mapping[str, object] = field(default_factory=dict)
