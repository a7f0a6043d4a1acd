"""Tasks hear of what happens elsewhere: a delivered order, a friend who bought, a claim that was rated, a contact."""

from datetime import datetime
from uuid import UUID, uuid4

import pytest

from goodfor.aftersales.events import CaseRated
from goodfor.identity.buyer_models import Buyer
from goodfor.identity.operations.note_change import note_change
from goodfor.kernel.events import publish
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.models import Fact
from goodfor.loyalty.operations.set_tasks import set_tasks
from goodfor.loyalty.operations.set_terms import set_terms
from goodfor.loyalty.types import Holder, Task, TaskSet, Terms
from goodfor.orders.operations.refund_order import refund_order
from goodfor.orders.tests import conftest as of_orders
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import begin, broken, open_till, pay, place, refund_all, relay_all
from goodfor.referrals.events import RewardPaid
from goodfor.referrals.models import Reward

pytestmark = pytest.mark.django_db(transaction=True)
shop, now = of_orders.shop, of_orders.now


def of_tasks(shop: Shop, owner: UUID) -> int:
    told = loyalty.statement(shop.demo.shop_id, Holder(owner))
    return sum(one.units for one in told if one.source.kind == "task")


def offers(shop: Shop, now: datetime, *tasks: Task) -> None:
    set_terms(shop_id=shop.demo.shop_id, terms=Terms(on=True), actor="staff:1", now=now)
    set_tasks(shop_id=shop.demo.shop_id, tasks=TaskSet(tasks), actor="staff:1", now=now)


def test_the_first_order_brings_points_and_takes_them_along(shop: Shop, now: datetime) -> None:
    shop_id, owner = shop.demo.shop_id, uuid4()
    till = open_till(shop_id, now)
    offers(shop, now, Task("first", "first", 30, automatic=True))
    order = place(shop, now, ref=f"buyer:{owner.hex}")
    pay(begin(till, order.order_id, now), now)
    relay_all(now)
    assert of_tasks(shop, owner) == 30
    refund_order(shop_id=shop_id, order_id=order.order_id, reason="test", actor="staff:1", by_staff=True, now=now)
    refund_all(now)
    relay_all(now)
    assert of_tasks(shop, owner) == 0
    assert broken(now) == {}


def test_what_other_rooms_tell_is_noted_once(shop: Shop, now: datetime) -> None:
    shop_id = shop.demo.shop_id
    owner = Buyer.objects.create(shop_id=shop_id, created_at=now, name="林").id
    offers(
        shop, now, Task("friend", "friend", 10, "monthly", automatic=True, bought=False),
        Task("rated", "rated", 5, "monthly", automatic=True, bought=False),
        Task("name", "profile", 2, automatic=True, bought=False),
    )  # fmt: skip
    friend, above, order_id = uuid4(), uuid4(), uuid4()
    shared = {
        "shop_id": shop_id, "order_id": order_id, "number": "G1", "sku_id": uuid4(), "friend": friend,
        "source": "bound", "programme_id": uuid4(), "revision": 1, "kind": "balance", "bp": 0, "base_minor": 100,
        "wanted_minor": 5, "amount_minor": 5, "taken_minor": 0, "owed_minor": 0, "currency": "CNY", "state": "pending",
        "score": 0, "cleared": 0, "reasons": [], "held": False, "why": "", "earned_at": now, "frozen_until": now,
        "account": "",
    }  # fmt: skip
    for level, beneficiary in enumerate((owner, above), 1):
        row = Reward.objects.create(id=uuid4(), line_id=uuid4(), beneficiary=beneficiary, level=level, **shared)
        event = RewardPaid(row.id, order_id, beneficiary, "balance", 5, 0, "CNY")
        publish(shop_id=shop_id, event=event, cause=("test", uuid4()), now=now)
    case_id = uuid4()
    for buyer in (f"buyer:{owner.hex}", f"buyer:{owner.hex}", "guest:a"):
        publish(shop_id=shop_id, event=CaseRated(case_id, order_id, buyer, 5), cause=("test", case_id), now=now)
    relay_all(now)
    assert of_tasks(shop, owner) == 10 + 5 + 2
    assert of_tasks(shop, above) == 0, "who brought the one that brought him"
    assert sorted(Fact.objects.filter(shop_id=shop_id).values_list("kind", "key")) == [
        ("friend", str(friend)), ("rated", str(case_id)),
    ]  # fmt: skip


def test_an_account_that_changed_is_looked_at(shop: Shop, now: datetime) -> None:
    owner = Buyer.objects.create(shop_id=shop.demo.shop_id, created_at=now, name="林").id
    offers(shop, now, Task("name", "profile", 2, automatic=True, bought=False), Task("tap", "profile", 3, bought=False))
    note_change(shop_id=shop.demo.shop_id, buyer_id=owner, kind="passkey_added", now=now)
    relay_all(now)
    assert of_tasks(shop, owner) == 2
