"""The doors and their limits: data. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from goodfor.risk.doors.types import Breaker, By, Door, Limit, Rule, Who

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
#: One minute, then longer and longer.
STRICT: Final = (MINUTE, 5 * MINUTE, 30 * MINUTE, 4 * HOUR, DAY)
#: For what belongs to somebody else: strangers who hammer at an account must not keep its owner out for a day.
GENTLE: Final = (MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, 30 * MINUTE)
#: How long a network is asked for challenges; it is never refused, since others are in it.
ASKING: Final = (5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, HOUR)


def _address(allowance: int) -> Rule:
    # Behind the address of a carrier stand thousands of people.
    shared = Limit(allowance * 12, 5.0, ASKING, asks=True)
    return Rule(By.ADDRESS, Who.STRANGERS, Limit(allowance, 10 * MINUTE, STRICT), shared)


def _network(allowance: int) -> Rule:
    limit = Limit(allowance, 30.0, ASKING, asks=True)
    return Rule(By.NETWORK, Who.STRANGERS, limit, replace(limit, allowance=allowance * 10, leak=3.0), forget=6 * HOUR)


def _device(allowance: int, who: Who) -> Rule:
    return Rule(By.DEVICE, who, Limit(allowance, 20 * MINUTE, STRICT), resets=True)


#: Where something of somebody's is tried: right there once, a device has a door of its own for that.
_OWN: Final = Rule(By.OWN, Who.KNOWN, Limit(5, 10 * MINUTE, STRICT), resets=True)
_SUBJECT: Final = Rule(By.SUBJECT, Who.STRANGERS, Limit(5, 10 * MINUTE, GENTLE), resets=True)
_BUYER: Final = Rule(By.BUYER, Who.ALL, Limit(3, 20 * MINUTE, STRICT), resets=True)
#: A device that is right at an account of its own is not forgiven what it tried at others.
_PASSING: Final = replace(_device(5, Who.STRANGERS), resets=False)

SIGN_IN: Final = Door(
    "sign_in", 1, (_address(8), _network(80), _PASSING, _SUBJECT, _OWN), By.OWN, Breaker(floor=60, slow_floor=600)
)
ONE_TIME_CODE: Final = Door("one_time_code", 2, (_address(10), _network(80), _PASSING, _SUBJECT, _OWN), By.OWN)
LOOK_UP: Final = Door("look_up", 3, (_address(6), _network(60), _PASSING, _SUBJECT, _OWN), By.OWN)
COUPON: Final = Door(
    "coupon", 4, (_address(10), _network(60), _device(5, Who.ALL), replace(_BUYER, limit=Limit(5, 600.0, STRICT))),
    By.DEVICE, Breaker(floor=60), alike=40,
)  # fmt: skip
REDEEM: Final = Door("redeem", 5, (_address(5), _network(40), _device(3, Who.ALL), _BUYER), By.DEVICE)

DOORS: Final[Mapping[str, Door]] = {door.name: door for door in (SIGN_IN, ONE_TIME_CODE, LOOK_UP, COUPON, REDEEM)}
