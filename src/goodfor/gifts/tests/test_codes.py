"""Codes as a gift: kept while it is open, seen by one person alone, back when nobody takes it."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError

from goodfor.aftersales.operations.make_claim import make_claim
from goodfor.delivery.errors import CodeNotHeld
from goodfor.gifts import queries, tasks
from goodfor.gifts.errors import CannotGive, GiftGone, GiftNotFound, InvalidGift, OwnGift, TooManyGifts
from goodfor.gifts.operations.make_gift import make_gift
from goodfor.gifts.operations.take_back import take_back
from goodfor.gifts.states import GIFT, MADE, MOST_A_DAY
from goodfor.gifts.tests.conftest import World
from goodfor.gifts.types import CODES, ENDED, OPENED, RETURNED, Wish
from goodfor.kernel.errors import DomainError
from goodfor.orders import queries as orders
from goodfor.orders.errors import GivenAway, InvalidClaim
from goodfor.orders.operations import grant_refund, open_claim, refund_order, replace_claim
from goodfor.orders.tests.factories import refund_all, relay_all, sql, stock, together

TABLES = ("gifts_gift", "orders_given", "delivery_reveal", "kernel_history", "kernel_audit", "orders_claim")


def everything() -> dict[str, list[Any]]:
    return {table: sorted(row[0] for row in sql(f"SELECT t::text FROM {table} t")) for table in TABLES}


def test_the_machine_is_closed() -> None:
    assert GIFT.terminal == {OPENED, RETURNED, ENDED}
    assert GIFT.transitions[MADE] == GIFT.terminal


def test_codes_go_to_who_opens_the_link(world: World) -> None:
    giver, friend = world.account(), world.account()
    order = world.buys(giver, 3)
    made = world.gives(order, giver, 2, message="生日快乐")
    assert (made.gift.state, made.gift.units, made.gift.message) == (MADE, 2, "生日快乐")
    assert queries.link_secret(world.shop_id, made.gift.id) == made.secret
    assert queries.gift_to_open(world.shop_id, made.secret, world.now) == made.gift

    opened = world.opens(made.secret, friend).gift
    assert (opened.state, opened.taker_ref) == (OPENED, friend)
    assert queries.link_secret(world.shop_id, made.gift.id) == ""
    assert world.opens(made.secret, friend).gift == opened
    assert world.sees_given(opened) == 2
    # The buyer has the third one alone.
    assert world.sees(order) == 1
    assert [view.number for view in queries.gifts_taken(world.shop_id, friend)] == [opened.number]
    assert [view.number for view in queries.gifts_given(world.shop_id, giver)] == [opened.number]
    assert world.faults() == {}


def test_nobody_sees_claims_or_gives_what_lies_in_a_gift(world: World) -> None:
    giver = world.account()
    order = world.buys(giver, 2)
    codes = world.codes(order)
    made = world.gives(order, giver, 1)
    before = everything()
    with pytest.raises(CodeNotHeld):
        world.sees(order, codes[:1])
    with pytest.raises(CodeNotHeld):
        world.sees_given(made.gift, "buyer:giver")
    with pytest.raises(CannotGive):
        world.gives(order, giver)
    with pytest.raises(InvalidClaim):
        open_claim(
            shop_id=world.shop_id, order_id=order.id, line_id=order.lines[0].line_id, reason="invalid",
            code_ids=codes[:1], actor="buyer:giver", now=world.now,
        )  # fmt: skip
    assert everything() == before
    # What is said of the whole line is said of what the buyer still has.
    claim = open_claim(
        shop_id=world.shop_id, order_id=order.id, line_id=order.lines[0].line_id, reason="invalid", may_refund=False,
        actor="buyer:giver", now=world.now,
    )  # fmt: skip
    assert claim.code_ids == tuple(codes[1:])
    assert world.faults() == {}


def test_what_was_seen_or_claimed_is_no_gift(world: World) -> None:
    giver = world.account()
    order = world.buys(giver, 2)
    codes = world.codes(order)
    world.sees(order, codes[:1])
    with pytest.raises(CannotGive):
        world.gives(order, giver, 1)
    open_claim(
        shop_id=world.shop_id, order_id=order.id, line_id=order.lines[0].line_id, reason="invalid",
        code_ids=codes[1:], may_refund=False, actor="buyer:giver", now=world.now,
    )  # fmt: skip
    wish = Wish(CODES, order.id, codes[1:])
    before = everything()
    for refused in (wish, Wish(CODES, order.id, [uuid4()]), Wish(CODES, order.id, ()), Wish(CODES, None, codes)):
        with pytest.raises(DomainError):
            make(world, giver, refused)
    assert everything() == before


def make(world: World, giver: str, wish: Wish, key: str = "") -> Any:
    from_ = {"shop_id": world.shop_id, "giver_ref": giver, "request_key": key or uuid4().hex, "now": world.now}
    return make_gift(wish=wish, **from_)


def test_it_is_taken_back_until_it_is_opened(world: World) -> None:
    giver, friend = world.account(), world.account()
    order = world.buys(giver)
    made = world.gives(order, giver)
    with pytest.raises(GiftNotFound):
        take_back(shop_id=world.shop_id, gift_id=made.gift.id, giver_ref=friend, now=world.now)
    assert world.takes_back(made.gift).state == RETURNED
    assert world.takes_back(made.gift).state == RETURNED
    for secret in (made.secret, "x" * 32):
        with pytest.raises(GiftGone):
            world.opens(secret, friend)
        with pytest.raises(GiftGone):
            queries.gift_to_open(world.shop_id, secret, world.now)
    # It is the buyer's as it was, and can be given anew.
    again = world.gives(order, giver)
    world.opens(again.secret, friend)
    with pytest.raises(GiftGone):
        world.takes_back(again.gift)
    assert world.faults() == {}


def test_who_gave_it_cannot_open_it(world: World) -> None:
    giver = world.account()
    made = world.gives(world.buys(giver), giver)
    with pytest.raises(OwnGift):
        world.opens(made.secret, giver)


def test_nobody_takes_it_in_time(world: World) -> None:
    giver, friend = world.account(), world.account()
    order = world.buys(giver)
    made = world.gives(order, giver, days=3)
    world.wait(days=2, hours=1)
    assert tasks.warn(world.now) == 1
    assert tasks.warn(world.now) == 0
    assert sql("SELECT count(*) FROM kernel_event WHERE name = 'gifts.ends_soon'") == [(1,)]
    world.wait(days=1)
    # However late the loop is.
    with pytest.raises(GiftGone):
        world.opens(made.secret, friend)
    assert tasks.end(world.now) == 1
    assert tasks.end(world.now) == 0
    assert world.gift(made.gift).state == ENDED
    assert world.sees(order) == 1


def test_one_of_many_has_it(world: World) -> None:
    giver = world.account()
    made = world.gives(world.buys(giver, 2), giver)
    friends = [world.account() for _ in range(6)]
    found = together(lambda index: world.opens(made.secret, friends[index]).gift.taker_ref, 6, threads=6)
    [winner] = [one for one in found if one != "gift_gone"]
    assert world.gift(made.gift).taker_ref == winner
    assert sql("SELECT DISTINCT state, taker FROM orders_given") == [("passed", world.gift(made.gift).taker)]
    assert world.faults() == {}


def test_opened_or_taken_back_or_seen_or_refunded(world: World) -> None:
    giver, friend = world.account(), world.account()
    for _round in range(3):
        order = world.buys(giver)
        made = world.gives(order, giver)
        acts = (
            lambda: world.opens(made.secret, friend).gift.state,  # noqa: B023
            lambda: world.takes_back(made.gift).state,  # noqa: B023
            lambda: world.sees(order),  # noqa: B023
            lambda: refund(world, order).state,  # noqa: B023
        )
        together(lambda index: acts[index](), 4, threads=4)  # noqa: B023
        relay_all(world.now)
        refund_all(world.now)
    assert world.faults() == {}


def refund(world: World, order: Any, **more: Any) -> Any:
    asked = {"reason": "test", "actor": "buyer:giver", "now": world.now, **more}
    return refund_order(shop_id=world.shop_id, order_id=order.id, **asked)


def test_a_refund_takes_it_back_first(world: World) -> None:
    giver, friend = world.account(), world.account()
    free = stock(world.shop)[0]
    order = world.buys(giver, 2)
    made = world.gives(order, giver)
    refund(world, order)
    with pytest.raises(GiftGone):
        world.opens(made.secret, friend)
    assert world.gift(made.gift).state == MADE
    refund_all(world.now)
    assert world.gift(made.gift).state == RETURNED
    assert stock(world.shop)[0] == free
    assert world.faults() == {}


def test_what_a_friend_has_the_buyer_does_not_refund(world: World) -> None:
    giver, friend = world.account(), world.account()
    order = world.buys(giver, 2)
    gift = world.opens(world.gives(order, giver, 1).secret, friend).gift
    before = everything()
    with pytest.raises(GivenAway):
        refund(world, order)
    assert everything() == before
    # The staff may; then the friend sees nothing any more.
    refund(world, order, actor="staff:test", by_staff=True)
    with pytest.raises(DomainError):
        world.sees_given(gift)
    refund_all(world.now)
    assert world.faults() == {}


def test_who_received_it_claims_and_has_the_new_code(world: World) -> None:
    giver, friend = world.account(), world.account()
    order = world.buys(giver, 2)
    gift = world.opens(world.gives(order, giver, 1).secret, friend).gift
    world.sees_given(gift)
    [mine] = orders.codes_of_gift(world.shop_id, gift.id)
    asked = {"shop_id": world.shop_id, "order_id": order.id, "line_id": mine.line_id, "now": world.now}
    with pytest.raises(InvalidClaim):
        make_claim(**asked, reason="invalid", code_ids=[mine.code_id], fresh=False, actor="buyer:giver")
    claim = open_claim(**asked, reason="invalid", gift_id=gift.id, may_refund=False, actor=gift.taker)
    assert claim.code_ids == (mine.code_id,)
    replace_claim(shop_id=world.shop_id, claim_id=claim.id, reason="bad", actor="staff:test", now=world.now)
    [new] = orders.masked_codes_of_gift(world.shop_id, gift.id)
    assert new.code_id != mine.code_id
    with pytest.raises(CodeNotHeld):
        world.sees(order, [new.code_id])
    assert world.sees_given(gift) == 1
    assert world.faults() == {}


def test_the_money_of_a_bad_code_is_the_buyers(world: World) -> None:
    giver, friend = world.account(), world.account()
    order = world.buys(giver, 2)
    gift = world.opens(world.gives(order, giver, 1).secret, friend).gift
    world.sees_given(gift)
    [mine] = orders.codes_of_gift(world.shop_id, gift.id)
    claim = open_claim(
        shop_id=world.shop_id, order_id=order.id, line_id=mine.line_id, reason="invalid", gift_id=gift.id,
        may_refund=False, actor=gift.taker, now=world.now,
    )  # fmt: skip
    grant_refund(shop_id=world.shop_id, claim_id=claim.id, reason="bad", actor="staff:test", now=world.now)
    refund_all(world.now)
    assert orders.masked_codes_of_gift(world.shop_id, gift.id) == []
    assert world.sees(order) == 1
    assert world.faults() == {}


def test_a_guest_comes_back_by_a_key(world: World) -> None:
    giver = world.account()
    made = world.gives(world.buys(giver), giver)
    opened = world.opens(made.secret, "guest:abc")
    assert queries.gift_of_guest(world.shop_id, opened.gift.number, opened.key) == opened.gift
    # The first answer was lost on its way.
    again = world.opens(made.secret, "guest:abc")
    assert again.key not in ("", opened.key)
    with pytest.raises(GiftNotFound):
        queries.gift_of_guest(world.shop_id, opened.gift.number, opened.key)
    with pytest.raises(GiftGone):
        world.opens(made.secret, "guest:other")
    assert world.sees_given(again.gift, f"gift:{opened.gift.number}") == 1
    assert world.faults() == {}


def test_the_same_request_is_one_gift_and_a_day_has_only_so_many(world: World) -> None:
    giver = world.account()
    order = world.buys(giver)
    made = world.gives(order, giver, key="same-request")
    assert world.gives(order, giver, key="same-request") == made
    world.takes_back(made.gift)
    for _ in range(MOST_A_DAY - 1):
        world.takes_back(world.gives(order, giver).gift)
    with pytest.raises(TooManyGifts):
        world.gives(order, giver)
    world.wait(days=1, minutes=1)
    world.gives(order, giver)


@pytest.mark.parametrize(
    "text", ["看 https://bad.example", "www.bad", "去 bad.com 领", "字" * 121], ids=["scheme", "www", "host", "long"]
)
def test_words_lead_nowhere(world: World, text: str) -> None:
    giver = world.account()
    order = world.buys(giver)
    with pytest.raises(InvalidGift):
        world.gives(order, giver, message=text)
    assert world.gives(order, giver, message="好\u202e \n\x00 的").gift.message == "好 的"


def test_the_database_keeps_what_is_over(world: World) -> None:
    giver, friend = world.account(), world.account()
    gift = world.opens(world.gives(world.buys(giver), giver).secret, friend).gift
    for statement in (
        f"UPDATE gifts_gift SET taker_ref = 'buyer:x' WHERE id = '{gift.id}'",
        f"DELETE FROM gifts_gift WHERE id = '{gift.id}'",
        "UPDATE orders_given SET state = 'back', taker = ''",
        "DELETE FROM orders_given",
    ):
        with pytest.raises(IntegrityError):
            sql(statement)
