"""States of a claim, and its reasons. Pure."""

from datetime import timedelta
from typing import Final

from goodfor.kernel.statemachine import Machine

OPEN: Final = "open"
REFUNDED: Final = "refunded"
WITHDRAWN: Final = "withdrawn"
MACHINE: Final = Machine(
    "claim",
    OPEN,
    {OPEN: frozenset({REFUNDED, WITHDRAWN}), REFUNDED: frozenset(), WITHDRAWN: frozenset()},
)

#: What a buyer can say in one tap.
REASONS: Final = ("invalid", "used", "expired", "wrong", "not_received", "changed_mind")
#: Those that say that a code was not good; the validity rate of a shop counts them.
FAULTS: Final = ("invalid", "used", "expired", "wrong")
#: A person answers within a day.
ANSWER_WITHIN: Final = timedelta(hours=24)
