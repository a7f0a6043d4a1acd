"""What a door is, and what a knock at it comes to. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final
from uuid import UUID

from goodfor.risk.types import KeyKind

#: How many steps a table of lock-outs has; the last is repeated.
STEPS: Final = 5
#: The dearest challenge.
DEAREST: Final = 4
#: A proved one-time code is worth the dearest challenge: give it as `paid`.
PROVED_BY_CODE: Final = DEAREST


class By(IntEnum):
    """What a door counts by. Stored, and the order of row locks: never renumber."""

    NETWORK = 1
    ADDRESS = 2
    DEVICE = 3
    BUYER = 4
    #: What is tried: an account, a telephone number, an order's number.
    SUBJECT = 5
    #: This device at this subject: a door of its own for people who were right here before.
    OWN = 6


class Who(IntEnum):
    """Whom a rule counts; bits. KNOWN: on a device from which somebody was right here before."""

    STRANGERS = 1
    KNOWN = 2
    ALL = 3


@dataclass(frozen=True, slots=True)
class Limit:
    """After `allowance` errors the key is locked for the next of `locks` (seconds); an error is forgotten in `leak`.

    `asks`: a locked key is not refused but asked for a challenge, dearer with every step.
    """

    allowance: int
    leak: float
    locks: tuple[float, float, float, float, float]
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """How a door counts by one kind of key. `shared`: the limit on a network that thousands share, else the same.

    `resets`: who is right starts anew. Else only the try itself is given back: an attacker who signs in to an account
    of his own must not have his address forgiven. `forget`: seconds without an error after which the next lock-out is
    the first again.
    """

    by: By
    who: Who
    limit: Limit
    shared: Limit | None = None
    resets: bool = False
    forget: float = 86_400.0


@dataclass(frozen=True, slots=True)
class Breaker:
    """When everybody but known devices is asked for a challenge: errors within a window, per batch or shop.

    `floor` errors within `window` and at least `share` of all answers; or `most`, whatever the share; or `slow_floor`
    and `share` within `slow_window`. It stays for `stays` and longer each time, until a quiet day has passed.
    """

    window: timedelta = timedelta(minutes=1)
    floor: int = 30
    share: float = 0.5
    most: int = 200
    slow_window: timedelta = timedelta(hours=1)
    slow_floor: int = 300
    stays: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Door:
    """One door. `known_by`: OWN where something is tried that belongs to somebody, else DEVICE."""

    name: str
    number: int
    rules: tuple[Rule, ...]
    known_by: By
    breaker: Breaker = field(default_factory=Breaker)
    #: So many guesses within ten minutes that begin alike are no accident.
    alike: int = 5


@dataclass(frozen=True, slots=True)
class Counted:
    """A key that a knock was counted under; `trip`: until when this very try locked it."""

    rule: Rule
    limit: Limit
    key: int
    trip: datetime | None = None


@dataclass(frozen=True, slots=True)
class Knock:
    """What became of a knock: go on (`allowed`), wait, or bring a challenge of that cost (1 to 4; 0: none).

    A knock that is allowed was counted and committed; tell `answered` how it ended. One that is not was not counted.
    `known`: somebody was right here from this device before.
    """

    shop_id: UUID
    door: Door = field(repr=False)
    allowed: bool
    wait_seconds: int = 0
    challenge_cost: int = 0
    known: bool = False
    counted: tuple[Counted, ...] = field(default=(), repr=False)
    #: All keys of the asker by what they are, for what is noted of the answer and for locking hard.
    keys: Mapping[By, int] = field(default_factory=dict, repr=False)
    #: The same as the caller gave them: never stored, but of who touches a planted code.
    shown: Mapping[KeyKind, str] = field(default_factory=dict, repr=False)
    known_key: int | None = field(default=None, repr=False)
    #: The batch that the asker named, 0 for none.
    scope: int = field(default=0, repr=False)
    shared: bool = field(default=False, repr=False)


@dataclass(frozen=True, slots=True)
class Answered:
    """What an answer gave away: a planted code was touched; the guess was one of many that begin alike; alarm."""

    honeypot: bool = False
    alike: bool = False
    alarm: bool = False


#: Keys of acts that doors know, by what they become here.
KINDS: Final[Mapping[KeyKind, By]] = {
    KeyKind.NETWORK: By.NETWORK,
    KeyKind.ADDRESS: By.ADDRESS,
    KeyKind.DEVICE: By.DEVICE,
    KeyKind.BUYER: By.BUYER,
}
