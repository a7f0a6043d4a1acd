"""The pages of supply in a real browser, in both sizes and languages."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import person
from goodfor.console.tests.test_pages_browser import BUDGET, come_in, words_of
from goodfor.console.tests.test_settings_browser import prove
from goodfor.console.tests.test_supply import lost
from goodfor.kernel.clock import utc_now
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser
from goodfor.supply import queries as supply
from goodfor.supply.operations.score import score_suppliers
from goodfor.supply.tests.market import Market, on_time

pytestmark = browser_marks


def given() -> tuple[str, ...]:
    """Names of items, and what connectors say in one language only."""
    found = ["50 元"]
    for one in supply.protocols():
        found.append(str(one.label))
        for field in one.fields:
            found += [str(field.label), str(field.hint), *(str(word) for _key, word in field.choices)]
    return tuple(filter(None, found))


def a_day_of_supply(fair: Market) -> tuple[Any, Any]:
    """Suppliers, one of them short of stock and one lost: a purchase that came, and one that nobody knows about."""
    fair.supplier("anna")
    fair.supplier("bert", cost=Decimal("9.00"))
    line = fair.want()
    fair.buy()
    (bought,) = fair.attempts(line)
    unclear = lost(fair)
    for site in fair.sites.values():
        site.fault("refuse", on="create")
    fair.want()
    fair.buy()
    score_suppliers(now=utc_now())
    return bought, unclear


@pytest.mark.soak
@every_size
def test_every_page_of_supply(shop: Shop, live_server: Any, browser: Any, width: int, language: str) -> None:
    one = person(shop.id, app=True)
    visit = Visit(browser, live_server.url, width, language, (*words_of(shop), *given()), budget=BUDGET, dense=True)
    come_in(visit, one)
    prove(visit, one)
    with on_time() as sandbox:
        fair = Market(shop.id, shop.demo.skus["kw-50"], utc_now(), sandbox)
        bought, unclear = a_day_of_supply(fair)
        anna, sku = fair.ids["anna"], reverse("desk:sku-supply", args=[fair.sku])
        item = supply.offers(shop.id, fair.sku, utc_now())[0].item.id
        for name, path in {
            "suppliers": reverse("desk:suppliers"),
            "protocols": reverse("desk:supplier-new"),
            "connect": reverse("desk:supplier-new") + "?protocol=fulu",
            "first": reverse("desk:supplier-first", args=[anna]),
            "supplier": reverse("desk:supplier", args=[anna]),
            "settings": reverse("desk:supplier-edit", args=[anna]),
            "contract": reverse("desk:supplier-contract", args=[anna]),
            "items": reverse("desk:supplier-items", args=[anna]),
            "calls": reverse("desk:supplier-calls", args=[anna]),
            "purchases": reverse("desk:purchases"),
            "purchase": reverse("desk:purchase", args=[bought.id]),
            "unclear": reverse("desk:supply-desk"),
            "decide": reverse("desk:supply-decide", args=[unclear.id]),
            "sku": f"{sku}?q=50",
            "offer": f"{sku}?item={item}",
            "sku-card": reverse("desk:sku", args=[fair.sku]),
            "overview": reverse("desk:overview"),
        }.items():
            visit.open(path)
            visit.check(f"supply-{name}")
        visit.open(reverse("desk:purchase", args=[bought.id]))
        visit.page.click("#calls button >> nth=0")
        visit.page.wait_for_selector("textarea")
        visit.check("supply-call")
    assert not visit.faults, "\n".join(visit.faults)
