"""A session is in use."""

from datetime import datetime
from uuid import UUID

from goodfor.kernel.sql import Statement

_TOUCH = Statement("goodfor.console", "sql/touch_session.sql")


def touch_session(*, session_id: UUID, now: datetime) -> None:
    """Note it, at most once a minute."""
    _TOUCH.run({"session_id": session_id, "now": now})
