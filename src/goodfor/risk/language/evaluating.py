"""What each part of an expression is, step by step: the plain meaning of the language, for explaining. Pure.

Slow, and written to be read: compiled rules and SQL are tested against it.
"""

from collections.abc import Mapping
from typing import Any

from goodfor.risk.features import NUMBER, TEXT
from goodfor.risk.language import values
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
    children,
)  # fmt: skip
from goodfor.risk.types import Value


def both(answers: list[bool | None]) -> bool | None:
    """Kleene's and: one false decides."""
    if any(answer is False for answer in answers):
        return False
    return None if None in answers else True


def one(answers: list[bool | None]) -> bool | None:
    """Kleene's or: one true decides."""
    if any(answer is True for answer in answers):
        return True
    return None if None in answers else False


def value_of(node: Node, snapshot: Mapping[str, Value]) -> Any:
    """float, str or bool; None: not known."""
    match node:
        case Number() | Text() | Truth():
            return node.value
        case Name():
            return feature_value(node.type, snapshot.get(node.name))
        case Listed():
            return values.as_truth(snapshot.get(node.reference.key))
    parts = [value_of(part, snapshot) for part in children(node)]
    match node:
        case Not():
            return None if parts[0] is None else not parts[0]
        case All():
            return both(parts)
        case AnyOf():
            return one(parts)
        case Compare():
            signs = [sign for sign, _ in node.rest]
            return both([_compare(*link) for link in zip(parts, signs, parts[1:], strict=False)])
        case Call():
            return _call(node.function, parts)
    if None in parts:
        return None
    match node:
        case Member():
            return (parts[0] in node.values) is node.inside
        case Minus():
            return -parts[0]
        case Arithmetic():
            return _arithmetic(node.sign, *parts)


def feature_value(kind: str, value: Value) -> Any:
    """What the snapshot has, if it is of the type that the catalogue says."""
    if kind == NUMBER:
        number = values.as_number(value)
        return None if number != number else number
    return values.as_text(value) if kind == TEXT else values.as_truth(value)


def _compare(left: Any, sign: str, right: Any) -> bool | None:
    if left is None or right is None:
        return None
    match sign:
        case "<":
            return bool(left < right)
        case "<=":
            return bool(left <= right)
        case ">":
            return bool(left > right)
        case ">=":
            return bool(left >= right)
        case "==":
            return bool(left == right)
        case _:
            return bool(left != right)


def _arithmetic(sign: str, left: float, right: float) -> float | None:
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case _:
            return left / right if right else None


def _call(function: str, parts: list[Any]) -> Any:
    if function == "known":
        return parts[0] is not None
    if function == "either":
        return parts[1] if parts[0] is None else parts[0]
    if function == "between":
        value, low, high = parts
        return both([_compare(value, ">=", low), _compare(value, "<=", high)])
    if None in parts:
        return None
    match function:
        case "contains":
            return parts[1] in parts[0]
        case "starts_with":
            return parts[0].startswith(parts[1])
        case "ends_with":
            return parts[0].endswith(parts[1])
        case "lower":
            return values.lower(parts[0])
        case "length":
            return float(len(parts[0]))
        case "abs":
            return abs(parts[0])
        case "min":
            return min(parts)
        case "max":
            return max(parts)
    raise AssertionError(function)
