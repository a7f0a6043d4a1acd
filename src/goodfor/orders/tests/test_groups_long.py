"""5,000 groups in which everything races: `goodfor soak groups` runs it. GOODFOR_SOAK_SCALE makes it less."""

import os
import random
import sys
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Final
from uuid import UUID

import pytest
from django.db import OperationalError, connection

from goodfor.cli import world
from goodfor.kernel import relay
from goodfor.kernel.errors import DomainError
from goodfor.orders.operations import apply_payment_fact, cancel_order, place_order, refund_order
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import Till, begin, broken, fact, open_till, refund_all, relay_all, sql
from goodfor.orders.tests.grouping import asked_for, campaign, group_of
from goodfor.orders.types import Buyer, LineRequest
from goodfor.payments.operations.run_due_refunds import run_due_refunds
from goodfor.payments.operations.sandbox_books import pay_trade
from goodfor.payments.types import PaymentView
from goodfor.promotions.group_types import GRACE
from goodfor.promotions.operations.end_group import end_group

GROUPS: Final = 5_000
SIZE: Final = 3
#: Groups that are at it at once.
AT_ONCE: Final = 40
THREADS: Final = 12
_buyers = count(1)
Act = Callable[[], object]


@dataclass
class Told:
    """What the threads met."""

    refused: Counter[str] = field(default_factory=Counter)
    busy: int = 0
    odd: list[str] = field(default_factory=list)


def scaled(full: int) -> int:
    return max(1, round(full * float(os.environ.get("GOODFOR_SOAK_SCALE", "1"))))


def buyer(dice: random.Random, group: UUID | None) -> Buyer:
    """Somebody new at an address of his own; one in ten shares a device with others of his group."""
    number = next(_buyers)
    ip = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    shares = group is not None and dice.random() < 0.1
    return Buyer(f"guest:{number}", ip=ip, device=f"of {group}" if shares else "")


class Round:
    """Some groups, whose buyers have ordered and whose payments are on their way."""

    def __init__(self, shop: Shop, till: Till, of: UUID, now: datetime, dice: random.Random) -> None:
        self.shop, self.till, self.of, self.now, self.dice = shop, till, of, now, dice
        self.end = now + timedelta(hours=24) + GRACE
        self.acts: list[Act] = []

    def add_group(self) -> None:
        """A group whose first buyer has paid, two to four others who have ordered, and all that may happen to it."""
        head = self._begun(None)
        self._pay(head, self.now)
        group = group_of(self.shop, head.source_id)
        others = [self._begun(group) for _ in range(self.dice.randint(SIZE - 1, SIZE + 1))]
        acts: list[Act] = [lambda one=one: self._pay(one, self._when()) for one in others]  # type: ignore[misc]
        if self.dice.random() < 0.7:
            acts.append(lambda: end_group(shop_id=self.till.shop_id, group_id=group, now=self.end))
        if self.dice.random() < 0.3:
            acts.append(lambda: self._give_back(self.dice.choice([head, *others])))
        if self.dice.random() < 0.2:
            acts.append(lambda: self._cancel(self.dice.choice(others)))
        self.dice.shuffle(acts)
        self.acts.extend(acts)

    def _when(self) -> datetime:
        return self.dice.choice((self.now, self.end))

    def _begun(self, group: UUID | None) -> PaymentView:
        shop_id = self.till.shop_id
        placed = place_order(
            shop_id=shop_id, lines=[LineRequest(self.shop.sku_id, 1)], buyer=buyer(self.dice, group),
            channel="storefront", choice=asked_for(self.shop, self.of, group), now=self.now,
        )  # fmt: skip
        return begin(self.till, placed.order_id, self.now)

    def _pay(self, one: PaymentView, now: datetime) -> None:
        # It left the buyer while the group was open; when it becomes known is another matter.
        pay_trade(shop_id=one.shop_id, number=one.number, now=self.now)
        apply_payment_fact(shop_id=one.shop_id, fact=fact(one, self.now), now=now)

    def _give_back(self, one: PaymentView) -> None:
        refund_order(shop_id=one.shop_id, order_id=one.source_id, reason="soak", actor="guest:x", now=self.now)

    def _cancel(self, one: PaymentView) -> None:
        cancel_order(shop_id=one.shop_id, order_id=one.source_id, actor="guest:x", now=self.now)


