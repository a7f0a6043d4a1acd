"""Which names a template uses, held against the dictionary of its scene, loop variables included."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from liquid import RenderContext
from liquid.ast import Node
from liquid.builtin.expressions import FilteredExpression, LoopExpression, Path
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.builtin.tags.assign_tag import AssignNode
from liquid.builtin.tags.capture_tag import CaptureNode
from liquid.builtin.tags.for_tag import ForNode
from liquid.expression import Expression
from liquid.template import BoundTemplate

#: A value that anything may be asked of: `forloop`.
ANYTHING: Final = object()

Scope = Mapping[str, Any]
Wrong = tuple[str, str]


def check_variables(template: BoundTemplate, variables: Scope) -> Wrong | None:
    """The first thing that is not allowed as (reason, name), or None.

    Reasons: unknown_variable; range_not_allowed; computed_name (a name that is only known when it is rendered).
    """
    checker = _Checker(template)
    try:
        checker.block(template.nodes, dict(variables))
    except _Found as found:
        return found.wrong
    return None


class _Found(Exception):
    def __init__(self, reason: str, name: str) -> None:
        self.wrong = (reason, name)
        super().__init__(reason)


class _Checker:
    def __init__(self, template: BoundTemplate) -> None:
        self._context = RenderContext(template)

    def block(self, nodes: Iterable[Node], scope: dict[str, Any]) -> None:
        for node in nodes:
            self.node(node, scope)

    def node(self, node: Node, scope: dict[str, Any]) -> None:
        for expression in node.expressions():
            self.expression(expression, scope)
        if isinstance(node, AssignNode):
            scope[str(node.name)] = _assigned(node.expression, scope)
        elif isinstance(node, CaptureNode):
            scope[str(node.name)] = None
        inner = scope
        if isinstance(node, ForNode):
            inner = {**scope, str(node.expression.identifier): _item_of(node.expression, scope), "forloop": ANYTHING}
        self.block(node.children(self._context, include_partials=False), inner)
        if inner is not scope:
            # What a loop assigns outlives it; its own variables do not.
            own = {str(node.expression.identifier), "forloop"} if isinstance(node, ForNode) else set()
            scope.update({name: value for name, value in inner.items() if name not in own and name not in scope})

    def expression(self, expression: Expression, scope: Scope) -> None:
        if isinstance(expression, RangeLiteral):
            raise _Found("range_not_allowed", str(expression))
        if isinstance(expression, Path):
            _resolve(expression, scope)
            return
        for child in expression.children():
            self.expression(child, scope)


def _resolve(path: Path, scope: Scope) -> Any:
    head, *rest = path.path
    if not isinstance(head, str):
        raise _Found("computed_name", str(path))
    if head not in scope:
        raise _Found("unknown_variable", head)
    value = scope[head]
    for segment in rest:
        if isinstance(segment, Path):
            raise _Found("computed_name", str(path))
        value = _step(value, segment, path)
    return value


def _step(value: Any, segment: str | int, path: Path) -> Any:
    if value is ANYTHING:
        return ANYTHING
    if isinstance(value, Mapping) and segment in value:
        return value[str(segment)]
    if isinstance(value, list):
        if isinstance(segment, int) or segment in ("first", "last"):
            return value[0]
        if segment == "size":
            return None
    if value is None and segment == "size":
        return None
    raise _Found("unknown_variable", str(path))


def _assigned(expression: Expression, scope: Scope) -> Any:
    """The shape of what is assigned: that of a plain name, else a text."""
    if isinstance(expression, FilteredExpression):
        if isinstance(expression.left, Path):
            shape = _resolve(expression.left, scope)
            names = [item.name for item in expression.filters or ()]
            if not names:
                return shape
            if names in (["first"], ["last"]) and isinstance(shape, list):
                return shape[0]
        return None
    return _resolve(expression, scope) if isinstance(expression, Path) else None


def _item_of(loop: LoopExpression, scope: Scope) -> Any:
    if not isinstance(loop.iterable, Path):
        raise _Found("range_not_allowed", str(loop.iterable))
    shape = _resolve(loop.iterable, scope)
    if not isinstance(shape, list):
        raise _Found("not_a_list", str(loop.iterable))
    return shape[0]
