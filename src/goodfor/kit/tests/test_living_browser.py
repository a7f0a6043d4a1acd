"""The living page in a real browser: every component at 360 and 1440 px, in both languages and themes."""

import re
from typing import Any

import pytest

from goodfor.kit.tests.browser import SHOTS, Visit, browser, browser_marks, every_size, orm_beside_the_browser

__all__ = ["browser", "orm_beside_the_browser"]

pytestmark = browser_marks

#: The page shows both languages' own names; and what invented cards say stays as it is.
GIVEN = ("元", "100元", "50元", "200元", "月卡")


@pytest.mark.soak
@every_size
def test_living_page(live_server: Any, browser: Any, width: int, language: str) -> None:
    visit = Visit(browser, live_server.url, width, language, GIVEN, budget=None, dense=True)
    visit.open("/kit")
    charts = visit.page.locator("[data-chart]")
    for index in range(charts.count()):
        charts.nth(index).scroll_into_view_if_needed()
    visit.page.wait_for_function("document.querySelectorAll('[data-drawn]').length === 8")
    visit.page.evaluate("scrollTo(0, 0)")
    # Every part stands there twice, with its landmarks.
    visit.check("kit", both_shots=True, without=["landmark-unique"])
    assert not visit.faults, "\n".join(visit.faults)


@pytest.mark.soak
@pytest.mark.parametrize("width", [360, 1440])
def test_overlays_open_and_close(live_server: Any, browser: Any, width: int) -> None:
    visit = Visit(browser, live_server.url, width, "zh-hans", budget=None)
    page = visit.page
    visit.open("/kit")
    page.click("header.head [data-open=drawer-edit]")
    assert page.locator("#drawer-edit").evaluate("d => d.open && d.matches(':modal')")
    visit.shoot("kit-drawer", full=False)
    page.keyboard.press("Escape")
    assert not page.locator("#drawer-edit").evaluate("d => d.open")
    page.locator("[data-open=dialog-example]").first.click()
    visit.shoot("kit-dialog", full=False)
    page.click("#dialog-example .dialog-foot .button-main")
    assert not page.locator("#dialog-example").evaluate("d => d.open")
    # What the server sends into a drawer by htmx.
    page.locator("[hx-get]").first.click()
    page.wait_for_selector("#far input")
    assert page.locator("#drawer-far").evaluate("d => d.open")
    page.click("#drawer-far [data-close]")
    assert not visit.watch.stop(None)


@pytest.mark.soak
def test_batch_counts_and_asks(live_server: Any, browser: Any) -> None:
    visit = Visit(browser, live_server.url, 1440, "zh-hans", budget=None)
    page = visit.page
    visit.open("/kit")
    assert not page.locator(".batch").is_visible()
    page.locator(".row-pick").nth(0).check()
    page.locator(".row-pick").nth(2).click(modifiers=["Shift"])
    assert page.locator("[data-picked]").inner_text() == "已选 3 条"
    assert page.locator(".pick-all").evaluate("box => box.indeterminate")
    page.locator(".pick-all").check()
    assert page.locator("[data-picked]").inner_text() == "已选 6 条"
    visit.shoot("kit-batch", full=False)
    page.locator(".pick-query").check()
    assert page.input_value("input[name=counted]") == "12840"
    page.click("button[value=refund]")
    assert page.locator("[data-confirm-text]").inner_text() == "把 12,840 个订单的钱原路退回？退回后不能撤销。"
    assert page.locator("[data-yes]").is_disabled()
    page.fill("#confirm-typed", "12840")
    visit.shoot("kit-confirm", full=False)
    assert page.locator("[data-yes]").is_enabled()
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.click("[data-yes]")
    body = sent.value.post_data or ""
    assert "act=refund" in body
    assert "whole=1" in body
    assert "counted=12840" in body


@pytest.mark.soak
def test_columns_and_theme_are_remembered(live_server: Any, browser: Any) -> None:
    visit = Visit(browser, live_server.url, 1440, "zh-hans", budget=None)
    page = visit.page
    visit.open("/kit")
    page.click("#orders-sheet details.menu summary")
    page.uncheck("input[name=cols][value=buyer]")
    assert not page.locator("th[data-col=buyer]").is_visible()
    visit.shoot("kit-columns", full=False)
    page.click(".work-top details.menu.js-only summary")
    page.click("[data-theme-to=dark]")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(17, 24, 20)"
    visit.open("/kit")
    assert page.locator("html[data-theme=dark]").count() == 1
    assert not page.locator("th[data-col=buyer]").is_visible()
    assert not visit.watch.stop(None)


@pytest.mark.soak
def test_code_is_copied_without_gaps_and_clock_runs(live_server: Any, browser: Any) -> None:
    visit = Visit(browser, live_server.url, 360, "zh-hans", budget=None)
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    page = visit.page
    visit.open("/kit")
    page.locator(".code.is-open .copy").nth(1).click()
    page.wait_for_timeout(200)
    assert page.evaluate("navigator.clipboard.readText()") == "7K3QXW2TM9PL5RBD"
    page.locator(".code-marks summary").first.click()
    assert page.locator(".code-marks[open] svg").count() == 2
    page.locator(".code.is-open").first.screenshot(path=str(SHOTS / "kit-code.png"))
    first = page.locator("[data-until]").first.inner_text()
    page.wait_for_function("was => document.querySelector('[data-until]').textContent !== was", arg=first)
    # Over a day it says days; a little less than seven of them, and one.
    far = (
        "([id, left]) => { const b = document.createElement('b'); b.id = id; "
        "b.dataset.until = new Date(Date.now() + left * 1000).toISOString(); "
        "document.body.append(b); goodfor.start(b); }"
    )
    for name, left, said in (("far", 604_799, r"6 天 23:59:5\d"), ("near", 86_410, r"1 天 00:00:\d\d")):
        page.evaluate(far, [name, left])
        assert re.fullmatch(said, page.locator(f"#{name}").inner_text())


def test_without_script(live_server: Any, browser: Any) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 760}, java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{live_server.url}/kit")
    # A drawer by its address, closed by another.
    page.click("header.head [data-open=drawer-edit]")
    assert page.locator("#drawer-edit").is_visible()
    page.locator("#drawer-edit").screenshot(path=str(SHOTS / "kit-drawer-noscript.png"))
    page.click("#drawer-edit .dialog-head a")
    assert not page.locator("#drawer-edit").is_visible()
    # The batch bar by CSS, details of rows shown, no button that would do nothing.
    page.locator(".row-pick").first.check()
    assert page.locator(".batch").is_visible()
    assert page.locator(".sheet-detail").first.is_visible()
    assert not page.locator(".row-more").first.is_visible()
    assert not page.locator(".copy").first.is_visible()
    # The table behind a chart.
    page.locator(".chart-table summary").first.click()
    assert page.locator(".chart-table table").first.is_visible()
    page.goto(f"{live_server.url}/kit#side")
    assert page.locator("#side").is_visible()
    context.close()
