"""Node -> canonical text: reading it gives the same node. Pure."""

from typing import Final

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
)  # fmt: skip
from goodfor.risk.language.scanning import escaped, invisible

#: How tightly each holds together: what is looser than its surroundings goes into brackets.
_OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _MINUS, _ATOM = range(8)
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def number_text(value: float) -> str:
    """5, 0.5, 1e+19: what reads as the same double."""
    return str(int(value)) if value.is_integer() and abs(value) <= 2**53 else repr(value)


def quoted(value: str) -> str:
    """In double quotes, with escapes for what cannot be seen."""
    return '"' + "".join(_ESCAPES.get(c) or (escaped(c) if invisible(c) else c) for c in value) + '"'


def write(node: Node) -> str:
    """The canonical text."""
    return _write(node, _OR)


def _tightness(node: Node) -> int:
    match node:
        case AnyOf():
            return _OR
        case All():
            return _AND
        case Not():
            return _NOT
        case Compare() | Member():
            return _COMPARE
        case Arithmetic():
            return _SUM if node.sign in "+-" else _PRODUCT
        case Minus():
            return _MINUS
        case _:
            return _ATOM


def _write(node: Node, around: int) -> str:
    text = _plain(node)
    return text if _tightness(node) >= around else f"({text})"


def _plain(node: Node) -> str:
    match node:
        case Number():
            return number_text(node.value)
        case Text():
            return quoted(node.value)
        case Truth():
            return "true" if node.value else "false"
        case Name():
            return node.name
        case Listed():
            return f'in_list("{node.reference.list}", {node.reference.subject})'
        case Not():
            return f"not {_write(node.part, _NOT)}"
        case All():
            return " and ".join(_write(part, _NOT) for part in node.parts)
        case AnyOf():
            return " or ".join(_write(part, _AND) for part in node.parts)
        case Compare():
            rest = "".join(f" {sign} {_write(part, _SUM)}" for sign, part in node.rest)
            return _write(node.first, _SUM) + rest
        case Member():
            values = ", ".join(quoted(v) if isinstance(v, str) else number_text(v) for v in node.values)
            return f"{_write(node.part, _SUM)} {'in' if node.inside else 'not in'} [{values}]"
        case Arithmetic():
            own = _tightness(node)
            # To the left the same sign may stand bare: a - b - c is (a - b) - c.
            return f"{_write(node.left, own)} {node.sign} {_write(node.right, own + 1)}"
        case Minus():
            return f"-{_write(node.part, _MINUS)}"
        case Call():
            return f"{node.function}({', '.join(_write(part, _OR) for part in node.arguments)})"
