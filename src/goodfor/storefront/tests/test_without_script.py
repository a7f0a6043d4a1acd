"""Buy, look up, claim: with JavaScript switched off, by clicks alone."""

from collections.abc import Iterator
from typing import Any

import pytest

from goodfor.catalog.tests.pictures import encoded, noise
from goodfor.kit.tests.browser import browser, browser_marks, orm_beside_the_browser, press_buy
from goodfor.orders import queries as orders
from goodfor.storefront.tests.world import World

__all__ = ["browser", "orm_beside_the_browser"]

pytestmark = browser_marks


@pytest.fixture
def page(browser: Any, live_server: Any) -> Iterator[Any]:
    """A phone without script; nothing outside of this shop is reached."""
    context = browser.new_context(viewport={"width": 360, "height": 760}, java_script_enabled=False, locale="zh-CN")
    context.route("**/*", lambda route: route.continue_() if live_server.url in route.request.url else route.abort())
    yield context.new_page()
    context.close()


def test_buy(world: World, live_server: Any, page: Any) -> None:
    page.goto(f"{live_server.url}/")
    page.fill("#q", world.query)
    page.click(".search-go")
    page.click(f".cards a[href='/p/{world.product_slug}']")
    page.click(".stack summary")
    assert page.locator("[data-stack-pay]").is_visible()
    assert not page.locator("[data-share]").is_visible()
    page.check(f"input[value='{world.sku_id}']", force=True)
    page.fill("#qty", "2")
    page.click(".buybar button[type=submit]")
    page.click("details.other summary")
    page.fill("#invoice_title", "星河科技")
    page.check(f"input[name=method][value='{world.method}']")
    press_buy(page)
    page.goto(f"{live_server.url}/orders")
    page.click(".wallet a >> nth=0")
    assert page.locator("text=星河科技").count() == 1
    assert page.locator(".deadline").is_visible()


def test_look_up_and_see(world: World, live_server: Any, page: Any) -> None:
    number, secret = world.orders["delivered"]
    page.goto(f"{live_server.url}/lookup")
    page.fill("#number", number)
    page.fill("#secret", secret)
    page.click("main button[type=submit]")
    assert page.url.endswith(f"/o/{number}")
    page.click("form[data-reveal] button >> nth=0")
    assert page.locator(".code.is-open").count() == 1
    page.click(".code-marks summary")
    assert page.locator(".code-marks[open] svg").count() == 2


def test_claim(world: World, live_server: Any, page: Any) -> None:
    number, secret = world.orders["delivered"]
    page.goto(f"{live_server.url}/o/{number}?k={secret}")
    page.click("form[data-reveal] button >> nth=0")
    page.click("text=用不了？ >> nth=0")
    page.check("input[name=code] >> nth=0")
    page.click("details.other summary")
    page.fill("#text", "平台说不存在")
    page.click("button[value=invalid]")
    # Nobody can be asked about own stock: the table wants to see it.
    assert f"/o/{number}/claim/" in page.url
    assert page.locator("h1").inner_text() == "等你补充"
    page.fill("#message", "截图在这里")
    page.set_input_files("#picture", {"name": "p.png", "mimeType": "image/png", "buffer": encoded(noise(), "PNG")})
    page.click("#thread button")
    order = orders.order_by_number(world.shop_id, number)
    [claim] = orders.claims_of_order(world.shop_id, order.id)
    assert (claim.reason, claim.state, len(claim.code_ids)) == ("invalid", "replaced", 1)
    assert page.locator("h1").inner_text() == "新码已到手"
    assert page.locator("#thread img").count() == 1
    page.click("button[name=rating][value='5']")
    assert page.locator("#rating", has_text="5 分").is_visible()
    page.click("text=去看新码")
    assert page.url.endswith(f"/o/{number}")
    assert page.locator(".code").count() == 3
