"""Partners on the shop's pages: members who go to their malls, and their people who come into ours."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
from django.test import Client

from goodfor.delivery import queries as delivery
from goodfor.kernel.clock import utc_now
from goodfor.orders import queries as orders
from goodfor.partners import queries, states
from goodfor.partners.errors import PartnerBusy
from goodfor.partners.operations.go_on_exchange import AT_ONCE, few_at_once
from goodfor.partners.operations.set_account import make_account
from goodfor.partners.operations.set_offer import set_offer
from goodfor.partners.types import AccountView, AccountWish
from goodfor.sandbox.partners.server import (
    APP_KEY,
    APP_SECRET,
    MALL_KEY,
    MALL_SECRET,
    RunningStreet,
    running_street,
)
from goodfor.storefront.partner_guest import AGE, COOKIE
from goodfor.storefront.tests.account_flow import Mailbox, browser, plain
from goodfor.storefront.tests.test_points_pages import gives_points, holds, member
from goodfor.storefront.tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def street() -> Iterator[RunningStreet]:
    with running_street() as running:
        yield running


def partner(world: World, role: str, street: RunningStreet, **more: Any) -> AccountView:
    wish = AccountWish(
        "星河", MALL_KEY if role == states.DEVELOPER else APP_KEY,
        MALL_SECRET if role == states.DEVELOPER else APP_SECRET, login_url=f"{street.url}/mall/autologin",
        deduct_url=f"{street.url}/app/deduct", notice_url=f"{street.url}/app/notice", value_centi=100, enabled=True,
        **more,
    )  # fmt: skip
    return make_account(shop_id=world.shop_id, code="xinghe", role=role, wish=wish, actor="staff:test", now=utc_now())


def test_a_member_goes_to_a_mall(world: World, box: Mailbox, street: RunningStreet) -> None:
    client = browser()
    owner = member(world, client, box, "lin@example.com")
    gives_points(world)
    holds(world, owner, 120)
    assert "去合作商城兑换" not in plain(client.get("/me/points"))
    made = partner(world, states.DEVELOPER, street)
    assert "去合作商城兑换" in plain(client.get("/me/points"))
    where = f"/me/points/mall/{made.id}"
    assert browser().get(where)["Location"].startswith("/signin")
    link = client.get(where)["Location"]
    asked = parse_qs(urlsplit(link).query)
    assert (asked["credits"], MALL_SECRET in link, owner.hex in link, str(owner) in link) == (
        ["120"],
        False,
        False,
        False,
    )
    assert street.mall.enter({name: values[0] for name, values in asked.items()})
    assert client.get(f"/me/points/mall/{uuid4()}").status_code == 404


@pytest.fixture
def account(world: World, street: RunningStreet) -> AccountView:
    if not orders.takes_balance(world.shop_id, "CNY"):
        gives_points(world)
    made = partner(world, states.MALL, street)
    set_offer(
        shop_id=world.shop_id, account_id=made.id, sku_id=world.sku_id, units=700, on=True, actor="staff:test",
        now=utc_now(),
    )  # fmt: skip
    return made


def comes(client: Client, street: RunningStreet, uid: str = "u1", units: int = 5_000, **other: str) -> Any:
    """Where the app's link leads."""
    street.app.balances[uid] = units
    link = urlsplit(street.app.link("http://testserver/m/xinghe/autologin", uid, **other))
    return client.get(f"{link.path}?{link.query}")


def fields(client: Client) -> dict[str, str]:
    text = client.get("/m/xinghe").content.decode()
    return dict(re.findall(r'<input type="hidden" name="(sku|units|key)" value="([^"]*)"', text))


