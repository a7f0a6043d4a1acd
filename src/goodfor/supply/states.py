"""States of a want and of an attempt to buy for it, and the only moves between them. Pure."""

from typing import Final

from goodfor.kernel.statemachine import Machine

# A want: what an order line still needs from suppliers.
OPEN: Final = "open"
SUPPLIED: Final = "supplied"
#: No supplier could, or none in time: whoever wanted it is to give the money back.
FAILED: Final = "failed"
#: Nobody waits any more (refunded, past its time); what still arrives becomes stock.
GIVEN_UP: Final = "given_up"

WANT: Final = Machine(
    "supply.want",
    OPEN,
    {
        OPEN: frozenset({SUPPLIED, FAILED, GIVEN_UP}),
        SUPPLIED: frozenset(),
        FAILED: frozenset(),
        GIVEN_UP: frozenset(),
    },
)

# An attempt: one purchase at one supplier under one number.
SENDING: Final = "sending"
ACCEPTED: Final = "accepted"
UNKNOWN: Final = "unknown"
#: Nothing more can be asked: a person decides.
MANUAL: Final = "manual"
DELIVERED: Final = "delivered"
PARTIAL: Final = "partial"
#: Certainly no order: refused at once, or they never heard of it.
REJECTED: Final = "rejected"
#: There was an order, and it ended without goods.
ATTEMPT_FAILED: Final = "failed"
#: Goods that nobody waits for any more: they are stock now.
LATE: Final = "late"

ATTEMPT: Final = Machine(
    "supply.attempt",
    SENDING,
    {
        SENDING: frozenset({ACCEPTED, UNKNOWN, DELIVERED, PARTIAL, REJECTED, ATTEMPT_FAILED, LATE}),
        ACCEPTED: frozenset({UNKNOWN, MANUAL, DELIVERED, PARTIAL, ATTEMPT_FAILED, LATE}),
        UNKNOWN: frozenset({ACCEPTED, MANUAL, DELIVERED, PARTIAL, REJECTED, ATTEMPT_FAILED, LATE}),
        MANUAL: frozenset({UNKNOWN, DELIVERED, PARTIAL, REJECTED, ATTEMPT_FAILED, LATE}),
        REJECTED: frozenset({LATE}),
        ATTEMPT_FAILED: frozenset({LATE}),
        DELIVERED: frozenset(),
        PARTIAL: frozenset(),
        LATE: frozenset(),
    },
)
#: The supplier may still deliver: nobody else is asked meanwhile. The table allows one a want.
IN_FLIGHT: Final = frozenset({SENDING, ACCEPTED, UNKNOWN, MANUAL})
ASKED: Final = frozenset({SENDING, ACCEPTED, UNKNOWN})
ENDED: Final = ATTEMPT.states - IN_FLIGHT
WITH_GOODS: Final = frozenset({DELIVERED, PARTIAL, LATE})
WITHOUT: Final = frozenset({REJECTED, ATTEMPT_FAILED})

# A change of a price that a watch made or proposes.
#: Above what the rule allows: a person decides.
MOVE_WAITING: Final = "waiting"
MOVE_DONE: Final = "done"
MOVE_REFUSED: Final = "refused"
#: The cost changed again before anybody decided.
MOVE_STALE: Final = "stale"

MOVE: Final = Machine(
    "supply.price_move",
    MOVE_WAITING,
    {
        MOVE_WAITING: frozenset({MOVE_DONE, MOVE_REFUSED, MOVE_STALE}),
        MOVE_DONE: frozenset(),
        MOVE_REFUSED: frozenset(),
        MOVE_STALE: frozenset(),
    },
)

# A trial of another routing.
TRIAL_RUNNING: Final = "running"
TRIAL_DONE: Final = "done"
TRIAL_BROKEN: Final = "broken"

TRIAL: Final = Machine(
    "supply.trial",
    "waiting",
    {
        "waiting": frozenset({TRIAL_RUNNING, TRIAL_DONE, TRIAL_BROKEN}),
        TRIAL_RUNNING: frozenset({TRIAL_DONE, TRIAL_BROKEN}),
        TRIAL_DONE: frozenset(),
        TRIAL_BROKEN: frozenset(),
    },
)

# Something asked of a supplier after a sale.
INQUIRY_DUE: Final = "due"
#: A void or a complaint went out, or may have: what came of it is asked, and nothing is sent again blindly.
INQUIRY_SENT: Final = "sent"
INQUIRY_DONE: Final = "done"
#: No answer in time, or the supplier has no such service.
INQUIRY_FAILED: Final = "failed"

INQUIRY: Final = Machine(
    "supply.inquiry",
    INQUIRY_DUE,
    {
        INQUIRY_DUE: frozenset({INQUIRY_SENT, INQUIRY_DONE, INQUIRY_FAILED}),
        INQUIRY_SENT: frozenset({INQUIRY_DUE, INQUIRY_DONE, INQUIRY_FAILED}),
        INQUIRY_DONE: frozenset(),
        INQUIRY_FAILED: frozenset(),
    },
)
INQUIRY_LIVE: Final = frozenset({INQUIRY_DUE, INQUIRY_SENT})
