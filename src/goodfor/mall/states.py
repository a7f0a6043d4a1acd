"""States of rewards, redemptions, draws and plays, and kinds of prizes. Pure."""

from typing import Final

from goodfor.kernel.statemachine import Machine

#: A draft is seen by the staff alone; what is off can be had no longer, and may come on again.
DRAFT: Final = "draft"
ON: Final = "on"
OFF: Final = "off"
REWARD: Final = Machine(
    "mall.reward", DRAFT, {DRAFT: frozenset({ON}), ON: frozenset({OFF}), OFF: frozenset({ON})}
)  # fmt: skip
#: With its first day a draw's terms are kept.
DRAW: Final = Machine("mall.draw", DRAFT, {DRAFT: frozenset({ON}), ON: frozenset({OFF}), OFF: frozenset({ON})})

#: A redemption. `returned`: all of it went back, and the piece is there for others.
TAKEN: Final = "taken"
RETURNED: Final = "returned"
REDEMPTION: Final = Machine("mall.redemption", TAKEN, {TAKEN: frozenset({RETURNED}), RETURNED: frozenset()})

#: A play. `swapped`: its goods went back, and their worth came as points.
PLAYED: Final = "played"
SWAPPED: Final = "swapped"
PLAY: Final = Machine("mall.play", PLAYED, {PLAYED: frozenset({SWAPPED}), SWAPPED: frozenset()})

#: What a prize is.
GOODS, POINTS, NOTHING = "goods", "points", "nothing"
PRIZES: Final = (GOODS, POINTS, NOTHING)
#: Over which period a member's pieces of a reward are counted, by the shop's clock.
DAY, WEEK, MONTH, EVER = "day", "week", "month", "ever"
PERIODS: Final = (DAY, WEEK, MONTH, EVER)
