"""The states of a statement and of a payout, and what may follow what."""

from typing import Final

from goodfor.kernel.statemachine import Machine

DRAFT: Final = "draft"
CONFIRMED: Final = "confirmed"
APPROVED: Final = "approved"
PAYING: Final = "paying"
PAID: Final = "paid"
CLOSED: Final = "closed"
REJECTED: Final = "rejected"

#: `approved -> confirmed`: the bank account changed after the approval, so it has to be given again.
#: `paying -> approved`: the payout failed for certain. `closed`: nothing to pay; what is left goes on the next one.
STATEMENT: Final = Machine(
    "settlement.statement",
    DRAFT,
    {
        DRAFT: frozenset({CONFIRMED, REJECTED}),
        CONFIRMED: frozenset({APPROVED, REJECTED}),
        APPROVED: frozenset({PAYING, CONFIRMED, CLOSED, REJECTED}),
        PAYING: frozenset({PAID, APPROVED}),
        PAID: frozenset(),
        CLOSED: frozenset(),
        REJECTED: frozenset(),
    },
)

CREATED: Final = "created"
REQUESTED: Final = "requested"
UNKNOWN: Final = "unknown"
SUCCEEDED: Final = "succeeded"
FAILED: Final = "failed"

#: `requested -> created` only when the call certainly never left this machine. `created -> failed`: the bank account
#: changed before anything was sent. `unknown -> requested` only after the provider said it does not know the number.
PAYOUT: Final = Machine(
    "settlement.payout",
    CREATED,
    {
        CREATED: frozenset({REQUESTED, FAILED}),
        REQUESTED: frozenset({CREATED, SUCCEEDED, FAILED, UNKNOWN}),
        UNKNOWN: frozenset({REQUESTED, SUCCEEDED, FAILED}),
        SUCCEEDED: frozenset(),
        FAILED: frozenset(),
    },
)

MACHINES: Final = (STATEMENT, PAYOUT)
#: States of a payout whose end is still to come.
UNFINISHED: Final = frozenset({CREATED, REQUESTED, UNKNOWN})
#: Before money moves a statement may still be taken back.
REJECTABLE: Final = frozenset({DRAFT, CONFIRMED, APPROVED})
