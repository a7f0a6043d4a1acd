"""The demo's plan: once, of goods that are on the shelf."""

import pytest

from goodfor.cli import plan_demo, world
from goodfor.demo.types import OFFERS
from goodfor.identity import queries as identity
from goodfor.identity.tests.factories import make_staff
from goodfor.kernel.clock import utc_now
from goodfor.subscriptions import queries as subscriptions

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_demo_offers_one_plan() -> None:
    made = world.make_shop(utc_now(), offers=OFFERS)
    shop = identity.shop_by_id(made.shop_id)
    actor = make_staff(shop, utc_now()).actor
    for _ in range(2):
        plan_demo.offer_plan(shop=shop, skus=made.skus, actor=actor, now=utc_now())
    [view] = subscriptions.plans(shop.id, on_sale=True)
    assert (len(view.terms.skus), view.terms.picks) == (3, 2)
