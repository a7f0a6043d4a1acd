"""Roll balances up."""

from datetime import datetime

from django.db import transaction

from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.ledger.watermark import advance, next_range

ROLL_UP = Statement("goodfor.ledger", "sql/roll_up.sql")
BATCH = 20_000


def roll_up(*, now: datetime, batch: int = BATCH) -> int:  # noqa: ARG001  (the loop hands the time to every duty)
    """Add the postings of finished transactions to the rollups, about `batch` headers a run; how many accounts moved.

    Writers are never blocked: only rollup rows are written, which no writer reads or locks.
    """
    with platform_job("ledger rollup"), transaction.atomic():
        part = next_range("rollup", batch)
        moved = ROLL_UP.run({"after": part.after, "upto": part.upto}) if part.found else 0
        advance("rollup", part)
    return moved
