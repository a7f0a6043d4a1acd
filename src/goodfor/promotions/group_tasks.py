"""Loops that end groups and bargains whose time is over. Imported by `tasks`."""

from datetime import datetime

import structlog
from django.db import transaction

from goodfor.kernel.loops import loop
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.promotions.group_types import GRACE
from goodfor.promotions.operations.end_group import end_group
from goodfor.promotions.operations.use_bargain import expire_bargain

BATCH = 200
log = structlog.get_logger(__name__)
_GROUPS = Statement(__package__, "sql/groups_due.sql")
_BARGAINS = Statement(__package__, "sql/bargains_due.sql")


@loop(name="promotions.groups", seconds=1.0)
def watch_groups(now: datetime) -> int:
    """Let groups fail that did not come together in time."""
    with platform_job("groups past their time"):
        due = _GROUPS.rows({"before": now - GRACE, "limit": BATCH})
    done = 0
    for shop_id, group_id in due:
        try:
            end_group(shop_id=shop_id, group_id=group_id, now=now)
            done += 1
        except Exception as error:
            # One broken group must not hold up the others; audit shows it when it is overdue.
            log.error("group_end_failed", group_id=str(group_id), error=type(error).__name__)
    return done


@loop(name="promotions.bargains", seconds=5.0)
def watch_bargains(now: datetime) -> int:
    """End bargains whose time is over."""
    with platform_job("bargains past their time"):
        due = _BARGAINS.rows({"now": now, "limit": BATCH})
    done = 0
    for shop_id, bargain_id in due:
        try:
            with transaction.atomic(savepoint=False):
                expire_bargain(shop_id=shop_id, bargain_id=bargain_id, now=now)
            done += 1
        except Exception as error:
            log.error("bargain_end_failed", bargain_id=str(bargain_id), error=type(error).__name__)
    return done
