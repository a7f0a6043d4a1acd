"""What goes into gifts and comes out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from goodfor.gifts.states import CARD as CARD
from goodfor.gifts.states import CODES as CODES
from goodfor.gifts.states import COUPON as COUPON
from goodfor.gifts.states import DAYS as DAYS
from goodfor.gifts.states import ENDED as ENDED
from goodfor.gifts.states import LONGEST_MESSAGE as LONGEST_MESSAGE
from goodfor.gifts.states import LOOKS as LOOKS
from goodfor.gifts.states import MADE as MADE
from goodfor.gifts.states import MOST_CODES as MOST_CODES
from goodfor.gifts.states import OPENED as OPENED
from goodfor.gifts.states import POINTS as POINTS
from goodfor.gifts.states import RETURNED as RETURNED

_MEMBER = "buyer:"


@dataclass(frozen=True, slots=True)
class Wish:
    """A gift as it is asked for. `subject_id`: the order of the codes, the card, the coupon; none of points.

    `code_ids`: which of the order's codes; `units`: how many points.
    """

    kind: str
    subject_id: UUID | None = None
    code_ids: Sequence[UUID] = ()
    units: int = 1
    message: str = field(default="", repr=False)
    look: str = LOOKS[0]
    days: int = DAYS[0]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept for a gift: how it is called, how much of it, and when it ends by itself (None: never).

    `secret`: the link's, where what is kept brings its own.
    """

    title: str
    units: int
    until: datetime | None
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class GiftView:
    """A gift, for its giver, for who opened it, and for the staff: never its secret."""

    id: UUID
    number: str
    kind: str
    state: str
    giver_ref: str
    taker_ref: str
    subject_id: UUID | None
    units: int
    title: str
    look: str
    made_at: datetime
    ends_at: datetime
    closed_at: datetime | None
    message: str = field(default="", repr=False)

    @property
    def taker(self) -> str:
        """Who opened it, as the audit trail names them; empty: nobody yet."""
        return actor_of(self.taker_ref, self.number) if self.taker_ref else ""


@dataclass(frozen=True, slots=True)
class Made:
    """A gift that was made, and the secret of its link."""

    gift: GiftView
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """A gift that was opened. `key`: by which a guest comes back to its codes; shown once."""

    gift: GiftView
    key: str = field(default="", repr=False)


def is_member(ref: str) -> bool:
    """Whether this names an account."""
    return ref.startswith(_MEMBER)


def member_id(ref: str) -> UUID:
    """The account that it names. Raises ValueError for a guest."""
    if not is_member(ref):
        raise ValueError("a guest has no account")
    return UUID(ref.removeprefix(_MEMBER))


def actor_of(ref: str, number: str) -> str:
    """Who acts on a gift, as the audit trail names them."""
    return f"buyer:{member_id(ref)}" if is_member(ref) else f"gift:{number}"


#: Reminders: codes that nobody has looked at for two days, and what ends within a week or a day.
UNSEEN, WEEK, DAY = "unseen", "week", "day"


@dataclass(frozen=True, slots=True)
class HeldCodes:
    """Codes in somebody's hands. `gift_id`: they came as a gift. `waiting`: of an open gift of the holder's, which are
    not among `unseen`."""

    id: UUID
    order_id: UUID
    gift_id: UUID | None
    number: str
    title: str
    unseen: int
    seen: int
    waiting: int
    ends_at: datetime | None
    place: str
