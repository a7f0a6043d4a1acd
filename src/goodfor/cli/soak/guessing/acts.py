"""What attackers and honest people do, in a process of its own: through the door, to the table, and back."""

import time
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from heapq import merge
from operator import attrgetter
from typing import Final

from goodfor.cli.soak.guessing import crowd, shelf
from goodfor.cli.soak.guessing.crowd import Guess, Person, Plan
from goodfor.risk.doors import challenge, typos
from goodfor.risk.doors.codes import parse_code
from goodfor.risk.doors.types import Knock
from goodfor.risk.operations.answered import answered
from goodfor.risk.operations.knock import knock
from goodfor.risk.operations.purge_doors import purge_doors
from goodfor.risk.types import KeyKind

DOOR: Final = "redeem"
#: One in so many challenges of honest people is really issued, solved and verified; the others are taken as solved.
SOLVED: Final = 20
#: One knock in so many is kept for the figures of time.
SAMPLED: Final = 10


class Hand:
    """A stretch of told time: counts what happens, and samples how long knocks took."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.tally: Counter[str] = Counter()
        self.times: dict[str, list[float]] = {"locked": [], "asked": [], "allowed": [], "wrong": []}

    def knock(self, ip: str, device: str, now: datetime, paid: int = 0) -> Knock:
        """At the door, timed."""
        began = time.perf_counter()
        keys = {KeyKind.ADDRESS: ip, KeyKind.DEVICE: device}
        made = knock(shop_id=self.plan.shop_id, door=DOOR, keys=keys, now=now, paid=paid)
        self.tally["knocks"] += 1
        if self.tally["knocks"] % SAMPLED == 0:
            name = "allowed" if made.allowed else "asked" if made.challenge_cost else "locked"
            self.times[name].append((time.perf_counter() - began) * 1000)
        return made

    def wrong(self, made: Knock, code: str, sound: bool, now: datetime) -> None:
        """Tell that it was none, timed."""
        began = time.perf_counter()
        told = answered(made, good=False, now=now, guess=code, sound=sound)
        self.times["wrong"].append((time.perf_counter() - began) * 1000)
        self.tally["alike"] += told.alike

    def guess(self, one: Guess) -> None:
        """A guess: every one knocks, unless its check characters give it away first."""
        code = parse_code(one.code)
        if code is None:
            self.tally["slip"] += 1
            if typos.is_free(self.plan.shop_id, DOOR, one.device or one.ip, one.at):
                return
        else:
            self.tally["guess"] += 1
        made = self.knock(one.ip, one.device, one.at)
        if made.challenge_cost and one.pays:
            made = self.knock(one.ip, one.device, one.at, made.challenge_cost)
        if code is None:
            if made.allowed:
                self.wrong(made, "", False, one.at)
            return
        if not made.allowed:
            self.tally["guess_locked" if made.wait_seconds else "guess_asked"] += 1
            return
        self.tally["guess_looked_up"] += 1
        self.tally["guess_near"] += one.near
        found = shelf.look_up(self.plan, code)
        if found is None or found[1]:
            self.wrong(made, code, found is None, one.at)
        elif shelf.use(self.plan, code, one.at):
            self.tally["guess_found"] += 1
            answered(made, good=True, now=one.at)

    def person(self, one: Person) -> None:
        """An honest redemption, slips and all."""
        count = self.tally
        count["honest"] += 1
        count["honest_beside"] += one.beside
        count["honest_slips"] += one.slips > 0
        code, at, undisturbed = self.plan.code(one.number), one.at, True
        for _ in range(one.slips):
            letters = list(code)
            letters[5], letters[6] = letters[6], letters[5]
            slipped = "".join(letters) if letters[5] != letters[6] else code[:-1]
            if parse_code(slipped) is not None or not typos.is_free(self.plan.shop_id, DOOR, one.device, at):
                undisturbed = False
            at += timedelta(seconds=5)
        if one.old_first:
            undisturbed = self._redeem(one, self.plan.code(self.plan.honest + one.number), at) is False and undisturbed
            at += timedelta(seconds=20)
        done = self._redeem(one, code, at)
        count["honest_redeemed"] += done is True
        count["honest_disturbed"] += not (undisturbed and done is True)

    def _redeem(self, one: Person, code: str, at: datetime) -> bool | None:
        """True: redeemed; False: told that it is used; None: not let in."""
        made = self.knock(one.ip, one.device, at)
        self.tally["honest_known"] += made.known and code == self.plan.code(one.number)
        if made.challenge_cost:
            self.tally["honest_challenged"] += 1
            paid = self._solve(one, made.challenge_cost, at)
            made = self.knock(one.ip, one.device, at, paid)
        if not made.allowed:
            return None
        found = shelf.look_up(self.plan, code)
        if found is None or found[1] or not shelf.use(self.plan, code, at):
            self.wrong(made, code, found is None, at)
            return False
        answered(made, good=True, now=at)
        return True

    def _solve(self, one: Person, cost: int, at: datetime) -> int:
        if one.number % SOLVED:
            return cost
        shop_id, device = self.plan.shop_id, one.device
        payload = challenge.solve(challenge.issue(shop_id=shop_id, door=DOOR, bound_to=device, cost=cost, now=at))
        self.tally["honest_solved"] += 1
        right = challenge.verify(
            shop_id=shop_id, door=DOOR, bound_to=device, payload=payload, cost=cost, now=at
        )  # fmt: skip
        return cost if right else 0


def stretch(plan: Plan, number: int) -> tuple[Counter[str], dict[str, list[float]]]:
    """All that happens in one stretch of told time, in its order."""
    hand = Hand(plan)
    if number % 30 == 0:
        # The worker's loop.
        purge_doors(now=plan.start + timedelta(seconds=number * crowd.STRETCH))
    comers: Iterable[Guess | Person] = merge(
        crowd.guesses(plan, number), crowd.people(plan, number), key=attrgetter("at")
    )
    for one in comers:
        if isinstance(one, Guess):
            hand.guess(one)
        else:
            hand.person(one)
    return hand.tally, hand.times
