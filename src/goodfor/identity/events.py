"""What identity tells the rooms above."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from goodfor.kernel.events import Event


@dataclass(frozen=True)
class BuyerErasing(Event):
    """A buyer's account is erased within the hour: whoever keeps the buyer's contacts forgets them now.

    Until then identity.queries still tells which contacts they are; the event itself holds none.
    """

    name: ClassVar[str] = "identity.buyer_erasing"
    buyer_id: UUID


@dataclass(frozen=True)
class BuyerAccountChanged(Event):
    """Something about a buyer's account changed (`kind` as on the message page); `label`: the device or passkey."""

    name: ClassVar[str] = "identity.buyer_account_changed"
    notice_id: UUID
    buyer_id: UUID
    kind: str
    label: str


@dataclass(frozen=True)
class BuyerJoined(Event):
    """An account was made, and its first browser let in."""

    name: ClassVar[str] = "identity.buyer_joined"
    buyer_id: UUID
