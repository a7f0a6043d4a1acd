"""An expression: read from a text or a stored tree, checked, and then anything that is done with it."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from goodfor.risk.features import Feature
from goodfor.risk.language import limits
from goodfor.risk.language.compiling import Snapshot, compile_all, compile_one
from goodfor.risk.language.evaluating import value_of
from goodfor.risk.language.explaining import Part, explain
from goodfor.risk.language.nodes import Listed, ListReference, Name, Node, as_json, features_read, walk
from goodfor.risk.language.querying import write_sql
from goodfor.risk.language.reading import read
from goodfor.risk.language.refusals import Source, Span
from goodfor.risk.language.trees import VERSION, read_tree
from goodfor.risk.language.words import Speaker
from goodfor.risk.language.writing import write
from goodfor.risk.types import KeyKind, Value

#: What lists can be asked for besides features: the keys of an act.
KEYS: Final = frozenset(str(kind) for kind in KeyKind)


@dataclass(frozen=True, slots=True)
class Expression:
    """A rule's condition. Equal when the trees are. Make one by `parse` or `from_tree`.

    Three-valued: a comparison with a value that is not known is not known; and, or, not are Kleene's. Texts are
    compared by code points. Numbers are doubles (`limits.HUGE`, `TINY`); a whole number beyond 2^53 is rounded to one.
    Not known are a division by 0 and a value of another type than the catalogue says.
    """

    root: Node
    #: Features that are named, for their words.
    features: Mapping[str, Feature] = field(compare=False, repr=False)

    @property
    def names(self) -> frozenset[str]:
        """Features of the catalogue that are read."""
        return frozenset(node.name for node in walk(self.root) if isinstance(node, Name))

    @property
    def lists(self) -> frozenset[ListReference]:
        """Lists that must be looked up before: each answer goes into the snapshot under `reference.key`."""
        return frozenset(node.reference for node in walk(self.root) if isinstance(node, Listed))

    @property
    def reads(self) -> frozenset[str]:
        """Every key of the snapshot that is read: names and lists."""
        return frozenset(features_read(self.root))

    def compile(self) -> Callable[[Snapshot], bool | None]:
        """A function of a snapshot. None: not evaluable."""
        return compile_one(self.root)

    def evaluate(self, snapshot: Snapshot) -> bool | None:
        """The same, once and slowly."""
        answer: bool | None = value_of(self.root, snapshot)
        return answer

    def explain(self, snapshot: Mapping[str, Value]) -> list[Part]:
        """Which parts were true, false, not known, with the values they saw, and which decided."""
        return explain(self.root, self.features, snapshot)

    def sql(self, column: str = "features", prefix: str = "e") -> tuple[str, dict[str, Any]]:
        """A boolean SQL expression over a JSONB column, and its parameters, named `prefix` and a number.

        Placeholders are psycopg's, %(name)s. NULL: not evaluable. Raises ValueError when a name is not plain.
        """
        return write_sql(self.root, column, prefix)

    def text(self) -> str:
        """The canonical form: parsing it gives an equal expression."""
        return write(self.root)

    def words(self) -> str:
        """A sentence in the reader's language."""
        return Speaker(self.features).say(self.root)

    def tree(self) -> dict[str, Any]:
        """JSON to be stored (`trees`)."""
        return {"version": VERSION, "root": as_json(self.root)}


def parse(text: str, features: Mapping[str, Feature], *, keys: Collection[str] = KEYS) -> Expression:
    """Read and check a text. `keys`: what in_list may be asked for besides features.

    Raises BadExpression, whose `data` has reason, position, length, line, column and hint.
    """
    return _made(read(text, features, keys), features, text)


def from_tree(tree: Any, features: Mapping[str, Feature], *, keys: Collection[str] = KEYS) -> Expression:
    """Read and check what `tree()` gave. Raises BadExpression: not such a tree, or a feature of it is gone."""
    return _made(read_tree(tree, features, keys), features, "")


def compile_many(rules: Iterable[tuple[Hashable, Expression]]) -> Callable[[Snapshot], tuple[bool | None, ...]]:
    """All rules as one function, answers in the order given. Raises ValueError when an id comes twice."""
    return compile_all([(name, rule.root) for name, rule in rules])


def _made(root: Node, features: Mapping[str, Feature], text: str) -> Expression:
    size = len(write(root))
    if size > limits.MAX_CHARACTERS:
        raise Source(text).refusal("too_long", Span(0, len(text)), count=size, most=limits.MAX_CHARACTERS)
    named = {node.name for node in walk(root) if isinstance(node, Name)}
    named |= {node.reference.subject for node in walk(root) if isinstance(node, Listed)}
    return Expression(root, {name: features[name] for name in named if name in features})
