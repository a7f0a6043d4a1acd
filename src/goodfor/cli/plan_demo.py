"""A plan on sale in the demo shop."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from goodfor.cli import supply_demo
from goodfor.identity.types import ShopView
from goodfor.subscriptions import queries as subscriptions
from goodfor.subscriptions import states
from goodfor.subscriptions.operations.set_plan import make_plan, move_plan
from goodfor.subscriptions.types import PlanWish


def offer_plan(*, shop: ShopView, skus: Mapping[str, UUID], actor: str, now: datetime) -> None:
    """Two of three a month, once, paid by what the stand-ins let charge."""
    if subscriptions.plans(shop.id):
        return
    three = tuple(sku_id for code, sku_id in skus.items() if code not in supply_demo.SOLD)[:3]
    wish = PlanWish(
        "每月两件", 3990, 1, 2, three, words="三样里每月任选两样，没选完可以留一件到下个月", carry=1, pause_days=30
    )
    made = make_plan(shop_id=shop.id, slug="two-a-month", wish=wish, actor=actor, now=now)
    move_plan(shop_id=shop.id, plan_id=made.id, to_state=states.ON_SALE, actor=actor, now=now)
