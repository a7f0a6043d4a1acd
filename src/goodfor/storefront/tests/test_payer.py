"""Paying inside of WeChat: the browser is sent to ask who pays, once; whatever goes wrong there, a code is shown."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from goodfor.kernel.clock import utc_now
from goodfor.orders import queries as orders
from goodfor.orders.operations.start_payment import start_payment
from goodfor.orders.types import Payer
from goodfor.payments.models import Payment
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.types import AccountView
from goodfor.sandbox.channels import demo
from goodfor.sandbox.channels.server import RunningChannels, running_channels
from goodfor.storefront.operations.forget_sessions import forget_sessions
from goodfor.storefront.tests.world import World

WECHAT = "Mozilla/5.0 (iPhone) Mobile MicroMessenger/8.0.50"
OTHER_APP = "wx0000000000000009"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[RunningChannels]:
    with running_channels(tmp_path / "channels") as running:
        yield running


@pytest.fixture
def browser() -> Client:
    return Client(headers={"user-agent": WECHAT})


def till(
    world: World, desk: RunningChannels, *, code: str = "wechat", secret: str = demo.WECHAT_APP_SECRET, **more: Any
) -> AccountView:
    config = {
        "appid": demo.WECHAT_APP_ID, "mchid": demo.WECHAT_MCHID, "serial_no": demo.WECHAT_MERCHANT_SERIAL,
        "key_mode": "both", "public_key_id": demo.WECHAT_PUBLIC_KEY_ID, "public_key": demo.platform_public_pem(),
        "base_url": desk.base("wechat"), "oauth_url": desk.base("wechat"), "oauth_api_url": desk.base("wechat"),
        **more.pop("config", {}),
    }  # fmt: skip
    secrets = {"private_key": demo.merchant_private_pem(), "apiv3_key": demo.WECHAT_API_V3_KEY, "app_secret": secret}
    return open_account(
        shop_id=world.shop_id, provider="wechat", code=code, name="微信", currency="CNY", config=config,
        secrets={name: value for name, value in secrets.items() if value},
        methods=more.get("methods", ("jsapi", "native")), enabled=True, actor="test", now=utc_now(),
    )  # fmt: skip


def ordered(browser: Client, world: World) -> str:
    """Ordered with WeChat as the way to pay; the order's number."""
    sent = {"p": world.product_slug, "sku": str(world.sku_id), "qty": "1", "contact": "", "method": "wechat"}
    response = browser.post("/checkout", sent, headers={"host": "127.0.0.1"})
    assert response.status_code == 302, response.content.decode()
    return str(response["Location"].split("/")[2])


def page(browser: Client, number: str, go: str = "?go=1") -> str:
    response = browser.get(f"/o/{number}/pay{go}", headers={"host": "127.0.0.1"})
    assert response.status_code == 200
    return response.content.decode()


def away(browser: Client, number: str) -> str:
    """Where the browser is sent to be asked."""
    response = browser.get(f"/o/{number}/payer", headers={"host": "127.0.0.1"})
    assert response.status_code == 302
    return str(response["Location"])


def returned(address: str) -> str:
    """Where WeChat's page sends the browser: path and query of the shop's own address."""
    answer = httpx.get(address.partition("#")[0], follow_redirects=False)
    assert answer.status_code == 302, answer.text
    parts = urlsplit(answer.headers["location"])
    return f"{parts.path}?{parts.query}"


def back(browser: Client, address: str) -> Any:
    return browser.get(address, headers={"host": "127.0.0.1"})


def methods(world: World) -> list[tuple[str, str]]:
    """(method, payer) of what was begun for new orders, in order."""
    rows = Payment.objects.filter(shop_id=world.shop_id, provider="wechat").order_by("id")
    return [(row.method, str(row.request["payer"])) for row in rows]


