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

FROZEN: Final = "frozen"
RELEASED: Final = "released"
#: Money that a channel keeps frozen until it is shared out or given free.
POT: Final = Machine("payments.pot", FROZEN, {FROZEN: frozenset({RELEASED}), RELEASED: frozenset()})

#: A split, or the return of a share: as a refund, under one number for ever. `unknown -> requested` as there.
SPLIT: Final = Machine("payments.split", CREATED, REFUND.transitions)
SPLIT_RETURN: Final = Machine("payments.split_return", CREATED, REFUND.transitions)

SHARE: Final = Machine(
    "payments.share",
    PENDING,
    {PENDING: frozenset({SUCCEEDED, FAILED}), SUCCEEDED: frozenset(), FAILED: frozenset()},
)

ASKED: Final = "asked"
BOUND: Final = "bound"
LEAVING: Final = "leaving"
GONE: Final = "gone"
#: A receiver as the channel knows it. `refused -> asked`: somebody corrected it.
RECEIVER: Final = Machine(
    "payments.receiver",
    ASKED,
    {
        ASKED: frozenset({BOUND, REFUSED, LEAVING}),
        REFUSED: frozenset({ASKED, GONE}),
        BOUND: frozenset({LEAVING}),
        LEAVING: frozenset({GONE, REFUSED}),
        GONE: frozenset(),
    },
)

STARTED: Final = "started"
ACTIVE: Final = "active"
ENDED: Final = "ended"
#: A holder's consent to be charged again. Whoever signs after it has failed here is told so at the channel.
MANDATE: Final = Machine(
    "payments.mandate",
    STARTED,
    {
        STARTED: frozenset({ACTIVE, FAILED}),
        ACTIVE: frozenset({ENDED}),
        ENDED: frozenset(),
        FAILED: frozenset(),
    },
)

ANNOUNCED: Final = "announced"
LATE: Final = "late"
#: `requested` is committed before the channel is called: from then on it is asked first. `refused -> late`: its money
#: came all the same. What is not sent yet can succeed only by a channel that speaks of its number by itself.
CHARGE: Final = Machine(
    "payments.mandate_charge",
    CREATED,
    {
        CREATED: frozenset({ANNOUNCED, REQUESTED, REFUSED, SUCCEEDED}),
        ANNOUNCED: frozenset({REQUESTED, REFUSED, SUCCEEDED}),
        REQUESTED: frozenset({SUCCEEDED, REFUSED}),
        REFUSED: frozenset({LATE}),
        SUCCEEDED: frozenset(),
        LATE: frozenset(),
    },
)

MACHINES: Final = (
    PAYMENT, REFUND, CASE, DISPUTE, BILL, POT, SPLIT, SPLIT_RETURN, SHARE, RECEIVER, MANDATE, CHARGE,
)  # fmt: skip

#: States in which a buyer may still be sent to the channel.
PAYABLE: Final = frozenset({CREATED, PENDING})
#: States of a refund that still needs somebody to do something.
UNFINISHED_REFUND: Final = frozenset({CREATED, REQUESTED, UNKNOWN})
#: States of a charge in which its channel was not called yet.
UNSENT: Final = frozenset({CREATED, ANNOUNCED})
#: States of a charge that keep any other from its source.
LIVE: Final = frozenset({CREATED, ANNOUNCED, REQUESTED, SUCCEEDED})
