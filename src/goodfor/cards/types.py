"""What goes into cards and comes out."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from goodfor.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Skin:
    """How a program's cards look: whose they are, two colours (#rrggbb), a line of words."""

    brand: str
    ink: str
    paper: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class ProgramWish:
    """A program as it is asked for. `face`: product, choice or value; minor units of the shop's currency."""

    name: str
    face: str
    skin: Skin
    skus: tuple[UUID, ...] = ()
    value_minor: int = 0


@dataclass(frozen=True, slots=True)
class ProgramView:
    """A program; `owed`: what the books owe to the holders of its cards."""

    id: UUID
    name: str
    state: str
    face: str
    skin: Skin
    skus: tuple[UUID, ...]
    value: Money
    made_at: datetime


@dataclass(frozen=True, slots=True)
class BatchWish:
    """A batch as it is asked for: how many, what each costs, how they become good and for how long."""

    program_id: UUID
    name: str
    size: int
    price_minor: int
    activation: str
    valid_until: datetime | None = None
    valid_days: int | None = None


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch and how far its cards are written."""

    id: UUID
    program_id: UUID
    name: str
    state: str
    size: int
    made: int
    price: Money
    activation: str
    valid_until: datetime | None
    valid_days: int | None
    first_serial: int
    made_by: str
    made_at: datetime
    asked_by: str
    allowed_by: str
    exported_at: datetime | None

    @property
    def last_serial(self) -> int:
        """Of its last card."""
        return self.first_serial + self.size - 1


@dataclass(frozen=True, slots=True)
class WalkView:
    """Something that is done to every card of a range; `done` of `all` were looked at, `moved` of them changed."""

    id: UUID
    batch_id: UUID
    kind: str
    state: str
    first_serial: int
    last_serial: int
    done: int
    all: int
    moved: int
    reason: str
    kept: bool
    asked_by: str
    asked_at: datetime
    allowed_by: str


@dataclass(frozen=True, slots=True)
class FoundCard:
    """A card that is good, to whoever has its code. `left`: money on it; None: goods that nobody has fetched yet."""

    card_id: UUID
    serial: int
    batch_id: UUID
    program: ProgramView
    left: Money | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class HeldCard:
    """A card in somebody's account; `given`: it lies in a gift, and is not used meanwhile."""

    card: FoundCard
    given: bool

    @property
    def place(self) -> str:
        """Where a list goes on after it."""
        at = self.card.expires_at
        return f"{at.isoformat() if at else 'infinity'}|{self.card.card_id}"


@dataclass(frozen=True, slots=True)
class UseView:
    """An order that a card paid, and what of it came back."""

    order_id: UUID
    state: str
    paid: Money
    back: Money
    used_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """A move of a card as it was written down."""

    to_state: str
    actor: str
    cause: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CardView:
    """A card as the staff see it: never its code. `left`: money on it; None: goods that nobody has fetched yet."""

    id: UUID
    serial: int
    state: str
    program: ProgramView
    batch: BatchView
    left: Money | None
    activated_at: datetime | None
    expires_at: datetime | None
    uses: tuple[UseView, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Redeemed:
    """An order that a card paid. `secret` opens it for a guest: shown once, empty where it was the buyer's before."""

    order_id: UUID
    number: str
    state: str
    secret: str = field(default="", repr=False)
