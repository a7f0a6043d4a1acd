"""Nodes -> one Python function over a snapshot, fast: every feature is read once, all rules run in one call. Pure.

The function is put together from syntax nodes: names in it are made here, and what a person typed occurs only as a
constant. It sees no builtins and runs no loop.

For three values at the price of two, each condition is written twice: when it holds and when it fails. A rule is true
if it holds, false if it fails, and None, not known, if neither.
"""

import ast
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cache
from types import CodeType, FunctionType
from typing import Any, Final

from goodfor.risk.features import NUMBER, TEXT, TRUTH
from goodfor.risk.language import limits, values
from goodfor.risk.language.nodes import (
    All,
    AnyOf,
    Arithmetic,
    Call,
    Compare,
    Listed,
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
from goodfor.risk.types import Value

Snapshot = Mapping[str, Value]
#: What is done to a value that was read; those of the right type pass the first tests, the rest goes through `values`.
_LOADS: Final[Mapping[str, str]] = {
    NUMBER: (
        "if V.__class__ is int:\n"
        "    V = V * 1.0 if -1000000000000000 < V < 1000000000000000 else as_number(V)\n"
        "elif V is None:\n    V = nan\n"
        "elif V.__class__ is not float or not TINY < V < HUGE and V != 0.0:\n    V = as_number(V)\n"
    ).replace("TINY", repr(limits.TINY)).replace("HUGE", repr(limits.HUGE)),
    TEXT: "if V.__class__ is not str:\n    V = as_text(V)\n",
    TRUTH: "if V is not True and V is not False:\n    V = None\n",
}  # fmt: skip
_SAME_TEXT: Final = "A is not None and A == B"
#: (type, sign) -> when it holds, when it fails.
_COMPARISONS: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    (NUMBER, "<"): ("A < B", "A >= B"),
    (NUMBER, "<="): ("A <= B", "A > B"),
    (NUMBER, ">"): ("A > B", "A <= B"),
    (NUMBER, ">="): ("A >= B", "A < B"),
    (NUMBER, "=="): ("A == B", "A < B or A > B"),
    (NUMBER, "!="): ("A < B or A > B", "A == B"),
    (TEXT, "=="): (_SAME_TEXT, "A is not None and B is not None and A != B"),
    (TEXT, "!="): ("A is not None and B is not None and A != B", _SAME_TEXT),
    (TRUTH, "=="): ("A is not None and A is B", "A is not None and B is not None and A is not B"),
    (TRUTH, "!="): ("A is not None and B is not None and A is not B", "A is not None and A is B"),
}
_BOTH: Final = "A is not None and B is not None and "
_TRUTHS: Final[Mapping[str, tuple[str, str]]] = {
    "contains": (_BOTH + "B in A", _BOTH + "B not in A"),
    "starts_with": (_BOTH + "A.startswith(B)", _BOTH + "not A.startswith(B)"),
    "ends_with": (_BOTH + "A.endswith(B)", _BOTH + "not A.endswith(B)"),
    "between": ("B <= A <= C", "A < B or A > C"),
    "known number": ("A == A", "A != A"),
    "known": ("A is not None", "A is None"),
    "either": ("A if A is not None else B", "A is False or (A is None and B is False)"),
}
_MEMBERS: Final[Mapping[str, tuple[str, str]]] = {
    NUMBER: ("A in B", "A == A and A not in B"),
    TEXT: ("A in B", "A is not None and A not in B"),
}
_VALUES: Final[Mapping[str, str]] = {
    "lower": "lower(A)",
    "length": "len(A) * 1.0 if A is not None else nan",
    "abs": "abs(A)",
    "either number": "A if A == A else B",
    "either text": "A if A is not None else B",
}
_ARITHMETIC: Final[Mapping[str, str]] = {"+": "A + B", "-": "A - B", "*": "A * B", "/": "A / (B or nan)"}
_GLOBALS: Final[Mapping[str, Any]] = {
    "__builtins__": {}, "int": int, "float": float, "str": str, "len": len, "abs": abs,
    "nan": values.UNKNOWN_NUMBER, "lower": values.lower, "least": values.least, "greatest": values.greatest,
    "as_number": values.as_number, "as_text": values.as_text,
}  # fmt: skip


