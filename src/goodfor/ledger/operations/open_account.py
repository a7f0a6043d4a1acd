"""Open an account."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.sql import Statement
from goodfor.ledger.writing import refusals

OPEN = Statement("goodfor.ledger", "sql/open.sql")
MAX_SLICES = 64


def open_account(
    *,
    shop_id: UUID,
    code: str,
    currency: str,
    guarded: bool = True,
    floor_minor: int = 0,
    slices: int = 1,
    now: datetime | None = None,
) -> int:
    """Open an account; the same again does nothing. Returns its id.

    `guarded`: the running balance less holds never falls below `floor_minor` (natural side; negative: a credit line).
    `slices` > 1 spreads a hot guarded account over so many rows. Without `now`
    the database's time of the transaction is noted. Raises UnknownAccount, AccountExists.
    """
    if not 1 <= slices <= MAX_SLICES or (slices > 1 and not guarded) or floor_minor > 0:
        raise InvalidInput("slices or floor out of range")
    with refusals(), transaction.atomic(savepoint=False):
        row = OPEN.row(
            {
                "shop_id": shop_id,
                "code": code,
                "currency": currency,
                "guarded": guarded,
                "floor_minor": floor_minor,
                "slices": slices,
                "now": now,
            }
        )
    assert row is not None
    return int(row[0])
