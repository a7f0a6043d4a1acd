"""The living page in a real browser: every component at 360 and 1440 px, in both languages and themes."""

from typing import Any

import pytest

from goodfor.kit.tests.browser import Visit, browser, browser_marks, orm_beside_the_browser

__all__ = ["browser", "orm_beside_the_browser"]

pytestmark = browser_marks

#: The page shows both languages' own names; and what invented cards say stays as it is.
GIVEN = ("元", "100元", "50元", "200元", "月卡")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("width", [360, 1440])
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
