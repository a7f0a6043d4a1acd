"""A campaign's life: drafts, two people, the clock, pauses by hand and by itself; and what of it counts when."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from goodfor.identity.tests.factories import make_shop, make_staff
from goodfor.identity.types import Role
from goodfor.kernel.errors import Forbidden
from goodfor.kernel.statemachine import IllegalTransition
from goodfor.promotions import operations, queries
from goodfor.promotions.errors import CampaignChanged, CampaignOver, InvalidCampaign, LimitGone, SecondPersonNeeded
from goodfor.promotions.models import Revision, Shard
from goodfor.promotions.operations.make_campaign import make_campaign, revise_campaign
from goodfor.promotions.operations.steer_campaign import (
    archive_campaign,
    end_campaign,
    pause_campaign,
    resume_campaign,
)
from goodfor.promotions.operations.submit_campaign import approve_campaign, refuse_campaign, submit_campaign
from goodfor.promotions.operations.tend_campaigns import prepare_limits, stop_cut_off, tend_campaigns
from goodfor.promotions.stored import as_json, read
from goodfor.promotions.tests.factories import (
    buyer,
    cart,
    flash,
    line,
    pieces_left,
    priced,
    reduce_by,
    run,
    share,
    shop_and_actor,
)
from goodfor.promotions.tests.test_races import all_is_well
from goodfor.promotions.types import Compare, Join, Limit, Scope, Traced, UnitPrice, Window

pytestmark = pytest.mark.django_db


def test_two_people_let_a_revision_count(now: datetime) -> None:
    shop = make_shop(now)
    writer, other = make_staff(shop, now).actor, make_staff(shop, now, Role.OPERATOR).actor
    viewer = make_staff(shop, now, Role.SUPPORT).actor
    spec = reduce_by(now, 100)
    with pytest.raises(Forbidden):
        make_campaign(shop_id=shop.id, name="x", spec=spec, actor=viewer, now=now)
    made = make_campaign(shop_id=shop.id, name="满减", spec=spec, actor=writer, now=now)
    first = {"shop_id": shop.id, "campaign_id": made.campaign_id, "number": 1, "now": now}
    change = submit_campaign(**first, actor=writer)
    assert (change.done, change.state) == (False, "review")
    with pytest.raises(SecondPersonNeeded):
        approve_campaign(**first, actor=writer)
    assert queries.plan(shop.id, cart(now), buyer(), now) == ()
    refuse_campaign(shop_id=shop.id, campaign_id=made.campaign_id, actor=other, now=now, reason="太多")
    assert queries.campaign(shop.id, made.campaign_id).state == "draft"
    submit_campaign(**first, actor=writer)
    assert approve_campaign(**first, actor=other).state == "running"
    [live] = queries.plan(shop.id, cart(now), buyer(), now)
    assert (live.name, live.spec, live.revision_id) == ("满减", spec, made.revision_id)

    # What is in force stays so until the next revision is approved, too.
    again = revise_campaign(
        shop_id=shop.id, campaign_id=made.campaign_id, name="满减二", spec=reduce_by(now, 200), actor=other, now=now,
        latest=1,
    )  # fmt: skip
    with pytest.raises(CampaignChanged):
        revise_campaign(
            shop_id=shop.id, campaign_id=made.campaign_id, name="y", spec=spec, actor=writer, now=now, latest=1
        )
    second = {**first, "number": again.number}
    submit_campaign(**second, actor=writer)
    with pytest.raises(SecondPersonNeeded):
        approve_campaign(**second, actor=other)
    third = make_staff(shop, now, Role.OPERATOR).actor
    assert queries.plan(shop.id, cart(now), buyer(), now)[0].revision_id == made.revision_id
    approve_campaign(**second, actor=third)
    assert queries.plan(shop.id, cart(now), buyer(), now)[0].revision_id == again.revision_id
    assert [(row.number, row.approved_by, row.alone) for row in queries.revisions(shop.id, made.campaign_id)] == [
        (2, third, False), (1, other, False),
    ]  # fmt: skip
    # What was priced before it is not given any more.
    with pytest.raises(LimitGone) as gone:
        basket = cart(now)
        operations.reserve(
            shop_id=shop.id, order_id=uuid4(), names=buyer(), cart=basket, priced=priced(basket, share(made)), now=now
        )
    assert gone.value.why == "changed"
    all_is_well(now)


def test_the_clock_starts_and_ends(now: datetime) -> None:
    shop, actor = shop_and_actor(now)
    hour = timedelta(hours=1)
    made = run(shop, reduce_by(now, 100, window=Window(now + hour, now + 2 * hour)), actor, now)

    def state() -> str:
        return queries.campaign(shop.id, made.campaign_id).state

    assert state() == "scheduled"
    assert tend_campaigns(now=now) == 0
    assert tend_campaigns(now=now + hour) == 1
    assert state() == "running"
    pause_campaign(shop_id=shop.id, campaign_id=made.campaign_id, actor=actor, now=now + hour)
    assert queries.plan(shop.id, cart(now), buyer(), now) == ()
    resume_campaign(shop_id=shop.id, campaign_id=made.campaign_id, actor=actor, now=now + hour)
    assert len(queries.plan(shop.id, cart(now), buyer(), now)) == 1
    pause_campaign(shop_id=shop.id, campaign_id=made.campaign_id, actor=actor, now=now + hour)
    with pytest.raises(CampaignOver):
        resume_campaign(shop_id=shop.id, campaign_id=made.campaign_id, actor=actor, now=now + 2 * hour)
    assert tend_campaigns(now=now + 2 * hour) == 1
    assert state() == "ended"
    with pytest.raises(IllegalTransition):
        end_campaign(shop_id=shop.id, campaign_id=made.campaign_id, actor=actor, now=now)
    archive_campaign(shop_id=shop.id, campaign_id=made.campaign_id, actor=actor, now=now)
    assert state() == "archived"
    all_is_well(now)


def test_what_stands_still_can_be_changed(now: datetime) -> None:
    shop = make_shop(now)
    writer, other = make_staff(shop, now).actor, make_staff(shop, now, Role.OPERATOR).actor
    made = make_campaign(shop_id=shop.id, name="满减", spec=reduce_by(now, 100), actor=writer, now=now)
    one: dict[str, Any] = {"shop_id": shop.id, "campaign_id": made.campaign_id, "now": now}
    submit_campaign(**one, number=1, actor=writer)
    approve_campaign(**one, number=1, actor=other)
    pause_campaign(**one, actor=writer)
    again = revise_campaign(**one, name="满减二", spec=reduce_by(now, 200), actor=writer, latest=1)
    for who in (other, writer):  # Refused, and withdrawn.
        assert submit_campaign(**one, number=again.number, actor=writer).state == "paused"
        assert refuse_campaign(**one, actor=who).state == "paused"
    submit_campaign(**one, number=again.number, actor=writer)
    assert approve_campaign(**one, number=again.number, actor=other).state == "paused"
    view = queries.campaign(shop.id, made.campaign_id)
    assert (view.state, view.paused_why, view.in_force) == ("paused", "hand", again.number)
    assert queries.plan(shop.id, cart(now), buyer(), now) == ()
    resume_campaign(**one, actor=writer)
    assert queries.plan(shop.id, cart(now), buyer(), now)[0].revision_id == again.revision_id
    all_is_well(now)


def test_it_stops_by_itself(now: datetime) -> None:
    shop, actor = shop_and_actor(now)
    basket = cart(now)
    spent = run(shop, reduce_by(now, 100, Limit("campaign", "minor", "all", 100)), actor, now)
    lost = run(shop, flash(now, Limit("campaign", "loss", "all", 40), loss_leader=True), actor, now)
    cut = run(shop, reduce_by(now, 90), actor, now)
    order = uuid4()
    wish = priced(basket, share(spent), share(lost, 500, loss=40))
    operations.reserve(shop_id=shop.id, order_id=order, names=buyer(), cart=basket, priced=wish, now=now)
    # What is only reserved may come back.
    assert tend_campaigns(now=now) == 0
    operations.commit(shop_id=shop.id, order_id=order, now=now)
    later = now + timedelta(minutes=1)
    for _ in range(20):
        trace, order = [Traced(cut.campaign_id, cut.revision_id, "cut", 90, 20)], uuid4()
        operations.reserve(
            shop_id=shop.id, order_id=order, names=buyer(), cart=basket, now=later,
            priced=priced(basket, share(cut, 20), trace=trace),
        )  # fmt: skip
        # Who orders and never pays stops nobody's campaign.
        assert stop_cut_off(now=later) == 0
        operations.commit(shop_id=shop.id, order_id=order, now=later)
    assert (tend_campaigns(now=later), stop_cut_off(now=later)) == (2, 1)
    assert (tend_campaigns(now=later), stop_cut_off(now=later)) == (0, 0)
    whys = {view.id: (view.state, view.paused_why) for view in queries.campaigns(shop.id)}
    assert whys == {
        spent.campaign_id: ("paused", "budget"), lost.campaign_id: ("paused", "loss"),
        cut.campaign_id: ("paused", "floor"),
    }  # fmt: skip
    figures = queries.figures(shop.id, [spent.campaign_id, lost.campaign_id, cut.campaign_id])
    assert (figures[spent.campaign_id].minor_left, figures[lost.campaign_id].loss_minor) == (0, 40)
    told = figures[cut.campaign_id]
    assert (told.orders, told.wanted_minor, told.given_minor, told.reserved_orders) == (20, 1800, 400, 0)


def test_a_limit_that_is_taken_out_stops_nothing(now: datetime) -> None:
    shop, actor = shop_and_actor(now)
    budget, losses = Limit("campaign", "minor", "all", 100), Limit("campaign", "loss", "all", 40)
    basket, spec = cart(now), flash(now, budget, losses, loss_leader=True)
    made = run(shop, spec, actor, now)
    order, one = uuid4(), {"shop_id": shop.id, "campaign_id": made.campaign_id, "actor": actor, "now": now}
    wish = priced(basket, share(made, 100, loss=40))
    operations.reserve(shop_id=shop.id, order_id=order, names=buyer(), cart=basket, priced=wish, now=now)
    operations.commit(shop_id=shop.id, order_id=order, now=now)

    def tended() -> tuple[int, str, str]:
        """How many it stopped, the campaign's state, and why."""
        done, view = tend_campaigns(now=now), queries.campaign(shop.id, made.campaign_id)
        return done, view.state, view.paused_why

    assert tended() == (1, "paused", "budget")
    daily = replace(budget, period="day")
    for limits, why in (
        ((losses,), "loss"),
        ((daily, losses), "loss"),
        ((daily,), ""),
        ((budget,), "budget"),
        ((), ""),
    ):
        latest = queries.campaign(shop.id, made.campaign_id).latest
        changed = replace(spec, limits=limits, loss_leader=losses in limits)
        again = revise_campaign(**one, name="再来", spec=changed, latest=latest)
        submit_campaign(**one, number=again.number)
        if queries.campaign(shop.id, made.campaign_id).state == "paused":
            resume_campaign(**one)
        assert tended() == ((1, "paused", why) if why else (0, "running", ""))
    all_is_well(now)


