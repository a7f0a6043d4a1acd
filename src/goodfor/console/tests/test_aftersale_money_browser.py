"""The pages of compensation in a real browser."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from datetime import timedelta
from typing import Any

import pytest

from goodfor.aftersales.operations.set_reserve import set_reserve
from goodfor.aftersales.reserve_tasks import accrue
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import link_of, person
from goodfor.console.tests.things import money_things, supply_things
from goodfor.kernel.clock import utc_now
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser

pytestmark = browser_marks


@pytest.mark.soak
@every_size
def test_pages_of_compensation(shop: Shop, live_server: Any, browser: Any, width: int, language: str) -> None:
    """A thin reserve, what is owed, and a supplier with one recovery whose form is open."""
    now, supplied = utc_now(), supply_things(shop)
    things = {**supplied, **money_things(shop, supplied["supplier_id"])}
    set_reserve(shop_id=shop.id, basis_points=100, actor="test", now=now - timedelta(days=5))
    accrue(now + timedelta(days=1))
    given = ("好码小店", "云梯供货", *(line.title for line in shop.delivered.lines))
    visit = Visit(browser, live_server.url, width, language, given, budget=None, dense=True)
    visit.open(f"/console/signin?token={link_of(person(shop.id, app=True))}")
    visit.page.click("main form button.button-main")
    visit.page.wait_for_url("**/console/")
    visit.page.wait_for_load_state("networkidle")
    visit.open("/console/claims/money/")
    visit.check("console-claim-money")
    visit.open(f"/console/claims/money/suppliers/{things['supplier_id']}/")
    visit.check("console-claim-recoveries")
    visit.page.click("#open details summary")
    visit.check("console-claim-recovery-form")
    assert not visit.faults, "\n".join(visit.faults)
