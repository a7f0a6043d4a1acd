"""States of a reward and of the look that people take at odd ones. Pure."""

from typing import Final

from goodfor.kernel.statemachine import Machine

#: Written down; nobody has said yet that it is right. Not in the books.
PENDING: Final = "pending"
#: Right as far as can be seen: in the books as owed, and frozen.
APPROVED: Final = "approved"
#: The freeze is over and all is still well: it is paid next.
PAYABLE: Final = "payable"
PAID: Final = "paid"
#: All of it was taken back, since the order went back; of a paid one it is owed or came out of the balance.
REVERSED: Final = "reversed"
#: It was never earned: somebody brought himself, or a cap was reached.
REJECTED: Final = "rejected"

REWARD: Final = Machine(
    "referrals.reward",
    PENDING,
    {
        PENDING: frozenset({APPROVED, REJECTED, REVERSED}),
        APPROVED: frozenset({PAYABLE, REJECTED, REVERSED}),
        PAYABLE: frozenset({PAID, REVERSED}),
        PAID: frozenset({REVERSED}),
        REJECTED: frozenset(),
        REVERSED: frozenset(),
    },
)
#: In the books as owed.
BOOKED: Final = (APPROVED, PAYABLE)
LIVE: Final = (PENDING, APPROVED, PAYABLE, PAID)

# The look at an order whose rewards are odd.
WAITING: Final = "waiting"
TAKEN: Final = "taken"
#: Somebody said yes to more than one person may: another one has to say so too.
SECOND: Final = "second"
DONE: Final = "done"
REVIEW: Final = Machine(
    "referrals.review",
    WAITING,
    {
        WAITING: frozenset({TAKEN}),
        TAKEN: frozenset({WAITING, SECOND, DONE}),
        SECOND: frozenset({WAITING, DONE}),
        # Something new came to light at the end of the freeze.
        DONE: frozenset({WAITING}),
    },
)
OPEN: Final = (WAITING, TAKEN, SECOND)
YES, NO = "approve", "reject"

# What is given.
BALANCE, COUPON = "balance", "coupon"
KINDS: Final = (BALANCE, COUPON)
# Where an attribution comes from; the earlier in this list, the stronger.
CHECKOUT, LINK, BOUND = "checkout", "link", "bound"
SOURCES: Final = (CHECKOUT, LINK, BOUND)
#: Whom a reward is for: the friend, who brought him, and who brought that one. There is no third, in code or data.
FRIEND, FIRST, SECOND_LEVEL = 0, 1, 2
MOST_LEVELS: Final = 2
