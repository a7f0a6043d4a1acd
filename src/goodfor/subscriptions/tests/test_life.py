"""A subscription from its signature on: charged once a period, recognised to the fen, picked within its quota."""

from datetime import UTC, datetime

import pytest

from goodfor.orders.tests.factories import broken
from goodfor.subscriptions import states
from goodfor.subscriptions.accounts import DEFERRED, INCOME, PICKED
from goodfor.subscriptions.errors import NothingToPick
from goodfor.subscriptions.tests.conftest import PRICE, World

pytestmark = pytest.mark.django_db(transaction=True)


def test_signed_charged_picked_recognised(world: World) -> None:
    plan = world.plan()
    made = world.sign(plan)
    assert world.see(made).state == states.AWAITING
    world.work()
    view = world.see(made)
    [first] = world.periods(made)
    assert (view.state, first.state, world.taken()) == (states.ACTIVE, states.PAID, [PRICE])
    # 31 Jan, noon in Beijing, to the last day of February.
    assert first.ends_at.date() == datetime(2026, 2, 28, tzinfo=UTC).date()
    assert (world.booked(DEFERRED), world.booked(INCOME)) == (PRICE, 0)
    done = world.pick(made, "a")
    assert (done.state, world.pick(made, "a").order_id) == ("delivered", done.order_id)
    # The pick took its price off the sales, and left what is owed alone.
    assert (world.booked(DEFERRED), world.booked(PICKED)) == (PRICE, 4850)
    world.pick(made, "b")
    with pytest.raises(NothingToPick):
        world.pick(made, "c")
    world.wait(days=10)
    assert world.booked(DEFERRED) == PRICE - world.booked(INCOME)
    assert world.booked(INCOME) == (2 * PRICE * 10 + 28) // 56
    world.wait(until=datetime(2026, 3, 31, 5, tzinfo=UTC))
    periods = world.periods(made)
    assert [p.state for p in periods] == [states.CLOSED, states.CLOSED, states.PAID]
    assert [p.starts_at.date().day for p in periods] == [31, 28, 31]
    assert (world.taken(), world.booked(INCOME)) == ([PRICE] * 3, 2 * PRICE)
    assert len(world.told("renewal_announced")) == 2
    assert broken(world.now) == {}
