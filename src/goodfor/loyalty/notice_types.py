"""News for members. Reached through `types`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

#: Points end; a tier is about to fall; it rose, it fell; a present of a day of one's own was given.
ENDING, FALLING, ROSE, FELL, GIFT_OF_DAY = "ending", "falling", "rose", "fell", "gift"
NOTICES: Final = (ENDING, FALLING, ROSE, FELL, GIFT_OF_DAY)
#: So many days ahead.
AHEAD: Final = (30, 7, 1)


@dataclass(frozen=True, slots=True)
class NoticeView:
    """What a member is to be told. `units`: points, or what is missing of what is counted; `gift`: of which day."""

    owner: UUID
    kind: str
    key: str
    units: int
    from_rank: int
    to_rank: int
    ends_at: datetime | None
    at: datetime
