"""Keep months ahead for events and decisions, give stray rows a month of their own, drop what is past its time."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

import structlog
from django.db import OperationalError, connection, transaction

from goodfor.kernel.tenancy import platform_job
from goodfor.risk.velocity_sql import month_of, next_month

log = structlog.get_logger(__name__)
AHEAD: Final = 3
#: How many whole months are kept beside the present one. Decisions are what models learn from and disputes ask about.
KEPT_MONTHS: Final[Mapping[str, int]] = {"risk_event": 15, "risk_decision": 25}
#: A decision waits no longer for us than this, and then we wait for the next round.
LOCK_MS: Final = 200


def keep_partitions(*, now: datetime) -> int:
    """How many partitions were made or dropped and rows moved; 0 when all is as it should be. Each step by itself."""
    done, month = 0, month_of(now)
    with platform_job("partitions of risk control"):
        for table, kept in KEPT_MONTHS.items():
            done += _step("SELECT risk_empty_default(%s)", table)
            for wanted in _months(month, AHEAD + 1):
                done += _step("SELECT risk_make_partition(%s, %s)::int", table, wanted)
            done += _step("SELECT risk_drop_partitions(%s, %s)", table, _back(month, kept))
    return done


def _step(statement: str, table: str, *params: Any) -> int:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_MS}ms"])
            cursor.execute(statement, [table, *params])
            return int(cursor.fetchone()[0])
    except OperationalError as error:
        # Somebody is at the table for longer: decisions go before, the default partition takes what has no month.
        log.warning("risk_partitions_wait", table=table, error=type(error.__cause__ or error).__name__)
        return 0


def _months(first: datetime, count: int) -> list[date]:
    months = [first]
    while len(months) < count:
        months.append(next_month(months[-1]))
    return [month.date() for month in months]


def _back(month: datetime, count: int) -> datetime:
    for _ in range(count):
        month = month_of(month - timedelta(days=1))
    return month
