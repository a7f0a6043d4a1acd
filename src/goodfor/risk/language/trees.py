"""Expressions as JSON, to be stored beside their text: versioned, and read as carefully as a text. Pure.

{"version": 1, "root": NODE}, a NODE being a list that begins with what it is:
  ["number", 5.0] ["text", "a"] ["truth", true] ["name", "orders"] ["listed", "watched", "device"] ["not", NODE]
  ["and", [NODE, ...]] ["or", [NODE, ...]] ["compare", NODE, [["<", NODE], ...]] ["in", NODE, [VALUE, ...]]
  ["not in", NODE, [VALUE, ...]] ["+", NODE, NODE] (also - * /) ["minus", NODE] ["call", "lower", [NODE, ...]]
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

from goodfor.risk.features import Feature
from goodfor.risk.language import limits
from goodfor.risk.language.building import Builder, Placed
from goodfor.risk.language.nodes import Node
from goodfor.risk.language.refusals import NOWHERE, Source

VERSION: Final = 1
_COMPARISONS: Final = frozenset({"<", "<=", ">", ">=", "==", "!="})


def read_tree(tree: Any, features: Mapping[str, Feature], keys: Collection[str]) -> Node:
    """The node that was stored, checked against today's features. Raises BadExpression."""
    source = Source("")
    if not isinstance(tree, dict) or set(tree) != {"version", "root"}:
        raise source.refusal("tree", NOWHERE)
    if type(tree["version"]) is not int or tree["version"] != VERSION:
        raise source.refusal("version", NOWHERE, version=str(tree["version"])[:20])
    reader = _Reader(source, Builder(source, features, keys))
    return reader.builder.whole(reader.read(tree["root"], 1))


class _Reader:
    def __init__(self, source: Source, builder: Builder) -> None:
        self.source = source
        self.builder = builder

    def read(self, found: Any, depth: int) -> Placed:
        """A node. Raises BadExpression."""
        if depth > limits.MAX_DEPTH:
            raise self.source.too_deep(NOWHERE)
        match found:
            case ["number", int() | float() as value] if not isinstance(value, bool):
                # In a text its minus is a level of its own.
                if value < 0 and depth == limits.MAX_DEPTH:
                    raise self.source.too_deep(NOWHERE)
                return self.builder.number(value, NOWHERE), NOWHERE
            case ["text", str(value)]:
                return self.builder.text(value, NOWHERE), NOWHERE
            case ["truth", bool(value)]:
                return self.builder.truth(value, NOWHERE), NOWHERE
            case ["name", str(name)]:
                return self.builder.name(name, NOWHERE), NOWHERE
            case ["listed", str(name), str(subject)]:
                return self.builder.listed(name, NOWHERE, subject, NOWHERE), NOWHERE
            case ["not", part]:
                return self.builder.negation(self.read(part, depth + 1), NOWHERE), NOWHERE
            case ["minus", part]:
                return self.builder.minus(self.read(part, depth + 1), NOWHERE), NOWHERE
            case ["and" | "or" as word, [_, _, *_] as parts]:
                return self.builder.joined(word, [self.read(part, depth + 1) for part in parts], NOWHERE), NOWHERE
            case ["+" | "-" | "*" | "/" as sign, left, right]:
                sides = self.read(left, depth + 1), self.read(right, depth + 1)
                return self.builder.arithmetic(sign, *sides, NOWHERE), NOWHERE
        return self._more(found, depth), NOWHERE

    def _more(self, found: Any, depth: int) -> Node:
        match found:
            case ["compare", first, [_, *_] as rest]:
                return self.builder.compared(self.read(first, depth + 1), [self._link(x, depth) for x in rest], NOWHERE)
            case ["in" | "not in" as word, part, list(values)]:
                if not all(isinstance(value, str | int | float) and not isinstance(value, bool) for value in values):
                    raise self.source.refusal("tree", NOWHERE)
                items = [(value, NOWHERE) for value in values]
                return self.builder.member(self.read(part, depth + 1), items, word == "in", NOWHERE)
            case ["call", str(name), list(arguments)] if name != "in_list":
                function = self.builder.function(name, NOWHERE)
                parts = [self.read(part, depth + 1) for part in arguments]
                return self.builder.call(function, parts, NOWHERE)
        raise self.source.refusal("tree", NOWHERE)

    def _link(self, found: Any, depth: int) -> tuple[str, Placed]:
        match found:
            case [str(sign), right] if sign in _COMPARISONS:
                return sign, self.read(right, depth + 1)
        raise self.source.refusal("tree", NOWHERE)
