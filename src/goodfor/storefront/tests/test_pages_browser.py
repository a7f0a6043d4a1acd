"""Every page in a real browser: 360 and 1440 px, both languages, light and dark; screenshots under var/screenshots/."""

from typing import Any

from goodfor.kernel.clock import utc_now
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser, press_buy
from goodfor.storefront.tests.factories import held_order
from goodfor.storefront.tests.world import World
from goodfor.window.operations import publish_blocks

__all__ = ["browser", "orm_beside_the_browser"]

STATIC_PAGES = {
    "home": "/",
    "categories": "/c",
    "category": "/c/{category}",
    "category-filtered": "/c/{category}?from=1&to=500&stock=1",
    "scene": "/s/宅家",
    "trust": "/trust",
    "search": "/search?q={query}",
    "search-none": "/search?q=zzzzzz",
    "product": "/p/{product}",
    "sold-out": "/p/{sold_out}",
    "checkout": "/checkout?p={product}&sku={sku}&qty=2",
    "orders-none": "/orders",
    "lookup": "/lookup",
    "me": "/me",
    "help": "/help",
    "terms": "/terms",
    "privacy": "/privacy",
    "not-found": "/no/such/page",
}

pytestmark = browser_marks


@every_size
def test_every_page(world: World, live_server: Any, browser: Any, width: int, language: str) -> None:
    visit = Visit(browser, live_server.url, width, language, world.given)
    names = {
        "category": world.category_slug,
        "query": world.query,
        "product": world.product_slug,
        "sold_out": world.sold_out_slug,
        "sku": str(world.sku_id),
    }
    for name, path in STATIC_PAGES.items():
        visit.open(path.format(**names))
        visit.check(name)
    publish_blocks(shop_id=world.shop_id, actor="test", now=utc_now())
    visit.open("/")
    visit.check("home-arranged")
    for state, (number, secret) in world.orders.items():
        visit.open(f"/o/{number}?k={secret}")
        visit.check(f"order-{state}")
    held = held_order(world, utc_now())
    visit.open(f"/o/{held.number}?k={held.secret}")
    visit.check("order-held")
    number = world.orders["delivered"][0]
    visit.open(f"/o/{number}/claim")
    visit.check("claim-refund")
    visit.open(f"/o/{world.orders['placed'][0]}/pay")
    visit.check("pay-choose")
    visit.open(f"/o/{number}")
    visit.page.click("form[data-reveal] button >> nth=0")
    visit.page.wait_for_selector(".code.is-open")
    visit.page.click(".code-marks summary")
    visit.check("order-revealed")
    visit.open(f"/o/{number}/claim")
    visit.check("claim")
    for name, path in {"orders": "/orders", "proof": f"/o/{number}/proof"}.items():
        visit.open(path)
        visit.check(name)
    visit.open("/lookup")
    visit.page.fill("#number", number)
    visit.page.fill("#secret", "wrong")
    visit.page.click("main button[type=submit]")
    visit.page.wait_for_selector("[role=alert]")
    visit.check("lookup-wrong")
    assert not visit.faults, "\n".join(visit.faults)


def test_buying_with_and_without_script(world: World, live_server: Any, browser: Any) -> None:
    """Product, checkout and pay page by clicks; the same again with JavaScript switched off."""
    for script in (True, False):
        context = browser.new_context(
            viewport={"width": 360, "height": 760}, java_script_enabled=script, locale="zh-CN"
        )
        # The channel itself is elsewhere: stay on our own page.
        context.route(
            "**/*", lambda route: route.continue_() if live_server.url in route.request.url else route.abort()
        )
        page = context.new_page()
        page.goto(f"{live_server.url}/p/{world.product_slug}")
        page.check(f"input[value='{world.sku_id}']", force=True)
        page.fill("#qty", "2")
        page.click(".buybar button[type=submit]")
        page.wait_for_selector("input[name=method]")
        assert page.input_value("#qty") == "2"
        page.check(f"input[name=method][value='{world.method}']")
        press_buy(page)
        page.goto(f"{live_server.url}/orders")
        assert page.locator(".wallet li").count() == 1
        page.click(".wallet a")
        assert "/o/G" in page.url
        assert page.locator(".seal-amber").count() == 1
        context.close()


def test_copied_code_has_no_gaps(world: World, live_server: Any, browser: Any) -> None:
    number, secret = world.orders["delivered"]
    context = browser.new_context(viewport={"width": 360, "height": 760})
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    page = context.new_page()
    page.goto(f"{live_server.url}/o/{number}?k={secret}")
    assert "k=" not in page.url
    page.click("form[data-reveal] button >> nth=0")
    page.wait_for_selector(".code.is-open")
    page.click(".code.is-open .code-row:last-of-type .copy")
    page.wait_for_function(
        "(codes) => navigator.clipboard.readText().then((text) => codes.includes(text))", arg=list(world.codes)
    )
    selected = page.evaluate(
        "() => { const c = document.querySelector('.code.is-open .code-row:last-of-type code');"
        " getSelection().selectAllChildren(c); return getSelection().toString(); }"
    )
    assert selected in world.codes
