"""Fill the daily balances."""

from datetime import datetime

from django.db import transaction

from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.ledger.watermark import advance, next_range

FILL = Statement("goodfor.ledger", "sql/fill_days.sql")
BATCH = 20_000


def fill_days(*, now: datetime, batch: int = BATCH) -> int:  # noqa: ARG001  (the loop hands the time to every duty)
    """Add the postings of finished transactions to the daily balances, about `batch` headers a run; how many rows.

    A posting dated back makes the later closings of its account anew, in the same statement. Writers are never blocked.
    """
    with platform_job("ledger daily balances"), transaction.atomic():
        part = next_range("daily", batch)
        rows = FILL.run({"after": part.after, "upto": part.upto}) if part.found else 0
        advance("daily", part)
    return rows
