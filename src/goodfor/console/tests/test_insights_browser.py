"""Pages of figures in a real browser: charts drawn with their tables, nothing sideways, nothing left in Chinese."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from typing import Any

import pytest
from django.urls import reverse

from goodfor.catalog import queries as catalog
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import person
from goodfor.console.tests.insight_things import filled, foreseen, reported, told
from goodfor.console.tests.test_pages_browser import BUDGET, come_in, words_of
from goodfor.insights import queries
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser

pytestmark = browser_marks


@pytest.mark.soak
@every_size
def test_every_page_of_figures(shop: Shop, live_server: Any, browser: Any, width: int, language: str) -> None:
    today = filled(shop)
    sku_id = foreseen(shop, today)
    told(shop, today)
    report_id = reported(shop, "Channels weekly")
    # What was sent stands in the shop's language.
    sent = queries.issue(shop.id, report_id, 1)
    shelves = (shelf.name for shelf in catalog.shelves(shop.id))
    given = (*words_of(shop), *shelves, sent.title, *sent.columns, *filter(None, sent.meanings))
    visit = Visit(browser, live_server.url, width, language, given, budget=BUDGET, dense=True)
    come_in(visit, person(shop.id, app=True))
    report = reverse("desk:insights-report", args=[report_id])
    for name, path in {
        "home": reverse("desk:overview"),
        "board": reverse("desk:insights"),
        "board-year": reverse("desk:insights") + "?span=365d&by=segment&segment=new",
        "board-none": reverse("desk:insights") + "?campaign=00000000-0000-0000-0000-000000000001",
        "tops": reverse("desk:insights-tops"),
        "stock": reverse("desk:insights-stock"),
        "sku": reverse("desk:insights-sku", args=[sku_id]),
        "cohorts": reverse("desk:insights-cohorts"),
        "funnel": reverse("desk:insights-funnel"),
        "health": reverse("desk:insights-health"),
        "brief": reverse("desk:insights-brief"),
        "reports": reverse("desk:insights-reports"),
        "report": report,
        "report-edit": f"{report}edit",
        "issue": f"{report}1/",
    }.items():
        visit.open(path)
        # What a page still loads would be weighed with the next one.
        visit.page.wait_for_load_state("networkidle")
        visit.check(f"insights-{name}")
    assert not visit.faults, "\n".join(visit.faults)
