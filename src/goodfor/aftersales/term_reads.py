"""What money goes by in the terms that a case keeps."""

from collections.abc import Mapping
from typing import Any, Final

from goodfor.aftersales import states
from goodfor.aftersales.mapping import terms_from_json
from goodfor.aftersales.types import Compensation, Terms

#: Kind of goodwill -> the field of the terms that says how much.
GOODWILL: Final = {
    states.GOODWILL_DELIVERY: "goodwill_delivery_minor",
    states.GOODWILL_ANSWER: "goodwill_answer_minor",
    states.GOODWILL_DECISION: "goodwill_decision_minor",
}


def compensation_of(terms: Mapping[str, Any]) -> Compensation:
    """What stored terms promise beyond the refund. Raises InvalidTerms."""
    return terms_from_json(terms).compensation


def goodwill_of(terms: Terms, kind: str) -> int:
    """Minor units owed after a missed deadline of this kind; 0: none."""
    return int(getattr(terms, GOODWILL[kind]))


def owed(terms: Compensation, reason: str, base_minor: int) -> int:
    """What a proven claim is owed before the day's cap, minor units; 0 where the promise is not for this reason."""
    if terms.multiple <= 0 or reason not in terms.reasons or base_minor <= 0:
        return 0
    return max(min(base_minor * terms.multiple, terms.claim_cap_minor), 0)
