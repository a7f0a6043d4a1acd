"""States of a group that buys together, of a place in it, and of a bargain. Pure."""

from typing import Final

from goodfor.kernel.statemachine import Machine

#: Its first buyer has not paid yet; nobody else can see it.
STARTING: Final = "starting"
OPEN: Final = "open"
FORMED: Final = "formed"
#: Its time was over before enough had paid.
FAILED: Final = "failed"
#: Its first buyer never paid.
VOID: Final = "void"
GROUP: Final = Machine(
    "promotions.group",
    STARTING,
    {
        STARTING: frozenset({OPEN, VOID}),
        OPEN: frozenset({FORMED, FAILED}),
        FORMED: frozenset(),
        FAILED: frozenset(),
        VOID: frozenset(),
    },
)

#: Ordered, not paid.
WAITING: Final = "waiting"
#: Paid; the group is open.
JOINED: Final = "joined"
#: The group formed: the order is delivered, and nothing that happens to it later changes that it did.
WON: Final = "won"
#: The group failed: the money goes back.
LOST: Final = "lost"
#: The money went back before the group formed, for another reason; the place is free.
LEFT: Final = "left"
#: The order was closed unpaid.
GONE: Final = "gone"
#: Paid when there was nothing to join any more: the money goes back.
TURNED: Final = "turned"
PLACE: Final = Machine(
    "promotions.place",
    WAITING,
    {
        WAITING: frozenset({JOINED, WON, GONE, TURNED}),
        # Money that comes late for a closed order still joins, if the group is open.
        GONE: frozenset({JOINED, TURNED}),
        JOINED: frozenset({WON, LOST, LEFT}),
        WON: frozenset(),
        LOST: frozenset(),
        LEFT: frozenset(),
        TURNED: frozenset(),
    },
)
#: Places of a buyer that count: he has one of these in a group at most.
LIVE: Final = (WAITING, JOINED, WON)

#: Names of the states of a bargain: friends help; an order at its price is there; it is paid; nobody used it.
TAKEN, USED, EXPIRED = "taken", "used", "expired"
BARGAIN: Final = Machine(
    "promotions.bargain",
    OPEN,
    {
        OPEN: frozenset({TAKEN, EXPIRED}),
        TAKEN: frozenset({OPEN, USED, EXPIRED}),
        USED: frozenset(),
        EXPIRED: frozenset(),
    },
)
