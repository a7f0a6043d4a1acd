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
        # Only where we had supplied the goods ourselves and took them back.
        DONE: frozenset({UNDONE}),
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

# Goods of ours that a mall has us supply for an order whose points we took.
SU_ASKED: Final = "asked"
SU_ORDERED: Final = "ordered"
SU_DONE: Final = "done"
SU_FAILED: Final = "failed"
SU_BACK: Final = "back"
SUPPLY: Final = Machine(
    "partners.supply",
    SU_ASKED,
    {
        SU_ASKED: frozenset({SU_ORDERED, SU_FAILED}),
        SU_ORDERED: frozenset({SU_DONE, SU_BACK}),
        SU_DONE: frozenset({SU_BACK}),
        SU_FAILED: frozenset(),
        SU_BACK: frozenset(),
    },
)

# Something that a partner's person exchanges points for here.
#: Our row, before the partner was asked.
EX_ASKED: Final = "asked"
#: The partner has taken the points.
EX_TAKEN: Final = "taken"
EX_ORDERED: Final = "ordered"
EX_DONE: Final = "done"
#: The points are to return: not delivered, or refunded.
EX_BACK: Final = "back"
EX_REFUSED: Final = "refused"
#: No answer that says anything: failed here, and told so without the number that nobody heard.
EX_LOST: Final = "lost"
EXCHANGE: Final = Machine(
    "partners.exchange",
    EX_ASKED,
    {
        EX_ASKED: frozenset({EX_TAKEN, EX_REFUSED, EX_LOST}),
        EX_TAKEN: frozenset({EX_ORDERED, EX_BACK}),
        EX_ORDERED: frozenset({EX_DONE, EX_BACK}),
        EX_DONE: frozenset({EX_BACK}),
        EX_BACK: frozenset(),
        EX_REFUSED: frozenset(),
        EX_LOST: frozenset(),
    },
)
#: Those whose points count for the day.
EX_COUNTED: Final = (EX_ASKED, EX_TAKEN, EX_ORDERED, EX_DONE)

# What a partner is to be told of one.
DUE: Final = "due"
TOLD: Final = "told"
#: So often, and never an `ok`.
GIVEN_UP: Final = "given_up"
#: The other word has to be told instead.
DROPPED: Final = "dropped"
WORD: Final = Machine(
    "partners.word",
    DUE,
    {
        DUE: frozenset({TOLD, GIVEN_UP, DROPPED}),
        GIVEN_UP: frozenset({DUE, DROPPED}),
        TOLD: frozenset(),
        DROPPED: frozenset(),
    },
)
#: Whoever looks around without having signed in there.
NOBODY: Final = "not_login"
