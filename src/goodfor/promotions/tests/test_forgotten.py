"""An account is erased while its group is open: the group counts the persons it had, and ends as it would have."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from goodfor.identity.queries import contact_indexes
from goodfor.identity.tests.buyers import make_buyer
from goodfor.identity.tests.factories import make_shop
from goodfor.promotions.group_models import Group, Place
from goodfor.promotions.group_types import GRACE, GroupPlay
from goodfor.promotions.operations.end_group import end_group
from goodfor.promotions.operations.forget_buyer import forget_buyer
from goodfor.promotions.operations.leave_place import leave_place
from goodfor.promotions.operations.pay_place import pay_place
from goodfor.promotions.operations.take_place import begin_group, join_group
from goodfor.promotions.tests.factories import broken

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def group_of(shop_id: UUID, now: datetime, *parties: list[str], size: int = 3) -> tuple[UUID, list[UUID]]:
    """A group that these have paid for, each known by these names, his own first: it, and its orders."""
    group_id, orders, play = uuid4(), [uuid4() for _ in parties], GroupPlay(size, 24)
    for order, names in zip(orders, parties, strict=True):
        who = {"buyer_ref": names[0].removeprefix("b:"), "names": names, "pieces": 1, "play": play, "now": now}
        if order == orders[0]:
            group_id = begin_group(
                shop_id=shop_id, order_id=order, campaign_id=uuid4(), revision_id=uuid4(), sku_id=uuid4(),
                price_minor=100, **who,
            )  # fmt: skip
        else:
            join_group(shop_id=shop_id, order_id=order, group_id=group_id, **who)
        assert pay_place(shop_id=shop_id, order_id=order, paid_at=now, now=now)
    return group_id, orders


def names_in(group_id: UUID) -> str:
    return " ".join(name for row in Place.objects.filter(group_id=group_id) for name in row.names)


def test_the_same_person_stays_the_same(now: datetime) -> None:
    shop_id = make_shop(now).id
    buyer = make_buyer(shop_id, now, f"{uuid4().hex[:12]}@example.com").buyer_id
    [index] = contact_indexes(shop_id, buyer)
    mail, his = f"p:{bytes(index).hex()}", f"b:buyer:{buyer.hex}"
    # Two guests who gave his mailbox; and he himself, once more as a guest with the same telephone in his hand.
    guests, _ = group_of(shop_id, now, ["b:guest:1", mail], ["b:guest:2", mail], size=2)
    own, orders = group_of(shop_id, now, [his, "d:his", mail], ["b:guest:3", "d:his"], ["b:guest:4", "d:other"])
    assert forget_buyer(shop_id=shop_id, buyer_id=buyer, now=now) > 0
    assert forget_buyer(shop_id=shop_id, buyer_id=buyer, now=now) == 0
    for gone in (mail, "d:his"):
        assert gone not in names_in(guests) + names_in(own)
    assert "d:other" in names_in(own)
    assert leave_place(shop_id=shop_id, order_id=orders[2], cause="test", now=now) == "left"
    assert Group.objects.get(id=own).persons == 1
    late = now + DAY + GRACE
    assert [end_group(shop_id=shop_id, group_id=one, now=late) for one in (guests, own)] == ["failed"] * 2
    assert [Group.objects.get(id=one).persons for one in (guests, own)] == [1, 1]
    assert broken(late) == []


def test_a_group_can_end_whatever_names_have_gone(now: datetime) -> None:
    shop_id = make_shop(now).id
    for leaves in (False, True):
        who = [["b:guest:1", "d:one"], ["b:guest:2", "d:one"], ["b:guest:3", "d:one"]]
        group_id, orders = group_of(shop_id, now, *who, size=2)
        for number, order in enumerate(orders):
            Place.objects.filter(order_id=order).update(names=[f"b:guest:{number}"])
        if leaves:
            assert leave_place(shop_id=shop_id, order_id=orders[0], cause="test", now=now) == "left"
        assert end_group(shop_id=shop_id, group_id=group_id, now=now + DAY + GRACE) == "failed"
        assert Group.objects.get(id=group_id).persons == 1
