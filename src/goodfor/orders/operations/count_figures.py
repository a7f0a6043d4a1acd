"""Count what the trust bar shows, so that no page has to."""

from datetime import datetime

from django.db import transaction

from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.orders.claim_states import FAULTS

#: So many of the newest orders are looked at, and so many of the newest refunds.
NEWEST = 20_000
_COUNT = Statement("goodfor.orders", "sql/figures.sql")


def count_figures(*, now: datetime) -> int:
    """Renew the figures of every shop that sold or refunded lately; how many."""
    with platform_job("figures of all shops"), transaction.atomic():
        return _COUNT.run({"limit": NEWEST, "faults": list(FAULTS), "now": now})
