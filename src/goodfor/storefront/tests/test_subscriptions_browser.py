"""Plans and a member's subscriptions in a real browser, from the shelf to a plan that is cancelled."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

import re
from typing import Any

import pytest

from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser
from goodfor.payments.operations.sandbox_consents import sign_consent
from goodfor.storefront.tests.account_flow import Mailbox
from goodfor.storefront.tests.test_account_browser import sign_in
from goodfor.storefront.tests.test_subscription_pages import on_sale, tills, work
from goodfor.storefront.tests.world import World

pytestmark = [*browser_marks, pytest.mark.soak]
#: Words of the shop about its plans, and the names of its ways to be charged.
OWN = ("影视月卡", "每月选两样喜欢的，当天就能用", "模拟支付")


@every_size
def test_from_the_shelf_to_the_end(
    world: World, box: Mailbox, live_server: Any, browser: Any, width: int, language: str
) -> None:  # fmt: skip
    visit = Visit(browser, live_server.url, width, language, (*world.given, *OWN))
    visit.open("/plans")
    visit.check("plans-none")
    tills(world)
    view = on_sale(world, world.sku_id, words=OWN[1], carry=1, pause_days=30)
    on_sale(world, world.sku_id, 6000, default_kind="points", default_points=200)
    for name, path in {"plans": "/plans", "plan-guest": f"/plans/{view.slug}"}.items():
        visit.open(path)
        visit.check(name)
    page = visit.page
    sign_in(page, live_server.url, box)
    visit.open("/me/subscriptions")
    visit.check("account-subscriptions-none")
    visit.open(f"/plans/{view.slug}")
    visit.check("plan")
    page.check("input[name=agree]")
    # The page leads on by itself; here it is looked at first.
    page.route("**/pay/sandbox/**", lambda route: route.fulfill(status=204))
    page.click("form[data-once] button[type=submit]")
    page.wait_for_url("**/sign")
    visit.check("plan-sign")
    number = re.search(r"/pay/sandbox/[0-9a-f-]+/(M\w+)", page.content())
    back = page.get_attribute("a[href^='/me/subscriptions/']", "href")
    assert number
    visit.open(back)
    visit.check("account-subscription-waits")
    # The page goes on by itself as soon as it hears of it.
    page.goto("about:blank")
    sign_consent(shop_id=world.shop_id, number=number[1])
    work()
    visit.open(back)
    visit.check("account-subscription")
    page.click("form[action$='/pick'] button >> nth=0")
    page.wait_for_url("**/o/*")
    visit.check("account-subscription-picked")
    for name, path in {"mine": "/me/subscriptions", "after-pick": back, "had": f"/plans/{view.slug}"}.items():
        visit.open(path)
        visit.check(f"account-subscription-{name}")
    page.click(f"a[href='{back}']")
    page.wait_for_url(f"**{back}")
    for what, name in {"pause": "pausing", "resume": "again", "cancel": "cancelled"}.items():
        page.click(f"button[name=act][value={what}]")
        page.wait_for_load_state("load")
        visit.check(f"account-subscription-{name}")
    visit.open("/me/subscriptions")
    visit.check("account-subscriptions-cancelled")
    assert not visit.faults, "\n".join(visit.faults)
