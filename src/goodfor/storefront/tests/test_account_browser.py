"""The account in a real browser: every page in both sizes and languages, passkeys, the journey to a second device."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from goodfor.identity.buyer_models import Buyer
from goodfor.identity.operations.set_oauth_app import set_oauth_app
from goodfor.kernel.clock import utc_now
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser, press_buy
from goodfor.loyalty.operations.earn_by_order import earn_by_order
from goodfor.loyalty.operations.give_units import give_units
from goodfor.loyalty.operations.set_terms import set_terms
from goodfor.loyalty.operations.set_tiers import set_tiers
from goodfor.loyalty.types import Holder, Source, Terms, Tier, TierSet
from goodfor.storefront.tests.account_flow import Mailbox
from goodfor.storefront.tests.test_account_pages import pay
from goodfor.storefront.tests.world import World

__all__ = ["browser", "orm_beside_the_browser"]
pytestmark = browser_marks
MAIL = "lin@example.com"
#: Words of the shop about its tiers.
MEMBER = ("普通会员", "银卡", "金卡", "专属客服")
PAGES = {
    "me-signed-in": "/me",
    "account-points": "/me/points",
    "account-orders": "/orders",
    "account-profile": "/me/profile",
    "account-saved": "/me/accounts",
    "account-messages": "/me/messages",
    "account-security": "/me/security",
    "account-proof": "/me/prove",
    "account-claim": "/me/claim",
    "account-data": "/me/data",
}


def sign_in(page: Any, base: str, box: Mailbox, contact: str = MAIL) -> None:
    """By clicks."""
    page.goto(f"{base}/signin")
    page.fill("#contact", contact)
    page.click("button[name=way][value=code]")
    page.wait_for_selector("#code")
    page.fill("#code", box.code)
    page.click("main button[type=submit] >> nth=0")
    page.wait_for_url("**/me")


@pytest.mark.soak
@every_size
def test_every_account_page(
    world: World, box: Mailbox, live_server: Any, browser: Any, width: int, language: str
) -> None:
    for provider, label in (("weixin", "微信"), ("github", "GitHub")):
        set_oauth_app(
            shop_id=world.shop_id, provider=provider, label=label, client_id="app", secret="s", actor="test",
            now=utc_now(),
        )  # fmt: skip
    visit = Visit(browser, live_server.url, width, language, (*world.given, "微信", "林小满", "游戏号", *MEMBER))
    page = visit.page
    visit.open("/signin")
    visit.check("signin")
    page.fill("#contact", MAIL)
    page.click("button[name=way][value=password]")
    page.wait_for_selector("#password")
    visit.check("signin-password")
    page.fill("#password", "wrong wrong")
    page.click("main button[type=submit]")
    page.wait_for_selector("[role=alert]")
    visit.check("signin-password-wrong")
    visit.open("/signin")
    page.fill("#contact", MAIL)
    page.click("button[name=way][value=code]")
    page.wait_for_selector("#code")
    visit.check("signin-code")
    page.fill("#code", box.wrong)
    page.click("main button[type=submit] >> nth=0")
    page.wait_for_selector("#code-bad")
    visit.check("signin-code-wrong")
    page.fill("#code", box.code)
    page.click("main button[type=submit] >> nth=0")
    page.wait_for_url("**/me")
    fill_the_account(page, live_server.url)
    has_points(world.shop_id)
    for name, path in PAGES.items():
        visit.open(path)
        visit.check(name)
    visit.open("/me/data")
    page.click(".button-danger")
    page.wait_for_selector(".alert")
    visit.check("account-data-closing")
    visit.open("/me")
    visit.check("me-closing")
    assert not visit.faults, "\n".join(visit.faults)


def has_points(shop_id: UUID) -> None:
    """A member half way up, with points that come, are there and end."""
    now = utc_now()
    tiers = (
        Tier("普通会员"),
        Tier("银卡", 100, 80, 12_000, 50, 100, "专属客服"),
        Tier("金卡", 1000, 500, 15_000, 100, 200),
    )
    set_terms(shop_id=shop_id, terms=Terms(on=True), actor="test", now=now - timedelta(days=9))
    set_tiers(shop_id=shop_id, tiers=TierSet(tiers), actor="test", now=now - timedelta(days=9))
    owner = Buyer.objects.get(shop_id=shop_id).id
    earn_by_order(
        shop_id=shop_id, owner=owner, order_id=UUID(int=5), paid_minor=30_000, top_up=False, placed_at=now,
        delivered_at=now, now=now,
    )  # fmt: skip
    give_units(
        shop_id=shop_id, holder=Holder(owner), units=1250, source=Source("test", "1"), currency="CNY", minor=1000,
        reason="游戏号", expires_at=now + timedelta(days=20), now=now,
    )  # fmt: skip


def fill_the_account(page: Any, base: str) -> None:
    page.goto(f"{base}/me/profile")
    page.fill("#name", "林小满")
    page.fill("#birthday", "1994-05-06")
    page.check("input[name=locale]:checked", force=True)
    language = page.get_attribute("html", "lang")
    page.check(f"input[name=locale][value={'en' if language == 'en' else 'zh-hans'}]")
    page.click("main button[type=submit]")
    page.goto(f"{base}/me/accounts")
    page.fill("#label", "游戏号")
    page.fill("#value", "player-777-with-a-very-long-name-that-must-wrap-on-a-phone")
    page.click("main form:last-of-type button[type=submit]")
    page.goto(f"{base}/me/security")
    page.fill("#password", "lake paper-plane loud rhubarb")
    page.click("form[action='/me/security/password'] button >> nth=0")
    page.wait_for_load_state("load")


@pytest.mark.soak
def test_buyer_signs_up_buys_and_finds_the_code_on_a_second_device(
    world: World, box: Mailbox, live_server: Any, browser: Any
) -> None:
    """The journey of the issue, once with and once without JavaScript on the second device."""
    first = browser.new_context(viewport={"width": 360, "height": 760}, locale="zh-CN")
    first.route("**/*", lambda route: route.continue_() if live_server.url in route.request.url else route.abort())
    page = first.new_page()
    sign_in(page, live_server.url, box)
    page.goto(f"{live_server.url}/p/{world.product_slug}")
    page.check(f"input[value='{world.sku_id}']", force=True)
    page.click(".buybar button[type=submit]")
    page.wait_for_selector("input[name=method]")
    page.check(f"input[name=method][value='{world.method}']")
    press_buy(page)
    page.goto(f"{live_server.url}/orders")
    number = page.locator(".wallet .mono").first.inner_text().strip()
    pay(world, number)
    shown = []
    for script in (True, False):
        second = browser.new_context(viewport={"width": 360, "height": 760}, java_script_enabled=script, locale="zh-CN")
        page = second.new_page()
        sign_in(page, live_server.url, box)
        page.goto(f"{live_server.url}/orders")
        page.click(f".wallet a[href='/o/{number}']")
        page.click("form[data-reveal] button >> nth=0")
        page.wait_for_selector(".code.is-open")
        shown.append("".join(page.locator(".code.is-open code").last.inner_text().split()))
        second.close()
    assert shown[0] == shown[1]
    assert shown[0].startswith("7K")
    first.close()


def test_passkey_made_and_used_by_a_real_browser(world: World, box: Mailbox, live_server: Any, browser: Any) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 760}, locale="zh-CN")
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
            }
        },
    )
    sign_in(page, live_server.url, box)
    page.goto(f"{live_server.url}/me/security")
    page.click("form[data-passkey=create] button")
    page.wait_for_selector("form[action*='/me/passkeys/']")
    page.click("form[action='/me/devices/revoke-all'] button")
    page.wait_for_url("**/signin")
    page.click("form[data-passkey=get] button")
    page.wait_for_url("**/me")
    page.goto(f"{live_server.url}/me/prove?next=/me/data")
    page.click("form[data-passkey=get] button")
    page.wait_for_url(f"{live_server.url}/me/data")
    assert page.locator("h1").inner_text() == "我的数据"
    context.close()