def test_another_limit_is_what_was_not_given_yet(now: datetime) -> None:
    shop, actor = shop_and_actor(now)
    piece = line()
    scope = Scope(skus=frozenset({piece.sku_id}))
    made = run(shop, flash(now, Limit("sku", "units", "all", 10), scope=scope), actor, now)
    basket = cart(now, piece)

    def left(most: int) -> int | None:
        again = revise_campaign(
            shop_id=shop.id, campaign_id=made.campaign_id, name="再来", actor=actor, now=now,
            spec=flash(now, Limit("sku", "units", "all", most), scope=scope),
        )  # fmt: skip
        submit_campaign(shop_id=shop.id, campaign_id=made.campaign_id, number=again.number, actor=actor, now=now)
        [live] = queries.plan(shop.id, basket, buyer(), now)
        assert sum(row.free for row in Shard.objects.filter(shop_id=shop.id)) == pieces_left(live, piece.sku_id)
        all_is_well(now)
        return pieces_left(live, piece.sku_id)

    for _ in range(4):
        operations.reserve(
            shop_id=shop.id, order_id=uuid4(), names=buyer(), cart=basket, now=now,
            priced=priced(basket, share(made, 500, units=1)),
        )  # fmt: skip
    assert [left(most) for most in (100, 6, 3, 5)] == [96, 2, 0, 1]


