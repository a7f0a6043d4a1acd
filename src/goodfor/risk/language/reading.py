"""Text -> node, by Python's own parser and a list of what may come out of it. Pure.

The parser sees only tokens that `scanning` knows, in an order that `ordering` accepts, nested no deeper than the limit.
What it makes is checked again, node by node: anything not named here is refused.
"""

import ast
from collections.abc import Collection, Mapping
from typing import Any, Final, NoReturn

from goodfor.risk.features import TEXT, Feature
from goodfor.risk.language import limits
from goodfor.risk.language.building import Builder, Placed
from goodfor.risk.language.functions import IN_LIST
from goodfor.risk.language.nodes import Node, type_of
from goodfor.risk.language.ordering import check_order
from goodfor.risk.language.refusals import Source, Span
from goodfor.risk.language.scanning import scan

_SIGNS: Final[Mapping[type[ast.AST], str]] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<",
    ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.And: "and", ast.Or: "or",
}  # fmt: skip
_TRUTHS: Final[Mapping[str, bool]] = {"true": True, "false": False}
_FLAT: Final = str.maketrans("\t\r\n", "   ")


def read(text: str, features: Mapping[str, Feature], keys: Collection[str]) -> Node:
    """The tree of an expression. Raises BadExpression."""
    source = Source(text)
    check_order(source, scan(source))
    # Brackets around, so that blanks at the start are none of Python's business; one line, so that places are simple.
    flat = f"({text.translate(_FLAT)})"
    try:
        tree = ast.parse(flat, mode="eval")
    except SyntaxError as error:
        place = max(0, min((error.offset or 2) - 2, len(text)))
        raise source.refusal("unreadable", Span(place, len(text))) from None
    except (ValueError, MemoryError, RecursionError):
        raise source.too_deep(Span(0, len(text))) from None
    reader = _Reader(source, flat, Builder(source, features, keys))
    return reader.builder.whole(reader.read(tree.body, 1))


class _Reader:
    def __init__(self, source: Source, flat: str, builder: Builder) -> None:
        self.source = source
        self.builder = builder
        #: Python counts bytes.
        self._bytes = None if flat.isascii() else flat.encode()

    def span(self, node: ast.expr) -> Span:
        """Characters of what was typed."""
        return Span(self._place(node.col_offset), self._place(node.end_col_offset or 0))

    def _place(self, column: int) -> int:
        return (column if self._bytes is None else len(self._bytes[:column].decode())) - 1

    def read(self, node: ast.expr, depth: int) -> Placed:
        """A node, with where it stands. Raises BadExpression."""
        span = self.span(node)
        if depth > limits.MAX_DEPTH:
            raise self.source.too_deep(span)
        match node:
            case ast.Constant():
                return self._constant(node.value, span), span
            case ast.Name():
                known = _TRUTHS.get(node.id)
                made = self.builder.name(node.id, span) if known is None else self.builder.truth(known, span)
                return made, span
            case ast.BoolOp():
                parts = [self.read(part, depth + 1) for part in node.values]
                return self.builder.joined(_SIGNS[type(node.op)], parts, span), span
            case ast.UnaryOp(op=ast.Not()):
                return self.builder.negation(self.read(node.operand, depth + 1), span), span
            case ast.UnaryOp(op=ast.USub()):
                return self.builder.minus(self.read(node.operand, depth + 1), span), span
            case ast.BinOp() if type(node.op) in _SIGNS:
                left, right = self.read(node.left, depth + 1), self.read(node.right, depth + 1)
                return self.builder.arithmetic(_SIGNS[type(node.op)], left, right, span), span
            case ast.Compare():
                return self._comparison(node, span, depth), span
            case ast.Call():
                return self._call(node, span, depth), span
            case _:
                self._refuse(node, span)

    def _refuse(self, node: ast.expr, span: Span) -> NoReturn:
        if isinstance(node, ast.List):
            raise self.source.refusal("items_place", span)
        if isinstance(node, ast.Tuple):
            raise self.source.refusal("comma", span)
        raise self.source.refusal("form", span)

    def _constant(self, value: Any, span: Span) -> Node:
        if isinstance(value, bool):
            return self.builder.truth(value, span)
        if isinstance(value, int | float):
            return self.builder.number(value, span)
        if isinstance(value, str):
            return self.builder.text(value, span)
        raise self.source.refusal("form", span)

    def _comparison(self, node: ast.Compare, span: Span, depth: int) -> Node:
        insides = [isinstance(sign, ast.In | ast.NotIn) for sign in node.ops]
        if any(insides) and len(insides) > 1:
            raise self.source.refusal("in_chain", span)
        first = self.read(node.left, depth + 1)
        if insides[0]:
            inside = isinstance(node.ops[0], ast.In)
            return self.builder.member(first, self._items(first, node.comparators[0], depth), inside, span)
        rest: list[tuple[str, Placed]] = []
        for sign, right in zip(node.ops, node.comparators, strict=True):
            if type(sign) not in _SIGNS:
                raise self.source.refusal("form", span)
            rest.append((_SIGNS[type(sign)], self.read(right, depth + 1)))
        return self.builder.compared(first, rest, span)

    def _items(self, first: Placed, node: ast.expr, depth: int) -> list[tuple[Any, Span]]:
        span = self.span(node)
        if isinstance(node, ast.List | ast.Tuple):
            return [self._item(item) for item in node.elts]
        if type_of(first[0]) == TEXT and isinstance(node, ast.Name | ast.Call | ast.Constant):
            right = self.read(node, depth + 1)[0]
            if type_of(right) == TEXT:
                raise self.source.refusal("in_text", span, left=self.source.cut(first[1]), right=self.source.cut(span))
        raise self.source.refusal("in_list_needed", span)

    def _item(self, node: ast.expr) -> tuple[Any, Span]:
        span = self.span(node)
        sign = 1
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            node, sign = node.operand, -1
        if isinstance(node, ast.Constant):
            value = node.value
            if isinstance(value, int | float) and not isinstance(value, bool):
                return sign * value, span
            if isinstance(value, str) and sign == 1:
                return value, span
        raise self.source.refusal("items_kind", span)

    def _call(self, node: ast.Call, span: Span, depth: int) -> Node:
        if not isinstance(node.func, ast.Name) or node.keywords:
            raise self.source.refusal("form", span)
        function = self.builder.function(node.func.id, self.span(node.func))
        if function.name == IN_LIST:
            self.builder.check_count(function, len(node.args), span)
            return self._in_list(node.args[0], node.args[1])
        return self.builder.call(function, [self.read(part, depth + 1) for part in node.args], span)

    def _in_list(self, named: ast.expr, subject: ast.expr) -> Node:
        if not isinstance(named, ast.Constant) or not isinstance(named.value, str):
            raise self.source.refusal("list_name", self.span(named))
        if not isinstance(subject, ast.Name):
            raise self.source.refusal("list_subject", self.span(subject), all=", ".join(sorted(self.builder.keys)[:4]))
        return self.builder.listed(named.value, self.span(named), subject.id, self.span(subject))
