"""Whoever was right at one door of an account is known at its others: their device is not kept out with strangers."""

from datetime import datetime

from goodfor.kernel.sql import Statement
from goodfor.risk.doors.table import DOORS
from goodfor.risk.doors.types import Knock

_REMEMBER = Statement("goodfor.risk", "sql/door_remember.sql")


def remember(knock: Knock, *, door: str, now: datetime) -> None:
    """Known at `door`, too, as long as both know people by the same; nothing for who shows no device.

    Raises KeyError for a door that there is not.
    """
    other = DOORS[door]
    if knock.known_key is None or other.known_by is not knock.door.known_by:
        return
    _REMEMBER.run({"shop_id": knock.shop_id, "door": other.number, "known": knock.known_key, "now": now})
