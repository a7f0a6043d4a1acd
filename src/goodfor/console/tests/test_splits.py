"""The page of splits: receivers and what is frozen, who may do what, and what the forms say."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import by_link, person, proved, sql
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.payments import queries as payments
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.tests.split_world import SplitWorld, config_of
from goodfor.payments.types import ReceiverView
from goodfor.sandbox.channels.server import RunningChannels, running_channels

pytestmark = pytest.mark.django_db(transaction=True)
SHARE = '12<span class="money-cents">.50</span>'


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[RunningChannels]:
    with running_channels(tmp_path / "channels") as running:
        running.control.limits(wechat_refund_gap=0, wechat_split_wait=0)
        yield running


@pytest.fixture
def world(shop: Shop, desk: RunningChannels) -> SplitWorld:
    """The console's shop with an account at WeChat that splits."""
    config, secrets, methods = config_of(desk, "wechat")
    account = open_account(
        shop_id=shop.id, provider="wechat", code="wx", name="微信直连", currency="CNY", config=config, secrets=secrets,
        methods=methods, enabled=True, actor="test", now=utc_now(),
    )  # fmt: skip
    return SplitWorld(desk, "wechat", shop.id, account)


def text(client: Client) -> str:
    return client.get(reverse("desk:splits")).content.decode()


def add(client: Client, world: SplitWorld, **over: str) -> int:
    form = {
        "act": "add", "account": str(world.account.id), "kind": "merchant", "ref": "1900000077", "label": "云雀",
        "name": "云雀商贸有限公司", "share": "12.5", "relation": "SUPPLIER",
    }  # fmt: skip
    return client.post(reverse("desk:splits"), form | over).status_code


def receiver(world: SplitWorld) -> ReceiverView:
    return payments.splitting_accounts(world.shop)[0].receivers[0]


def test_without_an_account_that_splits_it_says_what_to_do(shop: Shop) -> None:
    client = by_link(person(shop.id, Role.OWNER))
    page = text(client)
    assert "没有账户在用分账" in page
    assert reverse("desk:channels") in page


def test_a_receiver_is_added_with_a_proof_and_its_name_never_shown(shop: Shop, world: SplitWorld) -> None:
    client = by_link(person(shop.id, Role.OWNER))
    assert add(client, world) == 302
    assert payments.splitting_accounts(world.shop)[0].receivers == ()
    client = proved(shop.id)
    assert add(client, world) == 302
    page = text(client)
    assert "云雀" in page
    assert "已分配 12.5%" in page
    assert "上限 30%" in page
    assert "云雀商贸" not in page
    assert receiver(world).basis_points == 1250
    world.bind()
    assert "有效" in text(client)


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"share": "31"}, "各接收方加起来不能超过 30%"),
        ({"share": "12.555"}, "最多两位小数"),
        ({"share": "x"}, "最多两位小数"),
        ({"share": "NaN"}, "最多两位小数"),
        ({"ref": "19 00"}, "不含空格"),
        ({"name": ""}, "营业执照上的全称"),
        ({"label": " "}, "起个名字"),
        ({"kind": "robot"}, "选一种"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(shop: Shop, world: SplitWorld, over: dict[str, str], words: str) -> None:
    client = proved(shop.id)
    form = {"act": "add", "account": str(world.account.id), "kind": "merchant", "ref": "1900000077", "label": "云雀",
            "name": "云雀商贸有限公司", "share": "12.5"}  # fmt: skip
    answer = client.post(reverse("desk:splits"), form | over)
    assert answer.status_code in (400, 409, 422)
    assert words in answer.content.decode()
    assert payments.splitting_accounts(world.shop)[0].receivers == ()


def test_shares_change_and_receivers_go(shop: Shop, world: SplitWorld) -> None:
    client = proved(shop.id)
    add(client, world)
    one = receiver(world)
    path = reverse("desk:splits")
    assert client.post(path, {"act": "share", "receiver": str(one.id), "share": "3%"}).status_code == 302
    assert receiver(world).basis_points == 300
    assert client.post(path, {"act": "share", "receiver": str(uuid4()), "share": "3"}).status_code == 404
    assert client.post(path, {"act": "remove", "receiver": str(one.id)}).status_code == 302
    world.bind()
    assert payments.splitting_accounts(world.shop)[0].receivers == ()


def test_frozen_payments_are_shared_out_released_and_seen_on_their_page(shop: Shop, world: SplitWorld) -> None:
    client = proved(shop.id)
    add(client, world)
    world.bind()
    first, second = world.paid(10_000), world.paid(8_000)
    page = text(client)
    assert "冻结中 ¥180.00" in page
    path = reverse("desk:splits")
    assert client.post(path, {"act": "split", "payment": str(first.id)}).status_code == 302
    assert client.post(path, {"act": "release", "payment": str(second.id)}).status_code == 302
    world.work()
    page = text(client)
    assert "冻结中 ¥0.00" in page
    assert "已解冻" in page
    assert SHARE in page
    assert SHARE in client.get(reverse("desk:payment", args=[first.number])).content.decode()
    assert client.post(path, {"act": "split", "payment": str(first.id)}).status_code == 409
    world.desk.control.fault("return_failed", channel="wechat")
    world.refund(first, 10_000)
    world.work()
    assert "再次收回" in text(client)
    [(share_id,)] = sql("SELECT id FROM payments_split_share WHERE shop_id = %s", [shop.id])
    assert client.post(path, {"act": "take_back", "share_id": str(share_id)}).status_code == 302
    world.work()
    assert "再次收回" not in text(client)


@pytest.mark.parametrize(("role", "may"), [(Role.VIEWER, False), (Role.SUPPORT, False), (Role.FINANCE, True)])
def test_who_may_not_changes_nothing(shop: Shop, world: SplitWorld, role: Role, may: bool) -> None:
    payment = world.paid()
    client = proved(shop.id, role)
    assert client.post(reverse("desk:splits"), {"act": "split", "payment": str(payment.id)}).status_code == (
        302 if may else 403
    )
    assert (world.splits(payment) != []) is may


def test_another_shop_does_not_exist(other: Shop, world: SplitWorld) -> None:
    payment = world.paid()
    world.receiver()
    client = proved(other.id)
    path = reverse("desk:splits")
    assert payment.number not in text(client)
    one: UUID = receiver(world).id
    assert client.post(path, {"act": "remove", "receiver": str(one)}).status_code == 404
    assert client.post(path, {"act": "split", "payment": str(payment.id)}).status_code in (404, 409)
    assert add(client, world) in (404, 302)
    assert len(payments.splitting_accounts(world.shop)[0].receivers) == 1
    assert world.pot(payment).due_at is not None
