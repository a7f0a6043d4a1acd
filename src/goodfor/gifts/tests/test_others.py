"""Points, cards and coupons as gifts."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from goodfor.cards import queries as cards
from goodfor.cards import states as card_states
from goodfor.cards.errors import CardRefused
from goodfor.cards.operations.keep_card import keep_card
from goodfor.cards.operations.redeem import pay_with_card
from goodfor.cards.tests.conftest import World as Printer
from goodfor.gifts import tasks
from goodfor.gifts.errors import CannotGive, GiftGone, InvalidGift, SignInToTake
from goodfor.gifts.operations.forget import forget
from goodfor.gifts.operations.make_gift import make_gift
from goodfor.gifts.tests.conftest import World
from goodfor.gifts.types import CARD, COUPON, ENDED, OPENED, POINTS, RETURNED, Made, Wish, member_id
from goodfor.identity import queries as identity
from goodfor.identity.tests.factories import make_staff
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.operations.give_units import give_units
from goodfor.loyalty.operations.set_terms import set_terms
from goodfor.loyalty.operations.take_back_units import take_back_units
from goodfor.loyalty.types import Balance, Holder, Source, Terms
from goodfor.orders.tests.factories import place, sql
from goodfor.promotions import queries as promotions
from goodfor.promotions.operations.claim_coupon import claim_coupon
from goodfor.promotions.operations.make_coupons import make_coupons
from goodfor.promotions.tests.factories import reduce_by, run
from goodfor.promotions.types import BatchWish, BuyerNames


def gives(world: World, ref: str, kind: str, subject: UUID | None = None, **more: Any) -> Made:
    wish = Wish(kind, subject, **more)
    return make_gift(shop_id=world.shop_id, giver_ref=ref, wish=wish, request_key=uuid4().hex, now=world.now)


# Points


def points(world: World, ref: str) -> Balance:
    return loyalty.balance(world.shop_id, Holder(member_id(ref)), world.now)


def earns(world: World, ref: str, units: int, days: int | None = None) -> None:
    give_units(
        shop_id=world.shop_id, holder=Holder(member_id(ref)), units=units, source=Source("test", uuid4().hex),
        currency="CNY", minor=units, expires_at=world.now + timedelta(days=days) if days else None, now=world.now,
    )  # fmt: skip


def owes(world: World, ref: str, units: int) -> None:
    take_back_units(
        shop_id=world.shop_id, holder=Holder(member_id(ref)), units=units, source=Source("test", uuid4().hex),
        currency="CNY", debt=True, now=world.now,
    )  # fmt: skip


@pytest.fixture
def giver(world: World) -> str:
    """Has 300 points of a shop that lets them be given away; 100 end in five days."""
    set_terms(shop_id=world.shop_id, terms=Terms(on=True, transferable=True), actor="staff:1", now=world.now)
    made = world.account()
    earns(world, made, 100, days=5)
    earns(world, made, 200)
    return made


def test_points_go_to_a_member(world: World, giver: str) -> None:
    friend = world.account()
    made = gives(world, giver, POINTS, units=150)
    assert made.gift.ends_at == world.now + timedelta(days=5)
    assert points(world, giver).available == 150
    with pytest.raises(SignInToTake):
        world.opens(made.secret, "guest:x")
    assert world.opens(made.secret, friend).gift.state == OPENED
    assert (points(world, giver).available, points(world, friend).available) == (150, 150)
    assert world.faults() == {}


def test_points_come_back(world: World, giver: str) -> None:
    taken, ended = gives(world, giver, POINTS, units=50), gives(world, giver, POINTS, units=100)
    world.takes_back(taken.gift)
    assert points(world, giver).available == 200
    world.wait(days=7, minutes=1)
    assert tasks.end(world.now) == 1
    assert world.gift(ended.gift).state == ENDED
    # What would have ended with its giver has ended.
    assert points(world, giver).available == 200
    assert world.faults() == {}


def test_what_somebody_owes_is_met_first(world: World, giver: str) -> None:
    friend = world.account()
    earns(world, friend, 10)
    owes(world, friend, 40)
    assert points(world, friend).debt == 30
    world.opens(gives(world, giver, POINTS, units=100).secret, friend)
    assert points(world, friend) == Balance(available=70)
    back = gives(world, giver, POINTS, units=200)
    owes(world, giver, 500)
    world.takes_back(back.gift)
    assert points(world, giver) == Balance(debt=300)
    assert world.faults() == {}


def test_points_are_given_where_the_shop_lets_them(world: World, giver: str) -> None:
    for wish, refused in (
        ({"units": 301}, CannotGive), ({"units": 0}, InvalidGift), ({"subject": uuid4()}, InvalidGift),
    ):  # fmt: skip
        with pytest.raises(refused):
            gives(world, giver, POINTS, **wish)
    with pytest.raises(CannotGive):
        gives(world, "guest:x", POINTS, units=1)
    set_terms(shop_id=world.shop_id, terms=Terms(on=True), actor="staff:1", now=world.now + timedelta(seconds=1))
    world.wait(seconds=2)
    with pytest.raises(CannotGive):
        gives(world, giver, POINTS, units=1)
    assert points(world, giver).available == 300


def test_an_erased_giver_holds_nothing(world: World, giver: str) -> None:
    made = gives(world, giver, POINTS, units=100, message="再见")
    forget(shop_id=world.shop_id, buyer_id=member_id(giver), now=world.now)
    forget(shop_id=world.shop_id, buyer_id=member_id(giver), now=world.now)
    gift = world.gift(made.gift)
    assert (gift.state, gift.message) == (RETURNED, "")
    assert points(world, giver).available == 200
    with pytest.raises(GiftGone):
        world.opens(made.secret, world.account())
    assert world.faults() == {}


# Cards


@pytest.fixture
def printer(world: World) -> Printer:
    view = identity.shop_by_id(world.shop_id)
    return Printer(world.shop, make_staff(view, world.now).actor, make_staff(view, world.now).actor, world.now)


def test_a_kept_card_is_its_holders_alone(world: World, printer: Printer) -> None:
    giver, friend = world.account(), world.account()
    batch = printer.good(card_states.VALUE, 50_000, size=2)
    code = printer.codes(batch)[0]
    found = cards.card_by_code(world.shop_id, code, world.now)
    keep_card(shop_id=world.shop_id, card_id=found.card_id, holder_ref=giver, now=world.now)
    keep_card(shop_id=world.shop_id, card_id=found.card_id, holder_ref=giver, now=world.now)
    for other in ("", friend, "guest:x"):
        with pytest.raises(CardRefused):
            cards.card_by_code(world.shop_id, code, world.now, other)
        with pytest.raises(CardRefused):
            pays(world, found.card_id, other)
    with pytest.raises(CardRefused):
        keep_card(shop_id=world.shop_id, card_id=found.card_id, holder_ref=friend, now=world.now)
    assert cards.card_by_code(world.shop_id, code, world.now, giver) == found
    assert pays(world, found.card_id, giver) == "delivered"
    assert world.faults() == {}


def pays(world: World, card_id: UUID, ref: str) -> str:
    placed = place(world.shop, world.now, ref=ref or "guest:y", ip=f"2001:db8:{uuid4().hex[:4]}::1")
    return pay_with_card(
        shop_id=world.shop_id, card_id=card_id, order_id=placed.order_id, request_key=uuid4().hex, holder_ref=ref,
        now=world.now,
    ).state  # fmt: skip


def test_a_card_goes_on_with_what_is_left(world: World, printer: Printer) -> None:
    giver, friend = world.account(), world.account()
    batch = printer.good(card_states.VALUE, 50_000, size=1)
    [code] = printer.codes(batch)
    card_id = printer.card(batch).id
    with pytest.raises(CannotGive):
        gives(world, giver, CARD, card_id)
    keep_card(shop_id=world.shop_id, card_id=card_id, holder_ref=giver, now=world.now)
    pays(world, card_id, giver)
    made = gives(world, giver, CARD, card_id)
    # Nobody uses what lies in a gift, code or not.
    for ref in (giver, friend, ""):
        with pytest.raises(CardRefused):
            pays(world, card_id, ref)
        with pytest.raises(CardRefused):
            cards.card_by_code(world.shop_id, code, world.now, ref)
    with pytest.raises(CannotGive):
        gives(world, giver, CARD, card_id)
    world.takes_back(made.gift)
    again = gives(world, giver, CARD, card_id)
    with pytest.raises(SignInToTake):
        world.opens(again.secret, "guest:x")
    world.opens(again.secret, friend)
    assert cards.cards_of_holder(world.shop_id, giver, world.now) == []
    [held] = cards.cards_of_holder(world.shop_id, friend, world.now)
    assert held.card.left is not None
    assert held.card.left.amount_minor == 50_000 - 4850
    with pytest.raises(CardRefused):
        pays(world, card_id, giver)
    assert pays(world, card_id, friend) == "delivered"
    assert world.faults() == {}


def test_goods_of_a_card_and_its_pages(world: World, printer: Printer) -> None:
    giver, friend = world.account(), world.account()
    batch = printer.good(size=3)
    ids = [printer.card(batch, n).id for n in range(3)]
    for card_id in ids:
        keep_card(shop_id=world.shop_id, card_id=card_id, holder_ref=giver, now=world.now)
    first = cards.cards_of_holder(world.shop_id, giver, world.now, limit=2)
    rest = cards.cards_of_holder(world.shop_id, giver, world.now, after=first[-1].place, limit=2)
    assert [one.card.card_id for one in first + rest] == sorted(ids)
    world.opens(gives(world, giver, CARD, ids[0]).secret, friend)
    with pytest.raises(CardRefused):
        printer.fetch(ids[0], ref=giver)
    assert printer.fetch(ids[0], ref=friend).state == "delivered"
    assert world.faults() == {}


# Coupons


@pytest.fixture
def coupon(world: World) -> tuple[str, UUID]:
    """Somebody with a coupon that may be passed on."""
    actor = make_staff(identity.shop_by_id(world.shop_id), world.now).actor
    made = run(identity.shop_by_id(world.shop_id), reduce_by(world.now, 100, coupon=True), actor, world.now)
    wish = BatchWish(made.campaign_id, "claim", "满减券", wanted=3, days=2, giftable=True, listed=True)
    batch = make_coupons(shop_id=world.shop_id, actor=actor, now=world.now, wish=wish)
    names = BuyerNames("guest:giver")
    return "guest:giver", claim_coupon(shop_id=world.shop_id, batch_id=batch.id, names=names, now=world.now)


def test_a_coupon_under_the_same_link(world: World, coupon: tuple[str, UUID]) -> None:
    giver, coupon_id = coupon
    made = gives(world, giver, COUPON, coupon_id)
    assert (made.gift.title, made.gift.ends_at) == ("满减券", world.now + timedelta(days=3))
    with pytest.raises(CannotGive):
        gives(world, giver, COUPON, coupon_id)
    world.takes_back(made.gift)
    assert promotions.coupons_of(world.shop_id, giver, world.now)[0].usable
    again = gives(world, giver, COUPON, coupon_id)
    with pytest.raises(GiftGone):
        world.opens(made.secret, "guest:friend")
    world.opens(again.secret, "guest:friend")
    assert [one.id for one in promotions.coupons_of(world.shop_id, "guest:friend", world.now)] == [coupon_id]
    assert promotions.coupons_of(world.shop_id, giver, world.now) == []
    # Once is enough.
    with pytest.raises(CannotGive):
        gives(world, "guest:friend", COUPON, coupon_id)
    assert world.faults() == {}


def test_a_coupon_that_nobody_took(world: World, coupon: tuple[str, UUID]) -> None:
    giver, coupon_id = coupon
    made = gives(world, giver, COUPON, coupon_id, days=1)
    world.wait(days=1, minutes=1)
    assert tasks.end(world.now) == 1
    assert world.gift(made.gift).state == ENDED
    assert promotions.coupons_of(world.shop_id, giver, world.now)[0].usable
    assert world.faults() == {}


def test_cards_and_coupons_that_end_are_told_of_once(world: World, coupon: tuple[str, UUID], printer: Printer) -> None:
    holder = world.account()
    tasks.remind(world.now)
    batch = printer.good(size=2, valid_days=9)
    ids = [printer.card(batch, n).id for n in range(2)]
    for card_id in ids:
        keep_card(shop_id=world.shop_id, card_id=card_id, holder_ref=holder, now=world.now)
    # What lies in a gift is not told of.
    gives(world, holder, CARD, ids[0], days=14)
    for _ in range(9):
        tasks.remind(world.now)
        tasks.remind(world.now)
        world.wait(days=1)
    found = sql(
        "SELECT payload->>'kind', payload->>'what', payload->>'subject_id' FROM kernel_event"
        " WHERE name = 'gifts.held_reminder' ORDER BY id"
    )
    assert sorted(found) == [
        ("card", "day", str(ids[1])),
        ("card", "week", str(ids[1])),
        ("coupon", "day", str(coupon[1])),
    ]
