"""Facts of a claim from what was found, as JSON and back, and how they are told to people. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any, Final

from goodfor.aftersales.types import Facts
from goodfor.kit.writing import full_time

# Kinds of findings, each a row of the page of a case.
CLAIM: Final = "claim"
PROMISE: Final = "promise"
REVEAL: Final = "reveal"
ASKED: Final = "asked"
SUPPLIER: Final = "supplier"
VOID: Final = "void"
TOP_UP: Final = "top_up"
BATCH: Final = "batch"
BUYER: Final = "buyer"
PAYMENT: Final = "payment"
STOCK: Final = "stock"
QUESTION: Final = "question"
PICTURES: Final = "pictures"
OBJECTION: Final = "objection"
KINDS: Final = (
    CLAIM, PROMISE, REVEAL, ASKED, SUPPLIER, VOID, TOP_UP, BATCH, BUYER, PAYMENT, STOCK, QUESTION, PICTURES, OBJECTION,
)  # fmt: skip

#: Clocks differ: a use so shortly before the first look proves nothing.
SKEW: Final = timedelta(minutes=2)
BAD: Final = frozenset({"invalid", "voided", "expired"})
_EMPTY: Final[Mapping[str, Any]] = {"int": 0, "str": "", "bool": False}


def facts_to_json(facts: Facts) -> dict[str, Any]:
    """For `Decision.facts`."""
    return asdict(facts)


def facts_from_json(kept: Mapping[str, Any]) -> Facts:
    """Facts of a stored decision; what it did not know yet is empty, what is not known any more is left out."""
    given = {}
    for field in fields(Facts):
        kind = str(field.type)
        if field.name in kept:
            given[field.name] = kept[field.name]
        elif "None" in kind:
            given[field.name] = None
        else:
            given[field.name] = next(value for name, value in _EMPTY.items() if name in kind)
    return Facts(**given)


def said_of_code(said: str, used_at: datetime | None, seen_at: datetime | None) -> str:
    """What a supplier's word means for the buyer's claim: `used` is before or after the first look, if it told when."""
    if said == "used" and used_at is not None and seen_at is not None:
        if used_at <= seen_at - SKEW:
            return "used_before"
        return "used_after" if used_at >= seen_at else "used"
    return "silent" if said in ("refused", "") else said


def together(said: Iterable[str]) -> str:
    """One word for several codes: waited for while one is; bad if all are, whatever the words; else mixed."""
    words = sorted(set(said))
    if not words:
        return ""
    if "asked" in words:
        return "asked"
    if len(words) == 1:
        return words[0]
    return "invalid" if set(words) <= BAD | {"used_before"} else "mixed"


def words_of(findings: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Values for the placeholders of `wording.WHY`, from the latest finding of each kind; only what is known."""
    found: dict[str, str] = {}
    for name, kind, key in (
        ("seen_at", REVEAL, "first"), ("used_at", SUPPLIER, "used_at"), ("done_at", TOP_UP, "done_at"),
    ):  # fmt: skip
        at = findings.get(kind, {}).get(key)
        if at:
            found[name] = full_time(datetime.fromisoformat(at))
    if ref := findings.get(TOP_UP, {}).get("ref"):
        found["ref"] = str(ref)
    if days := findings.get(PROMISE, {}).get("days"):
        found["days"] = str(days)
    return found
