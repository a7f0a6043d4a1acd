"""The mall over HTTP: what whom it shows, redeeming, paying the rest, and a draw that explains itself."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from goodfor.identity import queries as identity
from goodfor.identity.buyer_models import Buyer
from goodfor.identity.tests.factories import make_staff
from goodfor.kernel.clock import utc_now
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.operations.give_units import give_units
from goodfor.loyalty.operations.set_terms import set_terms
from goodfor.loyalty.types import Holder, Source, Terms
from goodfor.mall import queries
from goodfor.mall.operations.set_draw import make_draw, turn_draw
from goodfor.mall.operations.set_reward import make_reward, turn_reward
from goodfor.mall.types import GOODS, NOTHING, DrawWish, PrizeWish, RewardWish
from goodfor.orders import queries as orders
from goodfor.orders.tests.factories import open_till, refund_all, relay_all
from goodfor.storefront.tests.account_flow import Mailbox, browser, plain, sign_in
from goodfor.storefront.tests.test_points_pages import gives_points, holds, member
from goodfor.storefront.tests.test_top_up_pages import PHONE, fair
from goodfor.storefront.tests.world import World
from goodfor.supply.tests.market import Market

__all__ = ["fair"]
pytestmark = pytest.mark.django_db(transaction=True)


def staff(world: World) -> str:
    return make_staff(identity.shop_by_id(world.shop_id), utc_now()).actor


def reward(world: World, actor: str, points: int, **more: Any) -> UUID:
    act: dict[str, Any] = {"shop_id": world.shop_id, "actor": actor, "now": utc_now()}
    made = make_reward(**act, wish=RewardWish(world.sku_id, points, **more))
    turn_reward(**act, reward_id=made.id, on=True)
    return made.id


def form(page: Any) -> dict[str, str]:
    return dict(re.findall(r'name="(key|points|cash)" value="([0-9a-f]+)"', page.content.decode()))


def key(page: Any) -> str:
    return form(page)["key"]


def test_points_buy_on_pages(world: World, box: Mailbox) -> None:
    gives_points(world)
    assert "积分商城" not in plain(browser().get("/me"))
    actor = staff(world)
    cheap = reward(world, actor, 300, most=1, stock=5)
    mixed = reward(world, actor, 200, cash_minor=100)
    gold = reward(world, actor, 10, least_rank=2)
    hidden = reward(world, actor, 10, least_rank=2, exclusive=True)
    guest = browser()
    told = plain(guest.get("/points"))
    assert "300 积分" in told
    assert "200 积分 + " in told
    assert guest.get(f"/points/{hidden}").status_code == 404
    assert "登录后兑换" in plain(guest.get(f"/points/{cheap}"))
    assert "/signin" in guest.post(f"/points/{cheap}", {"key": uuid4().hex})["Location"]
    client = browser()
    owner = member(world, client, box, "lin@example.com")
    holds(world, owner, 550)
    assert "积分商城" in plain(client.get("/me"))
    assert "去积分商城看看" in plain(client.get("/me/points"))
    assert "金卡 可兑" in plain(client.get(f"/points/{gold}"))
    assert client.post(f"/points/{gold}", {"points": "10", "cash": "0"}).status_code == 403
    sent = form(client.get(f"/points/{cheap}"))
    # What is taken is what was shown.
    assert client.post(f"/points/{cheap}", {**sent, "points": "299"}).status_code == 409
    assert client.post(f"/points/{cheap}", {"key": sent["key"]}).status_code == 409
    done = client.post(f"/points/{cheap}", sent)
    assert re.fullmatch(r"/o/[0-9A-Z]+", done["Location"])
    # The same page once more is the same order.
    assert client.post(f"/points/{cheap}", sent)["Location"] == done["Location"]
    assert client.get(done["Location"]).status_code == 200
    assert loyalty.balance(world.shop_id, Holder(owner), utc_now()).available == 250
    again = client.get(f"/points/{cheap}")
    assert "已达到兑换上限" in plain(again)
    assert client.post(f"/points/{cheap}", {"key": uuid4().hex}).status_code == 409
    paid = client.post(f"/points/{mixed}", form(client.get(f"/points/{mixed}")))
    number = paid["Location"].split("/")[2]
    assert paid["Location"].startswith(f"/o/{number}/pay")
    order = orders.order_by_number(world.shop_id, number)
    assert (order.state, order.total.amount_minor) == ("placed", 100)
    bill = client.get(f"/o/{number}/pay")
    assert 'value="points"' not in bill.content.decode()
    # What is left is money: points do not pay what points have met already.
    client.post(f"/o/{number}/pay", {"method": "points"})
    assert orders.order_by_number(world.shop_id, number).state == "placed"
    mine = plain(client.get("/me/points/redemptions"))
    assert "300 积分" in mine
    assert "200 积分 + " in mine
    assert "还没有兑换过" not in mine
    other = browser()
    member(world, other, box, "wang@example.com")
    assert "还没有兑换过" in plain(other.get("/me/points/redemptions"))


def test_a_draw_tells_its_odds_and_each_play(world: World, box: Mailbox) -> None:
    gives_points(world)
    now, actor = utc_now(), staff(world)
    act: dict[str, Any] = {"shop_id": world.shop_id, "actor": actor, "now": now}
    prizes = (
        PrizeWish("一张卡", GOODS, 999, stock=1, sku_id=world.sku_id),
        PrizeWish("谢谢参与", NOTHING, 1, consolation=True),
    )
    wish = DrawWish("周末抽奖", 5, 2, now - timedelta(hours=1), now + timedelta(days=1), prizes)
    made = make_draw(**act, wish=wish)
    assert browser().get(f"/draw/{made.id}").status_code == 404
    turn_draw(**act, draw_id=made.id, on=True)
    guest = browser()
    told = plain(guest.get(f"/draw/{made.id}"))
    for words in ("99.90%", "0.10%", "号码 1–999", "号码归保底奖“谢谢参与”", "登录后抽奖"):
        assert words in told
    assert "/signin" in guest.post(f"/draw/{made.id}", {"key": uuid4().hex})["Location"]
    client = browser()
    owner = member(world, client, box, "lin@example.com")
    assert "积分不够抽一次" in plain(client.get(f"/draw/{made.id}"))
    assert client.post(f"/draw/{made.id}", {"key": uuid4().hex}).status_code == 409
    holds(world, owner, 20)
    sent = {"key": key(client.get(f"/draw/{made.id}"))}
    done = client.post(f"/draw/{made.id}", sent)
    assert client.post(f"/draw/{made.id}", sent)["Location"] == done["Location"]
    [play] = queries.plays_of(world.shop_id, made.id, owner)
    shown = plain(client.get(done["Location"]))
    assert f"号码 {play.roll + 1} / 1000" in shown
    assert "今天还有 1 次" in shown
    client.post(f"/draw/{made.id}", {"key": uuid4().hex})
    assert "今天的次数用完了" in plain(client.get(f"/draw/{made.id}"))
    assert client.post(f"/draw/{made.id}", {"key": uuid4().hex}).status_code == 409
    # Nobody is shown what another one drew.
    other = browser()
    member(world, other, box, "wang@example.com")
    assert f"号码 {play.roll + 1} / 1000" not in plain(other.get(done["Location"]))
    assert loyalty.balance(world.shop_id, Holder(owner), utc_now()).available == 10


def test_a_top_up_for_points(fair: Market, box: Mailbox) -> None:
    """Its account is asked for and looked at as in a sale; what no supplier delivers brings the points back."""
    open_till(fair.shop, utc_now())
    set_terms(shop_id=fair.shop, terms=Terms(on=True), actor="staff:test", now=utc_now())
    act: dict[str, Any] = {
        "shop_id": fair.shop, "actor": make_staff(identity.shop_by_id(fair.shop), utc_now()).actor, "now": utc_now(),
    }  # fmt: skip
    reward_id = make_reward(**act, wish=RewardWish(fair.sku, 100, stock=1)).id
    turn_reward(**act, reward_id=reward_id, on=True)
    client = browser()
    sign_in(client, box, "lin@example.com")
    owner = Buyer.objects.get(shop_id=fair.shop).id
    give_units(
        shop_id=fair.shop, holder=Holder(owner), units=100, source=Source("test", "1"), currency="CNY", now=utc_now()
    )
    here = f"/points/{reward_id}"
    page = client.get(here)
    assert 'name="f_account"' in page.content.decode()
    sent = form(page)
    refused = client.post(here, {**sent, "f_account": "1380013"})
    assert refused.status_code == 422
    assert "手机号是 1 开头的 11 位数字" in plain(refused)
    done = client.post(here, {**sent, "f_account": PHONE})
    number = done["Location"].split("/")[2]
    assert "充值到 138****8000" in plain(client.get(done["Location"]))
    assert orders.order_by_number(fair.shop, number).state == "paid"
    assert "兑完了" in plain(client.get("/points"))
    fair.sites["anna"].fault("refuse", why="account", on="create")
    fair.buy()
    relay_all(utc_now())
    refund_all(utc_now())
    assert orders.order_by_number(fair.shop, number).state == "refunded"
    assert loyalty.balance(fair.shop, Holder(owner), utc_now()).available == 100
    assert queries.reward(fair.shop, reward_id).taken == 0
