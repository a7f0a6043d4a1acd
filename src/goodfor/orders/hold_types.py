"""What goes into delivery holds and comes out. Reached through `types`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from goodfor.orders import hold_states
from goodfor.orders.hold_states import ENDS, LONGEST, RELEASE

MAX_REASONS, MAX_REASON = 20, 64


@dataclass(frozen=True, slots=True)
class HoldOrder:
    """Deliver this order only `for_` after it was paid, unless somebody says so before; nothing is kept from its buyer.

    `then`: what happens by itself when the time is over, `release` or `refuse`. `review`: a person is to look.
    `reasons` are codes (at most 20 of 64 characters), `decision_id` names the decision behind it. A time of nothing or
    more than seven days, and any other `then`, is a ValueError.
    """

    decision_id: UUID | None
    for_: timedelta
    review: bool = False
    then: str = RELEASE
    reasons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not timedelta(seconds=1) <= self.for_ <= LONGEST or self.then not in ENDS:
            raise ValueError("a hold lasts a second to seven days, and then releases or refuses")
        if len(self.reasons) > MAX_REASONS or not all(0 < len(code) <= MAX_REASON for code in self.reasons):
            raise ValueError("too many reasons of a hold, or one that is no code")


@dataclass(frozen=True, slots=True)
class HoldView:
    """A hold as it is. `until`: when it ends by itself, None until the order is paid; `state` of `hold_states`.

    `ended_by` is an actor, `cause` a short stable word: `until` (by itself), `staff`, or what whoever ended it says.
    """

    order_id: UUID
    shop_id: UUID
    decision_id: UUID | None
    then: str
    review: bool
    reasons: tuple[str, ...]
    for_: timedelta
    until: datetime | None
    made_at: datetime
    made_by: str
    state: str
    ended_at: datetime | None
    ended_by: str
    cause: str
    #: The group that the order waits for, what became of it, and since when nothing else keeps it.
    group_id: UUID | None = None
    group_state: str = ""
    cleared_at: datetime | None = None
    cleared_by: str = ""

    @property
    def for_group(self) -> bool:
        """A group that has not formed yet keeps it."""
        return self.live and self.group_state == hold_states.GROUP_WAITING

    @property
    def only_group(self) -> bool:
        """Nothing but its group keeps it, or kept it."""
        return self.group_id is not None and self.cleared_at is not None

    @property
    def live(self) -> bool:
        """The order waits, or will wait once it is paid."""
        return self.state == hold_states.HELD

    @property
    def strength(self) -> tuple[bool, bool, timedelta]:
        """Refusing by itself is more than being looked at, and that is more than waiting longer."""
        return self.then == hold_states.REFUSE, self.review, self.for_


#: What an order that only waits for its group asks for: its clock is the group's.
GROUP_HOLD: Final = HoldOrder(None, timedelta(seconds=1), reasons=("group",))
#: Why money goes back whose order was not released; whose group did not form; which came when there was none to join.
HELD_REFUSED: Final = "held_refused"
GROUP_FAILED, GROUP_OVER = "group_failed", "group_over"
