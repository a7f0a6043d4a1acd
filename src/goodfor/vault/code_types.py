"""What is told of single codes, without their text. Reached through `types`."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class Origin(NamedTuple):
    """Which batch and lot a code came with, its state by name, when it was first shown, and its expiry."""

    batch_id: UUID
    lot_id: UUID
    state: str
    revealed_at: datetime | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class AsideCode:
    """A code that a holder bought and that was taken out of its hands: quarantined, or written off since."""

    code_id: UUID
    holder_id: UUID
    expires_at: datetime | None
    revealed_at: datetime | None


@dataclass(frozen=True, slots=True)
class PlantedCode:
    """A code that is never sold from now on. `marks`: blind indexes by which it is known again, whole or in part."""

    code_id: UUID
    sku_id: UUID
    marks: tuple[bytes, ...] = field(repr=False)