#: Python wants to know where everything stands; all of it stands in the same place.
_PLACE: Final[Mapping[str, Any]] = {"lineno": 1, "col_offset": 0, "end_lineno": 1, "end_col_offset": 0}
_COPIED: Final = (ast.expr, ast.stmt)


@cache
def _pattern(text: str) -> tuple[ast.stmt, ...]:
    return tuple(ast.parse(text).body)


class _Fill:
    """Makes copies of a pattern with names replaced."""

    def __init__(self, parts: Mapping[str, ast.expr]) -> None:
        self.parts = parts

    def copy(self, node: Any) -> Any:
        """Of a syntax node, with all below it."""
        if node.__class__ is ast.Name and node.id in self.parts:
            part = self.parts[node.id]
            return ast.Name(part.id, node.ctx, **_PLACE) if isinstance(part, ast.Name) else part
        made = node.__class__()
        for name, value in node.__dict__.items():
            if isinstance(value, list):
                value = [self.copy(item) if isinstance(item, _COPIED) else item for item in value]
            elif isinstance(value, _COPIED):
                value = self.copy(value)
            setattr(made, name, value)
        return _settled(made)


def _settled(node: Any) -> Any:
    """`constant is None` is known already."""
    match node:
        case ast.Compare(left=ast.Constant(value=found), ops=[sign], comparators=[ast.Constant(value=None)]):
            return _constant(isinstance(sign, ast.Is) is (found is None))
    return node


def _fill(text: str, **parts: ast.expr) -> ast.expr:
    (statement,) = _pattern(text)
    assert isinstance(statement, ast.Expr)
    made: ast.expr = _Fill(parts).copy(statement.value)
    return made


def _local(name: str, context: ast.expr_context | None = None) -> ast.expr:
    return ast.Name(name, context or ast.Load(), **_PLACE)


def _constant(value: Any) -> ast.expr:
    return ast.Constant(value, **_PLACE)


def _join(kind: type[ast.And | ast.Or], parts: Iterable[ast.expr]) -> ast.expr:
    found = list(parts)
    return found[0] if len(found) == 1 else ast.BoolOp(kind(), found, **_PLACE)


