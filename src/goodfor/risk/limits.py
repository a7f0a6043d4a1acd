"""Exact limits, where each one more costs money: count and use under one lock."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel.locks import advisory_xact_lock
from goodfor.kernel.sql import Statement
from goodfor.risk.keys import hash_of
from goodfor.risk.types import Act

_TAKE = Statement("goodfor.risk", "sql/take.sql")
LONGEST_NAME: Final = 40


def take(shop_id: UUID, name: str, key: int | str, limit: int, window: timedelta, act: Act) -> bool:
    """Use a limit once, or False when `limit` uses lie within `window` before the act: exactly so many pass.

    `key`: one of `keys.keys_of(act)`, or any text, which is hashed. Inside of a transaction the use comes and goes with
    it, and others of the same key wait until it ends: take it late, and before the locks of orders. Raises
    OperationalError after 3 s of waiting, ValueError for a name that is empty or too long.
    """
    if not 0 < len(name) <= LONGEST_NAME:
        raise ValueError("a limit has a name of at most 40 characters")
    number = key if isinstance(key, int) else hash_of(shop_id, f"limit:{name}", key)
    with transaction.atomic():
        advisory_xact_lock(("limit", shop_id, name, number))
        # A statement after the lock: it sees what the one before us has committed.
        return _TAKE.row({
            "shop": shop_id, "name": name, "key": number, "at": act.at, "since": act.at - window,
            "until": act.at + window, "limit": limit, "subject": act.subject[1] if act.subject else None,
        }) is not None  # fmt: skip
