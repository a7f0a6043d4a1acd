"""States of a claim and of its units, and its reasons. Pure."""

from datetime import timedelta
from typing import Final

from goodfor.kernel.statemachine import Machine

OPEN: Final = "open"
#: A good code is being bought for it; the bad one is out of the buyer's hands.
REPLACING: Final = "replacing"
REFUNDED: Final = "refunded"
REPLACED: Final = "replaced"
REJECTED: Final = "rejected"
WITHDRAWN: Final = "withdrawn"
MACHINE: Final = Machine(
    "claim",
    OPEN,
    {
        OPEN: frozenset({REPLACING, REFUNDED, REPLACED, REJECTED, WITHDRAWN}),
        REPLACING: frozenset({REPLACED, REFUNDED, OPEN}),
        # An objection of the buyer.
        REJECTED: frozenset({OPEN}),
        REFUNDED: frozenset(),
        REPLACED: frozenset(),
        WITHDRAWN: frozenset(),
    },
)
#: Something may still come of it.
LIVE: Final = frozenset({OPEN, REPLACING})
#: The buyer got something for it.
MET: Final = frozenset({REFUNDED, REPLACED})
#: It ended without anything: the codes do not count as complained about.
DROPPED: Final = (WITHDRAWN, REJECTED)

# A unit of a claim is one code (of a top-up: the line). It is live with its claim, then refunded, replaced, or none.
UNIT_LIVE: Final = "live"
UNIT_NONE: Final = "none"
UNIT_STATES: Final = (UNIT_LIVE, UNIT_NONE, REFUNDED, REPLACED)

#: What a buyer can say in one tap.
TOP_UP_MISSING: Final = "top_up_missing"
REASONS: Final = ("invalid", "used", "expired", "wrong", "not_received", "changed_mind", TOP_UP_MISSING)
#: Of lines that top up an account; the others are about codes.
DIRECT_REASONS: Final = (TOP_UP_MISSING,)
CODE_REASONS: Final = tuple(reason for reason in REASONS if reason not in DIRECT_REASONS)
#: Those that say that a code was not good; the validity rate of a shop counts them.
FAULTS: Final = ("invalid", "used", "expired", "wrong")
#: A person answers within a day.
ANSWER_WITHIN: Final = timedelta(hours=24)
