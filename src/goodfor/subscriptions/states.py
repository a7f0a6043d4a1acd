"""States of plans, subscriptions, their periods and picks. Pure."""

from typing import Final

from goodfor.kernel.statemachine import Machine

DRAFT: Final = "draft"
ON_SALE: Final = "on_sale"
#: Nobody signs any more; whoever has it keeps it.
OFF_SALE: Final = "off_sale"
PLAN: Final = Machine(
    "subscriptions.plan",
    DRAFT,
    {DRAFT: frozenset({ON_SALE}), ON_SALE: frozenset({OFF_SALE}), OFF_SALE: frozenset({ON_SALE})},
)

#: The mandate is being signed, or the first charge is under way.
AWAITING: Final = "awaiting"
ACTIVE: Final = "active"
#: A renewal was refused; it is tried again.
PAST_DUE: Final = "past_due"
PAUSED: Final = "paused"
ENDED: Final = "ended"
SUBSCRIPTION: Final = Machine(
    "subscriptions.subscription",
    AWAITING,
    {
        AWAITING: frozenset({ACTIVE, ENDED}),
        ACTIVE: frozenset({PAST_DUE, PAUSED, ENDED}),
        PAST_DUE: frozenset({ACTIVE, ENDED}),
        PAUSED: frozenset({ACTIVE, PAST_DUE, ENDED}),
        ENDED: frozenset(),
    },
)
LIVE: Final = frozenset({AWAITING, ACTIVE, PAST_DUE, PAUSED})

#: To be charged: announced, or tried before and refused.
DUE: Final = "due"
CHARGING: Final = "charging"
PAID: Final = "paid"
CLOSED: Final = "closed"
FAILED: Final = "failed"
REFUNDED: Final = "refunded"
#: `due -> paid`: the channel had refused, and the money came all the same. `charging -> due`: refused, to be tried
#: again.
PERIOD: Final = Machine(
    "subscriptions.period",
    DUE,
    {
        DUE: frozenset({CHARGING, PAID, FAILED}),
        CHARGING: frozenset({DUE, PAID, FAILED}),
        PAID: frozenset({CLOSED, REFUNDED}),
        CLOSED: frozenset({REFUNDED}),
        FAILED: frozenset(),
        REFUNDED: frozenset(),
    },
)
#: Nothing was paid for it yet: of a subscription there is one at a time.
UNPAID: Final = frozenset({DUE, CHARGING})

TAKEN: Final = "taken"
#: All of it came back: its slot is open again.
RETURNED: Final = "returned"
PICK: Final = Machine("subscriptions.pick", TAKEN, {TAKEN: frozenset({RETURNED}), RETURNED: frozenset()})

MACHINES: Final = (PLAN, SUBSCRIPTION, PERIOD, PICK)

# Why a period is charged.
FIRST, RENEWAL, UPGRADE = "first", "renewal", "upgrade"
KINDS: Final = (FIRST, RENEWAL, UPGRADE)
# What becomes of picks that nobody made.
NOTHING, GOODS, POINTS = "nothing", "goods", "points"
DEFAULTS: Final = (NOTHING, GOODS, POINTS)
# Who made a pick.
MEMBER, BY_PLAN = "member", "plan"
CYCLES: Final = (1, 3, 12)

# Why a subscription ended, or a period failed.
CANCELLED: Final = "cancelled"
LAPSED: Final = "lapsed"
MANDATE_LOST: Final = "mandate_ended"
NOT_SIGNED: Final = "not_signed"
REFUSED_FIRST: Final = "first_refused"
ODD_AMOUNT: Final = "odd_amount"
MONEY_BACK: Final = "refunded"
DISPUTED: Final = "disputed"
BY_STAFF: Final = "staff"
ERASED: Final = "erased"
CHANGED: Final = "changed"
PAUSING: Final = "paused"
#: Why a subscription ended that leaves nothing open: neither picks nor what the plan gives for them.
NOTHING_LEFT: Final = (MONEY_BACK, DISPUTED, ERASED, BY_STAFF)
WHYS: Final = (
    CANCELLED, LAPSED, MANDATE_LOST, NOT_SIGNED, REFUSED_FIRST, ODD_AMOUNT, MONEY_BACK, DISPUTED, BY_STAFF, ERASED,
    CHANGED, PAUSING,
)  # fmt: skip
