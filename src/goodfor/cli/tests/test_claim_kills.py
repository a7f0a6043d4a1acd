"""Processes that are killed at each named fault point of the claim flow: the flow finishes, and once.

Each case brings a claim to just before a step, lets a process of its own take the step and die at the point (SIGKILL,
as a power cut would), and then goes on with the loops, as the worker does, until nothing waits any more. Suppliers are
stand-ins over HTTP, so that what went out before the kill went out.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest

from goodfor.aftersales import queries
from goodfor.aftersales import tasks as aftersales
from goodfor.aftersales.operations.set_promise import set_promise
from goodfor.aftersales.recall_tasks import tell_holders
from goodfor.aftersales.tests.money_world import TENFOLD
from goodfor.aftersales.types import Terms
from goodfor.cli.tests.claim_scenes import SCENES, End, Ground, Step, offered
from goodfor.cli.tests.forked import SOURCE, killed
from goodfor.kernel import relay
from goodfor.kernel.clock import told_by, utc_now
from goodfor.orders import tasks as order_tasks
from goodfor.orders.tests.factories import PRICE, broken, open_till, relay_all, sql
from goodfor.payments.operations.run_due_refunds import run_due_refunds
from goodfor.supply.operations.ask import ask_due
from goodfor.supply.operations.buy_due import buy_due
from goodfor.supply.operations.close_late_wants import close_late_wants
from goodfor.supply.operations.inquire import inquire_due
from goodfor.supply.tests.market import market

pytestmark = pytest.mark.slow
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


#: Each has a process that is killed: all of them belong to the long evidence, one in four to every run of the tests.
CASES = [
    pytest.param(
        scene, point, end, id=f"{scene.__name__}-{point}", marks=() if number % 4 == 0 else pytest.mark.soak
    )
    for number, (scene, point, end) in enumerate(
        (scene, point, end) for scene, end, points in SCENES for point in points
    )
]  # fmt: skip
#: Of paying before there is a claim, of holds, of the routine of purchases and polls, of shares with partners, and of
#: charges by mandates and what is charged so (payments/tests/test_mandates.py, subscriptions/tests, and their soak), of
#: partners in points (test_partner_kills.py).
ELSEWHERE = (
    "charges.",
    "mandates.",
    "groups.",
    "payments.",
    "polls.",
    "splits.",
    "subscriptions.",
    "holds.",
    "partners.",
    "supply.swept",
    "supply.sampled",
)


@pytest.fixture
def ground(transactional_db: None) -> Iterator[Ground]:
    with market() as fair:
        now = utc_now()
        terms = Terms(compensation=TENFOLD)
        before = fair.now.replace(year=fair.now.year - 1, day=1)
        set_promise(shop_id=fair.shop, scope="shop", scope_id=None, terms=terms, actor="test", now=before)
        yield Ground(fair, open_till(fair.shop, now))


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
    closed = "SELECT count(*) FROM kernel_event WHERE name = 'orders.claim_closed' AND payload->>'state' = %s"
    assert sql(closed, [end.claim]) == [(1,)]
    assert broken(ground.fair.at) == {}


@pytest.mark.parametrize(("scene", "point", "end"), CASES)
def test_it_finishes_once(ground: Ground, scene: Callable[[Ground], Step], point: str, end: End) -> None:
    killed(point, scene(ground))
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
