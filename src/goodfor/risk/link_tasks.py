"""The loops that keep linked accounts up to date."""

from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import OperationalError

from goodfor.kernel.loops import loop
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.risk.operations.forget_links import forget_links
from goodfor.risk.operations.link_accounts import link_accounts

#: As long as events are kept, which links are made from.
KEPT: Final = timedelta(days=457)
#: So many shops a run.
BATCH: Final = 20
_OLD: Final = Statement("goodfor.risk", "sql/shops_with_old_links.sql")
log = structlog.get_logger(__name__)


@loop(name="risk.links", seconds=5.0)
def keep_links(now: datetime) -> int:
    """Events into links, links into groups; how many of both."""
    return link_accounts(now)


@loop(name="risk.forget_links", seconds=6 * 3600.0)
def forget_old_links(now: datetime) -> int:
    """What accounts were seen with longer ago than events are kept; how many links went."""
    before, gone = now - KEPT, 0
    with platform_job("shops with links of long ago"):
        shops = [shop_id for (shop_id,) in _OLD.rows({"before": before, "limit": BATCH})]
    for shop_id in shops:
        try:
            gone += forget_links(shop_id=shop_id, before=before, now=now)
        except OperationalError as error:
            # Its groups are being made at this moment: the next run finds the same links.
            log.warning("links_not_forgotten", shop_id=str(shop_id), error=type(error).__name__)
    return gone