class _Coder:
    """Collects the statements of one function."""

    def __init__(self) -> None:
        self.body: list[ast.stmt] = []
        #: Key of the snapshot -> local.
        self.loaded: dict[str, str] = {}
        self._kept: dict[Node, str] = {}

    # -- values -------------------------------------------------------------------------------------

    def _load(self, key: str, kind: str) -> ast.expr:
        """A feature, read at the first mention."""
        name = self.loaded.get(key)
        if name is None:
            name = self.loaded[key] = f"f{len(self.loaded)}"
            fill = _Fill({"V": _local(name)})
            self.body += [fill.copy(statement) for statement in _pattern(_LOADS[kind])]
        return _local(name)

    def atom(self, node: Node) -> ast.expr:
        """A value that may be mentioned many times: a constant, or a local that holds it."""
        match node:
            case Number() | Text() | Truth():
                return _constant(node.value)
            case Name():
                return self._load(node.name, node.type)
            case Listed():
                return self._load(node.reference.key, TRUTH)
        name = self._kept.get(node)
        if name is None:
            made = self._verdict(node) if type_of(node) == TRUTH else self._value(node)
            name = self._kept[node] = f"t{len(self._kept)}"
            self.body.append(ast.Assign([_local(name, ast.Store())], made, **_PLACE))
        return _local(name)

    def _value(self, node: Node) -> ast.expr:
        """A number or a text, worked out where it stands."""
        match node:
            case Minus():
                return ast.UnaryOp(ast.USub(), self._value(node.part), **_PLACE)
            case Arithmetic():
                plain = node.sign == "/" and isinstance(node.right, Number)
                pattern = "A / B" if plain else _ARITHMETIC[node.sign]
                return _fill(pattern, A=self._value(node.left), B=self._value(node.right))
            case Call(function="min" | "max"):
                name = "least" if node.function == "min" else "greatest"
                return ast.Call(_local(name), [self._value(part) for part in node.arguments], [], **_PLACE)
            case Call(function="either"):
                first, second = (self.atom(part) for part in node.arguments)
                return _fill(_VALUES[f"either {type_of(node)}"], A=first, B=second)
            case Call():
                return _fill(_VALUES[node.function], A=self.atom(node.arguments[0]))
            case _:
                return self.atom(node)

    def _verdict(self, node: Node) -> ast.expr:
        return _fill("True if A else False if B else None", A=self.says(node, True), B=self.says(node, False))

    # -- conditions ---------------------------------------------------------------------------------

    def says(self, node: Node, wanted: bool) -> ast.expr:
        """What Python takes for true exactly when the node is known to be `wanted`."""
        match node:
            case Not():
                return self.says(node.part, not wanted)
            case All() | AnyOf():
                kind = ast.And if isinstance(node, All) is wanted else ast.Or
                return _join(kind, (self.says(part, wanted) for part in node.parts))
            case Truth():
                return _constant(node.value is wanted)
            case Name() | Listed():
                return self.atom(node) if wanted else _fill("A is False", A=self.atom(node))
            case Compare():
                links = [self._link(left, sign, right, wanted) for left, sign, right in node.links()]
                return _join(ast.And if wanted else ast.Or, links)
            case Member():
                pattern = _MEMBERS[type_of(node.part)][wanted is not node.inside]
                return _fill(pattern, A=self.atom(node.part), B=_constant(frozenset(node.values)))
            case Call():
                return self._call(node, wanted)
        raise AssertionError(node)

    def _link(self, left: Node, sign: str, right: Node, wanted: bool) -> ast.expr:
        pattern = _COMPARISONS[type_of(left), sign][not wanted]
        if pattern == _SAME_TEXT and isinstance(right, Text):
            pattern = "A == B"
        return _fill(pattern, A=self.atom(left), B=self.atom(right))

    def _call(self, node: Call, wanted: bool) -> ast.expr:
        name = node.function
        if name == "known" and type_of(node.arguments[0]) == NUMBER:
            name = "known number"
        atoms = dict(zip("ABC", (self.atom(part) for part in node.arguments), strict=False))
        return _fill(_TRUTHS[name][not wanted], **atoms)

    def verdict(self, node: Node) -> ast.expr:
        """True, False or None."""
        return self._verdict(node)


def _function(coder: _Coder, answer: ast.expr) -> Callable[[Snapshot], Any]:
    body = [*coder.body, ast.Return(answer, **_PLACE)]
    if coder.loaded:
        names: list[ast.expr] = [_local(name, ast.Store()) for name in coder.loaded.values()]
        target = ast.Tuple(names, ast.Store(), **_PLACE)
        body.insert(0, ast.Assign([target], _fill("fetch(snapshot)"), **_PLACE))
    arguments = ast.arguments([], [ast.arg("snapshot", **_PLACE)], None, [], [], None, [])
    made = ast.FunctionDef("rules", arguments, body, [], **_PLACE)
    compiled = compile(ast.Module([made], []), "<rules>", "exec")
    (code,) = (part for part in compiled.co_consts if isinstance(part, CodeType))
    return FunctionType(code, {**_GLOBALS, "fetch": values.fetcher(tuple(coder.loaded))}, "rules")


def compile_one(root: Node) -> Callable[[Snapshot], bool | None]:
    """A function of a snapshot: True, False, or None, not evaluable."""
    coder = _Coder()
    answer = coder.verdict(root)
    return _function(coder, answer)


def compile_all(roots: Sequence[tuple[Hashable, Node]]) -> Callable[[Snapshot], tuple[bool | None, ...]]:
    """One function for all, answers in the order given. Raises ValueError when an id comes twice."""
    if len({name for name, _ in roots}) != len(roots):
        raise ValueError("a rule was given twice")
    coder = _Coder()
    answers = [coder.verdict(root) for _, root in roots]
    return _function(coder, ast.Tuple(answers, ast.Load(), **_PLACE))
