"""The decision table: read, checked, applied, explained. Pure.

A table is a list of rows, the first that fits decides. In JSON a row is {"name", "when", "then", "why", "proven"};
`when` names facts with one condition each: {"is": x}, {"in": [x, ..]}, {"min": n}, {"max": n}, or min and max together.
A condition on a fact that is not known (None) holds only for {"is": null}.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

from goodfor.aftersales import states
from goodfor.aftersales.errors import InvalidRules
from goodfor.aftersales.types import Facts, Ground, Rule, Verdict
from goodfor.aftersales.wording import WHY

MAX_ROWS: Final = 100
NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
OPERATORS: Final = ("is", "in", "min", "max")
#: Facts that are words, and the words they can be.
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "reason": ("invalid", "used", "expired", "wrong", "not_received", "top_up_missing", "changed_mind"),
    "kind": ("code", "direct"),
    "first": ("refund", "replace"),
    "code_said": (
        "", "asked", "unused", "locked", "used", "used_before", "used_after", "voided", "expired", "invalid", "silent",
        "mixed",
    ),
    "risk": ("", "allow", "challenge", "review", "hold", "deny"),
}  # fmt: skip
_TYPES: Final = {field.name: str(field.type) for field in fields(Facts)}
#: Facts that are yes or no.
FLAGS: Final = frozenset(name for name, kind in _TYPES.items() if "bool" in kind)
#: Facts that are whole numbers.
NUMBERS: Final = frozenset(name for name, kind in _TYPES.items() if "int" in kind)
_KEYS: Final = {"name", "when", "then", "why", "proven"}
_BIG: Final = 10**15


def read(rows: Any) -> tuple[Rule, ...]:
    """A table from its JSON form. Raises InvalidRules(row, field): row counts from 1."""
    if not isinstance(rows, list) or not 0 < len(rows) <= MAX_ROWS:
        raise InvalidRules(row=0, field="rows")
    found = tuple(_row(number, row) for number, row in enumerate(rows, 1))
    validate(found)
    return found


def to_json(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """A table in its JSON form."""
    return [
        {
            "name": rule.name,
            "when": {fact: dict(condition) for fact, condition in rule.when.items()},
            "then": rule.then,
            "why": rule.why,
            "proven": rule.proven,
        }
        for rule in rules
    ]


def validate(rules: Sequence[Rule]) -> None:
    """Refuse what could not be decided by: unknown facts, operators, actions or words, two rows of one name.

    The last row is for everything, and no row before it is: the rows behind would never be reached.
    Raises InvalidRules(row, field).
    """
    if not 0 < len(rules) <= MAX_ROWS:
        raise InvalidRules(row=0, field="rows")
    names: set[str] = set()
    for number, rule in enumerate(rules, 1):
        if not NAME.match(rule.name) or rule.name in names:
            raise InvalidRules(row=number, field="name")
        names.add(rule.name)
        if rule.then not in states.ACTIONS:
            raise InvalidRules(row=number, field="then")
        if rule.why not in WHY:
            raise InvalidRules(row=number, field="why")
        if rule.proven and rule.then not in states.REMEDIES:
            raise InvalidRules(row=number, field="proven")
        for fact, condition in rule.when.items():
            _check_condition(number, fact, condition)
        if (number == len(rules)) == bool(rule.when):
            raise InvalidRules(row=number, field="when")


def decide(rules: Sequence[Rule], facts: Facts, version: int = 0) -> Verdict:
    """What the table says: the first row all of whose conditions hold. The table has been validated."""
    for number, rule in enumerate(rules, 1):
        if all(_holds(condition, getattr(facts, fact)) for fact, condition in rule.when.items()):
            return Verdict(rule, number, version)
    raise AssertionError("a table ends with a row for everything")


def explain(rule: Rule, facts: Facts) -> tuple[Ground, ...]:
    """Each condition of a row with the value that met it, in the row's order."""
    return tuple(
        Ground(fact, operator, wanted, getattr(facts, fact))
        for fact, condition in rule.when.items()
        for operator, wanted in condition.items()
    )


def _holds(condition: Mapping[str, Any], value: Any) -> bool:
    for operator, wanted in condition.items():
        if operator == "is":
            good = value == wanted
        elif value is None:
            good = False
        elif operator == "in":
            good = value in wanted
        else:
            good = value >= wanted if operator == "min" else value <= wanted
        if not good:
            return False
    return True


def _row(number: int, row: Any) -> Rule:
    if not isinstance(row, dict) or set(row) - _KEYS or not {"name", "then", "why"} <= set(row):
        raise InvalidRules(row=number, field="row")
    when, proven = row.get("when", {}), row.get("proven", False)
    for field in ("name", "then", "why"):
        if not isinstance(row[field], str):
            raise InvalidRules(row=number, field=field)
    if not isinstance(when, dict) or not all(isinstance(condition, dict) for condition in when.values()):
        raise InvalidRules(row=number, field="when")
    if not isinstance(proven, bool):
        raise InvalidRules(row=number, field="proven")
    return Rule(row["name"], when, row["then"], row["why"], proven)


def _check_condition(number: int, fact: str, condition: Mapping[str, Any]) -> None:
    if fact not in _TYPES or not condition or set(condition) - set(OPERATORS):
        raise InvalidRules(row=number, field=fact)
    if len(condition) > 1 and set(condition) != {"min", "max"}:
        raise InvalidRules(row=number, field=fact)
    if not all(_fits(fact, operator, wanted) for operator, wanted in condition.items()):
        raise InvalidRules(row=number, field=fact)


def _fits(fact: str, operator: str, wanted: Any) -> bool:
    """Whether a fact can be compared like this."""
    if operator == "in":
        some = isinstance(wanted, list | tuple) and 0 < len(wanted) <= 50 and fact not in FLAGS
        return some and all(_fits(fact, "is", one) for one in wanted)
    if fact in FLAGS:
        return operator == "is" and isinstance(wanted, bool)
    if fact in NUMBERS:
        if wanted is None:
            return operator == "is" and "None" in _TYPES[fact]
        return type(wanted) is int and abs(wanted) <= _BIG
    return operator == "is" and isinstance(wanted, str) and wanted in WORDS.get(fact, ())
