"""Nodes are made here, typed and counted: by the reader of texts and by the reader of stored trees alike. Pure.

Each method takes what it puts together with where it stands, and raises BadExpression there.
"""

import difflib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from goodfor.risk.features import NUMBER, TEXT, TRUTH, Feature
from goodfor.risk.language import limits
from goodfor.risk.language.functions import ANY, FUNCTIONS, Function
from goodfor.risk.language.nodes import (
    All,
    AnyOf,
    Arithmetic,
    Call,
    Compare,
    Listed,
    ListReference,
    Member,
    Minus,
    Name,
    Node,
    Not,
    Number,
    Text,
    Truth,
    type_of,
)  # fmt: skip
from goodfor.risk.language.ranges import range_of
from goodfor.risk.language.refusals import TYPE_WORDS, Source, Span

#: A node and where it stands.
Placed = tuple[Node, Span]

ORDERING: Final = frozenset({"<", "<=", ">", ">="})
#: What a list may be called.
LIST_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.ASCII)


def nearest(name: str, known: Iterable[str]) -> str:
    """The one that was probably meant; empty: none is like it."""
    if len(name) > limits.MAX_NAME:
        return ""
    found = difflib.get_close_matches(name.lower(), list(known), n=1, cutoff=0.6)
    return found[0] if found else ""