def test_the_browser_is_asked_once_and_pays_by_its_openid(
    browser: Client, world: World, desk: RunningChannels, caplog: pytest.LogCaptureFixture
) -> None:
    till(world, desk)
    number = ordered(browser, world)
    # Without a script: the page leads on by itself, and has a link for whoever comes back to it.
    assert f'content="0;url=http://127.0.0.1/o/{number}/payer"' in page(browser, number)
    assert f'href="http://127.0.0.1/o/{number}/payer"' in page(browser, number, "")
    address = away(browser, number)
    assert address.startswith(
        f"{desk.base('wechat')}/connect/oauth2/authorize?appid={demo.WECHAT_APP_ID}&redirect_uri="
    )
    assert address.endswith("#wechat_redirect")
    asked = parse_qs(urlsplit(address).query)
    assert asked["scope"] == ["snsapi_base"]
    assert asked["redirect_uri"] == [f"http://127.0.0.1/o/{number}/payer/back"]
    assert methods(world) == []
    response = back(browser, returned(address))
    assert response["Location"] == f"/o/{number}/pay?go=1"
    assert methods(world) == [("jsapi", demo.WECHAT_OPENID)]
    shown = page(browser, number)
    assert "data-wechat-pay" in shown
    assert "改用付款码" in shown
    # The next order of the same browser asks nothing any more.
    assert "data-wechat-pay" in page(browser, ordered(browser, world))
    kept = [*browser.cookies.values(), shown, response["Location"], caplog.text]
    assert not any(demo.WECHAT_OPENID in str(value) or demo.WECHAT_APP_SECRET in str(value) for value in kept)
    (row,) = [row for row in Session.objects.all() if demo.WECHAT_OPENID in str(row.get_decoded())]
    # It is not kept for longer than it is of use.
    assert utc_now() + timedelta(minutes=55) < row.expire_date < utc_now() + timedelta(minutes=65)
    assert forget_sessions(now=utc_now()) == 0
    assert forget_sessions(now=utc_now() + timedelta(minutes=65)) == 1
    assert not Session.objects.filter(session_key=row.session_key).exists()


def test_without_a_script_a_code_is_to_be_had(browser: Client, world: World, desk: RunningChannels) -> None:
    till(world, desk)
    number = ordered(browser, world)
    back(browser, returned(away(browser, number)))
    response = browser.post(
        f"/o/{number}/pay", {"method": "wechat", "as": "plain"}, headers={"host": "127.0.0.1"}
    )  # fmt: skip
    assert response.status_code == 302
    assert 'class="qr"' in page(browser, number)
    assert methods(world)[-1] == ("native", "")


@pytest.mark.parametrize("spoil", ["forged", "none", "stranger", "other_order"])
def test_a_state_that_is_not_this_browsers(browser: Client, world: World, desk: RunningChannels, spoil: str) -> None:
    till(world, desk)
    number = ordered(browser, world)
    good = returned(away(browser, number))
    state = parse_qs(urlsplit(good).query)["state"][0]
    came = {
        "forged": good.replace(state, "x" * len(state)),
        "none": good.replace(f"&state={state}", ""),
        "other_order": good,
        "stranger": good,
    }[spoil]
    who = browser
    if spoil == "stranger":
        # Somebody else's address, opened in another browser that has an order of its own.
        who = Client(headers={"user-agent": WECHAT})
        own = ordered(who, world)
        came = good.replace(number, own)
    if spoil == "other_order":
        came = good.replace(number, number := ordered(browser, world))
    response = back(who, came)
    assert response.status_code == 302
    assert methods(world) == [("native", "")]
    assert not any(demo.WECHAT_OPENID in str(row.get_decoded()) for row in Session.objects.all())
    if spoil == "forged":
        # The question is over: what was left with is worth nothing any more either.
        back(browser, good)
        assert {payer for _method, payer in methods(world)} == {""}


def test_a_state_is_good_once(browser: Client, world: World, desk: RunningChannels) -> None:
    till(world, desk)
    number = ordered(browser, world)
    good = returned(away(browser, number))
    back(browser, good)
    assert methods(world) == [("jsapi", demo.WECHAT_OPENID)]
    # Again: nothing is asked, nothing is begun twice.
    assert back(browser, good)["Location"] == f"/o/{number}/pay?go=1"
    assert methods(world) == [("jsapi", demo.WECHAT_OPENID)]


@pytest.mark.parametrize("trouble", ["used", "invented", "no_code", "wrong_secret", "lost", "dead"])
def test_a_code_that_is_refused_ends_in_a_code_to_scan(
    browser: Client, world: World, desk: RunningChannels, trouble: str
) -> None:
    dead = {"oauth_api_url": "http://127.0.0.1:9"}
    till(
        world, desk, secret="f" * 32 if trouble == "wrong_secret" else demo.WECHAT_APP_SECRET,
        config=dead if trouble == "dead" else {},
    )  # fmt: skip
    number = ordered(browser, world)
    good = returned(away(browser, number))
    code = parse_qs(urlsplit(good).query)["code"][0]
    if trouble == "used":
        asked = {
            "appid": demo.WECHAT_APP_ID, "secret": demo.WECHAT_APP_SECRET, "code": code,
            "grant_type": "authorization_code",
        }  # fmt: skip
        told = httpx.get(f"{desk.base('wechat')}/sns/oauth2/access_token", params=asked).json()
        assert told["openid"] == demo.WECHAT_OPENID
        assert httpx.get(f"{desk.base('wechat')}/sns/oauth2/access_token", params=asked).json()["errcode"] == 40163
    elif trouble == "invented":
        good = good.replace(code, "0invented")
    elif trouble == "no_code":
        good = good.replace(f"code={code}&", "")
    elif trouble == "lost":
        desk.control.fault("lost_answer", on="openid")
    response = back(browser, good)
    assert response["Location"] == f"/o/{number}/pay?go=1"
    assert methods(world) == [("native", "")]
    assert 'class="qr"' in page(browser, number)


