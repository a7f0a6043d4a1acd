"""Note when a browser was last seen."""

from datetime import datetime
from uuid import UUID

from goodfor.kernel.sql import Statement

_TOUCH = Statement("goodfor.identity", "sql/touch_session.sql")


def touch_session(*, shop_id: UUID, session_id: UUID, now: datetime) -> bool:
    """Set last_seen_at unless that was done in the last ten minutes (SignedInBuyer.touch_due says so)."""
    return _TOUCH.run({"shop_id": shop_id, "session_id": session_id, "now": now}) == 1
