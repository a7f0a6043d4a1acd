"""What the console tells the wiring: somebody takes, or took, what is worth an alarm."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from goodfor.kernel.events import Event


@dataclass(frozen=True)
class ExportWished(Event):
    """Somebody asks for what takes two. `kind`: codes or list; `alone`: nobody else is there, so it opens by itself."""

    name: ClassVar[str] = "console.export_wished"
    wish_id: UUID
    kind: str
    staff_id: UUID
    rows: int
    alone: bool
    open_from: datetime | None


@dataclass(frozen=True)
class StolenCodeUsed(Event):
    """A code that these people had seen unsold was used before it was sold to anybody."""

    name: ClassVar[str] = "console.stolen_code_used"
    code_id: UUID
    batch_id: UUID
    staff_ids: list[UUID]
    used_at: datetime
