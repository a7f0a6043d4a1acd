"""What moved on an account in a stretch of time, for whoever compares it with another's word. Part of `queries`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any, Final
from uuid import UUID

from django.db import connection

_SQL: Final = resources.files("goodfor.ledger").joinpath("sql")
_BETWEEN: Final = _SQL.joinpath("account_between.sql").read_text(encoding="utf-8")
_UNDER: Final = _SQL.joinpath("prefix_between.sql").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class AccountMove:
    """A transaction as one account sees it: what it moved there in all, debit positive."""

    tx_id: int
    reference: str
    kind: str
    amount_minor: int
    effective_at: datetime


def moves_between(
    shop_id: UUID, account_code: str, currency: str, *, kinds: Sequence[str], since: datetime, until: datetime
) -> Iterator[AccountMove]:  # fmt: skip
    """All of them from `since` until before `until`, in no order, streamed: a day may have a million."""
    params: dict[str, Any] = {
        "shop_id": shop_id, "code": account_code, "currency": currency, "kinds": list(kinds), "since": since,
        "until": until,
    }  # fmt: skip
    yield from _streamed(_BETWEEN, params)


def moves_under(
    shop_id: UUID, prefix: str, currency: str, *, kinds: Sequence[str], since: datetime, until: datetime
) -> Iterator[AccountMove]:  # fmt: skip
    """The same of all accounts whose codes begin so, taken together."""
    params: dict[str, Any] = {
        "shop_id": shop_id, "prefix": prefix, "currency": currency, "kinds": list(kinds), "since": since,
        "until": until,
    }  # fmt: skip
    yield from _streamed(_UNDER, params)


def _streamed(text: str, params: dict[str, Any]) -> Iterator[AccountMove]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(text, params)
        while page := cursor.fetchmany(5_000):
            yield from (AccountMove(*row) for row in page)
