"""The parts of stored terms that money goes by: keys are named as in the dataclasses, what is missing is as there."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from goodfor.aftersales import states
from goodfor.aftersales.types import Compensation, Terms

#: Kind of goodwill -> the field of the terms that says how much.
GOODWILL: Final = {
    states.GOODWILL_DELIVERY: "goodwill_delivery_minor",
    states.GOODWILL_ANSWER: "goodwill_answer_minor",
    states.GOODWILL_DECISION: "goodwill_decision_minor",
}


def compensation_of(terms: Mapping[str, Any]) -> Compensation:
    """What these terms promise beyond the refund."""
    stored = terms.get("compensation") or {}
    known = {field.name: stored[field.name] for field in fields(Compensation) if field.name in stored}
    if "reasons" in known:
        known["reasons"] = tuple(known["reasons"])
    return Compensation(**known)


def goodwill_of(terms: Mapping[str, Any], kind: str) -> int:
    """Minor units owed after a missed deadline of this kind; 0: none."""
    name = GOODWILL[kind]
    return int(terms.get(name, getattr(Terms(), name)))


def owed(terms: Compensation, reason: str, base_minor: int) -> int:
    """What a proven claim is owed before the day's cap, minor units; 0 where the promise is not for this reason."""
    if terms.multiple <= 0 or reason not in terms.reasons or base_minor <= 0:
        return 0
    return max(min(base_minor * terms.multiple, terms.claim_cap_minor), 0)
