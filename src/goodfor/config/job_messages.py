"""Work in the background that failed is told to the staff: each kind once an hour, however often it fails."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.identity import queries as identity
from goodfor.kernel.loops import loop
from goodfor.kernel.tenancy import platform_job
from goodfor.kernel.trouble import FailedWork, failed_work
from goodfor.notify import queries as notify
from goodfor.notify.operations.send import send
from goodfor.notify.types import STAFF, language_of

#: How far back failures are looked for: the loop may have stood still.
LOOK_BACK: Final = timedelta(hours=2)


@loop(name="config.job_messages", seconds=60.0)
def tell_failures(now: datetime) -> int:
    """Messages queued. What names a shop is told there; what is the installation's, wherever there is a channel."""
    with platform_job("failed work of the installation"):
        failed = failed_work(now - LOOK_BACK)
        shops = notify.shops_that_speak() if failed else []
    return sum(_tell(shop_id, work, now) for work in failed for shop_id in shops if work.shop_id in (None, shop_id))


def _tell(shop_id: UUID, work: FailedWork, now: datetime) -> int:
    with transaction.atomic():
        queued = send(
            shop_id=shop_id,
            scene="job_failed",
            audience=STAFF,
            subject=f"job:{work.name[:80]}:{work.hour:%Y%m%d%H}",
            recipients=notify.staff_recipients(shop_id, "job_failed"),
            context={
                "job": {
                    "name": work.name,
                    "error": work.error,
                    "attempts": work.attempts,
                    "url": "/console/",
                }
            },
            language=language_of(identity.shop_by_id(shop_id).locale),
            now=now,
        )
    return len(queued.message_ids)
