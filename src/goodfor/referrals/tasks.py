"""Periodic duties of referrals."""

from datetime import datetime

import structlog

from goodfor.kernel.loops import loop
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.referrals import states
from goodfor.referrals.models import Reward
from goodfor.referrals.operations.pay import pay
from goodfor.referrals.operations.ripen import ripen

BATCH = 200
log = structlog.get_logger(__name__)
_DUE = Statement(__package__, "sql/due.sql")


@loop(name="referrals.rewards", seconds=10.0)
def reward(now: datetime) -> int:
    """Look once more at each reward whose freeze is over, and pay what may be paid; how many were paid."""
    with platform_job("rewards of invitations that are due"):
        due = _DUE.rows({"now": now, "limit": BATCH})
    done = 0
    for shop_id, reward_id, state in due:
        try:
            if state == states.APPROVED:
                order_id = Reward.objects.values_list("order_id", flat=True).get(shop_id=shop_id, id=reward_id)
                ripen(shop_id=shop_id, order_id=order_id, now=now)
            done += pay(shop_id=shop_id, reward_id=reward_id, now=now)
        except Exception as error:
            # One that is broken must not hold up the others.
            log.error("referral_reward_failed", reward_id=str(reward_id), error=type(error).__name__)
    return done
