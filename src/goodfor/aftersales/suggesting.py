"""What the table would do with a case if nobody had to look. Pure."""

from collections.abc import Sequence
from typing import Final

from goodfor.aftersales import states
from goodfor.aftersales.rules import decide
from goodfor.aftersales.types import Facts, Rule, Verdict

#: Decisions that end a case; to ask somebody, or to leave it to a person, is no suggestion.
ENDING: Final = frozenset({*states.REMEDIES, states.REJECT})
_NOTHING: Final = Rule("nothing_fits", {}, states.TO_PERSON, "")


def suggest(rules: Sequence[Rule], facts: Facts, version: int) -> Verdict | None:
    """The first row that fits and ends a case, with its place in the whole table; None: no such row fits."""
    found = decide([*(rule for rule in rules if rule.then in ENDING), _NOTHING], facts, version).rule
    return None if found is _NOTHING else Verdict(found, list(rules).index(found) + 1, version)
