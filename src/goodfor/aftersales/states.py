"""States of a case, of what is owed on it, and of what is claimed from a supplier. Pure."""

from typing import Final

from goodfor.kernel.statemachine import Machine

# A case: how one claim is looked into and decided. The claim itself (`orders.claim_states`) says what came of it.
#: Facts are being gathered: a supplier was asked.
CHECKING: Final = "checking"
#: The buyer was asked for something; the clocks stand still.
ASKING: Final = "asking"
#: A person decides.
PERSON: Final = "person"
#: Decided; what was decided is under way (taken back at a supplier, bought anew).
CARRYING: Final = "carrying"
CLOSED: Final = "closed"

CASE: Final = Machine(
    "aftersales.case",
    CHECKING,
    {
        CHECKING: frozenset({ASKING, PERSON, CARRYING, CLOSED}),
        ASKING: frozenset({CHECKING, PERSON, CLOSED}),
        PERSON: frozenset({CHECKING, ASKING, CARRYING, CLOSED}),
        CARRYING: frozenset({CHECKING, PERSON, CLOSED}),
        # An objection of the buyer to a rejection.
        CLOSED: frozenset({PERSON}),
    },
)
LIVE: Final = frozenset({CHECKING, ASKING, PERSON, CARRYING})
#: The clocks of the promise run.
RUNNING: Final = frozenset({CHECKING, PERSON, CARRYING})

# What a decision may be. `person` is none: somebody has to decide.
REFUND: Final = "refund"
REPLACE: Final = "replace"
REJECT: Final = "reject"
#: Ask the supplier that sold the code about it, and decide anew by the answer.
ASK_SUPPLIER: Final = "ask_supplier"
ASK_BUYER: Final = "ask_buyer"
TO_PERSON: Final = "person"
#: First taken back at the supplier, then refunded.
VOID_REFUND: Final = "void_refund"
ACTIONS: Final = (REFUND, REPLACE, REJECT, VOID_REFUND, ASK_SUPPLIER, ASK_BUYER, TO_PERSON)
#: Those that end a case.
REMEDIES: Final = (REFUND, REPLACE, VOID_REFUND)

# What a buyer is owed beyond the price.
COMPENSATION: Final = "compensation"
GOODWILL_DELIVERY: Final = "late_delivery"
GOODWILL_ANSWER: Final = "late_answer"
GOODWILL_DECISION: Final = "late_decision"
GRANTS: Final = (COMPENSATION, GOODWILL_DELIVERY, GOODWILL_ANSWER, GOODWILL_DECISION)
OWED: Final = "owed"
PAID: Final = "paid"
GRANT: Final = Machine("aftersales.grant", OWED, {OWED: frozenset({PAID}), PAID: frozenset()})

# What a supplier owes for what was bad.
DUE: Final = "due"
SENT: Final = "sent"
SETTLED: Final = "settled"
WRITTEN_OFF: Final = "written_off"
RECOVERY: Final = Machine(
    "aftersales.recovery",
    DUE,
    {
        DUE: frozenset({SENT, SETTLED, WRITTEN_OFF}),
        SENT: frozenset({SETTLED, WRITTEN_OFF}),
        SETTLED: frozenset(),
        WRITTEN_OFF: frozenset(),
    },
)

# What becomes of one holder in a recall.
RECALL_DUE: Final = "due"
#: Told, and offered a remedy: codes that they have looked at may have been good for them.
OFFERED: Final = "offered"
#: Made whole by a claim, which the shop opened itself where nobody had seen the codes.
CLAIMED: Final = "claimed"
#: Nothing to do any more: the codes had their remedy before.
OVER: Final = "over"
RECALL: Final = Machine(
    "aftersales.recall",
    RECALL_DUE,
    {
        RECALL_DUE: frozenset({OFFERED, CLAIMED, OVER}),
        OFFERED: frozenset({CLAIMED}),
        CLAIMED: frozenset(),
        OVER: frozenset(),
    },
)
