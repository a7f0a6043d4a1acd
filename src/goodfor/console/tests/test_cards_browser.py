"""Pages of cards in a real browser, in both sizes and languages."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from typing import Any

import pytest
from django.urls import reverse

from goodfor.console.tests.card_things import batch_of
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import person
from goodfor.console.tests.test_pages_browser import BUDGET, come_in, words_of
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser

pytestmark = [*browser_marks, pytest.mark.soak]


@every_size
def test_every_page(shop: Shop, live_server: Any, browser: Any, width: int, language: str) -> None:
    batch = batch_of(shop, active=True)
    given = (*words_of(shop), "甲品牌", "礼品卡", "第一批")
    visit = Visit(browser, live_server.url, width, language, given, budget=BUDGET, dense=True)
    come_in(visit, person(shop.id, app=True))
    for name, path in {
        "cards": reverse("desk:cards"),
        "card-program": reverse("desk:card-program", args=[batch.program_id]),
        "card-program-new": reverse("desk:card-program-new"),
        "card-program-edit": reverse("desk:card-program-edit", args=[batch.program_id]),
        "card-batch-new": reverse("desk:card-batch-new", args=[batch.program_id]),
        "card-batch": reverse("desk:card-batch", args=[batch.id]),
        "card": f"{reverse('desk:card')}?n={batch.first_serial}",
    }.items():
        visit.open(path)
        visit.check(f"console-{name}")
    assert not visit.faults, "\n".join(visit.faults)
