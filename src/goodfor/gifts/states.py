"""States of a gift, what can be one, and how it looks. Pure."""

from datetime import timedelta
from typing import Final

from goodfor.kernel.statemachine import Machine

#: The link is out, and what it gives is kept for it.
MADE: Final = "made"
#: Somebody took it.
OPENED: Final = "opened"
#: Its giver has it again: taken back, or the order it was of went back.
RETURNED: Final = "returned"
#: Nobody took it in time; its giver has it again.
ENDED: Final = "ended"

GIFT: Final = Machine(
    "gifts.gift",
    MADE,
    {MADE: frozenset({OPENED, RETURNED, ENDED}), OPENED: frozenset(), RETURNED: frozenset(), ENDED: frozenset()},
)

CODES, CARD, POINTS, COUPON = "codes", "card", "points", "coupon"
KINDS: Final = (CODES, CARD, POINTS, COUPON)

#: Three calm skins.
LOOKS: Final = ("paper", "dusk", "leaf")
#: For how many days a link may be good, the usual first.
DAYS: Final = (7, 3, 1, 14)
#: How long before its end a giver is told that nobody took it.
WARN_BEFORE: Final = timedelta(days=1)
#: Gifts of one giver within a day.
MOST_A_DAY: Final = 20
MOST_CODES: Final = 100
LONGEST_MESSAGE: Final = 120
