"""The pages of splits in a real browser."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from typing import Any

import pytest
from django.urls import reverse

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import person
from goodfor.console.tests.test_pages_browser import BUDGET, come_in, words_of
from goodfor.console.tests.test_settings_browser import prove
from goodfor.console.tests.test_splits import desk, refused_return, world
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser
from goodfor.payments import queries as payments
from goodfor.payments.tests.split_world import SplitWorld

pytestmark = browser_marks


@pytest.mark.soak
@every_size
def test_every_page_of_splits(
    shop: Shop, world: SplitWorld, live_server: Any, browser: Any, width: int, language: str
) -> None:
    receiver_id = world.receiver("merchant", 1250)
    world.receiver("person", 300)
    shared = refused_return(world)
    world.paid(8_800)
    (case, *_rest) = payments.cases_of(shop.id, shared.id)
    given = (*words_of(shop), "伙伴 merchant", "伙伴 person", "微信直连", "test", "中文")
    visit = Visit(browser, live_server.url, width, language, given, budget=BUDGET, dense=True)
    one = person(shop.id, app=True)
    come_in(visit, one)
    prove(visit, one)
    for name, path in {
        "splits": reverse("desk:splits"),
        "splits-frozen": reverse("desk:splits") + "?state=frozen",
        "split-receiver": reverse("desk:split-receiver", args=[receiver_id]),
        "split-receiver-new": reverse("desk:split-receiver-new", args=[world.account.id]),
        "payment-split": reverse("desk:payment", args=[shared.number]),
        "case-split": reverse("desk:case", args=[case.id]),
    }.items():
        visit.open(path)
        visit.check(name)
    visit.open(reverse("desk:split-receiver", args=[receiver_id]))
    visit.page.fill("main input[name=percent]", "31")
    visit.page.click("main button[value=share]")
    visit.page.wait_for_selector("#percent-bad")
    visit.check("split-receiver-wrong")
    assert not visit.faults, "\n".join(visit.faults)


@pytest.mark.soak
@every_size
def test_where_nothing_splits(shop: Shop, live_server: Any, browser: Any, width: int, language: str) -> None:
    visit = Visit(browser, live_server.url, width, language, words_of(shop), budget=BUDGET, dense=True)
    come_in(visit, person(shop.id))
    visit.open(reverse("desk:splits"))
    visit.check("splits-none")
    assert not visit.faults, "\n".join(visit.faults)
