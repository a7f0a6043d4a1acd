"""Campaigns that meet on the same goods at the same time, and what counts then. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from goodfor.console.promo_costs import in_scope
from goodfor.promotions.types import (
    ACTIVITY,
    BY_CHOICE,
    BY_COUPON,
    COUPON,
    EXCLUSIVE,
    JOINT,
    PRICE,
    BundlePrice,
    Spec,
    Window,
)

#: Pairs that a page shows.
MOST: Final = 100
_PRICES: Final = frozenset({ACTIVITY, PRICE})
#: What counts where two meet, the gravest first.
BETTER, EXCLUDED, SAME_CATEGORY, ADDED = "better", "exclusive", "category", "added"
WORDS: Final[Mapping[str, tuple[Any, str]]] = {
    ADDED: (_("都给，一起算"), "amber"),
    BETTER: (_("同一件商品只取更便宜的"), "plain"),
    EXCLUDED: (_("独享，先到的挡住后面的"), "plain"),
    SAME_CATEGORY: (_("同一互斥类别，只享受一个"), "plain"),
}


@dataclass(frozen=True, slots=True)
class Planned:
    """A campaign with what it says."""

    id: UUID
    name: str
    spec: Spec


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two that meet: since when, until when, on how many SKUs, and what counts."""

    one: Planned
    other: Planned
    since: datetime
    until: datetime
    skus: int
    verdict: str

    @property
    def words(self) -> tuple[Any, str]:
        """What counts, in words, with a tone."""
        return WORDS[self.verdict]


def conflicts(planned: Sequence[Planned], goods: Mapping[UUID, tuple[UUID, UUID]]) -> list[Meeting]:
    """Pairs that meet on one order, where it is worth knowing, who adds up first. `goods`: SKU -> product, category."""
    scopes = {one.id: frozenset(in_scope(one.spec.scope, goods)) for one in planned}
    found = []
    for one, other in combinations(planned, 2):
        since = max(one.spec.window.starts_at, other.spec.window.starts_at)
        until = min(one.spec.window.ends_at, other.spec.window.ends_at)
        both = scopes[one.id] & scopes[other.id]
        if since >= until or not both or not on_one_order(one.spec, other.spec):
            continue
        counts = verdict(one.spec, other.spec)
        # That coupons add up is the rule of their layer, and the same for each pair of them.
        if counts != ADDED or not one.spec.layer == other.spec.layer == COUPON:
            found.append(Meeting(one, other, since, until, len(both), counts))
    found.sort(key=lambda meeting: (meeting.verdict != ADDED, meeting.since))
    return found[:MOST]


def on_one_order(one: Spec, other: Spec) -> bool:
    """Whether one order can have both, as far as they say; who the buyer is and which goods are not asked.

    An order has one choice at most, and its checkout takes no coupons. A bundle's lines have no other price, and take
    what says `bundles`.
    """
    triggers = [one.trigger, other.trigger]
    if BY_CHOICE in triggers and (BY_COUPON in triggers or triggers[0] == triggers[1]):
        return False
    if one.channels and other.channels and one.channels.isdisjoint(other.channels):
        return False
    if not _share_minutes(one.window, other.window):
        return False
    bundled = [isinstance(spec.effect, BundlePrice) for spec in (one, other)]
    if all(bundled):
        return one.play_settings.get("bundle") == other.play_settings.get("bundle")
    if any(bundled):
        beside = other if bundled[0] else one
        return beside.layer not in _PRICES and beside.scope.bundles
    return True


def _share_minutes(one: Window, other: Window) -> bool:
    """Whether some weekday and minute of the day are in both; without any it is all of them."""
    if one.weekdays and other.weekdays and one.weekdays.isdisjoint(other.weekdays):
        return False
    if not one.hours or not other.hours:
        return True
    return any(max(since, start) < min(until, end) for since, until in one.hours for start, end in other.hours)


def verdict(one: Spec, other: Spec) -> str:
    """What counts where both have a line."""
    if one.layer in _PRICES and other.layer in _PRICES:
        return BETTER
    if JOINT not in (one.stacking, other.stacking):
        if EXCLUSIVE in (one.stacking, other.stacking):
            return EXCLUDED
        if one.category and one.category == other.category:
            return SAME_CATEGORY
    same_node = one.layer == other.layer and one.layer != COUPON and one.node == other.node
    return BETTER if same_node and one.node.mode != "stack" else ADDED
