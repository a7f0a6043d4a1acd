"""The wallet: everything that an account holds in one list, what ends first first, and what can be done with it."""

import re
from typing import Any

import pytest

from goodfor.cards.models import Holding
from goodfor.gifts.models import Gift
from goodfor.kernel.clock import utc_now
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.types import Holder
from goodfor.orders.models import Order
from goodfor.storefront.tests.account_flow import Mailbox, browser, plain, sign_in
from goodfor.storefront.tests.holding import account, fill
from goodfor.storefront.tests.test_redeem_pages import balances, deal, hidden
from goodfor.storefront.tests.world import World

__all__ = ["balances"]
pytestmark = pytest.mark.django_db(transaction=True)


def titles(page: Any) -> list[str]:
    return [thing.title for thing in page.context["things"]]


def keyed(client: Any, path: str) -> dict[str, str]:
    found = re.search(r'name="key" value="([^"]+)"', client.get(path).content.decode())
    assert found
    return {"key": found[1], "look": "leaf", "days": "7"}


def test_everything_in_one_list(world: World, box: Mailbox) -> None:
    client = browser()
    assert client.get("/me/wallet").status_code == 302
    sign_in(client, box)
    assert "卡包还是空的" in plain(client.get("/me/wallet"))
    fill(world, account("lin@example.com"))
    page = client.get("/me/wallet")
    ends = [thing.order for thing in page.context["things"]]
    assert ends == sorted(ends)
    assert len(titles(page)) == 5
    text = plain(page)
    for said in ("3 张没看过", "1,280 积分", "还有 ¥500.00", "满减大券", "送给朋友", "用不了？"):
        assert said in text
    assert "卡包" in plain(client.get("/me"))
    for kind, count in (("codes", 1), ("card", 2), ("coupon", 1), ("points", 1), ("balance", 0), ("nonsense", 5)):
        assert len(titles(client.get(f"/me/wallet?kind={kind}"))) == count
    assert client.get("/me/wallet?kind=codes&after=x|y").status_code == 200


def test_pages_of_one_kind_go_on(world: World, box: Mailbox, monkeypatch: Any) -> None:
    client = browser()
    sign_in(client, box)
    fill(world, account("lin@example.com"))
    monkeypatch.setattr("goodfor.storefront.views.wallet.A_PAGE", 1)
    first = client.get("/me/wallet?kind=card")
    following = re.search(r'href="(\?kind=card&amp;after=[^"]+)"', first.content.decode())
    assert following
    second = client.get("/me/wallet" + following[1].replace("&amp;", "&"))
    assert len(titles(first)) == len(titles(second)) == 1
    assert "再看更多" not in plain(second)
    assert "看全部礼品卡" in plain(client.get("/me/wallet"))


def test_points_and_cards_go_to_a_friend_who_signs_in(balances: World, box: Mailbox) -> None:
    world, giver, friend = balances, browser(), browser()
    sign_in(giver, box, "giver@example.com")
    giver_id = account("giver@example.com")
    card_id = fill(world, giver_id)
    sent = giver.post("/me/points/give", {**keyed(giver, "/me/points/give"), "n": "300"})
    links = [link_on(giver, sent)]
    path = f"/me/cards/{card_id}/gift"
    links.append(link_on(giver, giver.post(path, keyed(giver, path))))
    assert "等朋友收下" in plain(giver.get("/me/wallet?kind=card"))
    for link in links:
        # A guest is told to sign in, and nothing is taken.
        assert "登录后收下" in plain(friend.get(link))
        assert friend.post(link).status_code == 409
    sign_in(friend, box, "friend@example.com")
    friend_id = account("friend@example.com")
    assert friend.post(links[0])["Location"] == "/me/points"
    assert friend.post(links[1])["Location"] == "/me/wallet?kind=card"
    assert loyalty.balance(world.shop_id, Holder(friend_id), utc_now()).available == 300
    assert loyalty.balance(world.shop_id, Holder(giver_id), utc_now()).available == 980
    assert Holding.objects.get(card_id=card_id).holder_ref == f"buyer:{friend_id.hex}"
    assert {one.state for one in Gift.objects.all()} == {"opened"}
    # It pays an order of the friend's, without its code ever being typed.
    placed = friend.post(
        "/checkout",
        {"p": world.product_slug, "sku": str(world.sku_id), "qty": "1", "contact": "", "method": world.method},
    )
    number = placed["Location"].split("/")[2]
    assert "卡包里的卡" in plain(friend.get(f"/redeem?o={number}"))
    page = friend.post(f"/me/cards/{card_id}", {"o": number})
    assert friend.post("/redeem/pay", hidden(page))["Location"] == f"/o/{number}"
    assert Order.objects.get(number=number).state == "delivered"
    assert giver.post(f"/me/cards/{card_id}").status_code == 404


def link_on(client: Any, answer: Any) -> str:
    assert answer.status_code == 302, answer.content.decode()
    found = re.search(r'value="http://[^/"]+(/gift/[^"]+)"', client.get(answer["Location"]).content.decode())
    assert found
    return found[1]


def test_a_card_is_put_into_the_account(world: World, box: Mailbox) -> None:
    client, thief = browser(), browser()
    [code] = deal(world.shop_id, "value", value=10_000, size=1)
    assert "收进卡包" not in plain(client.post("/redeem", {"code": code}))
    sign_in(client, box)
    page = client.post("/redeem", {"code": code})
    assert client.post("/redeem/keep", {"card": hidden(page)["card"]})["Location"] == "/me/wallet?kind=card"
    assert titles(client.get("/me/wallet?kind=card")) == ["春节卡"]
    # Who has seen the code has nothing of it.
    assert thief.post("/redeem", {"code": code}).status_code == 404
    assert client.post("/redeem", {"code": code}).status_code == 200
