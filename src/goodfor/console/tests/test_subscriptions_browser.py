"""Pages of subscriptions, of tiers with all that they bring, and of tasks in a real browser."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import person
from goodfor.console.tests.subscription_things import plan_of
from goodfor.console.tests.test_pages_browser import BUDGET, come_in, words_of
from goodfor.console.tests.test_points import buyer_id
from goodfor.console.tests.test_settings_browser import prove
from goodfor.kernel.clock import utc_now
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser
from goodfor.loyalty.operations.set_tasks import set_tasks
from goodfor.loyalty.operations.set_tiers import set_tiers
from goodfor.loyalty.types import Task, TaskSet, Tier, TierSet
from goodfor.orders.types import Buyer
from goodfor.subscriptions.operations.pick import pick
from goodfor.subscriptions.tests.subscribing import subscription_of

pytestmark = [*browser_marks, pytest.mark.soak]
OWN = ("月卡", "普通", "银卡", "金卡", "李明", "优先客服", "生日当天专人送祝福", "模拟")
TIERS = TierSet((
    Tier("普通"),
    Tier("银卡", 100, 80, 12_000, 50, 100, "优先客服", anniversary_points=30, claim_hours=24, extra_picks=1),
    Tier("金卡", 500, 300, 15_000, 100, 200, "优先客服\n生日当天专人送祝福", claim_hours=12, extra_picks=2),
))  # fmt: skip
TASKS = TaskSet((Task("mail", "email", 15, bought=False), Task("two", "orders", 9, "monthly", 2, 5_000)), 60)


@every_size
def test_every_page(shop: Shop, buyer_id: UUID, live_server: Any, browser: Any, width: int, language: str) -> None:
    visit = Visit(browser, live_server.url, width, language, (*words_of(shop), *OWN), budget=BUDGET, dense=True)
    one = person(shop.id, app=True)
    come_in(visit, one)
    prove(visit, one)
    for name in ("plans", "subscriptions", "tasks"):
        visit.open(reverse(f"desk:{name}"))
        visit.check(f"console-{name}-none")
    view, now = plan_of(shop), utc_now()
    plan_of(shop, 6000)
    made = subscription_of(shop.id, view.id, buyer_id)
    pick(
        shop_id=shop.id, subscription_id=made, owner=buyer_id, sku_id=shop.demo.skus["kw-50"], request_key="1",
        buyer=Buyer(f"buyer:{buyer_id}"), now=utc_now(),
    )  # fmt: skip
    set_tiers(shop_id=shop.id, tiers=TIERS, actor="test", now=now)
    set_tasks(shop_id=shop.id, tasks=TASKS, actor="test", now=now)
    for name, path in {
        "plans": reverse("desk:plans"),
        "plan": reverse("desk:plan", args=[view.id]),
        "plan-new": reverse("desk:plan-new"),
        "plan-edit": reverse("desk:plan-edit", args=[view.id]),
        "subscriptions": reverse("desk:subscriptions"),
        "subscription": reverse("desk:subscription", args=[made]),
        "tiers-all": reverse("desk:tiers"),
        "tasks": reverse("desk:tasks"),
        "buyer-points-all": reverse("desk:buyer-points", args=[buyer_id]),
    }.items():
        visit.open(path)
        visit.check(f"console-{name}")
    visit.open(reverse("desk:plan-new"))
    visit.page.click("main form button.button-main")
    visit.page.wait_for_load_state("load")
    visit.check("console-plan-wrong")
    assert not visit.faults, "\n".join(visit.faults)
