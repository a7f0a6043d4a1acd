"""Pages of invitations over HTTP: the code, the link, the checkout, and what WeChat's browser is not shown."""

import pytest

from goodfor.kernel.clock import utc_now
from goodfor.orders import queries as orders
from goodfor.orders.tests.factories import relay_all
from goodfor.referrals import queries as referrals
from goodfor.referrals.operations.set_programme import set_programme
from goodfor.referrals.states import FIRST
from goodfor.referrals.types import Level, Terms
from goodfor.storefront.tests.account_flow import Mailbox, browser, plain, sign_in
from goodfor.storefront.tests.test_account_pages import buy, pay
from goodfor.storefront.tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
WECHAT = "Mozilla/5.0 (iPhone) Mobile MicroMessenger/8.0.50"


def test_from_one_buyers_code_to_the_others_order(world: World, box: Mailbox) -> None:
    inviter, friend = browser(), browser()
    sign_in(inviter, box, "lin@example.com")
    assert inviter.get("/me/invite").status_code == 404
    assert "/me/invite" not in plain(inviter.get("/me"))
    set_programme(
        shop_id=world.shop_id, terms=Terms(on=True, first=Level(bp=1000)), actor="staff:test", now=utc_now()
    )  # fmt: skip
    assert "/signin" in browser().get("/me/invite")["Location"]
    assert "/me/invite" in inviter.get("/me").content.decode()
    assert inviter.post("/me/invite").status_code == 302
    page = inviter.get("/me/invite").content.decode()
    code = page.split("/i/")[1][:8]
    assert "10%" in page
    # WeChat forbids to reward sharing: a plain link there.
    hidden = inviter.get("/me/invite", headers={"User-Agent": WECHAT}).content.decode()
    assert code in hidden
    assert "10%" not in hidden
    assert "奖励" in plain(friend.get(f"/i/{code.lower()}"))
    assert "你和朋友都有奖励" not in plain(friend.get(f"/i/{code}", headers={"User-Agent": WECHAT}))
    assert friend.get("/i/ZZZZZZZZ").status_code == 404
    # Looking binds nobody; saying yes is kept in the browser until there is an account and an order.
    assert friend.post(f"/i/{code}")["Location"] == "/"
    sign_in(friend, box, "mei@example.com")
    number = buy(friend, world)
    pay(world, number)
    relay_all(utc_now())
    order = orders.order_by_number(world.shop_id, number)
    [reward] = [one for one in referrals.rewards_of_order(world.shop_id, order.id) if one.level == FIRST]
    assert (reward.source, reward.amount.amount_minor) == ("link", order.total.amount_minor // 10)
    assert reward.amount.as_decimal_string() in plain(inviter.get("/me/invite")).replace(" ", "")


def test_a_wrong_code_at_checkout_places_nothing(world: World, box: Mailbox) -> None:
    set_programme(shop_id=world.shop_id, terms=Terms(on=True), actor="staff:test", now=utc_now())
    client = browser()
    sign_in(client, box, "mei@example.com")
    client.post("/me/invite")
    own = client.get("/me/invite").content.decode().split("/i/")[1][:8]
    sent = {"p": world.product_slug, "sku": str(world.sku_id), "qty": "1", "contact": "", "method": world.method}
    for code, status in (("ZZZZ-ZZZZ", 404), ("0O1I", 404), (own, 422)):
        assert client.post("/checkout", {**sent, "invite": code}).status_code == status, code
    assert "有邀请码" in client.get("/checkout", sent).content.decode()
    assert "有邀请码" not in browser().get("/checkout", sent).content.decode()
