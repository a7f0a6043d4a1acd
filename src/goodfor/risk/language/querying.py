"""Nodes -> an SQL expression over a JSONB snapshot, three-valued exactly as the compiled function is. Pure.

What a person typed goes in as parameters only. Nothing in it can fail while it runs: values of the wrong type are NULL,
numbers out of range are NULL, a divisor of 0 is NULL, and arithmetic was proved at save to stay within doubles. Each
operand is written once, so that the text stays as long as the expression.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from goodfor.risk.features import NUMBER, TEXT, TRUTH
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

_COLUMN: Final = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?", re.ASCII)
_PREFIX: Final = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
#: From `j`, one value of the snapshot. Comparisons of numeric are exact, and only then is it made a double.
_CASTS: Final[Mapping[str, str]] = {
    NUMBER: (
        "CASE WHEN jsonb_typeof({j}) = 'number' THEN CASE WHEN abs({j}::numeric) < 1e-20 THEN 0::float8"
        " WHEN abs({j}::numeric) < 1e20 THEN {j}::float8 END END"
    ),
    TEXT: "CASE WHEN jsonb_typeof({j}) = 'string' THEN ({j} #>> '{{}}') COLLATE \"C\" END",
    TRUTH: "CASE WHEN jsonb_typeof({j}) = 'boolean' THEN {j}::boolean END",
}
_SIGNS: Final[Mapping[str, str]] = {"==": "=", "!=": "<>"}
_CALLS: Final[Mapping[str, str]] = {
    "contains": "(strpos({0}, {1}) > 0)",
    "starts_with": "starts_with({0}, {1})",
    "ends_with": "(right({0}, char_length({1})) = {1})",
    # Under "C" only A to Z are letters.
    "lower": 'lower({0} COLLATE "C")',
    "length": "char_length({0})::float8",
    "known": "({0} IS NOT NULL)",
    "either": "COALESCE({0}, {1})",
    "abs": "abs({0})",
    "between": "({0} BETWEEN {1} AND {2})",
}


class _Writer:
    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.params: dict[str, Any] = {}
        #: Key of the snapshot -> (column of its value, its type).
        self.columns: dict[str, tuple[str, str]] = {}

    def param(self, value: Any, kind: str) -> str:
        """A placeholder, with its type."""
        name = f"{self.prefix}{len(self.params)}"
        self.params[name] = value
        return f"%({name})s::{kind}"

    def column(self, key: str, kind: str) -> str:
        """Where a feature is read."""
        return self.columns.setdefault(key, (f"f{len(self.columns)}", kind))[0]

    def write(self, node: Node) -> str:
        """Its SQL, in brackets where it is not one word."""
        match node:
            case Number():
                return f"({self.param(node.value, 'float8')})"
            case Text():
                return f'({self.param(node.value, "text")} COLLATE "C")'
            case Truth():
                return "true" if node.value else "false"
            case Name():
                return self.column(node.name, node.type)
            case Listed():
                return self.column(node.reference.key, TRUTH)
            case Not():
                return f"(NOT {self.write(node.part)})"
            case All():
                return f"({' AND '.join(self.write(part) for part in node.parts)})"
            case AnyOf():
                return f"({' OR '.join(self.write(part) for part in node.parts)})"
            case Compare():
                links = (f"{self.write(a)} {_SIGNS.get(sign, sign)} {self.write(b)}" for a, sign, b in node.links())
                return f"({' AND '.join(links)})"
            case Member():
                return self._member(node)
            case Arithmetic():
                left, right = self.write(node.left), self.write(node.right)
                return f"({left} / NULLIF({right}, 0))" if node.sign == "/" else f"({left} {node.sign} {right})"
            case Minus():
                return f"(- {self.write(node.part)})"
            case Call():
                return self._call(node)

    def _member(self, node: Member) -> str:
        kind = "text[]" if type_of(node.part) == TEXT else "float8[]"
        sign = "= ANY" if node.inside else "<> ALL"
        return f"({self.write(node.part)} {sign} ({self.param(list(node.values), kind)}))"

    def _call(self, node: Call) -> str:
        parts = [self.write(part) for part in node.arguments]
        if node.function not in ("min", "max"):
            return _CALLS[node.function].format(*parts)
        # GREATEST passes over NULL but never over NaN; the least is the greatest of the negatives.
        sign = "- " if node.function == "min" else ""
        known = ", ".join(f"COALESCE({sign}{part}, 'NaN'::float8)" for part in parts)
        return f"({sign}NULLIF(GREATEST({known}), 'NaN'::float8))"


def write_sql(root: Node, column: str, prefix: str) -> tuple[str, dict[str, Any]]:
    """An SQL expression and its parameters. Raises ValueError for a column or prefix that is not a plain name."""
    if not _COLUMN.fullmatch(column) or not _PREFIX.fullmatch(prefix):
        raise ValueError(f"not a plain name: {column!r}, {prefix!r}")
    writer = _Writer(prefix)
    answer = writer.write(root)
    if not writer.columns:
        return answer, writer.params
    values, casts = [], []
    for key, (name, kind) in writer.columns.items():
        values.append(f"j -> {writer.param(key, 'text')} AS j{name}")
        casts.append(f"{_CASTS[kind].format(j=f'j{name}')} AS {name}")
    # OFFSET 0 keeps one step apart: the snapshot, joined with an empty object, is a copy in memory, unpacked once for
    # all features. The rest the planner folds into the conditions: what need not be looked at is not looked up.
    # Nothing here was typed by a person: see `param`.
    text = (
        f"(SELECT {answer} FROM (SELECT {', '.join(casts)} FROM (SELECT {', '.join(values)} FROM"  # noqa: S608
        f" (SELECT {column} || '{{}}'::jsonb AS j OFFSET 0) s) v) f)"
    )
    return text, writer.params
