"""Histories drawn at random: whatever three people do with an order's codes, each is seen by who has it, and by one."""

import random
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest

from goodfor.delivery import queries as delivery
from goodfor.gifts import queries, tasks
from goodfor.gifts.tests.conftest import World
from goodfor.gifts.types import MADE, OPENED, Made
from goodfor.kernel.errors import DomainError
from goodfor.orders import queries as orders
from goodfor.orders.operations import open_claim, refund_order, replace_claim
from goodfor.orders.tests.factories import refund_all, relay_all, sql
from goodfor.orders.types import OrderView


class Story:
    """What is tried, one thing after another; refusals are part of it."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.draw = world, random.Random(seed)
        self.people = [world.account() for _ in range(3)]
        self.order: OrderView = world.buys(self.people[0], 4)
        self.made: list[Made] = []

    def step(self) -> None:
        """One act, mostly a sensible one."""
        acts = [self.give, self.give, self.open, self.open, self.back, self.see, self.see_given, self.claim, self.wait]
        with suppress(DomainError):
            self.draw.choice(acts if self.draw.random() < 0.97 else [self.refund])()
        self.check()

    def give(self) -> None:
        codes = self.world.codes(self.order)
        chosen = self.draw.sample(codes, min(len(codes), self.draw.randint(1, 2)))
        self.made.append(self.world.gives_codes(self.order, self.people[0], chosen))

    def open(self) -> None:
        self.world.opens(self.draw.choice(self.made).secret if self.made else "x" * 32, self.draw.choice(self.people))

    def back(self) -> None:
        if self.made:
            self.world.takes_back(self.draw.choice(self.made).gift)

    def see(self) -> None:
        if codes := self.world.codes(self.order):
            self.world.sees(self.order, [self.draw.choice(codes)])

    def see_given(self) -> None:
        if self.made:
            gift = self.world.gift(self.draw.choice(self.made).gift)
            self.world.sees_given(gift, self.draw.choice([gift.taker, "buyer:other"]))

    def claim(self) -> None:
        gift = self.world.gift(self.draw.choice(self.made).gift) if self.made else None
        held = orders.masked_codes_of_gift(self.world.shop_id, gift.id) if gift else []
        if gift and held:
            claim = open_claim(
                shop_id=self.world.shop_id, order_id=self.order.id, line_id=held[0].line_id, reason="invalid",
                code_ids=[held[0].code_id], gift_id=gift.id, may_refund=False, actor=gift.taker, now=self.world.now,
            )  # fmt: skip
            replace_claim(
                shop_id=self.world.shop_id, claim_id=claim.id, reason="x", actor="staff:x", now=self.world.now
            )

    def refund(self) -> None:
        staff = self.draw.random() < 0.5
        refund_order(
            shop_id=self.world.shop_id, order_id=self.order.id, reason="x", actor="staff:x" if staff else "buyer:giver",
            by_staff=staff, now=self.world.now,
        )  # fmt: skip

    def wait(self) -> None:
        self.world.wait(days=self.draw.choice([0, 1, 4]))
        tasks.end(self.world.now)

    def check(self) -> None:
        """Nobody has seen what was not theirs; what is open holds what it says."""
        relay_all(self.world.now)
        view = orders.order_view(self.world.shop_id, self.order.id)
        away = orders.given_away(self.world.shop_id, [line.line_id for line in view.lines])
        for one in self.made:
            gift = self.world.gift(one.gift)
            held = [code for code in away.values() if code.gift_id == gift.id]
            assert all(code.passed for code in held) == (gift.state == OPENED or not held)
            assert len([code for code in held if not code.passed]) == (gift.units if gift.state == MADE else 0)
        seen: dict[UUID, set[str]] = {}
        for code_id, actor in sql("SELECT code_id, actor FROM delivery_reveal"):
            seen.setdefault(code_id, set()).add(actor)
        assert all(len(actors) == 1 for actors in seen.values())


@pytest.mark.parametrize("seed", [1, 2])
def test_a_history(world: World, seed: int) -> None:
    tell(world, seed, 40)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10, 40))
def test_many_histories(world: World, seed: int) -> None:
    tell(world, seed, 120)


def tell(world: World, seed: int, steps: int) -> None:
    story = Story(world, seed)
    for _ in range(steps):
        story.step()
    refund_all(world.now)
    assert world.faults() == {}
    shown: Any = {person: queries.codes_held(world.shop_id, person, world.now) for person in story.people}
    lines = [line.line_id for line in story.order.lines]
    there = len(delivery.masked_codes(world.shop_id, lines)) if refunded(world, story) else 4
    assert sum(one.unseen + one.seen + one.waiting for held in shown.values() for one in held) in (0, there)


def refunded(world: World, story: Story) -> bool:
    return orders.order_view(world.shop_id, story.order.id).state != "delivered"
