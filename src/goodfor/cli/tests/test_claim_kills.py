"""Processes that are killed at each named fault point of the claim flow: the flow finishes, and once.

Each case brings a claim to just before a step, lets a process of its own take the step and die at the point (SIGKILL,
as a power cut would), and then goes on with the loops, as the worker does, until nothing waits any more. Suppliers are
stand-ins over HTTP, so that what went out before the kill went out.
"""

import os
import pickle
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.db import connection

from goodfor.aftersales import queries
from goodfor.aftersales import tasks as aftersales
from goodfor.aftersales.operations.decide_case import decide_case
from goodfor.aftersales.operations.make_claim import make_claim
from goodfor.aftersales.operations.object_to import object_to
from goodfor.aftersales.operations.pull_batch import pull_batch
from goodfor.aftersales.operations.set_promise import set_promise
from goodfor.aftersales.operations.start_recall import start_recall
from goodfor.aftersales.recall_tasks import tell_holders
from goodfor.aftersales.tests.money_world import TENFOLD
from goodfor.aftersales.types import Terms
from goodfor.cli import world
from goodfor.kernel import faultpoints, relay
from goodfor.kernel.clock import told_by, utc_now
from goodfor.orders import queries as orders
from goodfor.orders import tasks as order_tasks
from goodfor.orders.deciding import STAFF, Decider
from goodfor.orders.operations import place_order, reveal_codes
from goodfor.orders.tests.claiming import codes_of
from goodfor.orders.tests.factories import PRICE, Till, begin, broken, open_till, pay, relay_all, sql
from goodfor.orders.types import Buyer, LineRequest, OrderView
from goodfor.payments.operations.run_due_refunds import run_due_refunds
from goodfor.sandbox.suppliers.server import StandIn
from goodfor.supply.inquiry_models import BoughtCode
from goodfor.supply.operations.ask import ask_due
from goodfor.supply.operations.buy_due import buy_due
from goodfor.supply.operations.close_late_wants import close_late_wants
from goodfor.supply.operations.complain_about import complain_about
from goodfor.supply.operations.inquire import inquire_due
from goodfor.supply.tests.market import Market, market

pytestmark = pytest.mark.slow
SOURCE = Path(__file__).resolve().parents[2]
#: Starts while the scene is set; takes one step, or tries one so often until it dies: news waits for open transactions.
PROGRAM = """
import django, pickle, sys, time
django.setup()
import goodfor.aftersales.tasks
times, step = pickle.load(sys.stdin.buffer)
for _ in range(times):
    step()
    time.sleep(0.01)
"""
#: Seconds after the beginning when the loops look, at the latest: leases, repeats and patience lie between.
LOOKS = (0, 1, 3, 10, 30, 65, 95, 130, 200, 400, 750, 1400, 1900, 4000)
WAITING = """
SELECT 'case' FROM aftersales_case WHERE next_at IS NOT NULL
UNION ALL SELECT 'inquiry' FROM supply_inquiry WHERE state IN ('due', 'sent')
UNION ALL SELECT 'want' FROM supply_want WHERE state = 'open'
UNION ALL SELECT 'purchase' FROM supply_attempt WHERE next_at IS NOT NULL
UNION ALL SELECT 'refund' FROM payments_refund WHERE next_try_at IS NOT NULL
UNION ALL SELECT 'recall' FROM aftersales_recall_item WHERE state = 'due'
UNION ALL SELECT 'news' FROM kernel_event_retry
"""


@dataclass
class Step:
    """What the process does that is killed; `times`: until it is."""

    work: Callable[[], Any]
    times: int = 1


