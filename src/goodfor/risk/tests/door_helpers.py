"""What tests of doors share."""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from goodfor.kernel.tenancy import platform_job
from goodfor.risk.doors.types import Knock
from goodfor.risk.operations.answered import answered
from goodfor.risk.operations.knock import knock
from goodfor.risk.types import KeyKind


def keys(ip: str = "", device: str = "", buyer: str = "", batch: str = "") -> dict[KeyKind, str]:
    given = {KeyKind.ADDRESS: ip, KeyKind.DEVICE: device, KeyKind.BUYER: buyer, KeyKind.BATCH: batch}
    return {kind: value for kind, value in given.items() if value}


def try_at(
    shop_id: UUID, door: str, now: datetime, *, ip: str = "", device: str = "", buyer: str = "", subject: str = "",
    paid: int = 0, good: bool | None = False, **told: Any,
) -> Knock:  # fmt: skip
    """Knock, and tell how it ended if it went on (`good` None: it never ended)."""
    made = knock(
        shop_id=shop_id, door=door, keys=keys(ip, device, buyer), subject=subject, now=now, paid=paid
    )  # fmt: skip
    if made.allowed and good is not None:
        answered(made, good=good, now=now, **told)
    return made


def sql(text: str, params: Sequence[Any] = ()) -> list[Any]:
    with platform_job("test"), connection.cursor() as cursor:
        cursor.execute(text, params)
        return cursor.fetchall() if cursor.description else []


def events(shop_id: UUID, name: str) -> list[dict[str, Any]]:
    found = sql("SELECT payload FROM kernel_event WHERE shop_id = %s AND name = %s ORDER BY xid, id", [shop_id, name])
    return [json.loads(row[0]) if isinstance(row[0], str) else row[0] for row in found]


def side_by_side(work: Callable[[int], Any], count: int, threads: int = 32) -> list[Any]:
    """Results of `work(0..count-1)`, each in a thread with a connection that is kept for the whole batch."""

    def chunk(first: int) -> list[Any]:
        try:
            return [work(index) for index in range(first, count, threads)]
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return [one for part in pool.map(chunk, range(threads)) for one in part]
