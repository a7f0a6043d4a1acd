"""Periodic duties of aftersales, each one operation a case."""

from datetime import datetime

import structlog

from goodfor.aftersales import figure_tasks as figure_tasks
from goodfor.aftersales import picture_tasks as picture_tasks
from goodfor.aftersales import recall_tasks as recall_tasks
from goodfor.aftersales import reserve_tasks as reserve_tasks
from goodfor.aftersales.operations.examine import examine
from goodfor.aftersales.operations.miss_deadline import miss_deadline
from goodfor.aftersales.operations.put_off import put_off
from goodfor.kernel.loops import loop
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

BATCH = 200
log = structlog.get_logger(__name__)
_STEPS = Statement(__package__, "sql/due_steps.sql")
_DEADLINES = Statement(__package__, "sql/due_deadlines.sql")


@loop(name="aftersales.steps", seconds=1.0)
def take_steps(now: datetime) -> int:
    """Look into every case whose next step is due: a supplier was silent, something can be tried again."""
    with platform_job("cases whose next step is due"):
        due = _STEPS.rows({"now": now, "limit": BATCH})
    done = 0
    for shop_id, case_id in due:
        try:
            examine(shop_id=shop_id, case_id=case_id, now=now)
            done += 1
        except Exception as error:
            # One broken case must not hold up the others; its missed deadline calls a person.
            log.error("case_step_failed", case_id=str(case_id), error=type(error).__name__)
            put_off(shop_id=shop_id, case_id=case_id, now=now)
    return done


@loop(name="aftersales.deadlines", seconds=1.0)
def watch_deadlines(now: datetime) -> int:
    """Write down what was promised and did not come in time."""
    with platform_job("cases past their promised time"):
        due = _DEADLINES.rows({"now": now, "limit": BATCH})
    done = 0
    for shop_id, case_id in due:
        try:
            done += miss_deadline(shop_id=shop_id, case_id=case_id, now=now)
        except Exception as error:
            log.error("case_deadline_failed", case_id=str(case_id), error=type(error).__name__)
    return done