@dataclass
class Ground:
    """A shop that promises ten times the price for bad codes, and a supplier who can be asked and takes back."""

    fair: Market
    till: Till
    orders: list[OrderView] = field(default_factory=list)

    @property
    def shop(self) -> UUID:
        return self.fair.shop

    @property
    def site(self) -> StandIn:
        return self.fair.sites["kaya"] if "kaya" in self.fair.sites else self.fair.supplier("kaya", protocol="kayixin")

    def sell(self, *, seen: bool) -> OrderView:
        """A delivered order of one code, from the shelf or from the supplier."""
        placed = place_order(
            shop_id=self.shop, lines=[LineRequest(self.fair.sku, 1)], buyer=Buyer("guest:a", ip="192.0.2.1"),
            channel="storefront", now=utc_now(),
        )  # fmt: skip
        pay(begin(self.till, placed.order_id, utc_now()), utc_now())
        self.fair.buy()
        relay_all(utc_now())
        order = orders.order_view(self.shop, placed.order_id)
        assert order.state == "delivered"
        if seen:
            reveal_codes(
                shop_id=self.shop, order_id=order.id, code_ids=None, actor="guest:x", ip="", now=utc_now()
            )  # fmt: skip
        self.orders.append(order)
        return order

    def bought(self, *, seen: bool = True) -> OrderView:
        """An order of what the supplier sold."""
        assert self.site
        return self.sell(seen=seen)

    def mark(self, order: OrderView, state: str, at: float | None = None) -> None:
        """What the supplier knows of its code."""
        self.site.use(BoughtCode.objects.get(shop_id=self.shop, code_id=codes_of(order)[0]).code_ref, state, at=at)

    def tap(self, order: OrderView, reason: str) -> Callable[[], Any]:
        """Its buyer claims."""
        return partial(
            make_claim, shop_id=self.shop, order_id=order.id, line_id=order.lines[0].line_id, reason=reason, fresh=True,
            actor="guest:x", now=utc_now(),
        )  # fmt: skip

    def case_id(self) -> UUID:
        [case] = queries.cases_of_order(self.shop, self.orders[0].id)
        return case.id

    def inquire(self) -> None:
        assert inquire_due(now=utc_now()) == 1

    def by_person(self) -> Callable[[], Any]:
        """The staff gives the money back."""
        return partial(
            decide_case, shop_id=self.shop, case_id=self.case_id(), action="refund", actor="staff:1",
            by=Decider(STAFF, "staff:1", proven=True, by_person=True), now=utc_now(),
        )  # fmt: skip


# -- scenes: each to just before a step -----------------------------------------------------------------


def asking() -> Step:
    return Step(partial(inquire_due, now=utc_now()))


def news() -> Step:
    return Step(partial(relay.relay_batch, utc_now()), 500)


def unseen(ground: Ground) -> Step:
    return Step(ground.tap(ground.bought(seen=False), "changed_mind"))


def money_out(ground: Ground) -> Step:
    unseen(ground).work()
    return Step(partial(run_due_refunds, now=utc_now()))


def to_be_asked(ground: Ground) -> Step:
    order = ground.bought()
    ground.mark(order, "invalid")
    ground.tap(order, "invalid")()
    return asking()


def answered_bad(ground: Ground) -> Step:
    to_be_asked(ground)
    ground.inquire()
    return news()


def to_be_bought(ground: Ground) -> Step:
    answered_bad(ground)
    relay_all(utc_now())
    return Step(partial(buy_due, now=utc_now()))


def came(ground: Ground) -> Step:
    to_be_bought(ground).work()
    return news()


def cannot_be_had(ground: Ground) -> Step:
    to_be_bought(ground)
    ground.site.fault("refuse", on="create", why="off_sale", times=9)
    buy_due(now=utc_now())
    return news()


def to_be_taken_back(ground: Ground) -> Step:
    ground.tap(ground.bought(), "changed_mind")()
    ground.inquire()
    relay_all(utc_now())
    return asking()


def taken_back(ground: Ground) -> Step:
    to_be_taken_back(ground)
    ground.inquire()
    return news()


def complained(ground: Ground) -> Step:
    order = ground.bought()
    codes = codes_of(order)
    ground.mark(order, "invalid")
    ground.tap(order, "invalid")()
    ground.inquire()
    relay_all(utc_now())
    buy_due(now=utc_now())
    relay_all(utc_now())
    ground.site.fault("judge", seconds=30)
    told = {"shop_id": ground.shop, "subject": ground.case_id(), "code_ids": codes, "text": "无效"}
    assert complain_about(**told, now=utc_now()) == 1
    return asking()


def rejected(ground: Ground) -> Step:
    order = ground.bought()
    ground.mark(order, "used", at=utc_now().timestamp() + 30)
    ground.tap(order, "used")()
    ground.inquire()
    relay_all(utc_now())
    assert queries.case(ground.shop, ground.case_id()).why == "used_after"
    return Step(partial(
        object_to, shop_id=ground.shop, case_id=ground.case_id(), text="没用过", actor="guest:x", now=utc_now()
    ))  # fmt: skip


