"""Pages of the mall in a real browser, in both sizes and languages."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from datetime import timedelta
from typing import Any

import pytest

from goodfor.identity.buyer_models import Buyer
from goodfor.kernel.clock import utc_now
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser
from goodfor.mall.operations.set_draw import make_draw, turn_draw
from goodfor.mall.types import GOODS, NOTHING, POINTS, DrawWish, PrizeWish
from goodfor.storefront.tests.account_flow import Mailbox
from goodfor.storefront.tests.test_account_browser import MEMBER, sign_in
from goodfor.storefront.tests.test_mall_pages import reward, staff
from goodfor.storefront.tests.test_points_pages import gives_points, holds
from goodfor.storefront.tests.world import World

pytestmark = [*browser_marks, pytest.mark.soak]
#: Words of the shop about what points buy.
OWN = ("限量", "周末抽奖", "一张卡", "五分", "没中", "新年礼")
PRIZES = (
    PrizeWish("五分", POINTS, 9, stock=3, units=5),
    PrizeWish("没中", NOTHING, 90, consolation=True),
)


@every_size
def test_every_page(world: World, box: Mailbox, live_server: Any, browser: Any, width: int, language: str) -> None:
    gives_points(world)
    now, actor = utc_now(), staff(world)
    cheap = reward(world, actor, 300, most=1, stock=5, words="限量")
    mixed = reward(world, actor, 200, cash_minor=100)
    gold = reward(world, actor, 900, least_rank=2)
    card = PrizeWish("一张卡", GOODS, 1, stock=1, sku_id=world.sku_id)
    wish = DrawWish("周末抽奖", 5, 2, now - timedelta(hours=1), now + timedelta(days=1), (card, *PRIZES))
    act: dict[str, Any] = {"shop_id": world.shop_id, "actor": actor, "now": now}
    draw = make_draw(**act, wish=wish).id
    turn_draw(**act, draw_id=draw, on=True)
    visit = Visit(browser, live_server.url, width, language, (*world.given, *MEMBER, *OWN))
    pages = {"points-mall": "/points", "points-reward": f"/points/{cheap}", "draw": f"/draw/{draw}"}
    for name, path in pages.items():
        visit.open(path)
        visit.check(f"{name}-guest")
    sign_in(visit.page, live_server.url, box)
    holds(world, Buyer.objects.get(shop_id=world.shop_id).id, 600)
    for name, path in {**pages, "points-mixed": f"/points/{mixed}", "points-gold": f"/points/{gold}"}.items():
        visit.open(path)
        visit.check(name)
    visit.open(f"/draw/{draw}")
    visit.page.click("main form button[type=submit]")
    visit.page.wait_for_url("**play=*")
    visit.check("draw-played")
    visit.open(f"/points/{cheap}")
    visit.page.click("main form button[type=submit]")
    visit.page.wait_for_url("**/o/*")
    for name, path in {"points-had": f"/points/{cheap}", "redemptions": "/me/points/redemptions"}.items():
        visit.open(path)
        visit.check(name)
    assert not visit.faults, "\n".join(visit.faults)
