"""Periodic duties of points and tiers."""

from collections.abc import Callable
from datetime import datetime

import structlog

from goodfor.kernel.loops import loop
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.loyalty.models import RunMark
from goodfor.loyalty.operations.expire_units import expire_units
from goodfor.loyalty.operations.give_benefits import give_birthdays, give_monthly
from goodfor.loyalty.operations.go_on_reckoning import go_on_reckoning
from goodfor.loyalty.operations.judge_members import judge_members
from goodfor.loyalty.operations.note_ends import note_ending, note_falling
from goodfor.loyalty.operations.note_run import note_run
from goodfor.loyalty.programme import RECKONING
from goodfor.loyalty.tier_types import TierRun

log = structlog.get_logger(__name__)
_SHOPS = Statement(__package__, "sql/shops_due.sql")


@loop(name="loyalty.expire", seconds=60.0)
def expire(now: datetime) -> int:
    """Take what has ended out of the wallets, some at a time; how many wallets it was."""
    return expire_units(now=now)


@loop(name="loyalty.tiers", seconds=60.0)
def tiers(now: datetime) -> int:
    """Look at all members once a day, some at a time."""
    return _daily("tiers", judge_members, now)


@loop(name="loyalty.monthly", seconds=60.0)
def monthly(now: datetime) -> int:
    """What tiers give every month: looked at once a day, so that whoever rises has his share of the month."""
    return _daily("monthly", give_monthly, now)


@loop(name="loyalty.birthdays", seconds=60.0)
def birthdays(now: datetime) -> int:
    """Presents around birthdays, once a day."""
    return _daily("birthdays", give_birthdays, now)


@loop(name="loyalty.ending", seconds=60.0)
def ending(now: datetime) -> int:
    """Whom to tell that points end, once a day."""
    return _daily("ending", note_ending, now)


@loop(name="loyalty.falling", seconds=60.0)
def falling(now: datetime) -> int:
    """Whom to tell that a tier ends, once a day."""
    return _daily("falling", note_falling, now)


@loop(name="loyalty.reckon", seconds=10.0)
def reckon(now: datetime) -> int:
    """One step of what is reckoned anew for each shop that asked; how many shops it was."""
    with platform_job("what is owed for points, reckoned anew in all shops"):
        shops = list(RunMark.objects.filter(name=RECKONING, through=False).values_list("shop_id", flat=True))
    done = 0
    for shop_id in shops:
        try:
            done += go_on_reckoning(shop_id=shop_id, now=now)
        except Exception as error:
            # One shop's trouble is not another's.
            log.error("loyalty_reckoning_failed", shop_id=str(shop_id), error=type(error).__name__)
    return done


def _daily(name: str, step: Callable[..., TierRun], now: datetime) -> int:
    """One step for each shop whose run of this day is not through; how many members were looked at."""
    with platform_job("runs over the members of all shops"):
        shops = _SHOPS.rows({"name": name, "now": now})
    done = 0
    for shop_id, day, after in shops:
        try:
            told = step(shop_id=shop_id, after=after, now=now)
            note_run(shop_id=shop_id, name=name, day=day, after=told.last, through=told.last is None)
            done += told.looked
        except Exception as error:
            # One shop's trouble is not another's.
            log.error("loyalty_run_failed", run=name, shop_id=str(shop_id), error=type(error).__name__)
    return done
