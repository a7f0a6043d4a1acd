"""States of campaigns, of coupons, and of what an order holds. Pure."""

from typing import Final

from goodfor.kernel.statemachine import Machine

# A campaign.
DRAFT: Final = "draft"
#: Waits for a second person.
REVIEW: Final = "review"
#: Approved. It counts from the first moment of its window on, whether or not a loop has called it running yet.
SCHEDULED: Final = "scheduled"
RUNNING: Final = "running"
PAUSED: Final = "paused"
ENDED: Final = "ended"
ARCHIVED: Final = "archived"

CAMPAIGN: Final = Machine(
    "promotions.campaign",
    DRAFT,
    {
        DRAFT: frozenset({REVIEW, ARCHIVED}),
        REVIEW: frozenset({DRAFT, SCHEDULED}),
        SCHEDULED: frozenset({RUNNING, PAUSED, ENDED}),
        RUNNING: frozenset({PAUSED, ENDED}),
        PAUSED: frozenset({RUNNING, ENDED}),
        ENDED: frozenset({ARCHIVED}),
        ARCHIVED: frozenset(),
    },
)
#: Its revision in force is evaluated.
LIVE: Final = frozenset({SCHEDULED, RUNNING})

# Why a campaign stands still.
BY_HAND: Final = "hand"
BY_BUDGET: Final = "budget"
BY_LOSS: Final = "loss"
BY_FLOOR: Final = "floor"
PAUSES: Final = (BY_HAND, BY_BUDGET, BY_LOSS, BY_FLOOR)

# A coupon. (No history rows: holder and times are in its row, and orders tell the rest.)
FREE: Final = "free"
CLAIMED: Final = "claimed"
RESERVED: Final = "reserved"
USED: Final = "used"
VOID: Final = "void"
COUPON_STATES: Final = Machine(
    "promotions.coupon",
    FREE,
    {
        FREE: frozenset({CLAIMED, RESERVED, VOID}),
        CLAIMED: frozenset({RESERVED, VOID}),
        RESERVED: frozenset({FREE, CLAIMED, USED}),
        # A refund of the whole order, where the policy says so.
        USED: frozenset({FREE, CLAIMED}),
        VOID: frozenset(),
    },
)

# What an order holds of a campaign and of a limit; each row has one way.
RELEASED: Final = "released"
HOLDING: Final = Machine(
    "promotions.holding",
    RESERVED,
    {RESERVED: frozenset({USED, RELEASED}), USED: frozenset(), RELEASED: frozenset()},
)

# A batch of coupons.
MAKING: Final = "making"
MADE: Final = "made"
CLOSED: Final = "closed"
BATCH: Final = Machine(
    "promotions.batch",
    MAKING,
    {MAKING: frozenset({MADE, CLOSED}), MADE: frozenset({CLOSED}), CLOSED: frozenset()},
)
#: How a buyer comes by a coupon: one code for all, a code each, or a click in the claim centre.
PUBLIC: Final = "public"
UNIQUE: Final = "unique"
CLAIM: Final = "claim"
BATCH_KINDS: Final = (PUBLIC, UNIQUE, CLAIM)
