"""Note when a client was last seen."""

from datetime import datetime
from uuid import UUID

from goodfor.kernel.sql import Statement

_TOUCH = Statement("goodfor.identity", "sql/touch_client.sql")


def touch_api_client(*, shop_id: UUID, client_id: UUID, now: datetime) -> bool:
    """Set last_used_at unless that was done in the last ten minutes (ApiCaller.touch_due says so); True when set."""
    return _TOUCH.run({"shop_id": shop_id, "client_id": client_id, "now": now}) == 1
