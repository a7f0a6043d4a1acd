"""Paying a card on the pay page: Stripe's script is let in there only; who cannot run it, pays elsewhere."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client, override_settings

from goodfor.kernel.clock import utc_now
from goodfor.kit.tests.browser import Visit, browser, chromium, orm_beside_the_browser
from goodfor.orders import queries as orders
from goodfor.payments.errors import AccountInvalid
from goodfor.payments.models import Payment
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.types import AccountView
from goodfor.sandbox.channels import demo
from goodfor.sandbox.channels.server import RunningChannels, running_channels
from goodfor.storefront.page import STRIPE, is_stripe
from goodfor.storefront.tests.world import World

__all__ = ["browser", "orm_beside_the_browser"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[RunningChannels]:
    with running_channels(tmp_path / "channels", retry_seconds=(0.1, 0.2, 0.5)) as running:
        yield running


def till(world: World, desk: RunningChannels, *methods: str, shop_url: str = "", **config: Any) -> AccountView:
    view = open_account(
        shop_id=world.shop_id, provider="stripe", code="stripe", name="Stripe", currency="CNY",
        config={
            "base_url": desk.base("stripe"), "livemode": False, "publishable_key": demo.STRIPE_PUBLISHABLE_KEY,
            "script_url": f"{desk.base('stripe')}/v3/", **config,
        },
        secrets={"secret_key": demo.STRIPE_SECRET_KEY, "webhook_secret": demo.STRIPE_WEBHOOK_SECRET},
        methods=methods, enabled=True, actor="test", now=utc_now(),
    )  # fmt: skip
    if shop_url:
        desk.control.webhook("stripe", f"{shop_url}/pay/notify/{view.shop_id}/{view.id}")
    return view


def opened(world: World, state: str = "placed") -> tuple[Client, str]:
    """A browser with an order to pay."""
    client = Client()
    number, secret = world.orders[state]
    assert client.get(f"/o/{number}", {"k": secret}, headers={"host": "127.0.0.1"}).status_code == 302
    return client, number


def pay(client: Client, number: str, **more: str) -> Any:
    client.post(f"/o/{number}/pay", {"method": "card", **more}, headers={"host": "127.0.0.1"})
    return client.get(f"/o/{number}/pay", headers={"host": "127.0.0.1"})


def test_only_this_page_lets_the_script_in(world: World, desk: RunningChannels) -> None:
    till(world, desk, "intent", script_url="")
    client, number = opened(world)
    page = pay(client, number)
    shown, policy = page.content.decode(), page["Content-Security-Policy"]
    assert f'data-script="{STRIPE}"' in shown
    assert f'data-stripe="{demo.STRIPE_PUBLISHABLE_KEY}"' in shown
    assert re.search(r'data-secret="pi_\w+_secret_\w+"', shown)
    assert f'data-back="http://127.0.0.1/o/{number}/pay"' in shown
    told = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert told["script-src"] == "'self' https://js.stripe.com https://*.js.stripe.com"
    assert told["connect-src"] == "'self' https://api.stripe.com"
    assert told["frame-src"] == "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com"
    assert told["frame-ancestors"] == "'none'"
    assert "unsafe" not in policy
    # No script of the page's own stands in it.
    assert re.findall(r"<script(?![^>]* src=)[^>]*>", shown) == []
    for path in (f"/o/{number}", "/", "/checkout"):
        assert "stripe" not in client.get(path)["Content-Security-Policy"]
    # Another way to pay on the same page needs none of it.
    client.post(f"/o/{number}/pay", {"method": world.method}, headers={"host": "127.0.0.1"})
    assert "stripe" not in client.get(f"/o/{number}/pay")["Content-Security-Policy"]


@pytest.mark.parametrize("methods", [("intent",), ("intent", "checkout")])
def test_without_a_script(world: World, desk: RunningChannels, methods: tuple[str, ...]) -> None:
    till(world, desk, *methods)
    client, number = opened(world)
    shown = pay(client, number).content.decode()
    if len(methods) == 1:
        assert "请打开脚本，或换一种支付方式" in shown
        assert 'value="plain"' not in shown
        return
    assert "可以到付款页面付款" in shown
    assert 'value="plain"' in shown
    after = pay(client, number, **{"as": "plain"}).content.decode()
    assert f'href="{desk.url}/pay/stripe/cs_' in after
    assert list(Payment.objects.filter(provider="stripe").order_by("id").values_list("method", flat=True)) == [
        "intent", "checkout",
    ]  # fmt: skip


def test_where_the_script_may_come_from(world: World, desk: RunningChannels) -> None:
    here = f"{desk.base('stripe')}/v3/"
    assert is_stripe(STRIPE)
    assert is_stripe(here)
    for other in (
        "https://js.stripe.com.evil.example/v3/",
        "https://evil.example/v3/",
        "http://10.0.0.1/",
        "javascript:1",
    ):
        assert not is_stripe(other)
        with pytest.raises(AccountInvalid) as wrong:
            till(world, desk, "intent", script_url=other)
        assert wrong.value.data["field"] == "script_url"
    with override_settings(GOODFOR_LOOPBACK_CHANNELS=False):
        assert not is_stripe(here)
        with pytest.raises(AccountInvalid):
            till(world, desk, "intent", script_url=here)


def test_the_stand_ins_script_is_for_browsers(desk: RunningChannels) -> None:
    answer = httpx.get(f"{desk.base('stripe')}/v3/")
    assert answer.headers["content-type"].startswith("text/javascript")
    form = {"key": demo.STRIPE_PUBLISHABLE_KEY, "client_secret": "pi_x_secret_sandbox"}
    assert httpx.post(f"{desk.base('stripe')}/_elements/retrieve", data=form).status_code == 404
    assert httpx.post(f"{desk.base('stripe')}/_elements/retrieve", data={**form, "key": "pk_x"}).status_code == 401


class Buyer:
    """A phone with the pay page of an order open on it."""

    def __init__(self, world: World, browser: Any, base: str, language: str = "zh-hans") -> None:
        self.visit = Visit(browser, base, 360, language, world.given)
        self.number, secret = world.orders["placed"]
        self.page, self.world, self.base = self.visit.context.new_page(), world, base
        self.said: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.goto(f"{base}/o/{self.number}?k={secret}")

    def choose(self) -> None:
        self.page.goto(f"{self.base}/o/{self.number}/pay")
        self.page.click("button[name=method][value=card]")

    @property
    def state(self) -> str:
        return orders.order_by_number(self.world.shop_id, self.number).state


@pytest.mark.browser
@pytest.mark.skipif(chromium() is None, reason="Chromium is not installed: apt-get install chromium")
@pytest.mark.parametrize("language", ["zh-hans", pytest.param("en", marks=pytest.mark.soak)])
def test_a_card_pays_on_the_page(
    world: World, desk: RunningChannels, live_server: Any, browser: Any, language: str
) -> None:
    till(world, desk, "intent", "checkout", shop_url=live_server.url)
    buyer = Buyer(world, browser, live_server.url, language)
    buyer.choose()
    page = buyer.page
    page.wait_for_selector("[data-stripe] form button:visible")
    assert not page.locator("[data-loading]").is_visible()
    buyer.visit.open(f"/o/{buyer.number}/pay")
    buyer.visit.page.wait_for_selector("[data-stripe] form button:visible")
    buyer.visit.check("pay-card")
    assert not buyer.visit.faults, "\n".join(buyer.visit.faults)
    buyer.visit.page.close()
    page.frame_locator("[data-fields] iframe").locator("input").fill("4000 0000 0000 0002")
    page.click("[data-stripe] form button")
    page.wait_for_selector("[data-said]:visible")
    assert page.locator("[data-said]").inner_text() in ("这张卡被拒绝了，请换一张。", "Your card was declined.")
    assert buyer.state == "placed"
    page.frame_locator("[data-fields] iframe").locator("input").fill("4242 4242 4242 4242")
    page.click("[data-stripe] form button")
    # The page asks our server, as ever, and goes to the order once the money has come.
    page.wait_for_url(f"**/o/{buyer.number}")
    assert buyer.state == "delivered"
    assert [text for text in buyer.said if "402" not in text] == []


@pytest.mark.browser
@pytest.mark.skipif(chromium() is None, reason="Chromium is not installed: apt-get install chromium")
@pytest.mark.parametrize("methods", [("intent",), ("intent", "checkout")])
def test_a_script_that_does_not_load(
    world: World, desk: RunningChannels, live_server: Any, browser: Any, methods: tuple[str, ...]
) -> None:
    till(world, desk, *methods, shop_url=live_server.url)
    buyer = Buyer(world, browser, live_server.url)
    buyer.visit.context.route(f"{desk.url}/stripe/v3/", lambda route: route.abort())
    buyer.choose()
    page = buyer.page
    page.wait_for_selector("[data-unloaded]:visible")
    assert not page.locator("[data-stripe] form button[type=submit]:visible").count() or len(methods) > 1
    if len(methods) == 1:
        assert "换一种支付方式" in page.locator("[data-unloaded]").inner_text()
        return
    page.click("[data-plain] button:visible")
    page.wait_for_url(f"{desk.url}/pay/stripe/**")
    page.click("button")
    page.wait_for_url(f"**/o/{buyer.number}**")
    page.wait_for_selector(".seal")
    assert buyer.state in ("delivered", "placed")


@pytest.mark.browser
@pytest.mark.skipif(chromium() is None, reason="Chromium is not installed: apt-get install chromium")
def test_coming_back_from_a_bank(world: World, desk: RunningChannels, live_server: Any, browser: Any) -> None:
    till(world, desk, "intent")
    buyer = Buyer(world, browser, live_server.url)
    buyer.choose()
    page = buyer.page
    page.wait_for_selector("[data-stripe] form button:visible")
    desk.control.buy("stripe", Payment.objects.get(provider="stripe").channel_ref)
    page.goto(f"{buyer.base}/o/{buyer.number}/pay?payment_intent=pi_1&payment_intent_client_secret=pi_1_secret_2")
    page.wait_for_selector("[data-done]:visible")
    assert "secret" not in page.url
    assert not page.locator("[data-stripe] form").is_visible()
