"""Subscriptions of a shop, for the tests of the console."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import person
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.orders.tests.factories import KEY, relay_all
from goodfor.payments import queries as payments
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.operations.poll_mandates import poll_mandates
from goodfor.payments.operations.sandbox_consents import sign_consent
from goodfor.payments.types import SigningRequest
from goodfor.subscriptions import states
from goodfor.subscriptions.operations.charge_due import charge_due
from goodfor.subscriptions.operations.set_plan import make_plan, move_plan
from goodfor.subscriptions.operations.sign import sign
from goodfor.subscriptions.types import PlanView, PlanWish


def plan_of(shop: Shop, price: int = 3000) -> PlanView:
    """A plan on sale."""
    actor, now = person(shop.id, Role.OPERATOR).staff.actor, utc_now()
    wish = PlanWish("月卡", price, 1, 2, (shop.demo.skus["kw-50"],), pause_days=30)
    made = make_plan(shop_id=shop.id, slug=f"plan-{price}", wish=wish, actor=actor, now=now)
    move_plan(shop_id=shop.id, plan_id=made.id, to_state=states.ON_SALE, actor=actor, now=now)
    return made


def subscription_of(shop_id: UUID, plan_id: UUID, owner: UUID) -> UUID:
    """Somebody's, who has paid the first period."""
    now = utc_now()
    account = open_account(
        shop_id=shop_id, provider="sandbox", code="subs", name="模拟", currency="CNY",
        config={"page_url": "/pay/sandbox", "mandates": True}, secrets={"key": KEY, "secret": KEY},
        methods=("alipay",), enabled=True, actor="test", now=now,
    )  # fmt: skip
    begun = sign(
        shop_id=shop_id, plan_id=plan_id, owner=owner, account_id=account.id,
        request=SigningRequest("会员", "云雀", "https://shop.example/notify", "/me"), request_key=uuid4().hex, now=now,
    )  # fmt: skip
    [mandate] = payments.mandates_of(shop_id, f"subscription:{begun.subscription_id}")
    sign_consent(shop_id=shop_id, number=mandate.number)
    later = now + timedelta(seconds=61)
    poll_mandates(now=later)
    relay_all(later)
    charge_due(now=later)
    relay_all(later)
    return begun.subscription_id


def subscription_things(shop: Shop) -> dict[str, Any]:
    """By the names that addresses give to ids."""
    view = plan_of(shop)
    return {"plan_id": view.id, "subscription_id": subscription_of(shop.id, view.id, uuid4())}
