"""A partner's pages in a real browser: the list, a statement to agree with, one that was objected to, a dead link."""

from datetime import timedelta
from typing import Any

import pytest

from goodfor.identity.operations.create_shop import create_shop
from goodfor.kernel.clock import utc_now
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser
from goodfor.settlement import ports, queries
from goodfor.settlement.operations import make_link, make_statement
from goodfor.settlement.tests.factories import ANN, People, party, read_books, share

__all__ = ["browser", "orm_beside_the_browser"]
pytestmark = [*browser_marks, pytest.mark.soak]
SHOP, NAME, WHY = "甲店", "甲供应商", "少了一笔"


@every_size
def test_a_partner_agrees_and_objects(live_server: Any, browser: Any, width: int, language: str) -> None:
    now = utc_now()
    shop = create_shop(code="a", name=SHOP, currency="CNY", actor="test", now=now)
    people, plugged = People(shop=shop.id), (ports.parties(), ports.books())
    ports.install(parties=people, books=read_books)
    acme = people.add(party(name=NAME, hold_back_bp=1_000))
    for back, amounts in ((3, (80_00, -5_01)), (1, tuple(range(1, 121)))):
        for amount in amounts:
            share(acme, amount, shop=shop.id, at=now - timedelta(days=back), recorded=now)
        made = make_statement(shop_id=shop.id, party_id=acme.id, cutoff=now, actor=ANN, now=now)
    _link, token = make_link(shop_id=shop.id, party_id=acme.id, actor=ANN, now=now)
    visit = Visit(browser, live_server.url, width, language, (SHOP, NAME, WHY))
    try:
        visit.open(f"/partner/{token}")
        visit.check("partner")
        visit.page.click("text=supplier-acme-1")
        visit.check("partner-statement")
        visit.page.click("form[action$=confirm] button")
        visit.page.wait_for_load_state("load")
        visit.check("partner-confirmed")
        visit.open(f"/partner/{token}/{made.id}")
        visit.page.click("section details.other summary")
        visit.page.fill("textarea[name=reason]", WHY)
        visit.check("partner-objects")
        visit.page.click("form[action$=object] button")
        visit.page.wait_for_load_state("load")
        visit.check("partner-objected")
        visit.open(f"/partner/{token}/{made.id}")
        visit.page.click("a[href^='?after=']")
        visit.page.wait_for_load_state("load")
        visit.check("partner-more")
        visit.open("/partner/x")
        visit.check("partner-dead-link")
    finally:
        ports.install(parties=plugged[0], books=plugged[1])
    assert [one.state for one in queries.statements(shop.id)] == ["rejected", "confirmed"]
    assert not visit.faults, "\n".join(visit.faults)
