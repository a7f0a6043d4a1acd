"""The page of splits in a real browser."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from typing import Any

import pytest
from django.urls import reverse

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import person
from goodfor.console.tests.test_pages_browser import BUDGET, come_in, words_of
from goodfor.console.tests.test_splits import desk, world
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser
from goodfor.payments.tests.split_world import SplitWorld

pytestmark = browser_marks


@every_size
def test_every_page_of_splits(
    shop: Shop, world: SplitWorld, live_server: Any, browser: Any, width: int, language: str
) -> None:
    world.receiver("merchant", 1250)
    world.receiver("person", 300)
    world.bind()
    shared = world.paid(10_000)
    world.work()
    world.refund(shared, 5_000)
    world.work()
    world.paid(8_800)
    given = (*words_of(shop), "伙伴 merchant", "伙伴 person", "微信直连", "中文")
    visit = Visit(browser, live_server.url, width, language, given, budget=BUDGET, dense=True)
    come_in(visit, person(shop.id, app=True))
    visit.open(reverse("desk:splits"))
    visit.check("splits")
    visit.open(reverse("desk:payment", args=[shared.number]))
    visit.check("payment-split")
    assert not visit.faults, "\n".join(visit.faults)
