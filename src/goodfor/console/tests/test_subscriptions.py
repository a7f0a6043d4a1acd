"""The pages of subscriptions: plans made, changed and sold; one paused, ended and given back, each with a reason."""

from uuid import uuid4

import pytest
from django.urls import reverse

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import inside, proved
from goodfor.console.tests.subscription_things import plan_of
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.ledger import queries as ledger
from goodfor.orders.tests.factories import refund_all, relay_all, sql
from goodfor.payments import queries as payments
from goodfor.subscriptions import queries as subscriptions
from goodfor.subscriptions import states
from goodfor.subscriptions.tests.subscribing import subscription_of

pytestmark = pytest.mark.django_db(transaction=True)
PLAN = {
    "name": "影视月卡", "slug": "video", "words": "每月选两样", "price": "30.00", "months": "1", "picks": "2",
    "skus": "kw-50", "carry": "0", "pause_days": "30", "default": "goods", "default_sku": "kw-50",
    "default_points": "0", "tier_rank": "0",
}  # fmt: skip


def test_a_plan_is_made_changed_and_sold(shop: Shop) -> None:
    client = proved(shop.id, Role.OPERATOR)
    new = reverse("desk:plan-new")
    for wrong in (
        {"price": "x"}, {"picks": "0"}, {"skus": "nothing"}, {"default": "points"}, {"default_sku": ""},
        {"slug": "A b"}, {"tier_rank": "3"}, {"carry": "3"},
    ):  # fmt: skip
        assert client.post(new, {**PLAN, **wrong}).status_code == 422, wrong
    here = client.post(new, PLAN)["Location"]
    assert client.post(new, PLAN).status_code == 422
    [made] = subscriptions.plans(shop.id)
    assert (made.state, made.terms.default_sku) == (states.DRAFT, shop.demo.skus["kw-50"])
    assert client.post(f"{here}sale", {"act": "on"}).status_code == 302
    assert client.post(f"{here}edit", {**PLAN, "price": "40.00"}).status_code == 302
    assert subscriptions.plan(shop.id, made.id).terms.price.amount_minor == 4000
    stale = inside(shop.id, Role.OPERATOR)
    for path, sent in (("edit", {**PLAN, "price": "0.01"}), ("sale", {"act": "off"})):
        assert "/console/prove" in stale.post(f"{here}{path}", sent)["Location"], path
    assert "/console/prove" in stale.get(f"{here}edit")["Location"]
    assert subscriptions.plan(shop.id, made.id).terms.price.amount_minor == 4000
    page = client.get(here).content.decode()
    assert "在售" in page
    assert client.post(f"{here}sale", {"act": "off"}).status_code == 302
    assert client.post(f"{here}sale", {"act": "x"}).status_code == 422
    assert "影视月卡" in client.get(reverse("desk:plans")).content.decode()
    support = inside(shop.id, Role.SUPPORT)
    assert support.get(here).status_code == 200
    assert support.post(f"{here}sale", {"act": "on"}).status_code == 403
    assert subscriptions.plan(shop.id, made.id).state == states.OFF_SALE


@pytest.mark.parametrize("act", ["repeat", "by_hand"])
def test_a_refused_refund_of_a_period_is_asked_for_again(shop: Shop, act: str) -> None:
    """Its channel said no: the staff hear of it, and the money goes after all."""
    client, made = proved(shop.id, Role.OWNER), subscription_of(shop.id, plan_of(shop).id, uuid4())
    [period] = subscriptions.periods(shop.id, made, utc_now())
    sql("UPDATE payments_sandbox_trade SET state = 'closed'")
    asked = {"period": str(period.id), "whole": "1", "reason": "不满意"}
    assert client.post(reverse("desk:subscription-refund", args=[made]), asked).status_code == 302
    refund_all(utc_now())
    [case] = payments.open_cases(shop.id)
    here = reverse("desk:case", args=[case.id])
    assert "重新退款" in client.get(here).content.decode()
    sql("UPDATE payments_sandbox_trade SET state = 'paid'")
    assert client.post(here, {"act": act, "note": "再退一次"}).status_code == 302
    refund_all(utc_now())
    relay_all(utc_now())
    assert not payments.open_cases(shop.id)
    done = payments.refunds_of(shop.id, period.payment_id)
    assert [(one.state, one.amount) for one in done] == [("failed", period.price), ("succeeded", period.price)]
    assert ledger.balance(shop.id, "2205:refund") == 0


def test_one_is_paused_given_back_and_ended(shop: Shop) -> None:
    client = proved(shop.id, Role.OWNER)
    view = plan_of(shop)
    made = subscription_of(shop.id, view.id, uuid4())
    here = reverse("desk:subscription", args=[made])
    assert "生效中" in client.get(here).content.decode()
    assert view.name in client.get(reverse("desk:subscriptions") + "?state=active").content.decode()
    assert "没有符合的订阅" in client.get(reverse("desk:subscriptions") + "?state=ended").content.decode()
    assert client.get(reverse("desk:subscriptions") + "?contact=nobody@example.com").status_code == 200
    act, back = f"{here}act", f"{here}refund"
    assert client.post(act, {"act": "pause", "days": "5", "reason": ""}).status_code == 422
    assert client.post(act, {"act": "pause", "days": "5", "reason": "出差"}).status_code == 302
    assert client.post(act, {"act": "fly"}).status_code == 422
    assert client.post(act, {"act": "cancel", "reason": "test"}).status_code == 302
    [period] = subscriptions.periods(shop.id, made, utc_now())
    assert inside(shop.id, Role.OWNER).post(back, {"period": str(period.id), "reason": "x"}).status_code == 302
    assert subscriptions.periods(shop.id, made, utc_now())[0].state == states.PAID
    assert client.post(back, {"period": str(made), "reason": "x"}).status_code == 422
    assert client.post(back, {"period": str(period.id), "whole": "1", "reason": "不满意"}).status_code == 302
    assert subscriptions.subscription(shop.id, made, utc_now()).why == states.MONEY_BACK
    other = subscription_of(shop.id, plan_of(shop, 5000).id, uuid4())
    assert client.post(reverse("desk:subscription-act", args=[other]), {"act": "end", "reason": "x"}).status_code == 302
    assert subscriptions.subscription(shop.id, other, utc_now()).why == states.BY_STAFF
    assert "店员结束" in client.get(reverse("desk:subscription", args=[other])).content.decode()
