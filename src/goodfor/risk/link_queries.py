"""Who belongs together: groups of keys, their members, and what lies around a key."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.sql import Statement
from goodfor.risk.features import NUMBER, Feature
from goodfor.risk.link_kinds import RULES, LinkKind
from goodfor.risk.link_types import ClusterView, Edge, Graph, Member, Node

FEATURES: Final = (
    Feature("cluster_buyers", NUMBER, _("关联账号数")),
    Feature("cluster_size", NUMBER, _("关联账号及其共用标识数")),
)
_OF = Statement(__package__, "sql/cluster_of.sql")
_MANY = Statement(__package__, "sql/clusters_of.sql")
_MEMBERS = Statement(__package__, "sql/cluster_members.sql")
_AROUND = Statement(__package__, "sql/link_around.sql")
_CROWDS = Statement(__package__, "sql/link_crowds.sql")
_LABELS = Statement(__package__, "sql/link_labels.sql")
_SHARED = Statement(__package__, "sql/link_shared.sql")
#: No key is followed further than to so many others, the newest.
_BRANCHES: Final = 30
_COUNT_TO: Final = max(rule.most for rule in RULES.values()) + 1


def cluster_of(shop_id: UUID, *keys: int) -> ClusterView | None:
    """The largest group that any of the keys belongs to; None for those who are alone."""
    row = _OF.row({"shop_id": shop_id, "keys": list(keys)})
    return ClusterView(*row) if row else None


def clusters_of(shop_id: UUID, keys: Iterable[int]) -> dict[int, ClusterView]:
    """The group of each key that has one: as far as we can tell, keys with equal ids are of one person."""
    rows = _MANY.rows({"shop_id": shop_id, "keys": list(keys)})
    return {key: ClusterView(*rest) for key, *rest in rows}


def shared_kinds(shop_id: UUID, one: int, other: int) -> frozenset[LinkKind]:
    """Kinds of keys that two buyers were both seen with, but for keys that a crowd shares."""
    params = {
        "shop_id": shop_id, "one": one, "other": other, "kinds": [int(kind) for kind in RULES],
        "most": [rule.most for rule in RULES.values()],
    }  # fmt: skip
    return frozenset(LinkKind(row[0]) for row in _SHARED.rows(params))


def members(shop_id: UUID, cluster: int, *, after: Member | None = None, limit: int = 100) -> tuple[Member, ...]:
    """The keys of a group, buyers first; the next page begins after the last of this one."""
    params = {
        "shop_id": shop_id, "cluster": cluster, "limit": limit,
        "after_kind": int(after.kind) if after else 0, "after_key": after.key if after else 0,
    }  # fmt: skip
    return tuple(Member(key, LinkKind(kind)) for key, kind in _MEMBERS.rows(params))


def graph_of(shop_id: UUID, key: int, *, depth: int = 2, most: int = 80) -> Graph:
    """What lies around a key, at most `most` keys: near before far, strong before weak, new before old.

    Edges are those between the keys shown, as far as they were met on the way. A key that nobody was seen with is a
    graph without nodes.
    """
    depths = {key: 0}
    kinds: dict[int, LinkKind] = {}
    edges: dict[tuple[int, int], Edge] = {}
    frontier, more = [key], False
    for step in range(1, depth + 1):
        rows = _AROUND.rows({"shop_id": shop_id, "keys": frontier, "most": _BRANCHES})
        branches = Counter(end for buyer, shared, *_ in rows for end in (buyer, shared))
        more = more or any(branches[end] >= _BRANCHES for end in frontier)
        near: list[int] = []
        for edge in sorted((_edge(row) for row in rows), key=_first):
            ends = [end for end in (edge.buyer, edge.key) if end not in depths]
            if len(depths) + len(ends) > most:
                more = True
                continue
            for end in ends:
                depths[end] = step
                near.append(end)
            edges[edge.buyer, edge.key] = edge
            kinds[edge.buyer], kinds[edge.key] = LinkKind.BUYER, edge.kind
        frontier = near
        if not frontier:
            break
    shown = tuple(edges.values())
    return Graph(_nodes(shop_id, depths, kinds) if shown else (), shown, more)


def _edge(row: tuple[int, int, int, datetime, datetime]) -> Edge:
    buyer, key, kind, first_at, last_at = row
    rule = RULES[LinkKind(kind)]
    return Edge(buyer, key, LinkKind(kind), rule.strong, rule.weight, first_at, last_at)


def _first(edge: Edge) -> tuple[Any, ...]:
    return (not edge.strong, -edge.weight, -edge.last_at.timestamp(), edge.buyer, edge.key)


def _nodes(shop_id: UUID, depths: Mapping[int, int], kinds: Mapping[int, LinkKind]) -> tuple[Node, ...]:
    keys = list(depths)
    groups = clusters_of(shop_id, keys)
    labels = {key: label for _kind, key, label in _LABELS.rows({"shop_id": shop_id, "keys": keys})}
    shared = [key for key in keys if kinds[key] is not LinkKind.BUYER]
    crowds: dict[int, int] = dict(_CROWDS.rows({"shop_id": shop_id, "keys": shared, "most": _COUNT_TO}))
    nodes = []
    for key, depth in depths.items():
        kind, crowd = kinds[key], crowds.get(key, 0)
        hub = kind is not LinkKind.BUYER and crowd > RULES[kind].most
        group = groups.get(key)
        nodes.append(Node(key, kind, labels.get(key, ""), depth, crowd, hub, group.id if group else None))
    return tuple(nodes)