def before_a_person(ground: Ground) -> Step:
    rejected(ground).work()
    ground.inquire()
    relay_all(utc_now())
    assert queries.case(ground.shop, ground.case_id()).state == "person"
    return Step(ground.by_person())


def recalled(ground: Ground, *, seen: bool = False) -> Step:
    """Codes of the shop's own; there is nothing to put in their place."""
    world.load_codes(ground.shop, ground.fair.sku, world.random_codes(1), utc_now(), cost_minor=800)
    ground.sell(seen=seen)
    [(batch,)] = sql("SELECT DISTINCT batch_id FROM vault_lot WHERE shop_id = %s", [ground.shop])
    pull_batch(shop_id=ground.shop, batch_id=batch, actor="staff:1", now=utc_now())
    start_recall(shop_id=ground.shop, batch_id=batch, actor="staff:1", now=utc_now())
    return Step(partial(tell_holders, utc_now()))


def offered(ground: Ground) -> Step:
    return recalled(ground, seen=True)


# -- ends: what there is once nothing waits any more ------------------------------------------------------


@dataclass(frozen=True)
class End:
    """How often each thing is there. `bought`, `back`: orders at the supplier, and what it paid back, in yuan."""

    claim: str
    refunds: int
    compensations: int = 0
    recoveries: int = 0
    bought: int = 1
    back: str = "0.0000"
    taken_back: int = 0


MONEY = End("refunded", 1)
#: A new code, bought; the old one was bad.
NEW = End("replaced", 0, 1, 1, bought=2)
#: The money, since there was no new one.
INSTEAD = End("refunded", 1, 1, 1)
BACK = End("refunded", 1, back="8.0000", taken_back=1)
RECALLED = End("refunded", 1, 1, bought=0)

SCENES: list[tuple[Callable[[Ground], Step], End, tuple[str, ...]]] = [
    (unseen, MONEY, ("aftersales.claimed", "orders.claim_refunding", "orders.claim_refunded", "aftersales.decided")),
    (money_out, MONEY, ("refunds.claimed", "refunds.called", "refunds.settling")),
    (to_be_asked, NEW, ("supply.answered",)),
    (answered_bad, NEW, ("orders.replacing", "orders.replacement_begun", "aftersales.decided")),
    (to_be_bought, NEW, ("supply.begun", "supply.called", "supply.settling")),
    (came, NEW, ("orders.replacement_came", "orders.replacement_put")),
    (cannot_be_had, INSTEAD, ("orders.replacement_failed", "orders.claim_refunding", "orders.claim_refunded")),
    (to_be_taken_back, BACK, ("supply.answered", "supply.void_called")),
    (taken_back, BACK, ("orders.claim_refunding", "orders.claim_refunded", "aftersales.decided")),
    (complained, End("replaced", 0, 1, 1, bought=2, back="8.0000"), ("supply.complain_called",)),
    (rejected, MONEY, ("aftersales.objected", "aftersales.decided")),
    (before_a_person, MONEY, ("orders.claim_refunding", "orders.claim_refunded", "aftersales.decided")),
    (recalled, RECALLED, ("aftersales.claimed", "orders.claim_refunding", "orders.claim_refunded",
                          "aftersales.decided", "aftersales.recalling")),
    (offered, RECALLED, ("aftersales.recalling",)),
]  # fmt: skip
CASES = [
    pytest.param(scene, point, end, id=f"{scene.__name__}-{point}") for scene, end, points in SCENES for point in points
]
#: Of paying before there is a claim, of the routine of purchases and polls, and of shares with partners.
ELSEWHERE = ("payments.", "polls.", "splits.", "supply.swept", "supply.sampled")


@pytest.fixture
def ground(transactional_db: None) -> Iterator[Ground]:
    with market() as fair:
        now = utc_now()
        terms = Terms(compensation=TENFOLD)
        before = fair.now.replace(year=fair.now.year - 1, day=1)
        set_promise(shop_id=fair.shop, scope="shop", scope_id=None, terms=terms, actor="test", now=before)
        yield Ground(fair, open_till(fair.shop, now))


def start(point: str) -> subprocess.Popen[bytes]:
    """A process on this test's database that dies at the point."""
    place = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    environment = os.environ | {
        "DATABASE_URL": place.geturl(), "DJANGO_SETTINGS_MODULE": "goodfor.config.settings",
        "PYTHONPATH": str(SOURCE.parent), faultpoints.NAME: f"{point}=1",
    }  # fmt: skip
    command = [sys.executable, "-P", "-c", PROGRAM]
    return subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stderr=subprocess.PIPE)


