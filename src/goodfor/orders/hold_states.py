"""States of a delivery hold. Pure."""

from datetime import timedelta
from typing import Final

from goodfor.kernel.statemachine import Machine

HELD: Final = "held"
#: It may be delivered.
RELEASED: Final = "released"
#: It is not delivered: the money goes back, an unpaid order is cancelled, money that comes later goes back, too.
REFUSED: Final = "refused"
#: The order's money went back for another reason, before anybody or the clock had ended the hold.
LAPSED: Final = "lapsed"
MACHINE: Final = Machine(
    "orders.hold",
    HELD,
    {
        HELD: frozenset({RELEASED, REFUSED, LAPSED}),
        # While nothing is paid, a later act is judged for itself.
        RELEASED: frozenset({HELD}),
        REFUSED: frozenset(),
        LAPSED: frozenset(),
    },
)

#: An order of a group waits for that, too: its hold ends well only once the group has formed. Empty: of no group.
GROUP_WAITING: Final = "waiting"
GROUP_WON: Final = "won"
#: It failed, and the money cannot go back at once (a bank disputes the payment).
GROUP_LOST: Final = "lost"
GROUP_ENDS: Final = (GROUP_WAITING, GROUP_WON, GROUP_LOST)

#: What happens by itself once the time is over.
RELEASE: Final = "release"
REFUSE: Final = "refuse"
ENDS: Final = (RELEASE, REFUSE)
#: No buyer waits longer, and no code lies there longer, because of a hold.
LONGEST: Final = timedelta(days=7)