def test_what_is_written_never_changes(now: datetime) -> None:
    shop, actor = shop_and_actor(now)
    rich = flash(
        now, Limit("buyer", "uses", "week", 2), effect=UnitPrice(500, {uuid4(): 300}), channels=frozenset({"web"}),
        audience=Join("and", (Compare("orders_paid", "eq", 0), Join("not", (Compare("signed_in", "eq", False),)))),
        scope=Scope(products=frozenset({uuid4()}), without_skus=frozenset({uuid4()}), bundles=True),
        window=Window(now, now + timedelta(days=1), frozenset({1, 7}), ((600, 660),)), play_settings={"slot": 1},
    )  # fmt: skip
    assert read(as_json(rich)) == rich
    run(shop, rich, actor, now)
    for statement in ("UPDATE promotions_revision SET name = 'x'", "DELETE FROM promotions_revision"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert [row.name for row in Revision.objects.filter(shop_id=shop.id)] == ["活动"]


@pytest.mark.parametrize(
    ("field", "over"),
    [
        ("limits", {"limits": (Limit("sku", "uses", "all", 1),)}),
        ("limits", {"limits": (Limit("buyer", "uses", "all", 1), Limit("buyer", "uses", "all", 2))}),
        ("layer", {"layer": "order"}),
        ("trigger", {"trigger": "coupon"}),
        ("loss_leader", {"loss_leader": True}),
        ("per_order", {"per_order": 0}),
    ],
)
def test_what_cannot_be_counted_is_refused(now: datetime, field: str, over: dict[str, object]) -> None:
    shop, actor = shop_and_actor(now)
    with pytest.raises(InvalidCampaign) as refused:
        make_campaign(shop_id=shop.id, name="x", spec=flash(now, **over), actor=actor, now=now)
    assert refused.value.data["field"] == field
    assert queries.campaigns(shop.id) == []


def test_limits_of_the_next_day_are_made_before_it_begins(now: datetime) -> None:
    shop, actor = shop_and_actor(now)
    run(shop, reduce_by(now, 100, Limit("campaign", "uses", "day", 3)), actor, now)
    late = datetime(2026, 1, 1, 15, 30, tzinfo=now.tzinfo)
    before = Shard.objects.filter(shop_id=shop.id).count()
    assert prepare_limits(now=late) == 1
    assert Shard.objects.filter(shop_id=shop.id).count() == before + 3
