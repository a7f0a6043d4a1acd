"""Pages of partners in points in a real browser, in both sizes and languages."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from typing import Any

import pytest
from django.urls import reverse

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import person
from goodfor.console.tests.partner_things import partner_of
from goodfor.console.tests.test_pages_browser import BUDGET, come_in, words_of
from goodfor.console.tests.test_partners import exchange, spends
from goodfor.console.tests.test_settings_browser import prove
from goodfor.kernel.clock import utc_now
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser
from goodfor.partners.models import Person
from goodfor.partners.operations.set_offer import set_offer
from goodfor.partners.operations.supply_goods import supply_goods
from goodfor.partners.operations.tell_partner import tell_due
from goodfor.partners.protocol import SupplyCall
from goodfor.partners.types import AccountView, ExchangeView

pytestmark = [*browser_marks, pytest.mark.soak]
#: What the shop calls its partner, and what that calls its goods.
OWN = ("星河", "十元话费")


def walks(visit: Visit, pages: dict[str, str]) -> None:
    for name, path in pages.items():
        visit.open(path)
        visit.check(f"console-{name}")
    assert not visit.faults, "\n".join(visit.faults)


@every_size
def test_a_malls_pages(shop: Shop, live_server: Any, browser: Any, width: int, language: str) -> None:
    visit = Visit(browser, live_server.url, width, language, (*words_of(shop), *OWN), budget=BUDGET, dense=True)
    come_in(visit, person(shop.id, app=True))
    visit.open(reverse("desk:partners"))
    visit.check("console-partners-none")
    view, empty, now = partner_of(shop), partner_of(shop), utc_now()
    spends(shop, view)
    made: dict[str, Any] = {"shop_id": shop.id, "account_id": view.id, "now": now}
    set_offer(**made, sku_id=shop.demo.skus["kw-50"], units=200, on=True, actor="staff:test")
    uid = Person.objects.get(shop_id=shop.id, account_id=view.id).uid
    supply_goods(**made, asked=SupplyCall("A3", uid, "kw-50"))
    here, month = reverse("desk:partner", args=[view.id]), reverse("desk:partner-month", args=[view.id])
    walks(
        visit,
        {
            "partners": reverse("desk:partners"),
            "partner": here,
            "partner-odd": f"{here}?only=odd",
            "partner-empty": reverse("desk:partner", args=[empty.id]),
            "partner-month": month,
            "partner-month-empty": f"{month}?month=2020-01",
            "partner-edit": reverse("desk:partner-edit", args=[view.id]),
            "partner-new": reverse("desk:partner-new"),
        },
    )


@every_size
def test_pages_of_an_app(
    shop: Shop, exchange: tuple[AccountView, ExchangeView], live_server: Any, browser: Any, width: int, language: str
) -> None:
    view, _lost = exchange
    tell_due(now=utc_now())
    visit = Visit(browser, live_server.url, width, language, (*words_of(shop), *OWN), budget=BUDGET, dense=True)
    one = person(shop.id, app=True)
    come_in(visit, one)
    here = reverse("desk:partner", args=[view.id])
    month = reverse("desk:partner-month", args=[view.id])
    walks(visit, {"partner-app": here, "partner-app-untold": f"{here}?only=untold", "partner-app-month": month})
    prove(visit, one)
    # What is wrong with a new one is said beside its field.
    visit.open(reverse("desk:partner-new"))
    visit.page.fill("input[name=code]", "xinghe")
    visit.page.fill("input[name=name]", "星河")
    visit.page.fill("input[name=app_key]", "xinghe-key")
    visit.page.fill("input[name=secret]", "short")
    visit.page.click("main form button.button-main")
    visit.page.wait_for_load_state("load")
    visit.check("console-partner-wrong")
    assert not visit.faults, "\n".join(visit.faults)
