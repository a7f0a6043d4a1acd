"""The shop's pages of companies in a real browser, in both sizes and languages."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from typing import Any

import pytest
from django.urls import reverse

from goodfor.catalog import queries as catalog
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import person
from goodfor.console.tests.test_pages_browser import BUDGET, come_in, words_of
from goodfor.console.tests.test_settings_browser import prove
from goodfor.console.tests.welfare_things import welfare_things
from goodfor.identity import queries as identity
from goodfor.kernel.clock import utc_now
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser
from goodfor.welfare import queries as welfare
from goodfor.welfare.operations.ask_invoice import ask_invoice

pytestmark = [*browser_marks, pytest.mark.soak]


@every_size
def test_every_page(shop: Shop, live_server: Any, browser: Any, width: int, language: str) -> None:
    company_id = welfare_things(shop)["company_id"]
    [paid] = welfare.prepayments(shop.id, company_id)
    ask_invoice(
        shop_id=shop.id, company_id=company_id, prepayment_id=paid.id, title="甲公司", actor="welfare:t",
        tax_number="91310000MA1K000001", now=utc_now(),
    )  # fmt: skip
    shelves = [shelf.name for shelf in catalog.shelves(shop.id)]
    clients = [one.name for one in identity.clients_of_shop(shop.id)]
    given = (*words_of(shop), *shelves, *clients, "甲公司", "主管", "林一")
    visit = Visit(browser, live_server.url, width, language, given, budget=BUDGET, dense=True)
    one = person(shop.id, app=True)
    come_in(visit, one)
    prove(visit, one)
    for name, path in {
        "list": reverse("desk:welfare"),
        "new": reverse("desk:welfare-company-new"),
        "company": reverse("desk:welfare-company", args=[company_id]),
        "edit": reverse("desk:welfare-company-edit", args=[company_id]),
    }.items():
        visit.open(path)
        visit.check(f"console-welfare-{name}")
    assert not visit.faults, "\n".join(visit.faults)
