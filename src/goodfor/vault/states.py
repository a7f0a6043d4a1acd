"""States of batches, lots and codes, and the only moves between them. Pure."""

from goodfor.kernel.statemachine import Machine

# A batch: one imported file.
STAGING = "staging"
ACTIVE = "active"
CANCELLED = "cancelled"

# A lot: the codes of a batch that share expiry and cost.
STAGED = "staged"
OPEN = "open"
DRAINED = "drained"
EXPIRED = "expired"
LOT_QUARANTINED = "quarantined"

# A code.
FREE = "free"
RESERVED = "reserved"
SOLD = "sold"
QUARANTINED = "quarantined"
VOID = "void"

BATCH_STATES = (STAGING, ACTIVE, CANCELLED)
LOT_STATES = (STAGED, OPEN, DRAINED, EXPIRED, LOT_QUARANTINED)
#: How a code's state is stored: two bytes in the hottest row of the house. The .sql files use these numbers.
CODE_NUMBERS = {FREE: 0, RESERVED: 1, SOLD: 2, QUARANTINED: 3, VOID: 4}
CODE_STATES = {number: state for state, number in CODE_NUMBERS.items()}

# A file on its way in.
WAITING = "waiting"
CHECKED = "checked"
REFUSED = "refused"
CONFIRMED = "confirmed"
CANCELLING = "cancelling"
DONE = "done"
FAILED = "failed"
DROPPED = "dropped"

#: `waiting` is to be checked, `checked` to be looked at by a person, `confirmed` to be imported. What was put on sale
#: before a cancellation was heard is done all the same.
INTAKE_MACHINE = Machine(
    "vault.intake",
    WAITING,
    {
        WAITING: frozenset({CHECKED, REFUSED, DROPPED}),
        CHECKED: frozenset({WAITING, CONFIRMED, DROPPED}),
        REFUSED: frozenset({WAITING, DROPPED}),
        CONFIRMED: frozenset({DONE, FAILED, CANCELLING}),
        CANCELLING: frozenset({DONE, FAILED, DROPPED}),
        DONE: frozenset(),
        FAILED: frozenset(),
        DROPPED: frozenset(),
    },
)
INTAKE_STATES = tuple(sorted(INTAKE_MACHINE.states))
INTAKE_ENDED = tuple(sorted(INTAKE_MACHINE.terminal))

BATCH_MACHINE = Machine(
    "vault.batch",
    STAGING,
    {STAGING: frozenset({ACTIVE, CANCELLED}), ACTIVE: frozenset(), CANCELLED: frozenset()},
)

#: Drained and expired lots are out of the way of claims. A drained lot opens again when a code comes back to it.
#: A lot has no end: its history stays, and a code in it may always come back.
LOT_MACHINE = Machine(
    "vault.lot",
    STAGED,
    {
        STAGED: frozenset({OPEN}),
        OPEN: frozenset({DRAINED, EXPIRED, LOT_QUARANTINED}),
        DRAINED: frozenset({OPEN, LOT_QUARANTINED}),
        EXPIRED: frozenset({LOT_QUARANTINED}),
        LOT_QUARANTINED: frozenset({OPEN}),
    },
)

#: A sold code becomes free again only while nobody has seen it (`take_back`); the table itself refuses the rest.
MACHINE = Machine(
    "vault.code",
    FREE,
    {
        FREE: frozenset({RESERVED, SOLD, QUARANTINED, VOID}),
        RESERVED: frozenset({FREE, SOLD, QUARANTINED}),
        SOLD: frozenset({FREE, QUARANTINED}),
        QUARANTINED: frozenset({FREE, SOLD, VOID}),
        VOID: frozenset(),
    },
)
