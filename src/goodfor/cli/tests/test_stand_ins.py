"""The demo shop's accounts at the stand-ins: each works, and follows its stand-in to another port."""

from pathlib import Path

import pytest

from goodfor.cli import stand_ins, world
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.orders import queries as orders
from goodfor.payments import queries as payments
from goodfor.payments.operations.probe_account import probe_account
from goodfor.payments.operations.set_account import set_account
from goodfor.sandbox.channels.server import running_channels

pytestmark = pytest.mark.django_db(transaction=True)
CODES = ["sandbox-alipay", "sandbox-paypal", "sandbox-stripe", "sandbox-wechat"]


def test_each_works_and_follows_its_stand_in(tmp_path: Path) -> None:
    made = world.make_shop(utc_now())
    shop_id = made.shop_id
    with running_channels(tmp_path / "first") as first:
        stand_ins.open_channels(shop_id, first.url, utc_now())
        opened = {one.code: one for one in payments.accounts(shop_id, utc_now()) if one.code in CODES}
        assert sorted(opened) == CODES
        assert all(one.enabled and "沙箱" in one.name for one in opened.values())
        for one in opened.values():
            found = probe_account(shop_id=shop_id, account_id=one.id, actor="test", now=utc_now())
            assert found.ok, (one.code, found)
        assert {way.code for way in orders.payment_methods(shop_id, Money(990, "CNY"))} == {"wechat", "alipay", "card"}
        assert [way.code for way in orders.payment_methods(shop_id, Money(990, "USD"))] == ["paypal"]
        stand_ins.renew_channels(shop_id, first.url, utc_now())
        assert {one.id for one in payments.accounts(shop_id, utc_now())} >= {one.id for one in opened.values()}
    hooks = stand_ins.webhooks(shop_id, "http://127.0.0.1:1", utc_now())
    assert hooks == {
        name: f"http://127.0.0.1:1/pay/notify/{shop_id}/{opened[f'sandbox-{name}'].id}" for name in ("stripe", "paypal")
    }
    off = opened["sandbox-stripe"]
    set_account(shop_id=shop_id, account_id=off.id, enabled=False, actor="test", now=utc_now())
    with running_channels(tmp_path / "second") as second:
        stand_ins.renew_channels(shop_id, second.url, utc_now())
        moved = {one.code: one for one in payments.accounts(shop_id, utc_now()) if one.code in CODES}
        assert sorted(moved) == CODES
        assert {one.id for one in moved.values()}.isdisjoint(one.id for one in opened.values())
        assert [one.code for one in moved.values() if not one.enabled] == ["sandbox-stripe"]
        for one in moved.values():
            assert probe_account(shop_id=shop_id, account_id=one.id, actor="test", now=utc_now()).ok, one.code


def test_none_is_added_to_a_shop_that_has_none(tmp_path: Path) -> None:
    made = world.make_shop(utc_now())
    stand_ins.renew_channels(made.shop_id, "http://127.0.0.1:9", utc_now())
    assert [one.code for one in payments.accounts(made.shop_id, utc_now())] == ["balance"]
    assert stand_ins.webhooks(made.shop_id, "http://127.0.0.1:1", utc_now()) == {}
