"""Periodic duties of orders, each one operation an order."""

from datetime import datetime

import structlog

from goodfor.kernel.loops import loop
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.orders import states
from goodfor.orders.operations.count_figures import count_figures
from goodfor.orders.operations.expire_order import expire_order
from goodfor.orders.operations.meet_deadline import meet_deadline
from goodfor.orders.operations.meet_hold import meet_hold

BATCH = 200
log = structlog.get_logger(__name__)
_DUE = Statement(__package__, "sql/due.sql")
_HOLDS_DUE = Statement(__package__, "sql/holds_due.sql")


@loop(name="orders.figures", seconds=60.0)
def renew_figures(now: datetime) -> int:
    """Count what the storefront shows about deliveries and refunds; nothing is left over, so never more at once."""
    count_figures(now=now)
    return 0


@loop(name="orders.deadlines", seconds=1.0)
def watch_deadlines(now: datetime) -> int:
    """Expire what was not paid in time, deliver or refund what was not delivered in time."""
    with platform_job("orders past their time"):
        due = _DUE.rows({"now": now, "limit": BATCH})
    done = 0
    for shop_id, order_id, state in due:
        try:
            if state == states.PLACED:
                expire_order(shop_id=shop_id, order_id=order_id, now=now)
            else:
                meet_deadline(shop_id=shop_id, order_id=order_id, now=now)
            done += 1
        except Exception as error:
            # One broken order must not hold up the others; audit shows it when its time is over.
            log.error("order_deadline_failed", order_id=str(order_id), error=type(error).__name__)
    return done


@loop(name="orders.holds", seconds=1.0)
def watch_holds(now: datetime) -> int:
    """Release or refuse the held orders whose time is over."""
    with platform_job("holds past their time"):
        due = _HOLDS_DUE.rows({"now": now, "limit": BATCH})
    done = 0
    for shop_id, order_id in due:
        try:
            meet_hold(shop_id=shop_id, order_id=order_id, now=now)
            done += 1
        except Exception as error:
            # One broken order must not hold up the others; audit shows it when it is overdue.
            log.error("order_hold_failed", order_id=str(order_id), error=type(error).__name__)
    return done
