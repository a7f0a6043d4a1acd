"""Somebody's subscription, for the tests of pages."""

from datetime import timedelta
from uuid import UUID, uuid4

from goodfor.kernel.clock import utc_now
from goodfor.orders.tests.factories import KEY, relay_all
from goodfor.payments import queries as payments
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.operations.poll_mandates import poll_mandates
from goodfor.payments.operations.sandbox_consents import sign_consent
from goodfor.payments.types import SigningRequest
from goodfor.subscriptions.operations.charge_due import charge_due
from goodfor.subscriptions.operations.sign import sign


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
