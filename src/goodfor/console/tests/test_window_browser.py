"""The blocks of the home page in a real browser: each form, a drag, the preview in its frame; columns kept in sight."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from typing import Any

import pytest

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import person
from goodfor.console.tests.test_pages_browser import BUDGET, come_in, words_of
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser
from goodfor.window import queries as window
from goodfor.window.operations import add_block, publish_blocks
from goodfor.window.types import BlockRequest, Text

pytestmark = browser_marks
WORDS = ("周末专场", "第一段", "第二段", "宅家")


def blocks(shop: Shop) -> None:
    for kind, settings in (
        ("banner", {"title": "周末专场", "href": "/c"}),
        ("text", {"body": "第一段"}),
        ("text", {"body": "第二段"}),
    ):
        add_block(shop_id=shop.id, block=BlockRequest(kind, dict(settings)), actor="test", now=utc_now())


@pytest.mark.soak
@every_size
def test_pages_of_the_window(shop: Shop, live_server: Any, browser: Any, width: int, language: str) -> None:
    given = (*words_of(shop), *WORDS, "影音会员", "游戏点卡", "出行生活", "阅读学习")
    visit = Visit(browser, live_server.url, width, language, given, budget=BUDGET, dense=True)
    come_in(visit, person(shop.id, Role.OPERATOR))
    visit.open("/console/window/")
    visit.check("console-window-empty")
    for kind in ("banner", "scene", "category", "grid", "flash", "text"):
        visit.open(f"/console/window/add/{kind}")
        visit.check(f"console-window-{kind}")
    blocks(shop)
    visit.open("/console/window/")
    visit.check("console-window")
    visit.open(f"/console/orders/{shop.delivered.number}/#note")
    visit.page.wait_for_selector("#note[open]")
    visit.check("console-order-note")
    visit.open("/console/orders/")
    # However far the list is scrolled, what can be done with an order stays in sight.
    for far in (0, 10_000):
        visit.page.evaluate("far => { document.querySelector('.sheet-scroll').scrollLeft = far }", far)
        sheet = visit.page.locator(".sheet-scroll").first.bounding_box()
        last = visit.page.locator("td.keep-last").first.bounding_box()
        assert sheet is not None
        assert last is not None
        assert abs(last["x"] + last["width"] - sheet["x"] - sheet["width"]) <= 2
    assert not visit.faults, "\n".join(visit.faults)


@pytest.mark.parametrize("width", [360, 1440])
def test_preview_is_seen_in_its_frame(shop: Shop, live_server: Any, browser: Any, width: int) -> None:
    blocks(shop)
    visit = Visit(browser, live_server.url, width, "zh-hans", (), budget=BUDGET * 2, dense=True)
    come_in(visit, person(shop.id, Role.OPERATOR))
    for way, wide in (("phone", 360), ("desktop", 1280)):
        visit.open(f"/console/window/preview?width={way}")
        frame = visit.page.frame_locator("iframe")
        frame.locator("text=第一段").wait_for()
        # Styled, so that what is seen is what buyers will see.
        assert frame.locator("body").evaluate("body => getComputedStyle(body).fontSize") == "14px"
        assert frame.locator("body").evaluate("() => innerWidth") == wide
        assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        visit.page.screenshot(path=f"var/screenshots/console-window-preview-{way}-{width}.png", full_page=True)
    assert not visit.faults, "\n".join(visit.faults)


def test_a_row_is_dragged_to_another_place(shop: Shop, live_server: Any, browser: Any) -> None:
    blocks(shop)
    publish_blocks(shop_id=shop.id, actor="test", now=utc_now())
    visit = Visit(browser, live_server.url, 1440, "zh-hans", (), budget=BUDGET, dense=True)
    come_in(visit, person(shop.id, Role.OPERATOR))
    visit.open("/console/window/")
    rows = visit.page.locator("tr[data-block]")
    with visit.page.expect_navigation():
        rows.nth(2).drag_to(rows.nth(0), target_position={"x": 20, "y": 2})
    assert next(block.content for block in window.draft(shop.id)) == Text("第二段")
    assert window.is_changed(shop.id)
