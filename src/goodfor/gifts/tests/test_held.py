"""What somebody holds is what they hold: in the order in which it ends, and told of once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from goodfor.gifts import queries, tasks
from goodfor.gifts.models import Item
from goodfor.gifts.operations.remind import WALKS, remind
from goodfor.gifts.tests.conftest import World
from goodfor.kernel.events import publish
from goodfor.orders.events import OrderTakenIn
from goodfor.orders.operations import refund_order
from goodfor.orders.tests.factories import refund_all, relay_all, sql


def held(world: World, ref: str, **more: Any) -> list[tuple[str, int, int, int]]:
    relay_all(world.now)
    found = queries.codes_held(world.shop_id, ref, world.now, **more)
    return [(one.number, one.unseen, one.seen, one.waiting) for one in found]


def test_it_follows_the_codes(world: World) -> None:
    giver, friend = world.account(), world.account()
    order = world.buys(giver, 3)
    assert held(world, giver) == [(order.number, 3, 0, 0)]
    world.sees(order, world.codes(order)[2:])
    assert held(world, giver) == [(order.number, 2, 1, 0)]
    made = world.gives(order, giver, 2)
    assert held(world, giver) == [(order.number, 0, 1, 2)]
    gift = world.opens(made.secret, friend).gift
    assert held(world, friend) == [(gift.number, 2, 0, 0)]
    assert held(world, giver) == [(order.number, 0, 1, 0)]
    world.sees_given(gift)
    assert held(world, friend) == [(gift.number, 0, 2, 0)]
    refund_order(shop_id=world.shop_id, order_id=order.id, reason="test", actor="staff:x", by_staff=True, now=world.now)
    refund_all(world.now)
    assert held(world, giver) == held(world, friend) == []
    assert world.faults() == {}


def test_a_guests_order_that_is_taken_into_an_account(world: World) -> None:
    order = world.buys("guest:z")
    ref = world.account()
    assert held(world, "guest:z") == [(order.number, 1, 0, 0)]
    sql("UPDATE orders_order SET buyer_ref = %s", [ref])
    from_event(world, order.id, ref)
    assert held(world, "guest:z") == []
    assert held(world, ref) == [(order.number, 1, 0, 0)]


def from_event(world: World, order_id: UUID, ref: str) -> None:
    event = OrderTakenIn(order_id, "x", UUID(ref.removeprefix("buyer:")))
    with transaction.atomic():
        publish(shop_id=world.shop_id, event=event, cause=("order", order_id), now=world.now)


def test_what_ends_first_comes_first_and_pages_go_on(world: World) -> None:
    ref = world.account()
    numbers = [world.buys(ref).number for _ in range(4)]
    ids = {row.number: row.id for row in Item.objects.all()}
    for number, days in ((numbers[3], 9), (numbers[1], 2)):
        Item.objects.filter(id=ids[number]).update(ends_at=world.now + timedelta(days=days))
    wanted = [numbers[1], numbers[3], numbers[2], numbers[0]]
    assert [one[0] for one in held(world, ref)] == wanted
    found: list[str] = []
    after = ""
    for _ in range(3):
        page = queries.codes_held(world.shop_id, ref, world.now, after, 2)
        found += [one.number for one in page]
        after = page[-1].place if page else after
    assert found == wanted
    world.wait(days=3)
    assert [one[0] for one in held(world, ref)] == wanted[1:]


def reminders() -> list[tuple[str, ...]]:
    rows = sql(
        "SELECT payload->>'kind', payload->>'what', payload->>'number' FROM kernel_event"
        " WHERE name = 'gifts.held_reminder' ORDER BY id"
    )
    return [tuple(row) for row in rows]


def test_each_reminder_once(world: World) -> None:
    ref = world.account()
    tasks.remind(world.now)
    order, looked_at = world.buys(ref), world.buys(ref)
    world.sees(looked_at)
    Item.objects.update(ends_at=world.now + timedelta(days=10))
    for _ in range(11 * 4):
        tasks.remind(world.now)
        tasks.remind(world.now)
        world.wait(hours=6)
    assert reminders() == [
        ("codes", "unseen", order.number), ("codes", "week", order.number), ("codes", "day", order.number)
    ]  # fmt: skip


def test_the_first_time_nobody_is_told_of_old_things(world: World) -> None:
    ref = world.account()
    world.buys(ref)
    Item.objects.update(ends_at=world.now + timedelta(hours=5), got_at=world.now - timedelta(days=30))
    tasks.remind(world.now)
    assert reminders() == []


def test_many_are_told_stretch_by_stretch(world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr("goodfor.gifts.operations.remind.MOST", 2)
    tasks.remind(world.now)
    orders = [world.buys(world.account()) for _ in range(5)]
    Item.objects.update(ends_at=world.now + timedelta(days=7, hours=1))
    world.wait(hours=2)
    looked = [remind(walk="codes.week", now=world.now) for _ in range(4)]
    assert looked == [2, 2, 1, 0]
    assert {one[2] for one in reminders()} == {order.number for order in orders}
    assert set(WALKS) >= {"card.day", "coupon.week"}


def test_what_was_held_before_the_room_was_there(world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr("goodfor.gifts.operations.backfill.MOST", 2)
    ref = world.account()
    orders = [world.buys(ref) for _ in range(3)]
    Item.objects.all().delete()
    # Ids may run ahead of the told hour: tests that tell another one have made some in this process.
    world.wait(days=400)
    assert [tasks.backfill(world.now) for _ in range(3)] == [2, 1, 0]
    assert [one[0] for one in held(world, ref)] == [order.number for order in reversed(orders)]
