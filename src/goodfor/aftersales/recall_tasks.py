"""The loop of recalls."""

from datetime import datetime

import structlog

from goodfor.aftersales.operations.recall_one import put_off_recall, recall_one
from goodfor.kernel.loops import loop
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

BATCH = 200
log = structlog.get_logger(__name__)
_DUE = Statement(__package__, "sql/due_recalls.sql")


@loop(name="aftersales.recalls", seconds=1.0)
def tell_holders(now: datetime) -> int:
    """Tell who holds recalled codes, or make them whole."""
    with platform_job("holders of recalled codes"):
        due = _DUE.rows({"now": now, "limit": BATCH})
    done = 0
    for shop_id, item_id in due:
        try:
            recall_one(shop_id=shop_id, item_id=item_id, now=now)
            done += 1
        except Exception as error:
            log.error("recall_failed", item_id=str(item_id), error=type(error).__name__)
            put_off_recall(shop_id=shop_id, item_id=item_id, now=now)
    return done
