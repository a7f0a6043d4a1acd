"""News of subscriptions reaches whoever has them, once each, in their language."""

from datetime import timedelta

import pytest

from goodfor.identity.tests.buyers import make_buyer
from goodfor.notify.operations.open_channel_account import open_channel_account
from goodfor.orders.tests.factories import relay_all, sql
from goodfor.subscriptions.operations.cancel import cancel
from goodfor.subscriptions.tests import conftest as of_subscriptions
from goodfor.subscriptions.tests.conftest import World

pytestmark = pytest.mark.django_db(transaction=True)
world = of_subscriptions.world


@pytest.fixture
def told(world: World) -> World:
    world.owner = make_buyer(world.shop_id, world.now).buyer_id
    open_channel_account(
        shop_id=world.shop_id, channel="email", provider="smtp", name="邮件", actor="test", now=world.now,
        config={"host": "127.0.0.1", "port": 9, "security": "none", "from_email": "a@shop.example", "from_name": "店"},
        secrets={},
    )  # fmt: skip
    return world


def scenes(world: World) -> list[str]:
    relay_all(world.now)
    rows = sql("SELECT scene FROM notify_notice WHERE shop_id = %s AND channel = 'email' ORDER BY id", [world.shop_id])
    return [row[0] for row in rows]


def test_each_is_told_once(told: World) -> None:
    world = told
    made = world.subscribe(world.plan(picks=1))
    assert scenes(world) == ["subscription_paid"]
    end = world.periods(made)[0].ends_at
    world.refuse(made)
    world.wait(until=end + timedelta(hours=1))
    found = scenes(world)
    assert sorted(found[1:]) == ["picks_waiting", "picks_waiting", "subscription_renewing", "subscription_unpaid"]
    cancel(shop_id=world.shop_id, subscription_id=made, owner=world.owner, now=world.now)
    world.work(1)
    assert scenes(world)[-1] == "subscription_ended"
    assert len(scenes(world)) == 6
