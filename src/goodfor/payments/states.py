"""The states of a payment, a refund and a case, and what may follow what."""

from typing import Final

from goodfor.kernel.statemachine import Machine

CREATED: Final = "created"
PENDING: Final = "pending"
SUCCEEDED: Final = "succeeded"
CLOSED: Final = "closed"
FAILED: Final = "failed"

#: `closed -> succeeded`: paid at the last second. `failed -> succeeded`: the channel refused the attempt or took a
#: wrong amount, and the right money came after all. `created -> succeeded`: the notify overtook the reply to our call.
PAYMENT: Final = Machine(
    "payments.payment",
    CREATED,
    {
        CREATED: frozenset({PENDING, SUCCEEDED, CLOSED, FAILED}),
        PENDING: frozenset({SUCCEEDED, CLOSED, FAILED}),
        CLOSED: frozenset({SUCCEEDED}),
        FAILED: frozenset({SUCCEEDED}),
        SUCCEEDED: frozenset(),
    },
)

REQUESTED: Final = "requested"
UNKNOWN: Final = "unknown"

#: `requested -> created` only when the call certainly never left this machine. `unknown -> requested` only after the
#: channel said that it does not know the refund number, or for channels that ignore a repeated number.
REFUND: Final = Machine(
    "payments.refund",
    CREATED,
    {
        CREATED: frozenset({REQUESTED, SUCCEEDED}),
        REQUESTED: frozenset({CREATED, SUCCEEDED, FAILED, UNKNOWN}),
        UNKNOWN: frozenset({REQUESTED, SUCCEEDED, FAILED}),
        SUCCEEDED: frozenset(),
        FAILED: frozenset(),
    },
)

OPEN: Final = "open"
CASE: Final = Machine("payments.case", OPEN, {OPEN: frozenset({CLOSED}), CLOSED: frozenset()})

DISPUTED: Final = "open"
WON: Final = "won"
LOST: Final = "lost"
#: `lost -> won`: a bank may think again.
DISPUTE: Final = Machine(
    "payments.dispute",
    DISPUTED,
    {DISPUTED: frozenset({WON, LOST}), LOST: frozenset({WON}), WON: frozenset()},
)

WANTED: Final = "wanted"
IMPORTED: Final = "imported"
EMPTY: Final = "empty"
REFUSED: Final = "refused"
#: `refused -> wanted`: somebody asks for the file again.
BILL: Final = Machine(
    "payments.bill",
    WANTED,
    {
        WANTED: frozenset({IMPORTED, EMPTY, REFUSED}),
        REFUSED: frozenset({WANTED}),
        IMPORTED: frozenset(),
        EMPTY: frozenset(),
    },
)

MACHINES: Final = (PAYMENT, REFUND, CASE, DISPUTE, BILL)

#: States in which a buyer may still be sent to the channel.
PAYABLE: Final = frozenset({CREATED, PENDING})
#: States of a refund that still needs somebody to do something.
UNFINISHED_REFUND: Final = frozenset({CREATED, REQUESTED, UNKNOWN})
