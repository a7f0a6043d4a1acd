"""Subscriptions of a shop, for the tests of the console."""

from typing import Any
from uuid import uuid4

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import person
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.subscriptions import states
from goodfor.subscriptions.operations.set_plan import make_plan, move_plan
from goodfor.subscriptions.tests.subscribing import subscription_of
from goodfor.subscriptions.types import PlanView, PlanWish


def plan_of(shop: Shop, price: int = 3000) -> PlanView:
    """A plan on sale."""
    actor, now = person(shop.id, Role.OPERATOR).staff.actor, utc_now()
    wish = PlanWish("月卡", price, 1, 2, (shop.demo.skus["kw-50"],), pause_days=30)
    made = make_plan(shop_id=shop.id, slug=f"plan-{price}", wish=wish, actor=actor, now=now)
    move_plan(shop_id=shop.id, plan_id=made.id, to_state=states.ON_SALE, actor=actor, now=now)
    return made


def subscription_things(shop: Shop) -> dict[str, Any]:
    """By the names that addresses give to ids."""
    view = plan_of(shop)
    return {"plan_id": view.id, "subscription_id": subscription_of(shop.id, view.id, uuid4())}
