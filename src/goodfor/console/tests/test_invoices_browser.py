"""The pages of invoices in a real browser."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from typing import Any

import pytest

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import link_of, person
from goodfor.console.tests.things import invoice_of
from goodfor.invoices.operations import red_letter, resolve_invoice
from goodfor.kernel.clock import utc_now
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser

pytestmark = [*browser_marks, pytest.mark.soak]


@every_size
def test_pages_of_invoices(shop: Shop, live_server: Any, browser: Any, width: int, language: str) -> None:
    """An invoice that was issued and a red letter that waits for a person."""
    one, now = invoice_of(shop), utc_now()
    said = {"issued": True, "official": "26000001", "link": "", "note": "", "actor": "test", "now": now}
    resolve_invoice(shop_id=shop.id, invoice_id=one, **said)
    red = red_letter(shop_id=shop.id, invoice_id=one, reason="抬头有误", actor="test", now=now)
    given = ("好码小店", "张三", "抬头有误", *(line.title for line in shop.delivered.lines))
    visit = Visit(browser, live_server.url, width, language, given, budget=None, dense=True)
    visit.open(f"/console/signin?token={link_of(person(shop.id, app=True))}")
    visit.page.click("main form button.button-main")
    visit.page.wait_for_url("**/console/")
    visit.page.wait_for_load_state("networkidle")
    for path, name in (
        ("invoices/", "list"), (f"invoices/{one}/", "one"), (f"invoices/{red.id}/", "red"), ("invoices/vat/", "vat"),
        ("invoices/issuer/", "issuer"),
    ):  # fmt: skip
        visit.open(f"/console/{path}")
        visit.check(f"console-invoices-{name}")
    assert not visit.faults, "\n".join(visit.faults)
