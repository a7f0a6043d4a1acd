"""What goes into delivery and comes out. A holder is an order line: it holds the codes."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from goodfor.vault.types import Taken


@dataclass(frozen=True, slots=True)
class ToDeliver:
    """A line to fulfil."""

    line_id: UUID
    sku_id: UUID
    quantity: int


@dataclass(frozen=True, slots=True)
class Delivered:
    """A fulfilled line and what the vault gave for it."""

    line_id: UUID
    sku_id: UUID
    taken: Taken


@dataclass(frozen=True, slots=True)
class TopUpProof:
    """How (a part of) a line's account was topped up. `ref`: the supplier's number; `number`: ours for it."""

    line_id: UUID
    number: str
    supplier: str
    ref: str
    units: int
    message: str
    done_at: datetime


@dataclass(frozen=True, slots=True)
class MaskedCode:
    """A code that its owner has not opened, or has; never its text. `position` counts from 1 within the order."""

    code_id: UUID
    line_id: UUID
    position: int
    expires_at: datetime | None
    revealed_at: datetime | None


@dataclass(frozen=True, slots=True)
class BoughtCode:
    """A code that a line was given and that is with it still; `aside`: out of its buyer's hands, as suspect.

    `revealed_at`: when it was first shown.
    """

    code_id: UUID
    line_id: UUID
    revealed_at: datetime | None
    aside: bool = False

    @property
    def unseen(self) -> bool:
        """It may go back on the shelf: nobody has seen it, and nobody suspects it."""
        return self.revealed_at is None and not self.aside


@dataclass(frozen=True, slots=True)
class RevealedCode:
    """A code in the hands of its owner. `number` is empty for codes of a single part."""

    code_id: UUID
    line_id: UUID
    number: str = field(repr=False)
    secret: str = field(repr=False)
    expires_at: datetime | None
