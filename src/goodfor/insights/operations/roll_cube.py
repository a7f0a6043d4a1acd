"""Add what the ledger has booked since to the cube, the frozen facts of orders and the cohorts."""

from datetime import datetime
from typing import Final

from django.db import connection, transaction

from goodfor.insights.progress import CUBE, advance, next_range
from goodfor.insights.types import NONE
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

#: Headers a run, about.
BATCH: Final = 20_000
# A plan that was made for small tables is worse than one made anew for each batch.
_NEW_ORDERS: Final = Statement("goodfor.insights", "sql/new_orders.sql", planned_each_time=True)
_PAID_ORDERS: Final = Statement("goodfor.insights", "sql/paid_orders.sql", planned_each_time=True)
_CELLS: Final = Statement("goodfor.insights", "sql/cells.sql", planned_each_time=True)
_ROLL: Final = Statement("goodfor.insights", "sql/roll.sql", planned_each_time=True)


def roll_cube(*, now: datetime, batch: int = BATCH) -> int:  # noqa: ARG001  (the loop hands the time to every duty)
    """One batch, in one transaction; how many rows of the cube moved, 0 when nothing is left to add.

    Writers of orders and the ledger are never blocked: nothing that they read or lock is written.
    """
    with platform_job("roll-up of postings into the cube"), transaction.atomic():
        part = next_range(CUBE, batch)
        moved = 0
        if part.found:
            _plan_for_many()
            _NEW_ORDERS.run(part.params)
            _CELLS.run({**part.params, "none": NONE})
            moved = _ROLL.run({**part.params, "none": NONE})
            _PAID_ORDERS.run(part.params)
            # What moves no measure (a purchase of stock) is done, too: the loop comes again at once.
            moved = moved or 1
        advance(CUBE, part)
    return moved


def _plan_for_many() -> None:
    """Until the transaction ends: what a batch is joined with is hashed.

    How many rows a step of a batch has cannot be estimated, and an estimate too low means a loop within a loop. Rows of
    large tables are looked up by LATERAL all the same, which is a loop by its nature.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute("SET LOCAL work_mem = '64MB'")
