"""Alarms of doors and planted codes."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from goodfor.kernel.events import Event


@dataclass(frozen=True)
class DoorUnderAttack(Event):
    """Somebody guesses at a door: until then everybody but known devices is asked for a challenge there.

    `batch`: as the caller names it, empty for the whole shop. `why`: `rate` (too many errors among the answers), `many`
    (too many, whatever the share), `slow` (too many within an hour), `alike` (guesses that begin alike). `misses`: the
    errors that were counted.
    """

    name: ClassVar[str] = "risk.door_under_attack"
    door: str
    batch: str
    why: str
    misses: int
    until: datetime


@dataclass(frozen=True)
class HoneypotTouched(Event):
    """Somebody tried a code that nobody was ever given: it was found where no honest person looks."""

    name: ClassVar[str] = "risk.honeypot_touched"
    honeypot_id: UUID
    door: str
    batch: str


@dataclass(frozen=True)
class CanarySeen(Event):
    """A code planted among the stock was seen outside (`place`): the stock was stolen, or part of it."""

    name: ClassVar[str] = "risk.canary_seen"
    canary_id: UUID
    sku_id: UUID
    place: str


@dataclass(frozen=True)
class BaitRetired(Event):
    """A planted code raises no alarm any more. `what`: honeypot or canary; `by`: who said so."""

    name: ClassVar[str] = "risk.bait_retired"
    planted_id: UUID
    what: str
    by: str
