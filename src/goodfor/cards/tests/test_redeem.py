"""A card pays once, whatever happens beside it; what comes back is on it again."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from goodfor.cards import queries, states
from goodfor.cards.accounts import DISCOUNT, SURPLUS
from goodfor.cards.errors import CardNotFit, CardRefused, CardShort
from goodfor.cards.models import Back, Card, Use
from goodfor.cards.operations import redeem as redeeming
from goodfor.cards.operations.give_back import give_back
from goodfor.cards.operations.redeem import pay_with_card
from goodfor.cards.operations.walk import ask_revoke
from goodfor.cards.tests.conftest import PRICE, World
from goodfor.cards.types import Redeemed
from goodfor.kernel.money import Money
from goodfor.orders import queries as orders
from goodfor.orders.operations import refund_part
from goodfor.orders.tests.factories import refund_all, stock, together

pytestmark = pytest.mark.django_db(transaction=True)


def test_goods_are_fetched_and_come_back(world: World) -> None:
    batch = world.good(price=4000)
    card = world.card(batch)
    done = world.fetch(card.id, "a")
    assert (done.state, bool(done.secret)) == ("delivered", True)
    assert world.card(batch).state == states.USED
    # What the shop gave for less than its price is a discount.
    assert (world.owed(batch), world.booked(DISCOUNT)) == (8000, PRICE - 4000)
    again = world.fetch(card.id, "a")
    assert (again.order_id, again.secret) == (done.order_id, "")
    with pytest.raises(CardRefused):
        world.fetch(card.id, "b")
    world.refunds(done)
    seen = world.card(batch)
    assert (seen.state, seen.left, seen.uses[0].state) == (states.ACTIVE, None, states.REVERSED)
    assert (world.owed(batch), world.booked(DISCOUNT)) == (12_000, 0)
    # The same refund once more.
    [known] = Back.objects.filter(shop_id=world.shop_id)
    for order_id in (done.order_id, uuid4()):
        assert not give_back(shop_id=world.shop_id, order_id=order_id, refund_id=known.refund_id, now=world.now)
    assert world.fetch(card.id, "c").state == "delivered"
    assert world.faults() == {}


def test_a_card_that_cost_more_than_its_goods(world: World) -> None:
    batch = world.good(price=6000)
    done = world.fetch(world.card(batch).id)
    assert (world.owed(batch), world.booked(SURPLUS)) == (12_000, 6000 - PRICE)
    world.refunds(done)
    assert (world.owed(batch), world.booked(SURPLUS)) == (18_000, 0)
    assert world.faults() == {}


def test_money_on_a_card_pays_orders_until_it_is_gone(world: World) -> None:
    """Face 120.00 for 100.00: each order uses up its part of the price, to the fen."""
    batch = world.good(states.VALUE, 12_000, size=1, price=10_000)
    card = world.card(batch)
    first, second, third = world.orders(), world.orders(), world.orders()
    assert pay(world, card.id, first.order_id, "a").state == "delivered"
    assert pay(world, card.id, first.order_id, "a").order_id == first.order_id
    assert left(world, batch) == 12_000 - PRICE
    with pytest.raises(CardShort) as short:
        pay(world, card.id, world.orders(2).order_id)
    assert short.value.data["missing"] == PRICE * 2 - (12_000 - PRICE)
    assert pay(world, card.id, second.order_id).state == "delivered"
    assert world.owed(batch) == 10_000 * (12_000 - 2 * PRICE) // 12_000
    with pytest.raises(CardShort):
        pay(world, card.id, third.order_id)
    world.refunds(first)
    assert (world.card(batch).state, left(world, batch)) == (states.ACTIVE, 12_000 - PRICE)
    assert pay(world, card.id, third.order_id).state == "delivered"
    world.refunds(second)
    world.refunds(third)
    assert (left(world, batch), world.owed(batch), world.booked(DISCOUNT)) == (12_000, 10_000, 0)
    assert world.faults() == {}


def test_all_of_a_card(world: World) -> None:
    batch = world.good(states.VALUE, PRICE, size=1, price=PRICE)
    pay(world, world.card(batch).id, world.orders().order_id)
    assert (world.card(batch).state, world.owed(batch), world.booked(DISCOUNT)) == (states.USED, 0, 0)
    assert world.faults() == {}


def test_a_part_of_goods_comes_back_as_money(world: World) -> None:
    batch = world.good(price=4000, size=1)
    card = world.card(batch)
    done = world.fetch(card.id)
    refund_part(
        shop_id=world.shop_id, order_id=done.order_id, amount=Money(1850, "CNY"), reason="test", actor="staff:test",
        now=world.now,
    )  # fmt: skip
    refund_all(world.now)
    assert (world.card(batch).state, left(world, batch)) == (states.ACTIVE, 1850)
    assert world.owed(batch) == 4000 * 1850 // PRICE
    with pytest.raises(CardNotFit):
        world.fetch(card.id)
    assert world.faults() == {}
    world.refunds(done)
    assert (world.card(batch).left, world.owed(batch)) == (None, 4000)
    assert world.faults() == {}


def test_what_comes_back_of_a_revoked_card_is_kept(world: World) -> None:
    batch = world.good(states.VALUE, 10_000, size=1, price=9000)
    order = world.orders()
    pay(world, world.card(batch).id, order.order_id)
    ask_revoke(
        shop_id=world.shop_id, batch_id=batch.id, reason="欺诈", kept=True, first=1, last=1, actor=world.one,
        now=world.now,
    )  # fmt: skip
    world.refunds(order)
    assert (world.card(batch).state, world.owed(batch)) == (states.REVOKED, 0)
    assert (world.booked(SURPLUS), world.booked(DISCOUNT)) == (9000, 0)
    assert world.faults() == {}


def test_what_comes_back_late_is_good_for_a_month(world: World) -> None:
    batch = world.good(size=1, valid_days=5)
    done = world.fetch(world.card(batch).id)
    world.refunds(done)
    until = world.card(batch).expires_at
    assert until is not None
    assert until > world.now + timedelta(days=29)


def test_a_choice_and_what_a_card_is_not_good_for(world: World) -> None:
    skus = world.shop.demo.skus
    others = sorted(sku for sku in skus.values() if sku != world.shop.sku_id)
    program_id = world.program(states.CHOICE, skus=(world.shop.sku_id, others[0]))
    batch = world.batch(program_id, 2)
    card = world.card(batch)
    with pytest.raises(CardRefused):
        world.fetch(card.id)
    world.activate(batch)
    with pytest.raises(CardNotFit):
        world.fetch(card.id, sku_id=others[1])
    with pytest.raises(CardNotFit):
        pay(world, card.id, world.orders().order_id)
    assert world.fetch(card.id).state == "delivered"
    money = world.good(states.VALUE, 100_000, size=1)
    with pytest.raises(CardNotFit):
        world.fetch(world.card(money).id)
    with pytest.raises(CardRefused):
        pay(world, uuid4(), world.orders().order_id)
    assert world.faults() == {}


def test_a_failure_in_the_middle_changes_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = world.good(size=1, price=1000)
    card, before = world.card(batch), (stock(world.shop), world.owed(batch))

    def killed(*_args: object, **_more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken_here:
        broken_here.setattr(redeeming, "move_card", killed)
        with pytest.raises(KeyboardInterrupt):
            world.fetch(card.id)
    assert (stock(world.shop), world.owed(batch)) == before
    assert (world.card(batch).state, Use.objects.filter(shop_id=world.shop_id).count()) == (states.ACTIVE, 0)
    assert world.fetch(card.id).state == "delivered"
    assert world.faults() == {}


def test_nothing_in_stock_leaves_the_card_as_it_is(world: World) -> None:
    batch = world.good(size=21)
    for place in range(20):
        assert world.fetch(world.card(batch, place).id).state == "delivered"
    with pytest.raises(Exception, match="out_of_stock"):
        world.fetch(world.card(batch, 20).id)
    assert world.card(batch, 20).state == states.ACTIVE
    assert world.faults() == {}


def race(world: World, times: int, threads: int) -> None:
    batch = world.good(size=1)
    card_id = world.card(batch).id
    answers = together(lambda _number: world.fetch(card_id), times, threads)
    won = [one for one in answers if isinstance(one, Redeemed)]
    assert len(won) == 1
    assert {one for one in answers if not isinstance(one, Redeemed)} == {"card_refused"}
    assert orders.order_view(world.shop_id, won[0].order_id).state == "delivered"
    assert stock(world.shop) == (19, 0, 1)
    assert world.faults() == {}


def test_many_at_once_redeem_it_once(world: World) -> None:
    race(world, 80, 8)


@pytest.mark.soak
def test_a_thousand_at_once_redeem_it_once(world: World) -> None:
    race(world, 1_000, 32)


def test_one_request_many_times_is_one_order(world: World) -> None:
    batch = world.good(size=1)
    card_id = world.card(batch).id
    answers = together(lambda _number: world.fetch(card_id, "the same"), 16, 8)
    assert len({one.order_id for one in answers}) == 1
    assert world.faults() == {}


def test_money_is_spent_once_by_many_orders_at_once(world: World) -> None:
    batch = world.good(states.VALUE, 2 * PRICE, size=1)
    card_id, placed = world.card(batch).id, [world.orders() for _ in range(8)]
    answers = together(lambda number: pay(world, card_id, placed[number].order_id), 8, 8)
    assert sum(isinstance(one, Redeemed) for one in answers) == 2
    assert world.card(batch).state == states.USED
    assert world.faults() == {}


def test_no_code_lies_open(world: World) -> None:
    """Neither in a table of cards nor in the trail of what was done with them."""
    batch = world.good(size=2)
    codes = world.codes(batch)
    world.fetch(world.card(batch).id)
    seen = str([*Card.objects.filter(shop_id=world.shop_id).values_list()])
    seen += str(_rows("SELECT row_to_json(a)::text FROM kernel_audit a WHERE shop_id = %s", world.shop_id))
    seen += str(_rows("SELECT row_to_json(e)::text FROM kernel_event e WHERE shop_id = %s", world.shop_id))
    assert not [code for code in codes if code in seen or code.encode().hex() in seen]
    assert replace(queries.card_by_code(world.shop_id, codes[1], world.now)).serial == 2


def pay(world: World, card_id: object, order_id: object, key: str = "") -> Redeemed:
    return pay_with_card(
        shop_id=world.shop_id, card_id=card_id, order_id=order_id, request_key=key or uuid4().hex,  # type: ignore[arg-type]
        now=world.now,
    )  # fmt: skip


def left(world: World, batch: object) -> int:
    money = world.card(batch).left  # type: ignore[arg-type]
    assert money is not None
    return money.amount_minor


def _rows(text: str, *params: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return cursor.fetchall()
