"""Which ledger accounts movements of points move. Pure.

Source: finance reference 3.2 (#17 to #20) and 3.4. Earned on a sale: the sale's income falls, a debt arises. Given
without a sale: marketing. Spent: the debt goes to what is being redeemed, at what it buys; the difference between that
and what was owed is income or a reduction of it. Ended, or used for what has no price: income. What a company prepaid
for its people is its own: it comes from the company's account, goes back there, and what it is worth more than it buys
is a fee.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.ledger.types import Entry, Line
from goodfor.loyalty import kinds
from goodfor.loyalty.kinds import KINDS, PRESENT, SALE, WELFARE
from goodfor.loyalty.kinds import REDEEMED as REDEEMED
from goodfor.loyalty.types import NO_SCOPE

#: What sales gave away as points, and what points were worth more, when they were spent, than was owed for them.
GIVEN_ON_SALES: Final = "5002:points"
MARKETING: Final = "6601:marketing"
ENDED: Final = "5001:points"
#: What units of welfare are worth more than they buy.
FEE: Final = "5001:fee:welfare"
CAUSE: Final = "loyalty.entry"


def prepaid(company: UUID) -> str:
    """What a company has prepaid for its people and has not given them."""
    return f"2203:welfare:{company}"


def _against(kind: str, scope: UUID, what: str, nature: str) -> str:
    if kind == WELFARE:
        return prepaid(scope)
    if what == kinds.EXPIRE:
        return ENDED
    return GIVEN_ON_SALES if nature == SALE else MARKETING


def moved_entry(
    *, entry_id: UUID, kind: str, scope: UUID, what: str, minor: int, nature: str, order_id: UUID | None, now: datetime
) -> Entry | None:
    """The debt for a kind of units rose by `minor` (fell, where it is below 0), for what was given or taken back."""
    if not minor:
        return None
    against = _against(kind, scope, what, nature)
    lines = (Line(against, minor, order_id=order_id), Line(KINDS[kind].account, -minor, order_id=order_id))
    return Entry(f"points:{entry_id}", f"points_{what}", lines, now, (CAUSE, entry_id))


def spent_entry(
    *, entry_id: UUID, kind: str, worth_minor: int, buys_minor: int, order_id: UUID, back: bool = False, now: datetime
) -> Entry:
    """Units pay `buys_minor` of an order; `worth_minor` was owed for them. `back`: they did, and return."""
    sign = -1 if back else 1
    lines = [
        Line(REDEEMED, -sign * buys_minor, order_id=order_id),
        *([Line(KINDS[kind].account, sign * worth_minor, order_id=order_id)] if worth_minor else []),
        *(
            [Line(_difference(kind), sign * (buys_minor - worth_minor), order_id=order_id)]
            if buys_minor != worth_minor
            else []
        ),
    ]
    what = "points_restore" if back else "points_spend"
    return Entry(f"points:{entry_id}", what, tuple(lines), now, (CAUSE, entry_id))


def used_entry(*, entry_id: UUID, kind: str, worth_minor: int, now: datetime) -> Entry | None:
    """Units went for something that has no price: what was owed for them is income."""
    if not worth_minor:
        return None
    lines = (Line(KINDS[kind].account, worth_minor), Line(ENDED, -worth_minor))
    return Entry(f"points:{entry_id}", "points_use", lines, now, (CAUSE, entry_id))


def elsewhere_entry(
    *, entry_id: UUID, kind: str, worth_minor: int, costs_minor: int, account: str, back: bool = False, now: datetime
) -> Entry | None:
    """Units were spent at somebody else's, who is owed `costs_minor` for it in `account`. `back`: they return.

    None: they were worth nothing and cost nothing.
    """
    sign = -1 if back else 1
    parts = {account: -costs_minor, KINDS[kind].account: worth_minor, GIVEN_ON_SALES: costs_minor - worth_minor}
    lines = tuple(Line(code, sign * minor) for code, minor in parts.items() if minor)
    what = "points_restore_elsewhere" if back else "points_spend_elsewhere"
    return Entry(f"points:{entry_id}", what, lines, now, (CAUSE, entry_id)) if lines else None


def _difference(kind: str) -> str:
    return FEE if kind == WELFARE else GIVEN_ON_SALES


def nothing_back_reference(back_of: UUID | str) -> str:
    """Under which it is booked, once."""
    return f"pointsback:{back_of}"


def nothing_back_entry(
    *, reference: str, cause: tuple[str, UUID], kind: str, minor: int, order_id: UUID, now: datetime
) -> Entry:  # fmt: skip
    """A refund of less than a unit: nothing returns to the wallet yet, and the debt is none."""
    lines = (Line(REDEEMED, minor, order_id=order_id), Line(_difference(kind), -minor, order_id=order_id))
    return Entry(reference, "points_restore", lines, now, cause)


def ended_entry(*, run_id: UUID, minor: Mapping[tuple[str, UUID], int], now: datetime) -> Entry | None:
    """Units of many wallets, by kind and scope, ended: what was owed for them is income, or a company's again."""
    return _many_entry(f"pointsended:{run_id}", run_id, kinds.EXPIRE, minor, now)


def left_entry(*, run_id: UUID, kind: str, scope: UUID, minor: int, now: datetime) -> Entry | None:
    """Units of many wallets were taken back from their holders."""
    return _many_entry(f"pointsleft:{run_id}", run_id, kinds.CLAWBACK, {(kind, scope): minor}, now)


def _many_entry(
    reference: str, run_id: UUID, what: str, minor: Mapping[tuple[str, UUID], int], now: datetime
) -> Entry | None:
    owed, against = Counter[str](), Counter[str]()
    for (kind, scope), amount in sorted(minor.items()):
        owed[KINDS[kind].account] += amount
        against[_against(kind, scope, what, PRESENT)] += amount
    lines = (
        *(Line(code, -amount) for code, amount in against.items() if amount),
        *(Line(code, amount) for code, amount in owed.items() if amount),
    )
    return Entry(reference, f"points_{what}", lines, now, ("loyalty.run", run_id)) if lines else None


def presents_entry(
    *, run_id: UUID, kind: str, minor: int, scope: UUID = NO_SCOPE, now: datetime
) -> Entry | None:  # fmt: skip
    """Many members were given units: marketing, or by their company."""
    if not minor:
        return None
    lines = (Line(_against(kind, scope, kinds.EARN, PRESENT), minor), Line(KINDS[kind].account, -minor))
    return Entry(f"pointsgiven:{run_id}", "points_earn", lines, now, ("loyalty.run", run_id))


def revalued_entry(*, run_id: UUID, kind: str, minor: int, now: datetime) -> Entry | None:
    """What is owed for the units of many wallets was reckoned anew: `minor` more, or less."""
    if not minor:
        return None
    lines = (Line(GIVEN_ON_SALES, minor), Line(KINDS[kind].account, -minor))
    return Entry(f"pointsvalue:{run_id}", "points_revalue", lines, now, ("loyalty.run", run_id))
