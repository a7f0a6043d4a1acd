"""What codes are that somebody gives away. Reached through `types`."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class GivenCode:
    """A code out of its buyer's hands: held for a gift, or `passed` on to whoever opened it."""

    code_id: UUID
    line_id: UUID
    gift_id: UUID
    passed: bool
