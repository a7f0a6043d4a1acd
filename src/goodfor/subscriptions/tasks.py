"""Periodic duties of subscriptions: each goes over the shops that have plans, one operation a shop."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.kernel.loops import loop
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.subscriptions.operations.charge_due import charge_due
from goodfor.subscriptions.operations.end_due import end_due, give_up_unsigned
from goodfor.subscriptions.operations.recognise import recognise_days
from goodfor.subscriptions.operations.remind import remind
from goodfor.subscriptions.operations.renew_due import begin_pauses, renew_due
from goodfor.subscriptions.operations.settle_periods import settle_periods

_SHOPS: Final = Statement(__package__, "sql/shops.sql")


def _each(act: Callable[..., int], now: datetime) -> int:
    """In every shop that ever had a plan on sale."""
    with platform_job("shops with subscriptions"):
        shops: list[UUID] = [row[0] for row in _SHOPS.rows({})]
    return sum(act(shop_id=shop_id, now=now) for shop_id in shops)


@loop(name="subscriptions.charge", seconds=1.0)
def charge(now: datetime) -> int:
    """Periods whose time to be charged has come."""
    return charge_due(now=now)


@loop(name="subscriptions.turn", seconds=60.0)
def turn(now: datetime) -> int:
    """Announce what is charged soon; begin pauses; end what is over or was never signed."""
    done = _each(renew_due, now) + _each(begin_pauses, now)
    return done + _each(end_due, now) + give_up_unsigned(now=now)


@loop(name="subscriptions.remind", seconds=300.0)
def reminders(now: datetime) -> int:
    """Of picks that are not made."""
    return _each(remind, now)


@loop(name="subscriptions.settle", seconds=60.0)
def settle(now: datetime) -> int:
    """What was not picked of periods that are over."""
    return _each(settle_periods, now)


@loop(name="subscriptions.recognise", seconds=300.0)
def recognise(now: datetime) -> int:
    """Days that are over become income."""
    return _each(recognise_days, now)
