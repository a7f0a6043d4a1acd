"""Who comes when, from where and with what: all of it follows from the seed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from random import Random
from typing import Final
from uuid import UUID

from goodfor.risk.doors.codes import BITS, with_checks

#: Seconds of told time that one process lives through at once.
STRETCH: Final = 10
#: Attackers who sit together in three networks, with honest people among them; and behind a carrier's addresses.
TOGETHER, CARRIED = 0.3, 0.1
#: The share of guesses that are slips: they never reach the table, and come on top of the others.
SLIPS: Final = 0.05
#: The share of guesses that know a real code but for its last `NEAR_BITS` random bits.
NEAR, NEAR_BITS = 0.1, 20


@dataclass(frozen=True, slots=True)
class Plan:
    """Sizes of a run. Codes 0 to `honest` are theirs; as many after them were redeemed long ago."""

    shop_id: UUID
    start: datetime
    seed: int
    guesses: int
    addresses: int
    honest: int
    codes: int
    seconds: int

    @property
    def stretches(self) -> int:
        """How many stretches of told time there are."""
        return self.seconds // STRETCH

    def number(self, code: int) -> int:
        """The random bits of a real code."""
        return int.from_bytes(blake2b(f"{self.seed}:{code}".encode(), digest_size=16).digest(), "big") >> (128 - BITS)

    def code(self, code: int) -> str:
        """A real code."""
        return with_checks(self.number(code))


@dataclass(frozen=True, slots=True)
class Guess:
    """One guess. `pays`: brings whatever challenge is asked for. `slip`: check characters that do not fit."""

    at: datetime
    ip: str
    device: str
    code: str
    pays: bool
    near: bool
    slip: bool


@dataclass(frozen=True, slots=True)
class Person:
    """An honest one, with the code `number`. `beside`: from a network or carrier that attackers are in."""

    at: datetime
    number: int
    ip: str
    device: str
    known: bool
    beside: bool
    slips: int
    old_first: bool


def attacker(plan: Plan, number: int) -> str:
    """The address of an attacker: in a network of its own, in one of three, or behind a carrier."""
    alone = round(plan.addresses * (1 - TOGETHER - CARRIED))
    if number < alone:
        return f"45.{number // 200}.{number % 200}.9"
    if number < alone + round(plan.addresses * TOGETHER):
        place = number - alone
        return f"198.51.{place % 3}.{place // 3 % 120 + 1}"
    return f"117.136.{number % 4}.{number % 23}"


def guesses(plan: Plan, stretch: int) -> list[Guess]:
    """Those of a stretch, by time."""
    rng = Random(plan.seed * 1_000_003 + stretch)  # noqa: S311
    first, last = (plan.guesses * edge // plan.stretches for edge in (stretch, stretch + 1))
    begin, made = plan.start + timedelta(seconds=stretch * STRETCH), []
    wanted = last - first
    while wanted:
        number = rng.randrange(plan.addresses)
        slip, near = rng.random() < SLIPS / (1 + SLIPS), rng.random() < NEAR
        wanted -= not slip
        code = with_checks(rng.getrandbits(BITS))
        if slip:
            code = code[:-1] + ("0" if code[-1] != "0" else "1")
        elif near:
            target = plan.number(2 * plan.honest + rng.randrange(10))
            code = with_checks(target >> NEAR_BITS << NEAR_BITS | rng.getrandbits(NEAR_BITS))
        # A new cookie each time, the same one, or none.
        device = ("", f"x{rng.getrandbits(40)}", f"x{number}")[number % 3]
        at = begin + timedelta(seconds=rng.random() * STRETCH)
        made.append(Guess(at, attacker(plan, number), device, code, number // 3 % 3 == 0, near and not slip, slip))
    return sorted(made, key=lambda one: one.at)


def person(plan: Plan, number: int) -> Person:
    """An honest one: two in five were here before, three in ten sit in attacked networks, one in ten is on a phone."""
    rng = Random(plan.seed * 7_000_003 + number)  # noqa: S311
    at = plan.start + timedelta(seconds=rng.random() * plan.stretches * STRETCH)
    where, known = rng.random(), rng.random() < 0.4
    if where < 0.3:
        ip = f"198.51.{number % 3}.{130 + rng.randrange(120)}"
    elif where < 0.4:
        ip = f"117.136.{rng.randrange(4)}.{rng.randrange(40)}"
    else:
        ip = f"61.{rng.randrange(250)}.{rng.randrange(250)}.{rng.randrange(250)}"
    slips = rng.choice((1, 1, 2, 3)) if rng.random() < 0.15 else 0
    return Person(at, number, ip, f"h{number}", known, where < 0.4, slips, rng.random() < 0.05)


def people(plan: Plan, stretch: int) -> list[Person]:
    """The honest of a stretch, by time."""
    begin = plan.start + timedelta(seconds=stretch * STRETCH)
    end = begin + timedelta(seconds=STRETCH)
    return sorted((one for one in _everybody(plan) if begin <= one.at < end), key=lambda one: one.at)


_made: dict[Plan, list[Person]] = {}


def _everybody(plan: Plan) -> list[Person]:
    if plan not in _made:
        _made[plan] = [person(plan, number) for number in range(plan.honest)]
    return _made[plan]
