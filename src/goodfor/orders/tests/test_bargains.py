"""Bargains: cuts that add up, each person once, one order."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from goodfor.orders.operations import apply_payment_fact, cancel_order
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import (
    PRICE,
    Till,
    begin,
    broken,
    fact,
    open_till,
    pay,
    refund_all,
    sql,
    state_of,
    together,
)
from goodfor.orders.tests.grouping import campaign, order
from goodfor.payments.operations.sandbox_books import pay_trade
from goodfor.promotions import group_queries
from goodfor.promotions.errors import InvalidCampaign
from goodfor.promotions.group_errors import (
    AlreadyHelped,
    BargainOver,
    BargainRunning,
    ChoiceGone,
    OwnBargain,
    TooManyHelps,
    TooManyPieces,
)
from goodfor.promotions.group_tasks import watch_bargains
from goodfor.promotions.group_types import BY_BARGAIN, BargainPlay, BargainView, ChoiceRequest
from goodfor.promotions.operations.help_bargain import help_bargain
from goodfor.promotions.operations.start_bargain import start_bargain
from goodfor.promotions.persons import people
from goodfor.promotions.plays import cuts

FLOOR = 3000
PLAY = BargainPlay(helpers=5, hours=24, help_most=2)


@settings(max_examples=40, deadline=None)
@given(total=some.integers(0, 10_000), weights=some.lists(some.integers(-1, 500), max_size=50))
def test_cuts_add_up_and_none_is_nothing(total: int, weights: list[int]) -> None:
    found = cuts(total, weights)
    assert len(found) == min(len(weights), total)
    assert sum(found) == (total if found else 0)
    assert all(one >= 1 for one in found)


@settings(max_examples=40, deadline=None)
@given(some.lists(some.sets(some.sampled_from("abcdefgh"), min_size=1), max_size=8))
def test_people_are_those_who_share_no_name(parties: list[set[str]]) -> None:
    # By walking from each to all that can be reached.
    apart = 0
    left = list(range(len(parties)))
    while left:
        apart += 1
        todo = [left[0]]
        while todo:
            at = todo.pop()
            if at in left:
                left.remove(at)
                todo += [other for other in left if parties[at] & parties[other]]
    assert people(parties) == apart == people(reversed(parties))


class Bargaining:
    """A campaign, and the steps of a bargain of it."""

    def __init__(self, shop: Shop, now: datetime) -> None:
        self.shop, self.now, self.of = shop, now, campaign(shop, now, "bargain", price=FLOOR)
        self.shop_id = shop.demo.shop_id

    def start(self, ref: str = "guest:o", *names: str, now: datetime | None = None) -> UUID:
        return start_bargain(
            shop_id=self.shop_id, campaign_id=self.of, revision_id=uuid4(), sku_id=self.shop.sku_id, start_minor=PRICE,
            floor_minor=FLOOR, play=PLAY, owner_ref=ref, names=(f"b:{ref}", *names), now=now or self.now,
        )  # fmt: skip

    def help(self, bargain_id: UUID, ref: str, *names: str) -> int:
        return help_bargain(
            shop_id=self.shop_id, bargain_id=bargain_id, helper_ref=ref, names=(f"b:{ref}", *names), now=self.now
        )

    def view(self, bargain_id: UUID) -> BargainView:
        return group_queries.bargain(self.shop_id, bargain_id)

    def asked(self, bargain_id: UUID) -> ChoiceRequest:
        return ChoiceRequest(BY_BARGAIN, self.of, self.shop.sku_id, bargain_id)


@pytest.fixture
def bargaining(shop: Shop, now: datetime) -> Bargaining:
    return Bargaining(shop, now)


@pytest.fixture
def till(shop: Shop, now: datetime) -> Till:
    return open_till(shop.demo.shop_id, now)


def test_friends_bring_it_to_the_floor_each_once(bargaining: Bargaining) -> None:
    one = bargaining.start("guest:o", "d:phone")
    with pytest.raises(BargainRunning):
        bargaining.start("guest:o2", "d:phone")
    for wrong in (("guest:o",), ("guest:x", "d:phone")):
        with pytest.raises(OwnBargain):
            bargaining.help(one, *wrong)
    taken = bargaining.help(one, "guest:a", "c:9")
    for wrong in (("guest:a",), ("guest:b", "c:9")):
        with pytest.raises(AlreadyHelped):
            bargaining.help(one, *wrong)
    assert bargaining.view(one).price_minor == PRICE - taken
    taken += sum(bargaining.help(one, f"guest:{n}") for n in "bcde")
    view = bargaining.view(one)
    assert (taken, view.price_minor, view.helped) == (PRICE - FLOOR, FLOOR, 5)
    with pytest.raises(BargainOver):
        bargaining.help(one, "guest:f")
    for other in ("guest:p", "guest:q"):
        last = bargaining.start(other)
        if other == "guest:p":
            bargaining.help(last, "guest:a")
    with pytest.raises(TooManyHelps):
        bargaining.help(last, "guest:a")
    assert broken(bargaining.now) == {}


def test_forty_at_once_help_five_times(bargaining: Bargaining) -> None:
    one = bargaining.start()
    # Each person taps twice.
    answers = together(lambda n: bargaining.help(one, f"guest:{n // 2}"), 40)
    assert sum(type(answer) is int for answer in answers) == 5
    assert bargaining.view(one).price_minor == FLOOR
    assert broken(bargaining.now) == {}


def test_it_is_bought_once_at_the_price_it_has_come_to(bargaining: Bargaining, till: Till) -> None:
    shop, now = bargaining.shop, bargaining.now
    one = bargaining.start()
    bargaining.help(one, "guest:a")
    with pytest.raises(BargainOver):
        order(shop, bargaining.asked(one), now, "guest:x")
    # What friends brought down is the price of one.
    with pytest.raises(TooManyPieces):
        order(shop, bargaining.asked(one), now, "guest:o", quantity=2)
    assert bargaining.view(one).state == "open"
    price = bargaining.view(one).price_minor
    placed = order(shop, bargaining.asked(one), now, "guest:o")
    assert placed.total.amount_minor == price
    with pytest.raises(BargainOver):
        bargaining.help(one, "guest:b")
    with pytest.raises(BargainOver):
        order(shop, bargaining.asked(one), now, "guest:o")
    cancel_order(shop_id=bargaining.shop_id, order_id=placed.order_id, actor="guest:o", now=now)
    bargaining.help(one, "guest:b")
    again = order(shop, bargaining.asked(one), now, "guest:o")
    assert again.total.amount_minor < price
    pay(begin(till, again.order_id, now), now)
    assert (state_of(shop, again.order_id), bargaining.view(one).state) == ("delivered", "used")
    assert broken(now) == {}


def test_late_money_for_a_bargain_that_was_used_goes_back(bargaining: Bargaining, till: Till) -> None:
    shop, now = bargaining.shop, bargaining.now
    one = bargaining.start()
    # At today's price there is nothing to buy by it.
    with pytest.raises(ChoiceGone):
        order(shop, bargaining.asked(one), now, "guest:o")
    bargaining.help(one, "guest:a")
    placed = order(shop, bargaining.asked(one), now, "guest:o")
    begun = begin(till, placed.order_id, now)
    cancel_order(shop_id=bargaining.shop_id, order_id=placed.order_id, actor="guest:o", now=now)
    again = order(shop, bargaining.asked(one), now, "guest:o")
    pay(begin(till, again.order_id, now), now)
    late = now + timedelta(minutes=1)
    assert pay_trade(shop_id=bargaining.shop_id, number=begun.number, now=late)
    apply_payment_fact(shop_id=bargaining.shop_id, fact=fact(begun, late), now=late)
    refund_all(late)
    assert (state_of(shop, placed.order_id), state_of(shop, again.order_id)) == ("refunded", "delivered")
    assert broken(late) == {}


def test_its_time_is_over(bargaining: Bargaining) -> None:
    one = bargaining.start()
    end = bargaining.now + timedelta(hours=24)
    assert watch_bargains(end - timedelta(seconds=1)) == 0
    assert watch_bargains(end) == 1
    assert bargaining.view(one).state == "expired"
    with pytest.raises(BargainOver):
        bargaining.help(one, "guest:a")
    assert bargaining.start(now=end) != one
    assert sql("SELECT count(*) FROM promotions_help") == [(0,)]


@pytest.mark.parametrize(
    ("play", "wrong", "where"),
    [
        ("group", {"size": 1}, "play_settings.size"), ("group", {"hours": 73}, "play_settings.hours"),
        ("bargain", {"helpers": 51}, "play_settings.helpers"), ("group", {"each": "2"}, "play_settings.each"),
    ],
)  # fmt: skip
def test_settings_without_bounds_are_refused(
    shop: Shop,
    now: datetime,
    play: str,
    wrong: dict[str, object],
    where: str,
) -> None:
    with pytest.raises(InvalidCampaign) as caught:
        campaign(shop, now, play, **wrong)
    assert caught.value.data["field"] == where
