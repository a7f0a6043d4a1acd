"""Facts about gifts. No secrets."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from goodfor.kernel.events import Event


@dataclass(frozen=True, slots=True)
class GiftOpened(Event):
    """Somebody took it."""

    name: ClassVar[str] = "gifts.opened"
    gift_id: UUID
    number: str
    kind: str
    giver_ref: str


@dataclass(frozen=True, slots=True)
class GiftEndsSoon(Event):
    """Nobody has taken it, and its end is near. `ends_at`: ISO 8601."""

    name: ClassVar[str] = "gifts.ends_soon"
    gift_id: UUID
    number: str
    kind: str
    giver_ref: str
    ends_at: str


@dataclass(frozen=True, slots=True)
class HeldReminder(Event):
    """Something that somebody holds should be looked at: `what` unseen (for two days), week or day (until it ends).

    `kind`: codes, card or coupon; `number`: of the order or the gift that codes are of. `ends_at`: ISO 8601, or empty.
    """

    name: ClassVar[str] = "gifts.held_reminder"
    subject_id: UUID
    holder_ref: str
    kind: str
    what: str
    title: str
    number: str
    ends_at: str
