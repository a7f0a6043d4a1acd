"""Random operations against a small model in memory; the seed is in the failure."""

import random
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from goodfor.ledger import queries
from goodfor.ledger.dated import BUSINESS
from goodfor.ledger.errors import AlreadyReversed, AlreadySettled, IdempotencyMismatch, InsufficientFunds
from goodfor.ledger.operations import (
    close_period,
    fill_days,
    hold,
    post,
    reverse,
    roll_up,
    seal,
    settle_hold,
    soft_close_period,
    void_hold,
)
from goodfor.ledger.tests.factories import BANK, NOW, ORDER, SALES, audit, entry, wallet
from goodfor.ledger.types import Line

#: `test_long` plays a thousand of five hundred steps.
SEEDS, STEPS = 10, 60
NOVEMBER, DECEMBER = date(2025, 11, 1), date(2025, 12, 1)
FIRST_OF_DECEMBER = datetime(2025, 12, 1, tzinfo=BUSINESS)


@dataclass
class Model:
    """What should be there: signed sums, also by day, amounts held, what was undone, which months still take what."""

    guarded: list[str]
    days: dict[date, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    soft: bool = False
    hard: bool = False
    sums: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    held: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    posted: list[tuple[int, dict[str, int]]] = field(default_factory=list)
    holds: list[tuple[int, str, int]] = field(default_factory=list)
    reversed: set[int] = field(default_factory=set)
    settled: set[int] = field(default_factory=set)
    entries: dict[str, tuple[int, dict[str, int]]] = field(default_factory=dict)

    def bears(self, moves: dict[str, int], held: dict[str, int] | None = None) -> bool:
        held = held or {}
        return all(-(self.sums[a] + moves.get(a, 0)) - (self.held[a] + held.get(a, 0)) >= 0 for a in self.guarded)

    def apply(self, moves: dict[str, int], at: datetime = NOW, *, adjustment: bool = False) -> None:
        if self.hard or (self.soft and not adjustment):
            at = max(at, FIRST_OF_DECEMBER)
        for account, amount in moves.items():
            self.sums[account] += amount
            self.days[at.astimezone(BUSINESS).date()][account] += amount

    def on(self, account: str, day: date) -> int:
        return sum(moves[account] for at, moves in self.days.items() if at <= day)


def moves_of(rng: random.Random, accounts: list[str]) -> dict[str, int]:
    chosen = rng.sample(accounts, rng.randint(2, 4))
    moves = {a: rng.choice([-1, 1]) * rng.randint(1, 60) for a in chosen[:-1]}
    last = -sum(moves.values())
    return {**moves, chosen[-1]: last} if last else moves_of(rng, accounts)


class Run:
    """One seed."""

    def __init__(self, seed: int) -> None:
        self.rng, self.shop = random.Random(seed), uuid4()
        self.codes = [wallet(self.shop, name=f"m{n}", slices=1 + 3 * (n % 2)) for n in range(3)]
        self.accounts = [*self.codes, BANK, ORDER, SALES, "1405:codes:s1"]
        self.model = Model(self.codes)
        self.count = 0

    def reference(self) -> str:
        self.count += 1
        return f"m:{self.count}"

    def step(self) -> None:
        self.rng.choice(
            [self.post, self.post, self.post, self.replay, self.hold, self.finish, self.reverse, self.jobs]
        )()

    def post(self) -> None:
        batch = [(self.reference(), moves_of(self.rng, self.accounts)) for _ in range(self.rng.randint(1, 3))]
        total: dict[str, int] = defaultdict(int)
        for _, moves in batch:
            for account, amount in moves.items():
                total[account] += amount
        at, adjustment = NOW - timedelta(days=self.rng.choice((0, 0, 3, 33, 50))), self.rng.random() < 0.25
        entries = [entry(ref, *moves.items(), at=at) for ref, moves in batch]
        if adjustment:
            entries = [replace(one, adjustment=True, metadata={"reason": "model"}) for one in entries]
        if not self.model.bears(total):
            with pytest.raises(InsufficientFunds):
                post(shop_id=self.shop, currency="CNY", entries=entries, now=NOW)
            return
        ids = post(shop_id=self.shop, currency="CNY", entries=entries, now=NOW)
        self.model.apply(total, at, adjustment=adjustment)
        for tx, (ref, moves) in zip(ids, batch, strict=True):
            self.model.posted.append((tx, moves))
            if not adjustment:
                self.model.entries[ref] = (tx, moves)

    def replay(self) -> None:
        if not self.model.entries:
            return
        ref = self.rng.choice(list(self.model.entries))
        tx, moves = self.model.entries[ref]
        if self.rng.random() < 0.5:
            assert post(shop_id=self.shop, currency="CNY", entries=[entry(ref, *moves.items())], now=NOW) == [tx]
        else:
            with pytest.raises(IdempotencyMismatch):
                post(shop_id=self.shop, currency="CNY", entries=[entry(ref, *moves.items(), kind="x")], now=NOW)

    def hold(self) -> None:
        code, amount = self.rng.choice(self.codes), self.rng.randint(1, 60)
        wanted = entry(self.reference(), (code, amount), (ORDER, -amount))
        if not self.model.bears({}, {code: amount}):
            with pytest.raises(InsufficientFunds):
                hold(shop_id=self.shop, currency="CNY", entry=wanted, now=NOW)
            return
        tx = hold(shop_id=self.shop, currency="CNY", entry=wanted, now=NOW)
        self.model.held[code] += amount
        self.model.holds.append((tx, code, amount))

    def finish(self) -> None:
        if not self.model.holds:
            return
        tx, code, amount = self.rng.choice(self.model.holds)
        ref, part = self.reference(), self.rng.choice([0, amount, self.rng.randint(1, amount)])
        lines = [Line(code, part), Line(SALES, -part)]

        def act() -> int:
            if part:
                return settle_hold(shop_id=self.shop, hold_tx=tx, reference=ref, lines=lines, now=NOW)
            return void_hold(shop_id=self.shop, hold_tx=tx, reference=ref, now=NOW)

        if tx in self.model.settled:
            with pytest.raises(AlreadySettled):
                act()
            return
        new = act()
        self.model.settled.add(tx)
        self.model.held[code] -= amount
        self.model.apply({code: part, SALES: -part})
        if part:
            self.model.posted.append((new, {code: part, SALES: -part}))

    def reverse(self) -> None:
        if not self.model.posted:
            return
        tx, moves = self.rng.choice(self.model.posted)
        back = {account: -amount for account, amount in moves.items()}
        if tx in self.model.reversed or not self.model.bears(back):
            with pytest.raises((AlreadyReversed, InsufficientFunds)):
                reverse(shop_id=self.shop, tx_id=tx, reference=self.reference(), now=NOW)
            return
        reverse(shop_id=self.shop, tx_id=tx, reference=self.reference(), now=NOW)
        self.model.apply(back)
        self.model.reversed.add(tx)

    def jobs(self) -> None:
        roll_up(now=NOW, batch=self.rng.randint(1, 50))
        seal(now=NOW, batch=self.rng.randint(1, 50))
        fill_days(now=NOW, batch=self.rng.randint(1, 50))
        if self.rng.random() < 0.05:
            soft_close_period(shop_id=self.shop, month=NOVEMBER, now=NOW)
            self.model.soft = True
        if self.rng.random() < 0.02:
            while close_period(shop_id=self.shop, month=NOVEMBER, now=NOW) != "closed":
                pass
            self.model.hard = True

    def compare(self) -> None:
        for account in self.accounts:
            side = 1 if account in (BANK, "1405:codes:s1") else -1
            assert queries.balance(self.shop, account) == side * self.model.sums[account], account
        for code in self.codes:
            assert queries.available(self.shop, code) == -self.model.sums[code] - self.model.held[code]
        if self.rng.random() < 0.7:
            return
        day = self.rng.choice((date(2025, 11, 20), DECEMBER, date(2025, 12, 29), NOW.date()))
        trial = queries.trial_balance(self.shop, day)
        assert {row.code: row.debit_minor - row.credit_minor for row in trial} == {
            row.code: self.model.on(row.code, day) for row in trial
        }, day


def play(seed: int, steps: int, audit_each: int) -> None:
    """One history, compared after every step and audited after so many. Raises AssertionError naming seed and step."""
    run = Run(seed)
    for number in range(steps):
        try:
            run.step()
            run.compare()
            if number % audit_each == 0:
                assert audit() == {}
        except BaseException as error:
            raise AssertionError(f"seed {seed}, step {number}") from error
    assert audit() == {}, f"seed {seed}"


@pytest.mark.django_db(transaction=True)
def test_random_operations_agree_with_the_model() -> None:
    for seed in range(SEEDS):
        play(seed, STEPS, STEPS)
