"""What is told of links and groups. Pure."""

from dataclasses import dataclass
from datetime import datetime

from goodfor.risk.link_kinds import LinkKind


@dataclass(frozen=True, slots=True)
class Hint:
    """A weak sign that no event keeps: a browser's fingerprint, a pattern of mailboxes. `value`: in one spelling."""

    kind: LinkKind
    value: str


@dataclass(frozen=True, slots=True)
class ClusterView:
    """A group. `id`: the smallest key of its buyers. `size`: buyers and the keys that hold them together."""

    id: int
    size: int
    buyers: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """A key in a group."""

    key: int
    kind: LinkKind


@dataclass(frozen=True, slots=True)
class Node:
    """A key in a graph. `label`: masked where it is about a person; empty: it has none. `depth`: steps from the middle.

    `crowd`: how many buyers share it, counted up to one more than may; `hub`: so many that it joins nobody (further).
    `cluster`: the group it belongs to.
    """

    key: int
    kind: LinkKind
    label: str
    depth: int
    crowd: int
    hub: bool
    cluster: int | None


@dataclass(frozen=True, slots=True)
class Edge:
    """A buyer was seen with a key. `weight`: 0 for strong links, which join by themselves."""

    buyer: int
    key: int
    kind: LinkKind
    strong: bool
    weight: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Graph:
    """What lies around a key. `more`: some was left out, to stay readable."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    more: bool
