"""A subscription that was paid and then changed for a dearer plan: two periods, for the tests of the audit."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from goodfor.orders.tests.factories import KEY, relay_all
from goodfor.payments import queries as payments
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.operations.poll_mandates import poll_mandates
from goodfor.payments.operations.sandbox_consents import sign_consent
from goodfor.payments.types import SigningRequest
from goodfor.subscriptions import states
from goodfor.subscriptions.operations.change_plan import upgrade
from goodfor.subscriptions.operations.charge_due import charge_due
from goodfor.subscriptions.operations.set_plan import make_plan, move_plan
from goodfor.subscriptions.operations.sign import sign
from goodfor.subscriptions.types import PlanWish


def subscribed(shop_id: UUID, sku_id: UUID, actor: str, now: datetime) -> UUID:
    """Paid twice by the sandbox channel."""
    account = open_account(
        shop_id=shop_id, provider="sandbox", code="subs", name="模拟", currency="CNY",
        config={"page_url": "/pay/sandbox", "mandates": True}, secrets={"key": KEY, "secret": KEY},
        methods=("alipay",), enabled=True, actor="test", now=now,
    )  # fmt: skip
    plans = []
    for price in (3000, 6000):
        wish = PlanWish(f"月卡 {price}", price, 1, 2, (sku_id,))
        plan = make_plan(shop_id=shop_id, slug=f"plan-{price}", wish=wish, actor=actor, now=now)
        move_plan(shop_id=shop_id, plan_id=plan.id, to_state=states.ON_SALE, actor=actor, now=now)
        plans.append(plan)
    owner = uuid4()
    made = sign(
        shop_id=shop_id, plan_id=plans[0].id, owner=owner, account_id=account.id, request_key="a", now=now,
        request=SigningRequest("会员", "云雀", "https://shop.example/notify", "/me"),
    ).subscription_id  # fmt: skip
    [mandate] = payments.mandates_of(shop_id, f"subscription:{made}")
    sign_consent(shop_id=shop_id, number=mandate.number)
    at = now + timedelta(seconds=11)
    poll_mandates(now=at)
    relay_all(at)
    charge_due(now=at)
    relay_all(at)
    upgrade(shop_id=shop_id, subscription_id=made, owner=owner, plan_id=plans[1].id, now=at)
    charge_due(now=at)
    relay_all(at)
    return made
