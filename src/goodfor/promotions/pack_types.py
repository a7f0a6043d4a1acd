"""What goes in and out about packs. Reached through `types`."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PackWish:
    """A pack to be made: batches that hold coupons to be claimed, one to ten; who may take it, and when."""

    name: str
    batches: tuple[UUID, ...]
    starts_at: datetime
    ends_at: datetime
    newcomers: bool = True
    by_device: bool = True
    by_phone: bool = False


@dataclass(frozen=True, slots=True)
class PackView:
    """A pack as it is; `claims`: how many have taken it."""

    id: UUID
    name: str
    batches: tuple[UUID, ...]
    newcomers: bool
    by_device: bool
    by_phone: bool
    starts_at: datetime
    ends_at: datetime
    closed_at: datetime | None
    claims: int = 0

    def is_open(self, now: datetime) -> bool:
        """Whether it can be taken."""
        return self.closed_at is None and self.starts_at <= now < self.ends_at
