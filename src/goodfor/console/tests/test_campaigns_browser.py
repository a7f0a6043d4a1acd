"""The pages of campaigns in a real browser: the steps that make one by clicking, and how they look."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from typing import Any

import pytest

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import person
from goodfor.console.tests.test_pages_browser import BUDGET, come_in, words_of
from goodfor.identity.types import Role
from goodfor.kit.tests.browser import Visit, browser, browser_marks, orm_beside_the_browser
from goodfor.promotions import queries as promotions
from goodfor.promotions.types import BundlePrice, Compare

pytestmark = browser_marks


@pytest.mark.soak
@pytest.mark.parametrize("width", [360, 1440])
def test_a_bundle_at_a_price_for_new_buyers_in_at_most_twelve_clicks(
    shop: Shop, live_server: Any, browser: Any, width: int
) -> None:
    given = (*words_of(shop), "宅家娱乐能量包", "新人尝鲜")
    visit = Visit(browser, live_server.url, width, "zh-hans", given, budget=BUDGET, dense=True)
    come_in(visit, person(shop.id, Role.OPERATOR))
    person(shop.id, Role.OPERATOR)
    page, clicks = visit.page, 0

    def on(to: str) -> None:
        nonlocal clicks
        clicks += 1
        with page.expect_navigation():
            page.click(f'button[name="to"][value="{to}"]')

    visit.open("/console/bundles/new")
    page.fill('[name="title"]', "宅家娱乐能量包")
    page.fill('[name="slug"]', "home-fun")
    for n, sku in enumerate(list(shop.demo.skus.values())[:2]):
        page.select_option(f'[name="sku_{n}"]', str(sku))
    on("price")
    page.fill('[name="price"]', "88.80")
    on("check")
    on("sell")
    visit.open("/console/campaigns/new")
    visit.check("console-campaign-new")
    clicks += 1
    with page.expect_navigation():
        page.click('a[href$="/campaigns/new/bundle"]')
    page.fill('[name="name"]', "新人尝鲜")
    on("effect")
    page.fill('[name="price"]', "66.60")
    on("when")
    visit.check("console-campaign-when")
    page.select_option('[name="audience"]', "new")
    on("limits")
    visit.check("console-campaign-limits")
    on("check")
    visit.check("console-campaign-check")
    on("submit")
    assert clicks <= 12
    [view] = promotions.campaigns(shop.id)
    [revision] = promotions.revisions(shop.id, view.id)
    assert (view.state, revision.spec.effect) == ("review", BundlePrice(6_660))
    assert revision.spec.audience == Compare("orders_paid", "eq", 0)
    visit.check("console-campaign")
    for path in ("", "calendar", f"{view.id}/simulated", f"{view.id}/tried"):
        visit.open(f"/console/campaigns/{path}")
        visit.check(f"console-campaigns-{path.rpartition('/')[2] or 'list'}")
    assert not visit.faults, "\n".join(visit.faults)
