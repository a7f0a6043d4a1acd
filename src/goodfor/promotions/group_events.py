"""Facts about groups and bargains."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from goodfor.kernel.events import Event


@dataclass(frozen=True, slots=True)
class GroupOpened(Event):
    """The first buyer of a group has paid: others can join until `expires_at` (ISO 8601)."""

    name: ClassVar[str] = "promotions.group_opened"
    group_id: UUID
    campaign_id: UUID
    order_id: UUID
    expires_at: str


@dataclass(frozen=True, slots=True)
class PlaceReserved(Event):
    """A buyer has paid for a place of a group that wants more persons until `expires_at` (ISO 8601)."""

    name: ClassVar[str] = "promotions.place_reserved"
    order_id: UUID
    group_id: UUID
    missing: int
    expires_at: str


@dataclass(frozen=True, slots=True)
class GroupFormed(Event):
    """Enough persons have paid in time."""

    name: ClassVar[str] = "promotions.group_formed"
    group_id: UUID
    campaign_id: UUID
    size: int
    persons: int


@dataclass(frozen=True, slots=True)
class GroupFailed(Event):
    """The time of a group was over before enough had paid."""

    name: ClassVar[str] = "promotions.group_failed"
    group_id: UUID
    campaign_id: UUID
    size: int
    persons: int


@dataclass(frozen=True, slots=True)
class PlaceDecided(Event):
    """What became of one paid order of a group: `won`, it is delivered; else its money goes back."""

    name: ClassVar[str] = "promotions.place_decided"
    order_id: UUID
    group_id: UUID
    won: bool


@dataclass(frozen=True, slots=True)
class BargainHelped(Event):
    """A friend has brought a price down; `price_minor`: to what."""

    name: ClassVar[str] = "promotions.bargain_helped"
    bargain_id: UUID
    campaign_id: UUID
    minor: int
    price_minor: int
    missing: int
