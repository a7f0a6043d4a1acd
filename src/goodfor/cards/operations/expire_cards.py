"""Cards whose time is over; what is on them stays owed."""

from datetime import datetime
from typing import Final

from django.db import transaction

from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

_EXPIRE: Final = Statement("goodfor.cards", "sql/expire.sql")
CHUNK: Final = 5_000


def expire_cards(*, now: datetime) -> int:
    """The next of any shop; how many. What another process is at is left to it."""
    with platform_job("cards whose time is over"), transaction.atomic():
        row = _EXPIRE.row({"now": now, "most": CHUNK})
    return int(row[0]) if row else 0