def test_a_code_dies_after_five_minutes(tmp_path: Path, browser: Client, world: World) -> None:
    clock = [1_800_000_000.0]
    with running_channels(tmp_path / "late", clock=lambda: clock[0]) as desk:
        address = f"{desk.base('wechat')}/connect/oauth2/authorize"
        asked = {
            "appid": demo.WECHAT_APP_ID, "redirect_uri": "http://127.0.0.1/b", "response_type": "code",
            "scope": "snsapi_base", "state": "s",
        }  # fmt: skip
        code = parse_qs(urlsplit(httpx.get(address, params=asked).headers["location"]).query)["code"][0]
        clock[0] += 300
        wanted = {
            "appid": demo.WECHAT_APP_ID, "secret": demo.WECHAT_APP_SECRET, "code": code,
            "grant_type": "authorization_code",
        }  # fmt: skip
        assert httpx.get(f"{desk.base('wechat')}/sns/oauth2/access_token", params=wanted).json()["errcode"] == 42003
        for wrong in ({"appid": "wx1"}, {"scope": "snsapi_userinfo"}, {"redirect_uri": "http://shop.example/"}):
            assert httpx.get(address, params={**asked, **wrong}).status_code == 400


def test_an_openid_of_another_account_is_none(browser: Client, world: World, desk: RunningChannels) -> None:
    till(world, desk)
    back(browser, returned(away(browser, ordered(browser, world))))
    # Another official account takes the place of the first: it does not know this buyer.
    till(world, desk, config={"appid": OTHER_APP})
    number = ordered(browser, world)
    assert methods(world) == [("jsapi", demo.WECHAT_OPENID)]
    assert f"appid={OTHER_APP}&" in away(browser, number)


def test_no_secret_no_question(browser: Client, world: World, desk: RunningChannels) -> None:
    till(world, desk, secret="")
    number = ordered(browser, world)
    assert methods(world) == [("native", "")]
    assert 'class="qr"' in page(browser, number)
    assert browser.get(f"/o/{number}/payer", headers={"host": "127.0.0.1"})["Location"] == f"/o/{number}/pay?go=1"


def test_only_inside_of_wechat(world: World, desk: RunningChannels) -> None:
    till(world, desk, methods=("jsapi",))
    ways = Client().get("/checkout", {"p": world.product_slug, "sku": str(world.sku_id)}).content.decode()
    assert 'value="wechat"' not in ways
    inside = Client(headers={"user-agent": WECHAT})
    ways = inside.get("/checkout", {"p": world.product_slug, "sku": str(world.sku_id)}).content.decode()
    assert 'value="wechat"' in ways


def test_where_nothing_else_works_the_page_says_so(browser: Client, world: World, desk: RunningChannels) -> None:
    till(world, desk, methods=("jsapi",))
    number = ordered(browser, world)
    good = returned(away(browser, number))
    response = back(browser, re.sub("code=[^&]*", "code=0no", good))
    assert response.status_code >= 400
    shown = response.content.decode()
    assert "选择支付方式" in shown
    assert methods(world) == []
    assert "前往" not in page(browser, number)


def test_what_was_begun_for_one_is_not_anothers(browser: Client, world: World, desk: RunningChannels) -> None:
    view, now = till(world, desk), utc_now()
    number, _secret = world.orders["placed"]
    order = orders.order_by_number(world.shop_id, number)
    for openid in ("oLARK0001", "oWREN0002", "oLARK0001"):
        payer = Payer(device="wechat", known={demo.WECHAT_APP_ID: openid, OTHER_APP: "oOTHER0003"})
        start_payment(
            shop_id=view.shop_id, order_id=order.id, method="wechat", return_url="http://127.0.0.1/o",
            notify_url="http://127.0.0.1/pay/notify", payer=payer, now=now,
        )  # fmt: skip
        assert "oLARK" not in repr(payer)
    assert methods(world) == [("jsapi", "oLARK0001"), ("jsapi", "oWREN0002")]


def test_nobody_elses_order(browser: Client, world: World, desk: RunningChannels) -> None:
    till(world, desk)
    number = ordered(browser, world)
    stranger = Client(headers={"user-agent": WECHAT})
    for path in ("payer", "payer/back?code=0&state=1"):
        assert back(stranger, f"/o/{number}/{path}")["Location"] == f"/o/{number}/pay"
    assert methods(world) == []
