"""Give reserved codes back."""

from datetime import datetime
from uuid import UUID

from goodfor.kernel.sql import Statement
from goodfor.vault.moving import record_opened

_RELEASE = Statement("goodfor.vault", "sql/release.sql")


def release(*, shop_id: UUID, holder_id: UUID, now: datetime) -> int:
    """Free whatever the holder has reserved, in one statement; returns how many codes (0 when there are none)."""
    row = _RELEASE.row({"shop_id": shop_id, "holder_id": holder_id})
    assert row is not None
    record_opened(shop_id, row[1], cause="release", now=now)
    return int(row[0])