def killed(child: subprocess.Popen[bytes], step: Step) -> None:
    """It takes the step and dies of it; one that lives, or fails, never reached the point."""
    _out, said = child.communicate(pickle.dumps((step.times, step.work)), timeout=60)
    assert child.returncode == -signal.SIGKILL, said.decode()[-2000:]


@contextmanager
def told(at: datetime) -> Iterator[datetime]:
    """News, too, is heard at that time."""
    with told_by(lambda: at):
        yield at


def go_on(ground: Ground) -> None:
    """The loops, by a clock that is told, until nothing waits."""
    loops: list[Callable[..., int]] = [
        relay.relay_loop, aftersales.take_steps, aftersales.watch_deadlines, tell_holders, order_tasks.watch_deadlines
    ]  # fmt: skip
    due: list[Callable[..., int]] = [inquire_due, buy_due, ask_due, close_late_wants, run_due_refunds]
    for seconds in LOOKS:
        with told(ground.fair.to(seconds)) as at:
            while sum([one(at) for one in loops] + [one(now=at) for one in due]):
                pass
            relay_all(at)
        if not sql(WAITING):
            return
    pytest.fail(f"still waiting: {sql(WAITING)}")


def people(ground: Ground) -> None:
    """A person who was at it, or is needed now, does it; a buyer who was offered a remedy takes it."""
    with told(ground.fair.at):
        if sql("SELECT 1 FROM aftersales_recall_item WHERE state = 'offered'"):
            ground.tap(ground.orders[0], "invalid")()
        elif queries.case(ground.shop, ground.case_id()).state == "person":
            ground.by_person()()
    go_on(ground)


def check(ground: Ground, end: End) -> None:
    """Everything is there once, and everybody agrees about it."""
    case = queries.case(ground.shop, ground.case_id())
    assert (case.state, case.claim_state) == ("closed", end.claim)
    assert sql("SELECT state FROM orders_claim") == [(end.claim,)]
    assert sql("SELECT state FROM orders_claim_unit") == [(end.claim,)], "one remedy for the code"
    sent = [("succeeded", PRICE)] * end.refunds
    assert sql("SELECT state, amount_minor FROM payments_refund") == sent
    assert sql("SELECT refunded_minor FROM orders_order") == [(PRICE * end.refunds,)]
    assert sql("SELECT kind, amount_minor FROM aftersales_grant") == [("compensation", PRICE * 10)] * end.compensations
    assert sql("SELECT count(*) FROM ledger_tx WHERE reference LIKE 'comp:%%'", {}) == [(end.compensations,)]
    settled = 800 if end.claim == "replaced" and end.back != "0.0000" else 0
    assert sql("SELECT amount_minor, settled_minor FROM aftersales_recovery") == [(800, settled)] * end.recoveries
    if end.bought:
        totals = ground.site.totals()
        assert (len(ground.site.orders()), totals["refunded"]) == (end.bought, end.back)
        assert totals["calls"].get("void: ok", 0) == end.taken_back
        assert len(ground.site.books()["tickets"]) == int(bool(settled))
    closed = "SELECT count(*) FROM kernel_event WHERE name = 'orders.claim_closed' AND payload->>'state' <> 'rejected'"
    assert sql(closed) == [(1,)]
    assert broken(ground.fair.at) == {}


@pytest.mark.parametrize(("scene", "point", "end"), CASES)
def test_it_finishes_once(ground: Ground, scene: Callable[[Ground], Step], point: str, end: End) -> None:
    child = start(point)
    try:
        killed(child, scene(ground))
    finally:
        child.kill()
        child.wait()
    go_on(ground)
    people(ground)
    check(ground, end)
    if scene is offered:
        assert sql("SELECT count(*) FROM kernel_event WHERE name = 'aftersales.recall_offered'") == [(1,)]


def test_no_point_is_left_out() -> None:
    rooms = [SOURCE / room for room in ("aftersales", "orders", "payments", "supply")]
    named = {
        name
        for room in rooms
        for file in room.glob("operations/*.py")
        for name in re.findall(r'reach\("([a-z._]+)"\)', file.read_text(encoding="utf-8"))
    }
    assert {name for name in named if not name.startswith(ELSEWHERE)} == {p for *_, points in SCENES for p in points}
