"""A plan by each channel that charges on its own: its stand-in has books, and every notice of it is lost."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from goodfor.payments import queries as payments
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.tests.mandate_world import CHANNELS, config_of
from goodfor.payments.tests.world import send
from goodfor.payments.types import SigningRequest
from goodfor.sandbox.channels.server import RunningChannels, running_channels
from goodfor.subscriptions import states
from goodfor.subscriptions.operations.cancel import cancel
from goodfor.subscriptions.operations.sign import sign
from goodfor.subscriptions.tests.conftest import PRICE, World

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Side:
    """The channel's side of a world."""

    world: World
    desk: RunningChannels
    channel: str

    def subscribe(self) -> UUID:
        """Begun, its page opened by the holder's browser, agreed to there, and charged."""
        world = self.world
        begun = sign(
            shop_id=world.shop_id, plan_id=world.plan().id, owner=world.owner, account_id=world.account_id,
            request=SigningRequest("会员", "云雀", "https://shop.example/n", "https://shop.example/r", device="mobile"),
            request_key=uuid4().hex, now=world.now,
        )  # fmt: skip
        told = begun.instruction
        form = told.kind == "form"
        assert send("POST" if form else "GET", told.url, dict(told.fields) if form else None) == (303 if form else 200)
        self.desk.control.sign_up(self.channel, self.number(begun.subscription_id))
        # WeChat is told five days ahead what it will be asked for: the first period waits for that as any other.
        world.wait(days=8)
        assert world.see(begun.subscription_id).state == states.ACTIVE
        return begun.subscription_id

    def number(self, subscription_id: UUID) -> str:
        return payments.mandates_of(self.world.shop_id, f"subscription:{subscription_id}")[0].number

    def taken(self) -> list[int]:
        """By the channel's own books."""
        rows = self.desk.control.ledger(self.channel)["payments"]
        return [row["amount"] for row in rows if row["state"] == "paid"]

    def agreement(self, subscription_id: UUID) -> str:
        (row,) = self.desk.control.ledger(self.channel, self.number(subscription_id))["agreements"]
        return str(row["state"])


@pytest.fixture(params=CHANNELS)
def side(world: World, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Side]:
    with running_channels(tmp_path / "books", retry_seconds=(), clock=lambda: world.now.timestamp()) as desk:
        config, secrets, methods = config_of(desk, request.param)
        world.account_id = open_account(
            shop_id=world.shop_id, provider=request.param, code="charges", name=request.param, currency="CNY",
            config=config, secrets=secrets, methods=methods, enabled=True, actor="test", now=world.now,
        ).id  # fmt: skip
        yield Side(world, desk, request.param)


def test_months_by_a_channel(side: Side) -> None:
    """Signed, charged once a month, refused and charged all the same, cancelled: their books and ours say the same."""
    world = side.world
    made = side.subscribe()
    assert side.taken() == [PRICE]
    world.wait(days=31)
    assert side.taken() == [PRICE] * 2
    side.desk.control.fault("charge_refused", channel=side.channel, reason="no_funds", times=1)
    world.wait(days=31)
    assert side.taken() == [PRICE] * 3
    assert [one.attempt for one in world.periods(made)[:3]] == [1, 1, 2]
    cancel(shop_id=world.shop_id, subscription_id=made, owner=world.owner, now=world.now)
    world.wait(days=40)
    assert world.see(made).state == states.ENDED
    assert side.taken() == [PRICE] * 3
    assert side.agreement(made) != "active"
    assert [one.charge.amount_minor for one in world.periods(made) if one.state == states.CLOSED] == side.taken()
    assert world.booked("5001:sub") == sum(side.taken())
    world.now += timedelta(days=1)
    assert world.faults() == {}
