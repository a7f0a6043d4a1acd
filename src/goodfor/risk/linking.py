"""From links to groups: union-find over strong links, and over pairs whose weak links pass the line. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import NamedTuple

from goodfor.risk.link_kinds import DECIDING, LINE, RULES, STRONG, WEAK, LinkKind

#: A link that counts: buyer, key, number of its kind.
Counted = tuple[int, int, int]


class Row(NamedTuple):
    """What is stored of a key in a group."""

    kind: int
    cluster: int
    size: int
    buyers: int


class Groups:
    """Union-find over keys of buyers; a root is always the smallest of its group, whatever the order of joins."""

    __slots__ = ("_above",)

    def __init__(self) -> None:
        self._above: dict[int, int] = {}

    def root(self, buyer: int) -> int:
        """The smallest key of the buyer's group."""
        above = self._above
        top = above.setdefault(buyer, buyer)
        while above[top] != top:
            top = above[top]
        while above[buyer] != top:
            above[buyer], buyer = top, above[buyer]
        return top

    def join(self, one: int, other: int) -> None:
        """Make their groups one."""
        low, high = sorted((self.root(one), self.root(other)))
        self._above[high] = low


def clusters(links: Iterable[Counted]) -> dict[int, Row]:
    """The rows of every group of two buyers or more, by key: its buyers, and the strong keys that they are seen with.

    `links`: those that count by the hub limits, each once. The order does not matter.
    """
    groups = Groups()
    strong: dict[int, int] = {}
    strong_links: list[Counted] = []
    weak: dict[int, dict[int, list[int]]] = {int(kind): defaultdict(list) for kind in WEAK}
    strong_numbers = frozenset(int(kind) for kind in STRONG)
    for buyer, key, kind in links:
        if kind in strong_numbers:
            groups.join(strong.setdefault(key, buyer), buyer)
            strong_links.append((buyer, key, kind))
        else:
            weak[kind][key].append(buyer)
    for one, other in _passing(weak):
        groups.join(one, other)
    return _rows(groups, strong_links)


def _passing(weak: Mapping[int, Mapping[int, list[int]]]) -> list[tuple[int, int]]:
    """Pairs of buyers whose weak links, each kind counted once, pass the line."""
    shared: dict[tuple[int, int], set[int]] = defaultdict(set)
    for kind in DECIDING:
        for members in weak[kind].values():
            for pair in combinations(sorted(set(members)), 2):
                shared[pair].add(int(kind))
    for kind in WEAK:
        if kind not in DECIDING and shared:
            keys: dict[int, set[int]] = defaultdict(set)
            for key, members in weak[kind].items():
                if len(members) > 1:
                    for buyer in members:
                        keys[buyer].add(key)
            for (one, other), kinds in shared.items():
                if one in keys and other in keys and not keys[one].isdisjoint(keys[other]):
                    kinds.add(int(kind))
    return [pair for pair, kinds in shared.items() if sum(RULES[LinkKind(kind)].weight for kind in kinds) >= LINE]


def _rows(groups: Groups, strong_links: list[Counted]) -> dict[int, Row]:
    members: dict[int, dict[int, int]] = defaultdict(dict)
    for buyer in list(groups._above):
        members[groups.root(buyer)][buyer] = int(LinkKind.BUYER)
    counts = {root: len(found) for root, found in members.items()}
    for buyer, key, kind in strong_links:
        root = groups.root(buyer)
        if counts[root] > 1:
            members[root][key] = kind
    return {
        key: Row(kind, root, len(found), counts[root])
        for root, found in members.items()
        if counts[root] > 1
        for key, kind in found.items()
    }
