"""Pages of the mall in a real browser, in both sizes and languages."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from typing import Any

import pytest
from django.urls import reverse

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import person
from goodfor.console.tests.mall_things import mall_things
from goodfor.console.tests.test_pages_browser import BUDGET, come_in, words_of
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser

pytestmark = [*browser_marks, pytest.mark.soak]
#: Words of the shop, and the name that a new draw's consolation prize is suggested.
OWN = ("抽奖", "5 积分", "谢谢参与")


@every_size
def test_every_page(shop: Shop, live_server: Any, browser: Any, width: int, language: str) -> None:
    things = mall_things(shop)
    visit = Visit(
        browser, live_server.url, width, language, (*words_of(shop), *OWN), budget=BUDGET, dense=True
    )  # fmt: skip
    come_in(visit, person(shop.id, app=True))
    for name, path in {
        "mall": reverse("desk:mall"),
        "mall-redeemed": reverse("desk:mall-redeemed"),
        "mall-new": reverse("desk:mall-reward-new"),
        "mall-reward": reverse("desk:mall-reward", args=[things["reward_id"]]),
        "draws": reverse("desk:draws"),
        "draw-new": reverse("desk:draw-new"),
        "draw": reverse("desk:draw", args=[things["draw_id"]]),
        "draw-play": reverse("desk:draw-play", args=[things["play_id"]]),
    }.items():
        visit.open(path)
        visit.check(f"console-{name}")
    assert not visit.faults, "\n".join(visit.faults)
