"""Reserve, commit, release, late money, refunds: each limit exactly, each phase once."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from goodfor.promotions import operations, plan_cache, queries
from goodfor.promotions.errors import LimitGone
from goodfor.promotions.models import Counter, Held, Shard, Taking
from goodfor.promotions.operations.steer_campaign import pause_campaign, resume_campaign
from goodfor.promotions.tests.factories import (
    buyer,
    cart,
    flash,
    line,
    of,
    pieces_left,
    priced,
    reduce_by,
    run,
    share,
    shop_and_actor,
)
from goodfor.promotions.types import NEVER, PART, Limit

pytestmark = pytest.mark.django_db


def test_a_shop_without_campaigns_has_no_plan(now: datetime) -> None:
    shop, _ = shop_and_actor(now)
    assert queries.plan(shop.id, cart(now), buyer(), now) == ()
    assert not queries.has_plan(shop.id)


def test_the_plan_says_what_is_left_for_this_buyer(now: datetime) -> None:
    shop, actor = shop_and_actor(now)
    one, other = line(quantity=3), line()
    made = run(
        shop, flash(now, Limit("sku", "units", "all", 50), Limit("buyer", "units", "day", 2),
                    Limit("campaign", "uses", "all", 20), Limit("campaign", "minor", "day", 10_000)), actor, now,
    )  # fmt: skip
    basket = cart(now, one, other)
    [live] = queries.plan(shop.id, basket, buyer(), now)
    assert (live.left.uses, live.left.minor, live.left.loss) == (20, 10_000, None)
    assert [pieces_left(live, piece.sku_id) for piece in (one, other)] == [2, 2]

    operations.reserve(
        shop_id=shop.id, order_id=uuid4(), names=buyer(), cart=basket, now=now,
        priced=priced(basket, share(made, 1000, units=2), share(made, 500, line=1, units=1)),
    )  # fmt: skip
    [live] = queries.plan(shop.id, basket, buyer(), now)
    assert (live.left.uses, live.left.minor) == (19, 8_500)
    assert [pieces_left(live, piece.sku_id) for piece in (one, other)] == [0, 1]
    [live] = queries.plan(shop.id, basket, buyer("c"), now + timedelta(days=1))
    assert (live.left.uses, live.left.minor) == (19, 10_000)
    assert [pieces_left(live, piece.sku_id) for piece in (one, other)] == [2, 2]


def test_reserving_is_all_or_nothing_and_once(now: datetime) -> None:
    shop, actor = shop_and_actor(now)
    first = run(shop, reduce_by(now, 100, Limit("buyer", "uses", "all", 1)), actor, now)
    second = run(shop, reduce_by(now, 50, Limit("campaign", "uses", "all", 1)), actor, now)
    basket = cart(now)
    both = priced(basket, share(first), share(second, 50))
    order = uuid4()
    for _ in range(2):
        operations.reserve(shop_id=shop.id, order_id=order, names=buyer(), cart=basket, priced=both, now=now)
    assert Held.objects.filter(shop_id=shop.id).count() == Taking.objects.filter(shop_id=shop.id).count() == 2
    with pytest.raises(LimitGone) as gone:
        operations.reserve(shop_id=shop.id, order_id=uuid4(), names=buyer("c"), cart=basket, priced=both, now=now)
    assert (gone.value.campaign_id, gone.value.why) == (second.campaign_id, "campaign.uses")
    assert [one.used for one in Counter.objects.filter(shop_id=shop.id)] == [1]
    assert Held.objects.filter(shop_id=shop.id).count() == 2


def test_what_is_released_is_free_and_may_be_taken_again(now: datetime) -> None:
    shop, actor = shop_and_actor(now)
    made = run(
        shop, reduce_by(now, 100, Limit("campaign", "uses", "all", 1), Limit("phone", "minor", "week", 500)), actor, now
    )
    basket, order = cart(now), uuid4()
    given = priced(basket, share(made))
    who = buyer(phone="p")
    operations.reserve(shop_id=shop.id, order_id=order, names=who, cart=basket, priced=given, now=now)
    for _ in range(2):
        operations.release(shop_id=shop.id, order_id=order, now=now)
    assert of(queries.plan(shop.id, basket, who, now))[made.campaign_id].left.uses == 1
    assert operations.reserve_again(shop_id=shop.id, order_id=order, now=now)
    assert operations.reserve_again(shop_id=shop.id, order_id=order, now=now)
    left = of(queries.plan(shop.id, basket, who, now))[made.campaign_id].left
    assert (left.uses, left.minor) == (0, 400)
    operations.release(shop_id=shop.id, order_id=order, now=now)
    operations.reserve(shop_id=shop.id, order_id=uuid4(), names=who, cart=basket, priced=given, now=now)
    assert not operations.reserve_again(shop_id=shop.id, order_id=order, now=now)
    assert operations.reserve_again(shop_id=shop.id, order_id=uuid4(), now=now)


def test_refunds_give_back_by_policy(now: datetime) -> None:
    shop, actor = shop_and_actor(now)
    limits = (
        Limit("campaign", "uses", "all", 10), Limit("buyer", "uses", "all", 5, NEVER),
        Limit("campaign", "minor", "all", 1000, PART), Limit("sku", "units", "all", 10, PART),
    )  # fmt: skip
    made = run(shop, flash(now, *limits), actor, now)
    basket, order = cart(now, line(quantity=3)), uuid4()
    operations.reserve(
        shop_id=shop.id, order_id=order, names=buyer(), cart=basket, priced=priced(basket, share(made, 900, units=3)),
        now=now,
    )  # fmt: skip
    sku = basket.lines[0].sku_id

    def left() -> tuple[int | None, ...]:
        # Another buyer's, so that the buyer's own limit does not show.
        [live] = queries.plan(shop.id, basket, buyer("other"), now)
        return live.left.uses, live.left.minor, pieces_left(live, sku)

    def back(*, whole: bool, minor: int, pieces: int, disputed: bool = False) -> None:
        operations.roll_back(
            shop_id=shop.id,
            order_id=order,
            whole=whole,
            minor=minor,
            units={sku: (pieces, 3)},
            disputed=disputed,
            now=now,
        )

    back(whole=True, minor=900, pieces=3)
    assert left() == (5, 100, 7)
    operations.commit(shop_id=shop.id, order_id=order, now=now)
    operations.release(shop_id=shop.id, order_id=order, now=now)
    back(whole=True, minor=900, pieces=3, disputed=True)
    assert left() == (5, 100, 7)
    for _ in range(2):
        back(whole=False, minor=300, pieces=1)
    assert left() == (5, 400, 8)
    for _ in range(2):
        back(whole=True, minor=900, pieces=3)
    assert left() == (5, 1000, 10)
    [own] = queries.plan(shop.id, basket, buyer(), now)
    assert own.left.uses == 4
    assert [row.back_minor for row in Held.objects.filter(shop_id=shop.id)] == [900]


def test_a_limit_is_given_to_the_last_piece_over_shards(now: datetime) -> None:
    shop, actor = shop_and_actor(now)
    made = run(shop, flash(now, Limit("campaign", "minor", "all", 1000)), actor, now)
    basket = cart(now)
    for minor in (700, 250, 50):
        operations.reserve(
            shop_id=shop.id, order_id=uuid4(), names=buyer(), cart=basket, priced=priced(basket, share(made, minor)),
            now=now,
        )  # fmt: skip
    assert sum(row.free for row in Shard.objects.filter(shop_id=shop.id)) == 0
    with pytest.raises(LimitGone):
        operations.reserve(
            shop_id=shop.id,
            order_id=uuid4(),
            names=buyer(),
            cart=basket,
            priced=priced(basket, share(made, 1)),
            now=now,
        )


def test_a_buyer_is_known_by_any_of_his_names(now: datetime) -> None:
    shop, actor = shop_and_actor(now)
    made = run(shop, reduce_by(now, 100, Limit("buyer", "uses", "all", 1)), actor, now)
    basket = cart(now)
    given = priced(basket, share(made))
    operations.reserve(
        shop_id=shop.id, order_id=uuid4(), names=buyer("a", device="d", phone="p"), cart=basket, priced=given, now=now
    )
    for again in (buyer("a"), buyer("x", device="d"), buyer("y", phone="p")):
        assert queries.plan(shop.id, basket, again, now)[0].left.uses == 0
        with pytest.raises(LimitGone):
            operations.reserve(shop_id=shop.id, order_id=uuid4(), names=again, cart=basket, priced=given, now=now)
    assert queries.plan(shop.id, basket, buyer("z", address="d"), now)[0].left.uses == 1


def test_a_refund_of_very_much_can_be_reckoned(now: datetime) -> None:
    shop, actor = shop_and_actor(now)
    much = 4 * 10**12
    made = run(shop, flash(now, Limit("campaign", "minor", "all", 10**15, PART)), actor, now)
    basket, order = cart(now, line(price=much + 1)), uuid4()
    operations.reserve(
        shop_id=shop.id, order_id=order, names=buyer(), cart=basket, priced=priced(basket, share(made, much)), now=now
    )
    operations.commit(shop_id=shop.id, order_id=order, now=now)
    back = much // 3
    operations.roll_back(shop_id=shop.id, order_id=order, whole=False, minor=back, units={}, disputed=False, now=now)
    assert [row.back for row in Taking.objects.filter(shop_id=shop.id)] == [back]
    assert [row.back_minor for row in Held.objects.filter(shop_id=shop.id)] == [back]


def test_what_a_campaign_says_is_read_once_however_often_the_plan_changes(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    shop, actor = shop_and_actor(now)
    made = run(shop, reduce_by(now, 100), actor, now)
    assert len(queries.plan(shop.id, cart(now), buyer(), now)) == 1
    monkeypatch.setattr(plan_cache, "_REVISIONS", None)
    pause_campaign(shop_id=shop.id, campaign_id=made.campaign_id, actor=actor, now=now)
    assert queries.plan(shop.id, cart(now), buyer(), now) == ()
    resume_campaign(shop_id=shop.id, campaign_id=made.campaign_id, actor=actor, now=now)
    assert len(queries.plan(shop.id, cart(now), buyer(), now)) == 1
