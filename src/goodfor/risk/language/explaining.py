"""Why a rule said what it said of one snapshot: its parts, what each was, and which of them decided."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from goodfor.risk.features import Feature
from goodfor.risk.language.evaluating import value_of
from goodfor.risk.language.nodes import All, AnyOf, Node, Not, children, features_read
from goodfor.risk.language.words import Speaker
from goodfor.risk.language.writing import write
from goodfor.risk.types import Value


@dataclass(frozen=True, slots=True)
class Part:
    """One condition, parents before children. `depth`: 0 is the whole. `value` None: not known.

    `decided`: the value of the whole hangs on this part. `joins`: and, or, not; empty for a condition of its own, whose
    `values` are the features that it reads, as the snapshot has them (None: not known).
    """

    text: str
    words: str
    depth: int
    joins: str
    value: bool | None
    decided: bool
    values: tuple[tuple[str, Value], ...]


def explain(root: Node, features: Mapping[str, Feature], snapshot: Mapping[str, Value]) -> list[Part]:
    """All parts of a rule with their values."""
    return list(_parts(root, 0, True, Speaker(features), snapshot))


def _parts(node: Node, depth: int, decided: bool, speaker: Speaker, snapshot: Mapping[str, Value]) -> Iterator[Part]:
    value = value_of(node, snapshot)
    joins = {All: "and", AnyOf: "or", Not: "not"}.get(type(node), "")
    values: tuple[tuple[str, Value], ...] = ()
    if not joins:
        values = tuple((name, snapshot.get(name)) for name in features_read(node))
    yield Part(write(node), speaker.say(node), depth, joins, value, decided, values)
    if joins:
        for part in children(node):
            counts = joins == "not" or _counts(value, value_of(part, snapshot))
            yield from _parts(part, depth + 1, decided and counts, speaker, snapshot)


def _counts(whole: Any, part: Any) -> bool:
    """An and is false by its false parts, true by all, and not known by those that are not known; an or likewise."""
    return bool(whole is part)
