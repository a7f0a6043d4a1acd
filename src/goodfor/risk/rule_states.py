"""States of rules, of what needs a second person, of entries of lists, and of reviews. Pure."""

from datetime import timedelta
from typing import Final

from goodfor.kernel.statemachine import Machine
from goodfor.risk.types import Outcome, Scene

# A rule.
DRAFT: Final = "draft"
#: Evaluated and written down, without any effect.
SHADOW: Final = "shadow"
#: Counts for a part of the buyers, always the same ones.
PERCENT: Final = "percent"
LIVE: Final = "live"
OFF: Final = "off"
RETIRED: Final = "retired"

RULE: Final = Machine(
    "risk.rule",
    DRAFT,
    {
        DRAFT: frozenset({SHADOW, RETIRED}),
        SHADOW: frozenset({PERCENT, LIVE, OFF}),
        PERCENT: frozenset({SHADOW, LIVE, OFF}),
        LIVE: frozenset({SHADOW, PERCENT, OFF}),
        OFF: frozenset({SHADOW, RETIRED}),
        RETIRED: frozenset(),
    },
)
#: Evaluated for every act of its scenes.
RUNNING: Final = frozenset({SHADOW, PERCENT, LIVE})
#: Has an effect: whatever leads there or changes it needs a second person; to switch it off one is enough.
COUNTS: Final = frozenset({PERCENT, LIVE})

# What one person asks for and another one approves.
OPEN: Final = "open"
APPROVED: Final = "approved"
REFUSED: Final = "refused"
#: By who asked.
WITHDRAWN: Final = "withdrawn"
PROPOSAL: Final = Machine(
    "risk.proposal",
    OPEN,
    {
        OPEN: frozenset({APPROVED, REFUSED, WITHDRAWN}),
        APPROVED: frozenset(),
        REFUSED: frozenset(),
        WITHDRAWN: frozenset(),
    },
)
# Kinds of proposals.
OF_RULE: Final = "rule"
OF_ADDING: Final = "list_add"
OF_REMOVING: Final = "list_remove"
#: A rule that one person switched off at once, for a colleague to confirm.
OF_OFF: Final = "rule_off"
#: Personal values of a list, to be taken away as a file.
OF_EXPORT: Final = "list_export"
PROPOSALS: Final = (OF_RULE, OF_ADDING, OF_REMOVING, OF_OFF, OF_EXPORT)
#: What is asked for of a rule: its row is locked first.
ABOUT_RULES: Final = frozenset({OF_RULE, OF_OFF})
#: A colleague looks at what was switched off within so long; afterwards it stands there as never confirmed.
CONFIRM_WITHIN: Final = timedelta(hours=24)
#: An approved export is fetched within so long.
FETCH_WITHIN: Final = timedelta(hours=24)

# A rule tried on stored decisions.
BACKTEST_RUNNING: Final = "running"
BACKTEST_DONE: Final = "done"
BACKTEST_BROKEN: Final = "broken"
BACKTEST: Final = Machine(
    "risk.backtest",
    "waiting",
    {
        "waiting": frozenset({BACKTEST_RUNNING, BACKTEST_DONE, BACKTEST_BROKEN}),
        BACKTEST_RUNNING: frozenset({BACKTEST_DONE, BACKTEST_BROKEN}),
        BACKTEST_DONE: frozenset(),
        BACKTEST_BROKEN: frozenset(),
    },
)

# An entry of a list. That it has expired is a matter of time, not of its state.
PENDING: Final = "pending"
ACTIVE: Final = "active"
#: Was never approved.
DROPPED: Final = "dropped"
REMOVED: Final = "removed"
ENTRY: Final = Machine(
    "risk.list_entry",
    PENDING,
    {
        PENDING: frozenset({ACTIVE, DROPPED}),
        ACTIVE: frozenset({REMOVED}),
        DROPPED: frozenset(),
        REMOVED: frozenset(),
    },
)
# Kinds of lists.
BLOCK_HARD: Final = "block_hard"
BLOCK: Final = "block"
ALLOW: Final = "allow"
WATCH: Final = "watch"
CUSTOM: Final = "custom"
LISTS: Final = (BLOCK_HARD, BLOCK, ALLOW, WATCH, CUSTOM)

# A review.
WAITING: Final = "open"
TAKEN: Final = "taken"
DONE: Final = "done"
REVIEW: Final = Machine(
    "risk.review",
    WAITING,
    {WAITING: frozenset({TAKEN, DONE}), TAKEN: frozenset({WAITING, DONE}), DONE: frozenset()},
)
# How a review ends.
RELEASE: Final = "release"
DENY: Final = "deny"
#: Let the buyer prove themselves by a one-time code; what comes of it is no label.
ASK: Final = "ask"
REVIEW_OUTCOMES: Final = (RELEASE, DENY, ASK)

# Where a label comes from.
CHARGEBACK: Final = "chargeback"
CLAIM_FALSE: Final = "claim_false"
REVIEWED: Final = "review"
SUPPLIER_NOTICE: Final = "supplier_notice"
MANUAL: Final = "manual"
SOURCES: Final = (CHARGEBACK, CLAIM_FALSE, REVIEWED, SUPPLIER_NOTICE, MANUAL)

#: What a rule may ask for. None lets an act through: that is for lists, whose entries end and have an owner.
RULE_OUTCOMES: Final = (Outcome.CHALLENGE, Outcome.REVIEW, Outcome.HOLD, Outcome.DENY)

#: How long people have to look, in minutes, and what happens when nobody did. What is refused here is not lost to its
#: buyer: an order that is not delivered is refunded. A claim goes its ordinary way, where people decide it anyway.
REVIEW_DEFAULTS: Final[dict[Scene, tuple[int, str]]] = {
    Scene.REGISTER: (240, ASK),
    Scene.SIGN_IN: (60, ASK),
    Scene.ONE_TIME_CODE: (60, DENY),
    Scene.LOOK_UP: (60, ASK),
    Scene.ORDER: (60, DENY),
    Scene.PAY: (240, DENY),
    Scene.REVEAL: (60, ASK),
    Scene.REDEEM: (60, ASK),
    Scene.CLAIM: (1440, RELEASE),
    Scene.COUPON: (240, DENY),
    Scene.REFERRAL: (1440, DENY),
    Scene.STAFF_VIEW: (60, DENY),
    Scene.EXPORT: (240, DENY),
}
