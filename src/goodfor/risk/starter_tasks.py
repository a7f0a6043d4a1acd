"""New shops, and those that are older than their rules, begin with the starter set."""

from datetime import datetime
from typing import Final

from django.conf import settings

from goodfor.kernel.loops import loop
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.risk.operations.install_starter import install_starter

#: So many shops a run.
BATCH: Final = 5
ACTOR: Final = "system"
_WITHOUT: Final = Statement("goodfor.risk", "sql/shops_without_rules.sql")


@loop(name="risk.starter", seconds=5.0)
def give_starters(now: datetime) -> int:
    """A shop that turned its rules off or retired them keeps it so: it has rules."""
    if not settings.GOODFOR_STARTER_RULES:
        return 0
    with platform_job("shops without rules"):
        without = _WITHOUT.rows({"limit": BATCH})
    for (shop_id,) in without:
        install_starter(shop_id=shop_id, actor=ACTOR, now=now)
    return len(without)
