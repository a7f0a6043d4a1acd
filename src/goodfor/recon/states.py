"""States of a case of reconciliation, of its action, and what rows are worth. Pure."""

from typing import Final

from goodfor.kernel.statemachine import Machine

OPEN: Final = "open"
#: Somebody knows why; nothing has been put right yet.
EXPLAINED: Final = "explained"
#: A transaction of the ledger put it right.
CORRECTED: Final = "corrected"
CLOSED: Final = "closed"

#: `closed -> open`: a later run found the same difference again after the machine had closed it, or more of it than
#: what a person had closed.
CASE: Final = Machine(
    "recon.case",
    OPEN,
    {
        OPEN: frozenset({EXPLAINED, CORRECTED, CLOSED}),
        EXPLAINED: frozenset({CORRECTED, CLOSED}),
        CORRECTED: frozenset({CLOSED}),
        CLOSED: frozenset({OPEN}),
    },
)
LIVE: Final = frozenset({OPEN, EXPLAINED, CORRECTED})

# Areas of comparing, and the sides of each: ours, theirs, the books.
CHANNEL: Final = "channel"
SUPPLIER: Final = "supplier"
SPLIT: Final = "split"
WALLET: Final = "wallet"
AREAS: Final = (CHANNEL, SUPPLIER, SPLIT, WALLET)
OURS: Final = "ours"
BOOKS: Final = "books"
#: Whose rows stand against ours: the area's own name.
SIDES: Final = (OURS, BOOKS, *AREAS)

# What a row says.
#: It happened.
DONE: Final = "done"
#: Ours: it happened, and is one payment too many that nobody gives back yet.
EXTRA: Final = "extra"
#: Ours, of a supplier: goods that came after the buyer had the money back.
LATE: Final = "late"
#: It did not happen, or was undone.
VOID: Final = "void"
#: Nobody knows yet.
UNSURE: Final = "open"
ROW_STATES: Final = (DONE, EXTRA, LATE, VOID, UNSURE)
#: Money moved.
COUNTS: Final = frozenset({DONE, EXTRA, LATE})

# How a row left the pool; empty: it waits.
WAITING: Final = ""
MATCHED: Final = "matched"
OVERDUE: Final = "overdue"
WITHDRAWN: Final = "withdrawn"

# How two rows came together.
PASSES: Final = ("person", "exact", "alternate", "key")

# What becomes of a case's automatic action.
NO_ACTION: Final = "none"
DUE: Final = "due"
DID: Final = "done"
#: Tried often enough, or nothing a machine may do: a person decides.
PERSON: Final = "person"
ACTION_STATES: Final = (NO_ACTION, DUE, DID, PERSON)
