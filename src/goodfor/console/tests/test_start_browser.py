"""The first steps, the demo page and the new shop's form in a real browser, in both sizes and languages."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from typing import Any

import pytest

from goodfor.console import starting
from goodfor.console.tests.helpers import person
from goodfor.console.tests.test_pages_browser import BUDGET, come_in
from goodfor.demo.operations.do_step import do_step
from goodfor.demo.operations.start_run import start_run
from goodfor.demo.types import OFFERS, SCENES
from goodfor.identity.operations import create_shop
from goodfor.kernel.clock import utc_now
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser

pytestmark = browser_marks
WORDS = (
    "好码小店",
    "试单",
    "余额",
    "示例客户",
    *(offer.name for offer in OFFERS),
    *SCENES,
    *(sku[1] for o in OFFERS for sku in o.skus),
)


@pytest.mark.soak
@every_size
def test_from_nothing_to_the_first_sale(
    transactional_db: None, live_server: Any, browser: Any, width: int, language: str
) -> None:
    """By clicks: name, product, codes with their check, balance, a delivered order; then demo data beside it."""
    shop = create_shop(code="demo", name="好码小店", currency="CNY", actor="test", now=utc_now())
    visit = Visit(browser, live_server.url, width, language, WORDS, budget=BUDGET, dense=True)
    come_in(visit, person(shop.id, app=True))
    visit.check("start-overview")
    for key in starting.KEYS:
        visit.open(f"/console/start?step={key}")
        visit.check(f"start-empty-{key}")
    page = visit.page
    visit.open("/console/start?step=name")
    page.fill("#support", "help@shop.example")
    page.click("main form[action$='/start/name'] button.button-main")
    page.wait_for_url("**/start?step=product")
    page.fill("#name", OFFERS[0].name)
    page.fill("#sku_name", OFFERS[0].skus[0][1])
    page.fill("#price", "9.90")
    page.click("main form[action$='/start/product'] button.button-main")
    page.wait_for_url("**/start?step=codes")
    page.fill("#lines", "AAAA-0001\nAAAA-0002\nAAAA-0002\n")
    page.click("main form[action$='/start/codes'] button.button-main")
    page.wait_for_selector("input[name=token]", state="attached")
    visit.check("start-codes-checked")
    page.click("main form:has(input[name=token]) button.button-main")
    page.wait_for_url("**/start?step=channel")
    page.click("main button[name=provider][value=balance]")
    page.wait_for_url("**/start?step=order")
    visit.check("start-order")
    page.click("main form:has(input[value=place]) button.button-main")
    page.wait_for_selector("button[name=act][value=refund]")
    visit.check("start-delivered")
    run = start_run(shop_id=shop.id, kind="fill", actor="test", now=utc_now())
    visit.open("/console/demo")
    visit.check("demo-running")
    while do_step(shop_id=shop.id, run_id=run, now=utc_now()):
        continue
    visit.open("/console/demo")
    visit.check("demo-filled")
    assert not visit.faults, "\n".join(visit.faults)
