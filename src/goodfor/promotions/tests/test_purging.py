"""What was counted in periods long over is forgotten, chunk by chunk; what counts now, and what orders took, is not."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from goodfor.promotions import operations
from goodfor.promotions.models import Counter, Quota, Shard, Taking
from goodfor.promotions.operations.purge_limits import KEPT, purge_limits
from goodfor.promotions.operations.steer_campaign import end_campaign
from goodfor.promotions.tests.factories import broken, buyer, cart, priced, reduce_by, run, share, shop_and_actor
from goodfor.promotions.types import PART, Limit, Window

pytestmark = pytest.mark.django_db
LIMITS = (
    Limit("buyer", "uses", "day", 9), Limit("buyer", "minor", "week", 9_000, PART), Limit("phone", "uses", "month", 9),
    Limit("buyer", "uses", "all", 9), Limit("campaign", "minor", "day", 9_000, PART),
    Limit("campaign", "uses", "month", 9), Limit("campaign", "uses", "all", 9),
)  # fmt: skip


def test_what_was_counted_long_ago_is_forgotten(now: datetime) -> None:
    shop, actor = shop_and_actor(now - timedelta(days=300))
    long_ago = now - KEPT - timedelta(days=40)
    spec = reduce_by(now, 100, *LIMITS, window=Window(long_ago - timedelta(days=9), now + timedelta(days=9)))
    made = run(shop, spec, actor, long_ago)

    def sell(at: datetime) -> UUID:
        basket, order = cart(at), uuid4()
        names = buyer(phone="p")
        operations.reserve(
            shop_id=shop.id, order_id=order, names=names, cart=basket, priced=priced(basket, share(made)), now=at
        )
        operations.commit(shop_id=shop.id, order_id=order, now=at)
        return order

    def left() -> tuple[set[str], set[str]]:
        return (
            set(Counter.objects.filter(shop_id=shop.id).values_list("bucket", flat=True)),
            set(Quota.objects.filter(shop_id=shop.id).values_list("bucket", flat=True)),
        )

    old = sell(long_ago)
    sell(now)
    # By account and telephone; the day, the week and the month of both orders, and all time.
    assert Counter.objects.filter(shop_id=shop.id).count() == 2 * 2 + 2 * 2 + 2 + 2
    assert broken(now) == []
    before = left()
    assert [len(one) for one in before] == [7, 5]

    assert purge_limits(now=now, most=3) == 3 + 2
    assert [purge_limits(now=now), purge_limits(now=now)] == [2, 0]
    gone = [was - stays for was, stays in zip(before, left(), strict=True)]
    assert {len(bucket) for bucket in gone[0]} == {7, 8, 10}
    assert len(gone[1]) == 2
    assert {row.quota_id for row in Shard.objects.filter(shop_id=shop.id)} == {
        row.id for row in Quota.objects.filter(shop_id=shop.id)
    }
    assert Taking.objects.filter(shop_id=shop.id).count() == 2 * (2 + 2 + 1 + 2 + 3)
    assert broken(now) == []

    # A refund of so old an order finds nothing to give to, and all else as it was.
    operations.roll_back(shop_id=shop.id, order_id=old, whole=True, minor=100, units={}, disputed=False, now=now)
    assert broken(now) == []
    assert {row.used for row in Counter.objects.filter(shop_id=shop.id, entity="buyer", bucket="")} == {1}

    end_campaign(shop_id=shop.id, campaign_id=made.campaign_id, actor=actor, now=now)
    assert purge_limits(now=now + KEPT) == 0
    late = now + KEPT + timedelta(days=32)
    assert purge_limits(now=late) == 2 * 2 + 1 + 2 + 2
    assert left() == (set(), {""})
    assert broken(late) == []