class Builder:
    """Makes the nodes of one expression."""

    def __init__(self, source: Source, features: Mapping[str, Feature], keys: Collection[str]) -> None:
        self.source = source
        self.features = features
        self.keys = keys
        self._made = 0
        self._names: set[str] = set()

    # -- leaves -------------------------------------------------------------------------------------

    def number(self, value: Any, span: Span) -> Node:
        """A literal, int or float."""
        if isinstance(value, int) and abs(value) > 2**53:
            raise self.source.refusal("number_exact" if abs(value) < limits.HUGE else "number_size", span)
        if not -limits.HUGE < value < limits.HUGE or (value != 0 and abs(value) < limits.TINY):
            raise self.source.refusal("number_size", span)
        # + 0.0: there is no -0.
        return self._count(Number(float(value) + 0.0), span)

    def text(self, value: str, span: Span) -> Node:
        """A literal."""
        self._check_text(value, span)
        return self._count(Text(value), span)

    def truth(self, value: bool, span: Span) -> Node:
        """true or false."""
        return self._count(Truth(value), span)

    def name(self, name: str, span: Span) -> Node:
        """A feature."""
        feature = self.features.get(name)
        if feature is not None:
            self._count_name(name, span)
            return self._count(Name(name, feature.type), span)
        shown = self.source.cut(span) or name
        if name in FUNCTIONS:
            raise self.source.refusal("not_called", span, name=name, example=FUNCTIONS[name].example)
        if near := nearest(name, (*self.features, "true", "false")):
            raise self.source.refusal("unknown_name_near", span, name=shown, near=near)
        raise self.source.refusal("unknown_name", span, name=shown)

    def listed(self, name: str, name_span: Span, subject: str, span: Span) -> Node:
        """in_list("name", subject)."""
        if not LIST_NAME.fullmatch(name):
            raise self.source.refusal("list_name", name_span)
        if subject not in self.features and subject not in self.keys:
            if near := nearest(subject, (*self.keys, *self.features)):
                raise self.source.refusal("unknown_name_near", span, name=subject, near=near)
            raise self.source.refusal("list_subject", span, all=", ".join(sorted(self.keys)[:4]))
        reference = ListReference(name, subject)
        self._count_name(reference.key, span)
        return self._count(Listed(reference), span)

    # -- truths -------------------------------------------------------------------------------------

    def negation(self, part: Placed, span: Span) -> Node:
        """not."""
        self._check_truth(part)
        return self._count(Not(part[0]), span)

    def joined(self, word: str, parts: Sequence[Placed], span: Span) -> Node:
        """and, or: parts that are the same are taken in."""
        for part in parts:
            self._check_truth(part)
        kind = All if word == "and" else AnyOf
        flat: list[Node] = []
        for node, _ in parts:
            flat += node.parts if isinstance(node, kind) else (node,)
        return self._count(kind(tuple(flat)), span)

    def compared(self, first: Placed, rest: Sequence[tuple[str, Placed]], span: Span) -> Node:
        """A chain of comparisons."""
        if len(rest) > 1 and type_of(first[0]) == TRUTH:
            # It would be read in two ways, and in SQL each middle part stands twice.
            raise self.source.refusal("chain", span)
        left = first
        for sign, right in rest:
            self._check_comparison(left, sign, right)
            left = right
        return self._count(Compare(first[0], tuple((sign, node) for sign, (node, _) in rest)), span)

    def member(self, part: Placed, items: Sequence[tuple[Any, Span]], inside: bool, span: Span) -> Node:
        """in and not in: items are plain values, -0 and whole numbers included."""
        if not items:
            raise self.source.refusal("items_none", span)
        if len(items) > limits.MAX_ITEMS:
            raise self.source.refusal("items_many", span, count=len(items), most=limits.MAX_ITEMS)
        node, _ = part
        kind = type_of(node)
        values: list[Any] = []
        for value, at in items:
            values.append(self._item(value, at))
            found = TEXT if isinstance(value, str) else NUMBER
            if found != kind:
                raise self.source.refusal("items_types", at, left=TYPE_WORDS[kind], right=TYPE_WORDS[found])
        return self._count(Member(node, tuple(values), inside), span)

    # -- numbers and functions ------------------------------------------------------------------------

    def arithmetic(self, sign: str, left: Placed, right: Placed, span: Span) -> Node:
        """+ - * /."""
        for node, at in (left, right):
            if type_of(node) != NUMBER:
                raise self.source.refusal("arithmetic", at, sign=sign, found=TYPE_WORDS[type_of(node)])
        if sign == "/" and right[0] == Number(0.0):
            raise self.source.refusal("zero", right[1])
        made = Arithmetic(sign, left[0], right[0])
        if not range_of(made).safe:
            raise self.source.refusal("range", span)
        return self._count(made, span)

    def minus(self, part: Placed, span: Span) -> Node:
        """Of a literal: a literal."""
        node, at = part
        if type_of(node) != NUMBER:
            raise self.source.refusal("arithmetic", at, sign="-", found=TYPE_WORDS[type_of(node)])
        return Number(0.0 - node.value) if isinstance(node, Number) else self._count(Minus(node), span)

    def function(self, name: str, span: Span) -> Function:
        """One that may be called; in_list goes its own way."""
        found = FUNCTIONS.get(name)
        if found is not None:
            return found
        shown = self.source.cut(span) or name
        if name in self.features:
            raise self.source.refusal("not_a_function", span, name=shown)
        if near := nearest(name, FUNCTIONS):
            raise self.source.refusal("unknown_function_near", span, name=shown, near=near)
        raise self.source.refusal("unknown_function", span, name=shown, all=", ".join(FUNCTIONS))

    def call(self, function: Function, arguments: Sequence[Placed], span: Span) -> Node:
        """One of the functions but in_list."""
        self.check_count(function, len(arguments), span)
        wanted = ""
        for place, (node, at) in enumerate(arguments):
            found = type_of(node)
            wanted = function.wants(place) if function.wants(place) != ANY else wanted or found
            if found != wanted:
                raise self.source.refusal(
                    "argument", at, name=function.name, place=place + 1, wanted=TYPE_WORDS[wanted],
                    found=TYPE_WORDS[found], example=function.example,
                )  # fmt: skip
        return self._count(Call(function.name, tuple(node for node, _ in arguments)), span)

    def check_count(self, function: Function, count: int, span: Span) -> None:
        """As many arguments as it takes."""
        if not function.takes(count):
            raise self.source.refusal("arguments", span, name=function.name, count=count, example=function.example)

    def whole(self, root: Placed) -> Node:
        """The expression: a truth."""
        node, span = root
        if type_of(node) != TRUTH:
            raise self.source.refusal("whole", span, found=TYPE_WORDS[type_of(node)])
        return node

    # -- checks ---------------------------------------------------------------------------------------

    def _count(self, node: Node, span: Span) -> Node:
        self._made += 1
        if self._made > limits.MAX_NODES:
            raise self.source.refusal("too_many_parts", span, most=limits.MAX_NODES)
        return node

    def _count_name(self, name: str, span: Span) -> None:
        self._names.add(name)
        if len(self._names) > limits.MAX_NAMES:
            raise self.source.refusal("too_many_names", span, most=limits.MAX_NAMES)

    def _check_text(self, value: str, span: Span) -> None:
        if len(value) > limits.MAX_TEXT:
            raise self.source.refusal("text_long", span, count=len(value), most=limits.MAX_TEXT)
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise self.source.refusal("text_character", span)

    def _item(self, value: Any, span: Span) -> float | str:
        if isinstance(value, str):
            self._check_text(value, span)
            return value
        made = self.number(value, span)
        self._made -= 1
        assert isinstance(made, Number)
        return made.value

    def _check_truth(self, part: Placed) -> None:
        node, span = part
        if type_of(node) != TRUTH:
            raise self.source.refusal("truth", span, found=TYPE_WORDS[type_of(node)])

    def _check_comparison(self, left: Placed, sign: str, right: Placed) -> None:
        kinds = type_of(left[0]), type_of(right[0])
        words = {"left": TYPE_WORDS[kinds[0]], "right": TYPE_WORDS[kinds[1]]}
        if kinds[0] != kinds[1]:
            literal = next((part for part in (left, right) if isinstance(part[0], Text | Number)), None)
            if literal is None or TRUTH in kinds:
                raise self.source.refusal("compare", right[1], **words)
            reason = "compare_quoted" if isinstance(literal[0], Text) else "compare_bare"
            raise self.source.refusal(reason, literal[1], **words)
        if sign in ORDERING and kinds[0] != NUMBER:
            raise self.source.refusal("order", right[1], found=words["right"])
