"""States of programs, batches, walks over a batch, cards and their uses. Pure."""

from typing import Final

from goodfor.kernel.statemachine import Machine

#: A program without a batch may still be changed; with the first one its terms are kept.
DRAFT: Final = "draft"
ISSUED: Final = "issued"
#: No further batches; cards that are out stay good.
CLOSED: Final = "closed"
PROGRAM: Final = Machine(
    "cards.program",
    DRAFT,
    {DRAFT: frozenset({ISSUED, CLOSED}), ISSUED: frozenset({CLOSED}), CLOSED: frozenset()},
)

# A batch: its cards are written in the background.
MAKING: Final = "making"
READY: Final = "ready"
BATCH: Final = Machine("cards.batch", MAKING, {MAKING: frozenset({READY}), READY: frozenset()})

# A walk: something is done to every card of a range, chunk by chunk.
ASKED: Final = "asked"
RUNNING: Final = "running"
DONE: Final = "done"
DROPPED: Final = "dropped"
WALK: Final = Machine(
    "cards.walk",
    ASKED,
    {
        ASKED: frozenset({RUNNING, DROPPED}),
        RUNNING: frozenset({DONE}),
        DONE: frozenset(),
        DROPPED: frozenset(),
    },
)
ACTIVATE, REVOKE = "activate", "revoke"
WALK_KINDS: Final = (ACTIVATE, REVOKE)

# A card. `used`: nothing is left; what is given back makes it active again.
MADE: Final = "made"
ACTIVE: Final = "active"
USED: Final = "used"
REVOKED: Final = "revoked"
EXPIRED: Final = "expired"
CARD: Final = Machine(
    "cards.card",
    MADE,
    {
        MADE: frozenset({ACTIVE, REVOKED}),
        ACTIVE: frozenset({USED, REVOKED, EXPIRED}),
        USED: frozenset({ACTIVE}),
        # What is on it is still its holder's: it is extended, never lost.
        EXPIRED: frozenset({ACTIVE, REVOKED}),
        REVOKED: frozenset(),
    },
)

# One use: a paid order. `reversed`: all of it is back on the card.
PAID: Final = "paid"
REVERSED: Final = "reversed"
USE: Final = Machine("cards.use", PAID, {PAID: frozenset({REVERSED}), REVERSED: frozenset()})

# What a card is good for.
PRODUCT, CHOICE, VALUE = "product", "choice", "value"
FACES: Final = (PRODUCT, CHOICE, VALUE)
# How a batch's cards become good: all at once, or by the range that was sold.
BY_BATCH, ON_SALE = "batch", "sale"
ACTIVATIONS: Final = (BY_BATCH, ON_SALE)
