"""Pages of points and tiers in a real browser, in both sizes and languages."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import person
from goodfor.console.tests.test_pages_browser import BUDGET, come_in, words_of
from goodfor.console.tests.test_points import buyer_id
from goodfor.kernel.clock import utc_now
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser
from goodfor.loyalty.operations.adjust_units import adjust_units
from goodfor.loyalty.types import Holder

pytestmark = [*browser_marks, pytest.mark.soak]


@every_size
def test_every_page(shop: Shop, buyer_id: UUID, live_server: Any, browser: Any, width: int, language: str) -> None:
    adjust_units(
        shop_id=shop.id, holder=Holder(buyer_id), units=1000, request=str(uuid4()), reason="道歉", actor="staff:1",
        currency="CNY", minor=950, now=utc_now(),
    )  # fmt: skip
    given = (*words_of(shop), "普通", "银卡", "金卡", "李明", "道歉")
    visit = Visit(browser, live_server.url, width, language, given, budget=BUDGET, dense=True)
    come_in(visit, person(shop.id, app=True))
    for name, path in {
        "points": reverse("desk:points"),
        "tiers": reverse("desk:tiers"),
        "points-owed": reverse("desk:points-owed"),
        "buyer-points": reverse("desk:buyer-points", args=[buyer_id]),
    }.items():
        visit.open(path)
        visit.check(f"console-{name}")
    assert not visit.faults, "\n".join(visit.faults)
