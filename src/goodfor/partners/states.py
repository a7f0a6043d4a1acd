"""States of what members spend in partners' malls and of what partners' people exchange in ours. Pure."""

from typing import Final

from goodfor.kernel.statemachine import Machine

# What we are to a partner.
#: Ours are the points: their mall takes them off by calling us.
DEVELOPER: Final = "developer"
#: Ours are the goods: we take points off by calling them.
MALL: Final = "mall"
ROLES: Final = (DEVELOPER, MALL)

# How calls are signed.
MD5: Final = "md5"
HMAC: Final = "hmac"
SIGNINGS: Final = (MD5, HMAC)

# A number of a mall's, and what we did for it.
ASKED: Final = "asked"
TAKEN: Final = "taken"
#: The mall says that what was bought arrived.
DONE: Final = "done"
#: It says that it did not: the units are back in their lots.
UNDONE: Final = "undone"
REFUSED: Final = "refused"
#: Told of before we were asked for it: whatever comes under this number later is refused.
BARRED: Final = "barred"
#: Units were given, not taken.
ADDED: Final = "added"
SPEND: Final = Machine(
    "partners.spend",
    ASKED,
    {
        ASKED: frozenset({TAKEN, REFUSED, BARRED, ADDED}),
        TAKEN: frozenset({DONE, UNDONE}),
        DONE: frozenset(),
        UNDONE: frozenset(),
        REFUSED: frozenset(),
        BARRED: frozenset(),
        ADDED: frozenset(),
    },
)
DEDUCT: Final = "deduct"
ADD: Final = "add"
KINDS: Final = (DEDUCT, ADD)
#: Units that a mall has taken count for its day.
COUNTED: Final = (TAKEN, DONE, ADDED)
