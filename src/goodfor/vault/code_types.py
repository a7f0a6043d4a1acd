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


@dataclass(frozen=True, slots=True)
class IncomingCode:
    """A code that a supplier delivered; `number` is empty for codes of a single part."""

    number: str = field(repr=False)
    secret: str = field(repr=False)
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """Which of the codes that came were kept, and which the shop held before, by their places in the set.

    `code_ids`: of those kept, in the order of `kept`.
    """

    kept: tuple[int, ...]
    doubles: tuple[int, ...]
    code_ids: tuple[UUID, ...] = ()
