"""The pages of claims in a real browser."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from typing import Any

import pytest
from django.urls import reverse

from goodfor.aftersales.operations.set_policy import set_policy
from goodfor.aftersales.operations.write_reply import write_reply
from goodfor.console.tests.claim_things import PEOPLE, claimed, claims_of, sold_order
from goodfor.console.tests.conftest import CONTACT, Shop
from goodfor.console.tests.helpers import person, sql
from goodfor.console.tests.test_pages_browser import BUDGET, come_in, words_of
from goodfor.console.tests.test_settings_browser import prove
from goodfor.kernel.clock import utc_now
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser

pytestmark = browser_marks


@pytest.mark.soak
@every_size
def test_every_page_of_claims(shop: Shop, live_server: Any, browser: Any, width: int, language: str) -> None:
    cases = claims_of(shop, 3)
    sql("DELETE FROM aftersales_policy")
    claimed(shop, sold_order(shop, "x", seen=False), "invalid")
    set_policy(shop_id=shop.id, rules=PEOPLE, actor="test", now=utc_now())
    write_reply(shop_id=shop.id, case_id=cases[0].id, text="用不了", actor="test", now=utc_now())
    given = (*words_of(shop), "不是我用的", CONTACT, "中文")
    visit = Visit(browser, live_server.url, width, language, given, budget=BUDGET, dense=True)
    one = person(shop.id, app=True)
    come_in(visit, one)
    prove(visit, one)
    rules = reverse("desk:claim-rules")
    for name, path in {
        "claims": reverse("desk:claims"),
        "claims-all": reverse("desk:claims") + "?tab=all&reason=used",
        "claim": reverse("desk:claim", args=[cases[0].id]),
        "claim-replies": reverse("desk:claim-replies"),
        "claim-rules": rules,
        "claim-rule-new": rules + "row?after=0",
        "order-claimed": reverse("desk:order", args=[cases[0].number]),
    }.items():
        visit.open(path)
        visit.check(name)
    # The built-in table as a draft: restored, one row opened, tried out.
    visit.open(rules)
    visit.page.on("dialog", lambda dialog: dialog.accept())
    visit.page.click("main button[value='restore:0']")
    if visit.page.locator("dialog[open] button.button-main, dialog[open] [value=yes]").count():
        visit.page.locator("dialog[open] button.button-main, dialog[open] [value=yes]").first.click()
    visit.page.wait_for_selector(f"a[href='{reverse('desk:claim-rules-trial')}']")
    visit.check("claim-rules-draft")
    for name, path in {"claim-rule": rules + "row?row=3", "claim-rules-trial": rules + "trial"}.items():
        visit.open(path)
        visit.check(name)
    assert not visit.faults, "\n".join(visit.faults)
