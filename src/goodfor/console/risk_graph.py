"""What lies around a key, as a drawing that the server makes: places on two rings, no library, nothing to run.

The same stands in a table behind it.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from goodfor.console import risk_links as links
from goodfor.console.risk_watch_words import LINKS, MARKS
from goodfor.console.types import Visitor
from goodfor.risk.link_types import Graph, Node
from goodfor.risk.types import KIND_NUMBERS, KeyKind

#: No more keys are drawn.
MOST: Final = 60
RADIUS: Final = 15
#: Up to so many keys: width, height, and half widths and heights of the rings by how many steps a key is from the
#: middle. What is small fits on a phone.
_SIZES: Final = (
    (6, 300, 340, ((0, 0), (80, 75), (110, 140))),
    (14, 560, 420, ((0, 0), (125, 95), (230, 165))),
    (MOST, 900, 660, ((0, 0), (215, 160), (405, 290))),
)
#: A name needs so much of a ring; where there is less it stands only in the table, and beside the pointer.
_ROOM: Final = 90
_LONGEST: Final = 14
_KINDS: Final = {number: kind for kind, number in KIND_NUMBERS.items()}


@dataclass(frozen=True, slots=True)
class Dot:
    """A key in the drawing. `middle`: the one whose page it is; `hub`: shared by so many that it joins nobody."""

    x: int
    y: int
    mark: str
    text: str
    title: str
    href: str
    middle: bool
    hub: bool

    @property
    def under(self) -> int:
        """Where its name is written."""
        return self.y + RADIUS + 14


@dataclass(frozen=True, slots=True)
class Stroke:
    """A link in the drawing."""

    x1: int
    y1: int
    x2: int
    y2: int
    strong: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A link in the table."""

    buyer: links.KeyName
    what: str
    other: str
    href: str
    strong: bool
    crowd: int
    hub: bool
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Drawing:
    """Both of them. `more`: some was left out; `group`: buyers that belong together, 1 where nobody does."""

    dots: tuple[Dot, ...]
    strokes: tuple[Stroke, ...]
    rows: tuple[Row, ...]
    more: bool
    group: int
    width: int
    height: int
    radius: int = RADIUS


def drawing_of(visitor: Visitor, graph: Graph, middle: int, group: int) -> Drawing:
    """The drawing of what lies around the key `middle`."""
    nodes = {node.key: node for node in graph.nodes}
    names = links.key_names(visitor, [place for node in graph.nodes if (place := _place(node)) is not None])
    width, height, rings = next(
        (wide, high, rings) for most, wide, high, rings in _SIZES if len(nodes) <= most or most == MOST
    )
    places = _places(graph, width, height, rings)
    roomy = _roomy(graph, rings)
    dots = tuple(_dot(node, places[node.key], names, node.depth in roomy, middle) for node in graph.nodes)
    strokes = tuple(
        Stroke(*places[edge.buyer], *places[edge.key], edge.strong)
        for edge in sorted(graph.edges, key=lambda edge: edge.strong)
    )
    rows = []
    for edge in graph.edges:
        buyer, other = nodes[edge.buyer], nodes[edge.key]
        name = names[KeyKind.BUYER, buyer.key]
        text, href = _name(other, names)
        rows.append(
            Row(name, str(LINKS[edge.kind]), text, href, edge.strong, other.crowd, other.hub, edge.first_at,
                edge.last_at)
        )  # fmt: skip
    return Drawing(dots, strokes, tuple(rows), graph.more, group, width, height)


def _place(node: Node) -> links.Key | None:
    """The key of events behind a node; None for what no event has (fingerprints, patterns, time slots)."""
    kind = _KINDS.get(int(node.kind))
    return (kind, node.key) if kind is not None else None


def _name(node: Node, names: Mapping[links.Key, links.KeyName]) -> tuple[str, str]:
    place = _place(node)
    if place is None:
        return node.label or "–", ""
    return names[place].text, names[place].href


def _dot(node: Node, place: tuple[int, int], names: Mapping[links.Key, links.KeyName], named: bool, middle: int) -> Dot:
    text, href = _name(node, names)
    key = _place(node)
    kind = names[key].kind_words if key else str(LINKS[node.kind])
    title = f"{kind} {text}"
    if node.crowd > 1:
        title = _("%(name)s，%(n)d 个账号共用") % {"name": title, "n": node.crowd}
    short = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    at_middle = node.key == middle
    return Dot(
        *place, str(MARKS[node.kind]), short if named or at_middle else "", title, "" if at_middle else href, at_middle,
        node.hub,
    )  # fmt: skip


def _places(graph: Graph, width: int, height: int, rings: Sequence[tuple[int, int]]) -> dict[int, tuple[int, int]]:
    """The middle, those beside it on a ring, and the others on another, each near to whom it is linked with."""
    near: dict[int, list[int]] = {}
    for edge in graph.edges:
        near.setdefault(edge.buyer, []).append(edge.key)
        near.setdefault(edge.key, []).append(edge.buyer)
    angles: dict[int, float] = {}
    places: dict[int, tuple[int, int]] = {}
    for depth, (across, up) in enumerate(rings):
        ring = [node for node in graph.nodes if node.depth == depth]
        ring.sort(key=lambda node: (_parent(node, near, angles), node.kind, node.key))
        for index, node in enumerate(ring):
            angle = 2 * math.pi * index / len(ring) - math.pi / 2
            angles[node.key] = angle
            places[node.key] = (
                round(width / 2 + across * math.cos(angle)), round(height / 2 - 8 + up * math.sin(angle)),
            )  # fmt: skip
    return places


def _roomy(graph: Graph, rings: Sequence[tuple[int, int]]) -> set[int]:
    """Rings on which there is room for names."""
    counts = Counter(node.depth for node in graph.nodes)
    return {
        depth
        for depth, (across, up) in enumerate(rings)
        if 2 * math.pi * math.hypot(across, up) / math.sqrt(2) >= _ROOM * counts[depth]
    }


def _parent(node: Node, near: Mapping[int, Sequence[int]], angles: Mapping[int, float]) -> float:
    """The first angle of those that it is linked with and that have one already."""
    return min((angles[other] for other in near.get(node.key, ()) if other in angles), default=0.0)
