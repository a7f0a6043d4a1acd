"""What an expression is made of: a small tree of values that can be compared, hashed and trusted. Pure.

Only `building.Builder` makes them, and it makes none that is not typed and within the limits. And and or are flat; a
minus before a literal is part of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from goodfor.risk.features import NUMBER, TEXT, TRUTH
from goodfor.risk.language.functions import FUNCTIONS


@dataclass(frozen=True, slots=True)
class Number:
    """A literal; always finite, never -0."""

    value: float


@dataclass(frozen=True, slots=True)
class Text:
    """A literal."""

    value: str


@dataclass(frozen=True, slots=True)
class Truth:
    """true or false."""

    value: bool


@dataclass(frozen=True, slots=True)
class Name:
    """A feature of the snapshot. `type`: what the catalogue says of it."""

    name: str
    type: str


class ListReference(NamedTuple):
    """A list that is asked for one feature or key; `key` is the truth feature that holds the answer."""

    list: str
    subject: str

    @property
    def key(self) -> str:
        """Where the snapshot has it."""
        return f"lists.{self.list}.{self.subject}"


@dataclass(frozen=True, slots=True)
class Listed:
    """in_list("name", subject): resolved before, read from the snapshot."""

    reference: ListReference


@dataclass(frozen=True, slots=True)
class Not:
    """Not known stays not known."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class All:
    """and: at least two parts, none of them an All."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """or: at least two parts, none of them an AnyOf."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """A chain: `first` sign right, right sign right ..., all of one type."""

    first: "Node"
    rest: tuple[tuple[str, "Node"], ...]

    def links(self) -> Iterator[tuple["Node", str, "Node"]]:
        """The comparisons of two that the chain is the and of."""
        left = self.first
        for sign, right in self.rest:
            yield left, sign, right
            left = right


@dataclass(frozen=True, slots=True)
class Member:
    """in or, not `inside`, not in: one of some literals, all texts or all numbers."""

    part: "Node"
    values: tuple[float, ...] | tuple[str, ...]
    inside: bool


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`sign` is one of + - * /."""

    sign: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Minus:
    """Of anything but a literal."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class Call:
    """One of `functions.FUNCTIONS`, but for in_list."""

    function: str
    arguments: tuple["Node", ...]


Node = Number | Text | Truth | Name | Listed | Not | All | AnyOf | Compare | Member | Arithmetic | Minus | Call

_NUMBERS: Final = (Number, Arithmetic, Minus)


def type_of(node: Node) -> str:
    """number, truth or text."""
    while isinstance(node, Call):
        result = FUNCTIONS[node.function].result
        if result:
            return result
        node = node.arguments[0]
    if isinstance(node, Name):
        return node.type
    if isinstance(node, _NUMBERS):
        return NUMBER
    return TEXT if isinstance(node, Text) else TRUTH


def children(node: Node) -> tuple[Node, ...]:
    """The nodes right below, in the order of writing."""
    match node:
        case Not() | Member() | Minus():
            return (node.part,)
        case All() | AnyOf():
            return node.parts
        case Compare():
            return (node.first, *(right for _, right in node.rest))
        case Arithmetic():
            return (node.left, node.right)
        case Call():
            return node.arguments
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """This node and all below, parents first."""
    waiting: list[Node] = [node]
    while waiting:
        found = waiting.pop()
        yield found
        waiting.extend(reversed(children(found)))


def features_read(node: Node) -> dict[str, str]:
    """Key of the snapshot -> type, of everything that is read, in the order of writing."""
    found: dict[str, str] = {}
    for part in walk(node):
        if isinstance(part, Name):
            found.setdefault(part.name, part.type)
        elif isinstance(part, Listed):
            found.setdefault(part.reference.key, TRUTH)
    return found


def as_json(node: Node) -> Any:
    """Lists of plain values: see `trees`."""
    match node:
        case Number():
            return ["number", node.value]
        case Text():
            return ["text", node.value]
        case Truth():
            return ["truth", node.value]
        case Name():
            return ["name", node.name]
        case Listed():
            return ["listed", node.reference.list, node.reference.subject]
        case Not():
            return ["not", as_json(node.part)]
        case All():
            return ["and", [as_json(part) for part in node.parts]]
        case AnyOf():
            return ["or", [as_json(part) for part in node.parts]]
        case Compare():
            return ["compare", as_json(node.first), [[sign, as_json(right)] for sign, right in node.rest]]
        case Member():
            return ["in" if node.inside else "not in", as_json(node.part), list(node.values)]
        case Arithmetic():
            return [node.sign, as_json(node.left), as_json(node.right)]
        case Minus():
            return ["minus", as_json(node.part)]
        case Call():
            return ["call", node.function, [as_json(part) for part in node.arguments]]
