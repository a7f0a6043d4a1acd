"""What a member is told in a real browser: tier, points and tasks, and goods and prices that are for members."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from datetime import timedelta
from typing import Any

import pytest

from goodfor.catalog.models import Sku
from goodfor.identity.buyer_models import Buyer
from goodfor.kernel.clock import utc_now
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser
from goodfor.loyalty.operations.grant_tier import grant_tier
from goodfor.loyalty.operations.set_tasks import set_tasks
from goodfor.loyalty.operations.set_terms import set_terms
from goodfor.loyalty.types import Task, TaskSet, Terms
from goodfor.promotions.types import Compare
from goodfor.storefront.tests.account_flow import Mailbox
from goodfor.storefront.tests.test_account_browser import MEMBER, has_points, sign_in
from goodfor.storefront.tests.test_deals import begin, flash
from goodfor.storefront.tests.world import World

pytestmark = [*browser_marks, pytest.mark.soak]
OWN = ("银卡日", "游戏号")
TASKS = (
    Task("name", "profile", 5, bought=False),
    Task("mail", "email", 15, bought=False),
    Task("two", "orders", 9, "monthly", need=2, least_minor=5_000),
    Task("friend", "friend", 50, "monthly"),
)


@every_size
def test_tier_points_tasks_and_goods(
    world: World, box: Mailbox, live_server: Any, browser: Any, width: int, language: str
) -> None:  # fmt: skip
    visit = Visit(browser, live_server.url, width, language, (*world.given, *MEMBER, *OWN))
    page, now = visit.page, utc_now()
    product = f"/p/{world.product_slug}?sku={world.sku_id}"
    sign_in(page, live_server.url, box)
    has_points(world.shop_id)
    terms = Terms(on=True, checkin=(3, 5))
    set_terms(shop_id=world.shop_id, terms=terms, actor="test", now=now - timedelta(days=8))
    set_tasks(shop_id=world.shop_id, tasks=TaskSet(TASKS, 60), actor="test", now=now)
    begin(world, flash(world, audience=Compare("tier", "ge", 2)), "银卡日")
    for name, path in {"member": "/me", "member-tasks": "/me/tasks", "member-price": product}.items():
        visit.open(path)
        visit.check(name)
    visit.open("/me/tasks")
    page.click("form[action='/me/tasks/claim'] button >> nth=0")
    page.wait_for_url("**got=*")
    visit.check("member-tasks-got")
    visit.open("/me")
    page.click("form[action='/me/points/checkin'] button")
    page.wait_for_load_state("load")
    visit.check("member-looked-in")
    Sku.objects.filter(id=world.sku_id).update(least_tier=2)
    visit.open(product)
    visit.check("member-only")
    owner = Buyer.objects.get(shop_id=world.shop_id).id
    grant_tier(
        shop_id=world.shop_id, owner=owner, rank=2, until=now + timedelta(days=9), reason="test", actor="staff:1",
        now=utc_now(),
    )  # fmt: skip
    for name, path in {"member-gold": "/me", "member-price-gold": product, "member-home": "/"}.items():
        visit.open(path)
        visit.check(name)
    assert not visit.faults, "\n".join(visit.faults)
