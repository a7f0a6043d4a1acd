"""Steps of finance for tests."""

import time
from datetime import datetime
from typing import Any
from uuid import UUID

from goodfor.finance.operations import follow_books, rebook_agreement
from goodfor.orders.tests.factories import sql


def follow(now: datetime) -> None:
    """Read the books to their end; waits while an older transaction of the server is open."""
    until = time.monotonic() + 10
    while follow_books(now=now) or (_unread() and time.monotonic() < until):
        time.sleep(0.005)


def _unread() -> bool:
    read = "(SELECT coalesce(max(upto_xid), 0)::text::xid8 FROM finance_cursor)"
    return bool(sql(f"SELECT EXISTS (SELECT FROM ledger_tx WHERE xid >= {read})")[0][0])


def rebook(shop_id: UUID, agreement_id: UUID, now: datetime, limit: int = 2) -> int:
    """All of a version that was dated back, in small pieces; how many lines were looked at."""
    done = 0
    while step := rebook_agreement(shop_id=shop_id, agreement_id=agreement_id, now=now, limit=limit):
        done += step
    return done


def counts() -> dict[str, Any]:
    """How many rows of each table of finance and the ledger there are."""
    tables = ("finance_sold", "finance_share", "finance_step", "finance_order", "finance_party", "finance_agreement",
              "finance_contract", "finance_backdate", "finance_fee", "finance_stuck", "ledger_tx", "ledger_posting",
              "kernel_audit")  # fmt: skip
    return {table: sql(f"SELECT count(*) FROM {table}")[0][0] for table in tables}
