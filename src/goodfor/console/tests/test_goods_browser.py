"""The goods pages in a real browser, in both sizes and languages; prices changed by clicks."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from typing import Any

import pytest

from goodfor.catalog import operations as catalog_does
from goodfor.catalog import queries as catalog
from goodfor.catalog.tests.pictures import encoded, noise
from goodfor.cli import world
from goodfor.console import tasks
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import person
from goodfor.console.tests.test_pages_browser import BUDGET, come_in, words_of
from goodfor.demo.types import CATEGORIES, OFFERS
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser

pytestmark = browser_marks


def words_of_goods(shop: Shop) -> tuple[str, ...]:
    """All that the shop has written about its goods."""
    offers = [(o.summary, o.how_to_use, o.validity, *(sku[2] for sku in o.skus)) for o in OFFERS]
    names = [name for _slug, name in CATEGORIES]
    return (*words_of(shop), *(text for offer in offers for text in offer), *names, "新品", "宅家")


@pytest.mark.soak
@every_size
def test_every_page_of_goods(shop: Shop, live_server: Any, browser: Any, width: int, language: str) -> None:
    sku_id, now = shop.demo.skus["kw-50"], utc_now()
    product_id = catalog.desk_sku(shop.id, sku_id).product_id
    shelf = catalog.shelves(shop.id)[0]
    bare = catalog_does.create_product(
        shop_id=shop.id, category_id=shelf.id, slug="new", name="新品", on_sale=False, actor="test", now=now
    )
    for side in (60, 70):
        catalog_does.add_product_image(
            shop_id=shop.id, product_id=product_id, raw=encoded(noise((side, side)), "PNG"), actor="test", now=now
        )
    visit = Visit(browser, live_server.url, width, language, words_of_goods(shop), budget=BUDGET, dense=True)
    come_in(visit, person(shop.id, app=True))
    for name, path in {
        "skus": "/console/skus/",
        "skus-empty": "/console/skus/?q=nothing",
        "sku": f"/console/skus/{sku_id}/",
        "products": "/console/products/",
        "product": f"/console/products/{product_id}/",
        "product-bare": f"/console/products/{bare}/",
        "product-new": "/console/products/new",
        "categories": "/console/categories/",
    }.items():
        visit.open(path)
        visit.check(f"console-{name}")
    assert not visit.faults, "\n".join(visit.faults)


def test_thresholds_by_clicks(shop: Shop, live_server: Any, browser: Any) -> None:
    visit = Visit(browser, live_server.url, 1440, "zh-hans", words_of_goods(shop), budget=None, dense=True)
    come_in(visit, person(shop.id, Role.OPERATOR))
    visit.open("/console/skus/?q=kw-50")
    visit.page.check("tbody tr:not(.sheet-detail) .row-pick >> nth=0")
    visit.page.click("button[name=act][value=low]")
    visit.page.wait_for_url("**/skus/batch")
    visit.page.fill("input[name=threshold]", "30")
    visit.page.click("button[name=look]")
    visit.page.wait_for_selector("button[name=go]")
    visit.check("console-skus-preview")
    visit.page.click("button[name=go]")
    visit.page.wait_for_url("**/batches/*/")
    assert tasks.do_batches(utc_now()) >= 1
    visit.open("/console/skus/?q=kw-50")
    assert visit.page.locator(".badge-amber").count() >= 1
    assert not visit.faults, "\n".join(visit.faults)
