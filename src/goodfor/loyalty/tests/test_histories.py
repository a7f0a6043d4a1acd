"""Random lives of two wallets against a plain model: the same at every step, the books too; repeating is nothing."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from goodfor.cli import world
from goodfor.kernel import invariants
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.kernel.ids import uuid7
from goodfor.kernel.tenancy import platform_job
from goodfor.ledger import operations as ledger_moves
from goodfor.ledger import queries as ledger
from goodfor.loyalty import accounts, queries
from goodfor.loyalty.invariants import INVARIANTS
from goodfor.loyalty.models import Entry
from goodfor.loyalty.operations.adjust_units import adjust_units
from goodfor.loyalty.operations.expire_units import expire_units
from goodfor.loyalty.operations.give_units import give_units
from goodfor.loyalty.operations.pass_units_on import pass_units_on
from goodfor.loyalty.operations.restore_units import restore_units
from goodfor.loyalty.operations.spend_units import spend_units
from goodfor.loyalty.operations.take_back_units import take_back_units
from goodfor.loyalty.tests.model import PlainWallet
from goodfor.loyalty.types import Holder, Source

GRACE = 30
STEPS = 24


class Life:
    """Two people of a shop, twice: in the database and in memory."""

    def __init__(self, shop_id: UUID, seed: int, now: datetime) -> None:
        self.shop_id, self.random, self.now = shop_id, random.Random(seed), now
        self.owe = self.random.random() < 0.5
        self.people = [(Holder(uuid7()), PlainWallet()) for _ in range(2)]
        self.orders: list[tuple[int, UUID, int, int]] = []
        self.spent: list[tuple[int, UUID, int, int]] = []
        #: What was done, to be done once more.
        self.done: list[Callable[[], object]] = []

    def step(self) -> None:
        """Something happens, or some time passes."""
        acts = [
            self.earn,
            self.earn,
            self.spend,
            self.refund,
            self.lose,
            self.give,
            self.adjust,
            self.expire,
            self.wait,
        ]
        self.random.choice(acts)()
        if self.done and self.random.random() < 0.1:
            # Told twice: nothing moves.
            self.random.choice(self.done)()
        self.check()

    def earn(self) -> None:
        """A sale, or a present; to be spent at once or later; for some time or for ever."""
        who, units, order = self.random.randrange(2), self.random.randint(1, 300), uuid7()
        minor = units * self.random.choice([0, 95, 37]) // 100
        since = self.now + timedelta(days=self.random.choice([0, 0, 3]))
        until = self.random.choice([None, self.now + timedelta(days=self.random.choice([1, 5, 40]))])
        holder, plain = self.people[who]
        now, source = self.now, Source("order", str(order), "earned")

        def act() -> object:
            return give_units(
                shop_id=self.shop_id, holder=holder, units=units, source=source, currency="CNY", nature="sale",
                minor=minor, available_at=since, expires_at=until, order_id=order, now=now,
            )  # fmt: skip

        act()
        self.done.append(act)
        plain.earn(units, minor, since, until, str(order))
        self.orders.append((who, order, units, 0))

    def spend(self) -> None:
        """For an order."""
        who, units, order = self.random.randrange(2), self.random.randint(1, 250), uuid7()
        holder, plain = self.people[who]
        if plain.spend(str(order), units, self.now):
            moved = spend_units(
                shop_id=self.shop_id, holder=holder, units=units, order_id=order, buys_minor=units, actor="buyer",
                now=self.now,
            )  # fmt: skip
            ledger_moves.post(shop_id=self.shop_id, currency="CNY", entries=moved.entries, now=self.now)
            self.spent.append((who, order, units, 0))
        else:
            with pytest.raises(DomainError) as refused:
                spend_units(
                    shop_id=self.shop_id, holder=holder, units=units, order_id=order, buys_minor=units, actor="buyer",
                    now=self.now,
                )  # fmt: skip
            assert refused.value.code == "not_enough_points"

    def refund(self) -> None:
        """A part of what was spent comes back; never more than was."""
        if not self.spent:
            return
        index = self.random.randrange(len(self.spent))
        who, order, units, back = self.spent[index]
        some = self.random.randint(1, units)
        holder, plain = self.people[who]
        now, source = self.now, Source("refund", str(uuid7()))

        def act() -> object:
            return restore_units(
                shop_id=self.shop_id, holder=holder, order_id=order, units=some, source=source, buys_minor=some,
                currency="CNY", grace_days=GRACE, now=now,
            )  # fmt: skip

        if plain.restore(str(order), some, self.now, timedelta(days=GRACE)):
            act()
            self.done.append(act)
            self.spent[index] = (who, order, units, back + some)
        else:
            with pytest.raises(DomainError) as refused:
                act()
            assert refused.value.code == "invalid_points"

    def lose(self) -> None:
        """What earned goes back, in part."""
        if not self.orders:
            return
        index = self.random.randrange(len(self.orders))
        who, order, units, lost = self.orders[index]
        some = min(units - lost, self.random.randint(1, 200))
        if not some:
            return
        holder, plain = self.people[who]
        now, source = self.now, Source("order", str(order), f"lost:{lost + some}")

        def act() -> object:
            return take_back_units(
                shop_id=self.shop_id, holder=holder, units=some, source=source, currency="CNY", debt=self.owe,
                order_id=order, now=now,
            )  # fmt: skip

        act()
        self.done.append(act)
        plain.lose(str(order), some, self.now, owe=self.owe)
        self.orders[index] = (who, order, units, lost + some)

    def give(self) -> None:
        """From one to the other."""
        who, units = self.random.randrange(2), self.random.randint(1, 150)
        (giver, plain), (taker, other) = self.people[who], self.people[1 - who]
        now, source = self.now, Source("present", str(uuid7()))

        def act() -> object:
            return pass_units_on(
                shop_id=self.shop_id, giver=giver, taker=taker, units=units, source=source, actor="buyer", now=now
            )

        if plain.give(other, units, self.now):
            act()
            self.done.append(act)
        else:
            with pytest.raises(DomainError):
                act()

    def adjust(self) -> None:
        """By a person of the staff."""
        who, units = self.random.randrange(2), self.random.randint(-100, 60) or 1
        holder, plain = self.people[who]
        now, request = self.now, str(uuid7())

        def act() -> object:
            return adjust_units(
                shop_id=self.shop_id, holder=holder, units=units, request=request, reason="put right",
                actor="staff:1", currency="CNY", minor=max(units, 0), now=now,
            )  # fmt: skip

        if units > 0:
            plain.earn(units, units, self.now, None)
        elif not plain.reduce(-units, self.now):
            with pytest.raises(DomainError):
                act()
            return
        act()
        self.done.append(act)

    def expire(self) -> None:
        """The nightly run."""
        while expire_units(now=self.now, limit=self.random.choice([1, 50])):
            pass
        for _holder, plain in self.people:
            plain.expire(self.now)

    def wait(self) -> None:
        """Days pass."""
        self.now += timedelta(days=self.random.choice([0.5, 1, 4, 20]))

    def check(self) -> None:
        """Both worlds are the same."""
        for holder, plain in self.people:
            held = queries.balance(self.shop_id, holder, self.now)
            assert (held.available, held.pending, held.debt) == (
                plain.available(self.now), plain.pending(self.now), plain.debt,
            )  # fmt: skip
            listed = sum(one.units for one in queries.statement(self.shop_id, holder, limit=10_000))
            assert listed == plain.moved


def live(shop_id: UUID, seed: int, now: datetime) -> None:
    """A life; at its end the books owe so much more as its lots are worth."""
    before = ledger.balance(shop_id, "2203:points")
    one = Life(shop_id, seed, now)
    for _ in range(STEPS):
        one.step()
    # Much later only what never ends is left: the next life's clock takes nothing of this one's.
    one.now += timedelta(days=3650)
    one.expire()
    one.check()
    owed = sum(plain.owed for _holder, plain in one.people)
    assert ledger.balance(shop_id, "2203:points") - before == owed, seed


def holds(now: datetime) -> None:
    """Lots, movements and books agree about everybody."""
    with platform_job("audit in a test"):
        assert [one.name for one in INVARIANTS if invariants.run(one, now).count] == []


@pytest.mark.django_db(transaction=True)
def test_random_lives(transactional_db: None) -> None:
    """Some of them; ten thousand in `test_ten_thousand_lives`."""
    now = utc_now()
    shop = world.make_shop(now)
    for seed in range(25):
        live(shop.shop_id, seed, now)
    holds(now)
    assert Entry.objects.filter(shop_id=shop.shop_id).count() > 200
    assert ledger.balance(shop.shop_id, accounts.REDEEMED) >= 0


@pytest.mark.soak
@pytest.mark.parametrize("part", range(20))
@pytest.mark.django_db(transaction=True)
def test_ten_thousand_lives(transactional_db: None, part: int) -> None:
    now = utc_now()
    shop = world.make_shop(now)
    for seed in range(part * 500, (part + 1) * 500):
        live(shop.shop_id, seed, now)
    holds(now)
