"""A card is redeemed in a real browser: its door, a wrong code, goods and money in the look of the brand."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from typing import Any

import pytest

from goodfor.cards import states
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser
from goodfor.storefront.tests.test_redeem_pages import SKIN, balances, deal
from goodfor.storefront.tests.world import World

pytestmark = [*browser_marks, pytest.mark.soak]


@every_size
def test_from_the_door_to_the_codes(
    balances: World, live_server: Any, browser: Any, width: int, language: str
) -> None:  # fmt: skip
    world = balances
    [code, *_rest] = deal(world.shop_id, states.PRODUCT, (world.sku_id,))
    [money, *_more] = deal(world.shop_id, states.VALUE, value=10_000)
    visit = Visit(browser, live_server.url, width, language, (*world.given, SKIN.brand, SKIN.words, "春节卡"))
    visit.open("/redeem")
    visit.check("redeem-door")
    visit.page.fill("input[name=code]", "AAAA-BBBB-CCCC")
    visit.page.click("main form button")
    visit.page.wait_for_load_state("load")
    visit.check("redeem-wrong")
    for name, one in {"redeem-goods": code, "redeem-money": money}.items():
        visit.open("/redeem")
        visit.page.fill("input[name=code]", one)
        visit.page.click("main form button")
        visit.page.wait_for_load_state("load")
        visit.check(name)
    assert not visit.faults, "\n".join(visit.faults)
