"""The pages of reconciliation and of the books in a real browser."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from typing import Any

import pytest

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import link_of, person, sql
from goodfor.console.tests.recon_things import recon_things
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser
from goodfor.ledger import queries as ledger
from goodfor.recon import queries as recon
from goodfor.recon.house_actions import HouseActions
from goodfor.recon.operations.act import act_due
from goodfor.recon.tests.test_runs import SCOPE

pytestmark = [*browser_marks, pytest.mark.soak]


@every_size
def test_pages_of_reconciliation_and_books(
    shop: Shop, live_server: Any, browser: Any, width: int, language: str
) -> None:  # fmt: skip
    """A difference that the machine gave up, a day that may be closed, and the books of this month."""
    things, today = recon_things(shop), ledger.business_day(utc_now())
    act_due(actions=HouseActions(), now=utc_now())
    assert recon.tries(shop.id, things["recon_case_id"])
    person(shop.id, Role.FINANCE)
    given = ("好码小店", *(line.title for line in shop.delivered.lines))
    visit = Visit(browser, live_server.url, width, language, given, budget=None, dense=True)
    visit.open(f"/console/signin?token={link_of(person(shop.id, app=True))}")
    visit.page.click("main form button.button-main")
    visit.page.wait_for_url("**/console/")
    visit.page.wait_for_load_state("networkidle")
    (tx_id,) = sql("SELECT max(id) FROM ledger_tx WHERE shop_id = %s", [shop.id])[0]
    days = f"code=5001:sales:codes&from={today}&until={today}"
    for name, path in {
        "recon": "/console/recon/cases/",
        "recon-none": "/console/recon/cases/?category=C2",
        "recon-case": f"/console/recon/cases/{things['recon_case_id']}/",
        "recon-days": f"/console/recon/days/?until={SCOPE.day}",
        "recon-days-none": "/console/recon/days/",
        "recon-day": f"/console/recon/day?day={SCOPE.day}",
        "recon-day-none": "/console/recon/day",
        "recon-run": f"/console/recon/runs/{things['recon_run_id']}/",
        "bill-file": "/console/bills/",
        "ledger": f"/console/ledger/?on={today}",
        "ledger-days": f"/console/ledger/account?{days}",
        "ledger-tx": f"/console/ledger/tx/{tx_id}/",
        "income": "/console/ledger/income",
        "income-sku": "/console/ledger/income?by=sku",
        "income-none": "/console/ledger/income?until=2020-01",
        "months": "/console/ledger/months/",
        "month": f"/console/ledger/month?month={today:%Y-%m}",
        "book-files": "/console/ledger/files",
    }.items():
        visit.open(path)
        visit.check(f"console-{name}")
    assert not visit.faults, "\n".join(visit.faults)
