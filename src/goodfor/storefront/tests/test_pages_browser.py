"""Every page in a real browser: 360 and 1440 px, both languages, light and dark; screenshots under var/screenshots/."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from goodfor.storefront.tests.page_checks import LAUNCH_ARGS, Watch, chromium, measure
from goodfor.storefront.tests.world import World

SHOTS = Path(__file__).resolve().parents[4] / "var" / "screenshots"
STATIC_PAGES = {
    "home": "/",
    "categories": "/c",
    "category": "/c/{category}",
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

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(chromium() is None, reason="Chromium is not installed: apt-get install chromium"),
]


@pytest.fixture(autouse=True)
def _orm_beside_the_browser() -> Iterator[None]:
    """The browser's driver runs an event loop in this thread; the database is used from it all the same."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium(), args=LAUNCH_ARGS)
        yield opened
        opened.close()


class Visit:
    """One visitor with a width and a language, collecting what is wrong page by page."""

    def __init__(self, browser: Any, base: str, width: int, language: str, given: tuple[str, ...]) -> None:
        self.base, self.width, self.language, self.given = base, width, language, given
        phone = width < 600
        self.context = browser.new_context(
            viewport={"width": width, "height": 760 if phone else 900},
            is_mobile=phone,
            has_touch=phone,
            locale="en-US" if language == "en" else "zh-CN",
        )
        self.context.add_cookies([{"name": "gf_lang", "value": language, "url": base}])
        self.page = self.context.new_page()
        self.watch = Watch(self.page)
        self.faults: list[str] = []

    def open(self, path: str) -> None:
        self.watch.start()
        self.page.goto(self.base + path)
        self.page.wait_for_load_state("load")

    def check(self, name: str) -> None:
        found = list(self.watch.stop())
        for theme in ("light", "dark"):
            self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            found += measure(self.page, english=self.language == "en", given=self.given)
        # Taking a picture writes styles into the page: measure first.
        SHOTS.mkdir(parents=True, exist_ok=True)
        for theme in ("dark", "light") if self.width < 600 else ("light",):
            self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            target = SHOTS / f"{name}-{self.width}-{self.language}-{theme}.png"
            self.page.screenshot(path=target, full_page=True)
        self.faults += [f"{name}: {fault}" for fault in dict.fromkeys(found)]
        self.watch.start()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("width", [360, 1440])
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
    for state, (number, secret) in world.orders.items():
        visit.open(f"/o/{number}?k={secret}")
        visit.check(f"order-{state}")
    number = world.orders["delivered"][0]
    visit.open(f"/o/{number}")
    visit.page.click("form[data-reveal] button >> nth=0")
    visit.page.wait_for_selector(".code.is-open")
    visit.check("order-revealed")
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
        page.click(".buybar button[type=submit]", no_wait_after=True)
        page.wait_for_timeout(1500)
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
    page.click(".code.is-open .code-row:last-child .copy")
    page.wait_for_timeout(200)
    assert page.evaluate("navigator.clipboard.readText()") in world.codes
    selected = page.evaluate(
        "() => { const c = document.querySelector('.code.is-open .code-row:last-child code');"
        " getSelection().selectAllChildren(c); return getSelection().toString(); }"
    )
    assert selected in world.codes
