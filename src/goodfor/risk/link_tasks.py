"""The loop that keeps linked accounts up to date."""

from datetime import datetime

from goodfor.kernel.loops import loop
from goodfor.risk.operations.link_accounts import link_accounts


@loop(name="risk.links", seconds=5.0)
def keep_links(now: datetime) -> int:
    """Events into links, links into groups; how many of both."""
    return link_accounts(now)
