"""The days of the year, one after the other."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from goodfor.cli.hub.market import PRICE_MINOR
from goodfor.cli.year import money, plan, world
from goodfor.cli.year.back import Backs, Moved
from goodfor.cli.year.follower import Follower
from goodfor.cli.year.paying import Paying
from goodfor.cli.year.plan import Sale
from goodfor.cli.year.selling import SoldOrder, credit_entry, sell
from goodfor.cli.year.world import World
from goodfor.finance.operations import end_orders, rebook_agreement
from goodfor.kernel.loops import REGISTRY
from goodfor.kernel.money import Money as Amount
from goodfor.kernel.relay import relay_loop
from goodfor.kernel.tenancy import platform_job
from goodfor.ledger import operations as ledger
from goodfor.orders.operations import buy_with_balance
from goodfor.orders.types import LineRequest
from goodfor.supply.operations.ask import ask_due
from goodfor.supply.operations.buy_due import buy_due
from goodfor.supply.operations.inquire import inquire_due
from goodfor.supply.operations.restock import MOST, restock
from goodfor.vault import queries as vault

#: Orders a transaction.
BATCH: Final = 500
PACK: Final = 1_000
#: Loops of the worker, called once a day here.
DAILY: Final = ("vault.fold_stock", "ledger.roll_up", "ledger.fill_days", "ledger.seal", "supply.consequences",
                "supply.tally", "kernel.seal_audit", "kernel.purge_events", "aftersales.reserve")  # fmt: skip
PROMISES: Final = ("payments.refunds", "aftersales.steps", "aftersales.deadlines", "aftersales.recalls")


@dataclass
class Told:
    """What this soak reckons beside the books, by itself: the two are compared at the end."""

    orders: int = 0
    gross: int = 0
    credit: int = 0
    elsewhere: int = 0
    version: UUID | None = None
    seconds: Counter[str] = field(default_factory=Counter)


class Year:
    """One day after the other; the books are followed beside, and to their end before what needs it."""

    def __init__(self, made: World, follower: Follower, *, orders: int, days: int, seed: int) -> None:
        self.follower = follower
        self.world, self.orders, self.days = made, orders, days
        self.rng = Random(seed)  # noqa: S311
        self.start = made.told.at + timedelta(days=1)
        self.backs, self.money, self.paying = Backs(made.shop_id), money.Money(made), Paying(made, seed)
        self.told = Told()

    def run(self, tell: Callable[[int], None]) -> None:
        """All days, then what remains is brought to its end."""
        for day in range(self.days):
            self._day(day, plan.count_on(day, self.orders, self.days))
            tell(day)
        for day in range(self.days, self.days + plan.WITHIN + 12):
            self._day(day, 0)
        self._end()

    def _day(self, number: int, count: int) -> None:
        start = self.start + timedelta(days=number)
        day = (start + timedelta(hours=12)).astimezone(plan.BEIJING).date()
        self._to(start)
        if number == self.days // 2:
            self.follow(start)
            self.told.version = world.next_version(self.world, start, timedelta(days=min(20, number)))
        if count:
            self._timed("stock", self._stock, count, start)
            self._timed("sales", self._sell, number, count, start)
        # The morning after.
        after = day + timedelta(days=1)
        now = money.morning(after)
        self._to(now)
        self._timed("back", self._go_back, number, now)
        self._timed("follow", self.follow, now)
        self._timed("bills", self._bill, day, now)
        self._timed("settle", self.paying.morning, after, now)
        if after.day == 2:
            self.money.month(now)
        money.close_months(self.world.shop_id, after, now)
        self._timed("loops", self._loops, now)

    def _to(self, at: datetime) -> None:
        self.world.told.at = max(self.world.told.at, at)
        self.follower.tell(self.world.told.at)

    def _timed(self, name: str, act: Callable[..., Any], *given: Any) -> None:
        began = time.monotonic()
        act(*given)
        self.told.seconds[name] += time.monotonic() - began  # type: ignore[assignment]

    def _stock(self, count: int, now: datetime) -> None:
        """Three days' worth of everything, by the month: bought from its supplier, or imported."""
        till = self.world.till
        levels = vault.stock(self.world.shop_id, till.skus)
        # The mean of an order is some 1.4 units; days are not alike.
        daily = count * 2 // len(till.skus) + 20
        for place, sku in enumerate(till.skus):
            free = levels[sku].available if sku in levels else 0
            if free >= 2 * daily:
                continue
            wanted = daily * 20
            if place in self.world.own:
                world.load(self.world, place, wanted, now)
                continue
            while wanted > 0:
                pack = min(wanted, PACK, MOST)
                price = Amount(PRICE_MINOR, "CNY")
                restock(
                    shop_id=self.world.shop_id, sku_id=sku, quantity=pack, at_most=price, actor=world.ACTOR, now=now
                )
                wanted -= pack
        for minute in range(6):
            # Suppliers take so many calls a minute.
            at = now + timedelta(minutes=minute)
            self._to(at)
            while buy_due(now=at):
                pass
            ask_due(now=at)
        relay(self.world.told.at)
        levels = vault.stock(self.world.shop_id, till.skus)
        for place, sku in enumerate(till.skus):
            # A supplier may be off by now, after too many complaints: the shop buys elsewhere.
            if sku not in levels or levels[sku].available < 2 * daily:
                world.load(self.world, place, daily * 20, now)
                self.told.elsewhere += 1

    def _sell(self, number: int, count: int, start: datetime) -> None:
        till = self.world.till
        sales = plan.sales_of(self.rng, start, count, len(till.skus), len(till.clients))
        filled = [one for one in sales if not one.bought]
        for first in range(0, len(filled), BATCH):
            batch = filled[first : first + BATCH]
            for sold in sell(till, batch, batch[-1].at):
                self._note(number, sold)
            self.follower.tell(batch[-1].at)
        for one in sales:
            if one.bought:
                self._buy(number, one)

    def _buy(self, number: int, sale: Sale) -> None:
        """One by the shop's own operation, with its events."""
        till, at = self.world.till, sale.at
        order = buy_with_balance(
            shop_id=till.shop_id, client_id=till.clients[sale.buyer], wallet_account=till.wallets[sale.buyer],
            currency="CNY", lines=[LineRequest(till.skus[sku], quantity) for sku, quantity in sale.lines],
            external_ref=None, now=at,
        )  # fmt: skip
        assert order.payment_id is not None
        total, units = order.total.amount_minor, sum(line.quantity for line in order.lines)
        credit = total * 47 // 10_000 if sale.credit else 0
        if credit:
            entry = credit_entry(order.id, credit, at)
            ledger.post(shop_id=till.shop_id, currency="CNY", entries=[entry], now=at)
        line_id = order.lines[0].line_id
        self._note(number, SoldOrder(order.id, order.payment_id, order.number, line_id, total, units, -1, credit, sale))

    def _note(self, number: int, one: SoldOrder) -> None:
        self.told.orders += 1
        self.told.gross += one.total
        self.told.credit += one.credit
        self.money.credit += one.credit
        self.backs.note(number, one)
        if one.sale.by_channel:
            self.money.note([Moved(one.sale.at, "P" + one.number[1:], "", one.total)])

    def _go_back(self, number: int, now: datetime) -> None:
        self.backs.happen(number, now)
        self.money.note(self.backs.at_channel(now))
        settle(now)
        self.money.note(self.backs.at_channel(now))
        settle(now)

    def _bill(self, day: date, now: datetime) -> None:
        self.money.bill(day, now)
        while REGISTRY["finance.fees"].fn(now):
            pass

    def follow(self, now: datetime) -> None:
        """Finance reads the books to their end."""
        self.follower.catch_up(now)
        self.told.seconds["followed"] = round(self.follower.seconds)
        version = self.told.version
        if version is not None:
            while rebook_agreement(shop_id=self.world.shop_id, agreement_id=version, now=now):
                pass

    def _loops(self, now: datetime) -> None:
        for name in DAILY:
            for _again in range(400):
                if not REGISTRY[name].fn(now):
                    break

    def _end(self) -> None:
        """Deposits go back, everybody is stated and paid, taxes too; what orders earned becomes final."""
        now = self.world.told.at + timedelta(hours=1)
        self._to(now)
        self.follow(now)
        self.paying.release(now)
        for hour in range(1, 4):
            at = now + timedelta(hours=hour)
            self._to(at)
            self.paying.by_hand(at)
            self.paying.carry_on(at, smooth=True)
        self.money.month(self.world.told.at, last=True)
        late = self.world.told.at + timedelta(days=125)
        self._to(late)
        self.follow(late)
        while end_orders(now=late, limit=5_000):
            pass
        relay(late)
        self._loops(late)


def relay(now: datetime) -> None:
    """Whoever hears of what happened hears it."""
    while relay_loop(now):
        pass


def settle(now: datetime) -> None:
    """All that is due by now, until nothing is."""
    for _round in range(100):
        moved = inquire_due(now=now) + ask_due(now=now)
        moved += sum(REGISTRY[name].fn(now) for name in PROMISES)
        with platform_job("year"):
            moved += relay_loop(now)
        if not moved:
            return
