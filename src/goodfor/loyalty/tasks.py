"""Periodic duties of points and tiers."""

from datetime import datetime

import structlog

from goodfor.kernel.loops import loop
from goodfor.kernel.tenancy import platform_job
from goodfor.loyalty.models import RunMark
from goodfor.loyalty.operations.each_shop import each_shop
from goodfor.loyalty.operations.expire_units import expire_units
from goodfor.loyalty.operations.give_benefits import give_anniversaries, give_birthdays, give_monthly
from goodfor.loyalty.operations.go_on_reckoning import go_on_reckoning
from goodfor.loyalty.operations.judge_members import judge_members
from goodfor.loyalty.operations.note_ends import note_ending, note_falling
from goodfor.loyalty.programme import RECKONING

log = structlog.get_logger(__name__)


@loop(name="loyalty.expire", seconds=60.0)
def expire(now: datetime) -> int:
    """Take what has ended out of the wallets, some at a time; how many wallets it was."""
    return expire_units(now=now)


@loop(name="loyalty.tiers", seconds=60.0)
def tiers(now: datetime) -> int:
    """Look at all members once a day, some at a time."""
    return each_shop("tiers", judge_members, now)


@loop(name="loyalty.monthly", seconds=60.0)
def monthly(now: datetime) -> int:
    """What tiers give every month: looked at once a day, so that whoever rises has his share of the month."""
    return each_shop("monthly", give_monthly, now)


@loop(name="loyalty.birthdays", seconds=60.0)
def birthdays(now: datetime) -> int:
    """Presents around birthdays, once a day."""
    return each_shop("birthdays", give_birthdays, now)


@loop(name="loyalty.anniversaries", seconds=60.0)
def anniversaries(now: datetime) -> int:
    """Presents to those who joined whole years ago, once a day."""
    return each_shop("joined", give_anniversaries, now)


@loop(name="loyalty.ending", seconds=60.0)
def ending(now: datetime) -> int:
    """Whom to tell that points end, once a day."""
    return each_shop("ending", note_ending, now)


@loop(name="loyalty.falling", seconds=60.0)
def falling(now: datetime) -> int:
    """Whom to tell that a tier ends, once a day."""
    return each_shop("falling", note_falling, now)


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