def test_a_persons_points_become_a_code(world: World, street: RunningStreet, account: AccountView) -> None:
    """In by the link, out with a code: shown on our page, to them alone, and the app hears of it."""
    client = browser()
    assert client.get("/m/xinghe").status_code == 403
    came = comes(client, street)
    assert (came.status_code, came["Location"]) == (302, "/m/xinghe")
    page = plain(client.get("/m/xinghe"))
    assert "5,000" in page
    assert "700 积分" in page
    sent = fields(client)
    done = client.post("/m/xinghe/exchange", sent)
    assert (done.status_code, street.app.balances["u1"]) == (302, 4_300)
    again = client.post("/m/xinghe/exchange", sent)
    assert (again["Location"], street.app.balances["u1"]) == (done["Location"], 4_300)
    [one] = queries.exchanges(world.shop_id, account.id)
    number = orders.order_view(world.shop_id, one.order_id).number
    assert number in client.get(done["Location"]).content.decode()
    lines = [line.line_id for line in orders.order_view(world.shop_id, one.order_id).lines]
    [code] = delivery.masked_codes(world.shop_id, lines)
    shown = client.post(f"/o/{number}/reveal", {"code": str(code.code_id)})
    assert (shown.status_code, "自动隐藏" in plain(shown) or "复制" in plain(shown)) == (200, True)
    # Another of theirs, and one who signed in elsewhere, see nothing of it.
    other = browser()
    comes(other, street, "u2", 10)
    assert other.get(done["Location"]).status_code == 404
    assert number not in plain(other.get("/m/xinghe"))
    # In another browser it is theirs again.
    elsewhere = browser()
    comes(elsewhere, street, "u1", 4_300)
    assert f"/o/{number}/reveal" not in elsewhere.get(f"/o/{number}").content.decode()
    assert number in elsewhere.get(done["Location"]).content.decode()
    assert f"/o/{number}/reveal" in elsewhere.get(f"/o/{number}").content.decode()


def test_what_did_not_become_anything(world: World, street: RunningStreet, account: AccountView) -> None:
    client = browser()
    comes(client, street, units=10)
    told = client.get(client.post("/m/xinghe/exchange", fields(client))["Location"])
    assert "可能积分不够" in plain(told)
    comes(client, street, units=5_000)
    street.app.fault("broken")
    told = client.get(client.post("/m/xinghe/exchange", fields(client))["Location"])
    assert "没有收到合作方的答复" in plain(told)
    for wrong in ({"units": "1"}, {"units": "x"}, {"sku": "x"}, {"sku": str(uuid4())}, {"key": ""}):
        answer = client.post("/m/xinghe/exchange", {**fields(client), **wrong})
        assert (answer.status_code, "没有扣积分" in plain(answer)) == (409, True), wrong
    assert (street.app.balances["u1"], len(queries.exchanges(world.shop_id, account.id))) == (5_000, 2)
    guest = browser()
    comes(guest, street, "not_login")
    assert "先在合作方的应用里登录" in plain(guest.get("/m/xinghe"))
    assert guest.post("/m/xinghe/exchange", {"sku": str(world.sku_id), "units": "700", "key": "k"}).status_code == 409


def test_links_that_let_nobody_in(street: RunningStreet, account: AccountView) -> None:
    client = browser()
    old = str(int((utc_now() - timedelta(minutes=6)).timestamp() * 1000))
    assert comes(client, street, timestamp=old).status_code == 403
    assert client.get("/m/xinghe/autologin").status_code == 403
    assert client.get("/m/nobody/autologin").status_code == 403
    assert COOKIE not in client.cookies
    came = comes(client, street)
    cookie = came.cookies[COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["max-age"]) == ("/m/xinghe", True, int(AGE.total_seconds()))
    client.cookies[COOKIE] = str(cookie.value) + "x"
    assert client.get("/m/xinghe").status_code == 403


def test_a_partner_that_hangs_holds_few() -> None:
    account_id = UUID(int=7)
    inside = [few_at_once(account_id) for _ in range(AT_ONCE)]
    for one in inside:
        one.__enter__()
    with pytest.raises(PartnerBusy), few_at_once(account_id):
        pass
    inside[0].__exit__(None, None, None)
    with few_at_once(account_id):
        pass
