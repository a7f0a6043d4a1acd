"""The states of a buyer's account. Pure."""

from goodfor.kernel.statemachine import Machine

ACTIVE, CLOSING, ERASED = "active", "closing", "erased"

#: A wish to be deleted can be taken back until it is done; nothing follows erasure.
BUYER = Machine(
    name="buyer",
    initial=ACTIVE,
    transitions={
        ACTIVE: frozenset({CLOSING}),
        CLOSING: frozenset({ACTIVE, ERASED}),
        ERASED: frozenset(),
    },
)
