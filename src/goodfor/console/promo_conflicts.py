"""Campaigns that meet on the same goods at the same time, and what counts then. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from goodfor.console.promo_costs import in_scope
from goodfor.promotions.types import ACTIVITY, COUPON, EXCLUSIVE, JOINT, PRICE, Spec

#: Pairs that a page shows.
MOST: Final = 100
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
    """Pairs that meet, those that add up first. `goods`: SKU -> product, category."""
    scopes = {one.id: frozenset(in_scope(one.spec.scope, goods)) for one in planned}
    found = []
    for one, other in combinations(planned, 2):
        since = max(one.spec.window.starts_at, other.spec.window.starts_at)
        until = min(one.spec.window.ends_at, other.spec.window.ends_at)
        both = scopes[one.id] & scopes[other.id]
        if since < until and both and one.spec.scope.bundles == other.spec.scope.bundles:
            found.append(Meeting(one, other, since, until, len(both), verdict(one.spec, other.spec)))
    found.sort(key=lambda meeting: (meeting.verdict != ADDED, meeting.since))
    return found[:MOST]


def verdict(one: Spec, other: Spec) -> str:
    """What counts where both have a line."""
    prices = {ACTIVITY, PRICE}
    if one.layer in prices and other.layer in prices:
        return BETTER
    if JOINT not in (one.stacking, other.stacking):
        if EXCLUSIVE in (one.stacking, other.stacking):
            return EXCLUDED
        if one.category and one.category == other.category:
            return SAME_CATEGORY
    same_node = one.layer == other.layer and one.layer != COUPON and one.node == other.node
    return BETTER if same_node and one.node.mode != "stack" else ADDED
