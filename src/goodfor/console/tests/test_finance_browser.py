"""The pages of finance and settlement in a real browser."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from typing import Any

import pytest

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.finance_things import approved, finance_things, owe, party
from goodfor.console.tests.helpers import link_of, person
from goodfor.finance.operations import set_agreement
from goodfor.finance.tests.world import follow
from goodfor.finance.types import AgreementInput, Terms
from goodfor.kernel.clock import utc_now
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser

pytestmark = [*browser_marks, pytest.mark.soak]


@every_size
def test_pages_of_finance_and_settlement(
    shop: Shop, live_server: Any, browser: Any, width: int, language: str
) -> None:  # fmt: skip
    """A party with an agreement, a statement that waits, one that is being paid, and an order's profit."""
    now, one, things = utc_now(), party(shop, "li", hold_back_bp=500), finance_things(shop)
    says = AgreementInput("li-1", one.id, Terms("percent", bp=1_000), now)
    set_agreement(shop_id=shop.id, says=says, actor="test", now=now)
    found = approved(shop, one, 25_000)
    owe(shop, one, 700)
    follow(now)
    given = ("好码小店", "李记", *(line.title for line in shop.delivered.lines))
    visit = Visit(browser, live_server.url, width, language, given, budget=None, dense=True)
    visit.open(f"/console/signin?token={link_of(person(shop.id, app=True))}")
    visit.page.click("main form button.button-main")
    visit.page.wait_for_url("**/console/")
    visit.page.wait_for_load_state("networkidle")
    for path, name in (
        ("finance/profit/", "profits"),
        ("finance/profit/by", "profit-by"),
        (f"orders/{shop.delivered.number}/profit", "order-profit"),
        (f"orders/{shop.delivered.number}/", "order-with-profit"),
        ("finance/parties/", "parties"),
        (f"finance/parties/{one.id}/", "party"),
        ("finance/agreements/", "agreements"),
        ("finance/agreements/one?code=li-1", "agreement"),
        ("finance/contracts/", "contracts"),
        ("finance/contracts/one?supplier=", "contract"),
        ("finance/taxes/", "taxes"),
        ("settlement/", "settlement"),
        ("settlement/statements/", "statements"),
        (f"settlement/statements/{found.id}/", "statement"),
        ("settlement/payouts/", "payouts"),
        (f"settlement/payouts/{things['payout_id']}/", "payout"),
        (f"settlement/files/{things['payout_file_id']}/", "payout-file"),
    ):
        visit.open(f"/console/{path}")
        visit.check(f"console-finance-{name}")
    assert not visit.faults, "\n".join(visit.faults)