def attempt(act: Act, told: Told) -> None:
    """What was refused is told; who did not get a lock in time asks again, as the worker and the channel do."""
    try:
        for _ in range(5):
            try:
                act()
            except OperationalError as error:
                told.busy += 1
                if "deadlock" in str(error):
                    told.odd.append("deadlock")
            else:
                return
        told.odd.append("never had its lock")
    except DomainError as error:
        told.refused[error.code] += 1
    except Exception as error:
        told.odd.append(f"{type(error).__name__}: {error}"[:200])


def work_beside(stop: threading.Event, now: datetime, told: Told) -> None:
    """The worker: news are told and refunds sent while all the rest happens."""
    while not stop.is_set():
        attempt(lambda: (relay.relay_batch(now), run_due_refunds(now=now)), told)
        stop.wait(0.05)
    connection.close()


def race(shop: Shop, till: Till, of: UUID, now: datetime, groups: int, told: Told) -> None:
    """All groups, so many at once; each hand keeps its connection."""
    dice, leaving = random.Random(9), threading.Barrier(THREADS)

    def leave(_hand: int) -> None:
        leaving.wait(60)
        connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        for done in range(0, groups, AT_ONCE):
            one = Round(shop, till, of, now, dice)
            list(pool.map(lambda _n, one=one: one.add_group(), range(min(AT_ONCE, groups - done))))  # type: ignore[misc]
            list(pool.map(lambda act: attempt(act, told), one.acts))
        list(pool.map(leave, range(THREADS)))


@pytest.mark.soak
def test_every_member_is_delivered_or_refunded_and_never_both(shop: Shop, now: datetime) -> None:
    groups = scaled(GROUPS)
    till, told = open_till(shop.demo.shop_id, now), Told()
    codes = world.random_codes(groups * (SIZE + 3))
    world.load_codes(shop.demo.shop_id, shop.sku_id, codes, now, cost_minor=800)
    of = campaign(shop, now, size=SIZE)
    stop = threading.Event()
    worker = threading.Thread(target=work_beside, args=(stop, now, told))
    worker.start()
    try:
        race(shop, till, of, now, groups, told)
    finally:
        stop.set()
        worker.join()
    over = now + timedelta(hours=24) + GRACE
    for (group_id,) in sql("SELECT id FROM promotions_group WHERE state = 'open'"):
        end_group(shop_id=till.shop_id, group_id=group_id, now=over)
    relay_all(over)
    refund_all(over)
    _all_ended(groups)
    assert told.odd == []
    assert {name: found[:3] for name, found in broken(over).items()} == {}
    sys.stderr.write(f"\n{groups} groups, {dict(_ends())}, refused {dict(told.refused)}, asked again {told.busy}\n")


def _ends() -> Counter[tuple[str, str]]:
    found = """SELECT p.state, o.state, count(*) FROM promotions_place p JOIN orders_order o ON o.id = p.order_id
               GROUP BY 1, 2"""
    return Counter({(place, order): number for place, order, number in sql(found)})


def _all_ended(groups: int) -> None:
    """Each of the members, by what the group decided; codes and refunds are counted from their own tables."""
    assert sql("SELECT count(*) FROM promotions_group WHERE state IN ('formed', 'failed')") == [(groups,)]
    # Who won and has the money back asked for it himself, after the group was whole.
    allowed = {
        "won": {"delivered", "refunded"}, "lost": {"refunded"}, "left": {"refunded"}, "turned": {"refunded"},
        "gone": {"cancelled", "refunded"}, "waiting": {"placed"},
    }  # fmt: skip
    for (place, order), number in _ends().items():
        assert order in allowed.get(place, set()), (place, order, number)
    both = """
        SELECT count(*) FROM promotions_place p
        JOIN orders_line l ON l.order_id = p.order_id
        LEFT JOIN LATERAL (SELECT count(*) AS n FROM vault_code c WHERE c.holder_id = l.id AND c.state = 2) c ON true
        LEFT JOIN LATERAL (SELECT count(*) AS n FROM payments_refund r JOIN payments_payment y ON y.id = r.payment_id
                           WHERE y.source_id = p.order_id AND r.state = 'succeeded') r ON true
        JOIN orders_order o ON o.id = p.order_id
        WHERE o.paid_at IS NOT NULL AND c.n + r.n <> 1 OR o.paid_at IS NULL AND c.n + r.n <> 0
    """
    assert sql(both) == [(0,)]
