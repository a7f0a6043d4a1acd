"""What a model may learn from: stored decisions, with what was known of them at a moment."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from goodfor.kernel.ids import uuid7
from goodfor.risk.model.groups import CLAIM, PURCHASE, SCENES
from goodfor.risk.model.rows import Labelled
from goodfor.risk.model.source import CHANCE, labelled, newest, shop_rows
from goodfor.risk.tests.rule_world import World, open_world, sql
from goodfor.risk.types import Scene

WEEK, DAY = timedelta(days=7), timedelta(days=1)


@pytest.fixture
def world(db: None, now: datetime) -> World:
    return open_world(now)


def _label(world: World, known_at: datetime, *, bad: bool, of: UUID | None = None, subject: UUID | None = None) -> None:
    sql(
        """INSERT INTO risk_label (id, shop_id, decision_id, subject_type, subject_id, bad, source, known_at, by)
           VALUES (%s, %s, %s, %s, %s, %s, 'review', %s, 'staff:ann')""",
        [uuid7(), world.shop_id, of, "order" if subject else "", subject, bad, known_at],
    )


def _read(world: World, until: datetime, group: str = PURCHASE, mature_after: timedelta = WEEK) -> list[Labelled]:
    return list(labelled(world.shop_id, SCENES[group], until, mature_after))


def test_each_decision_comes_with_what_was_known(world: World, now: datetime) -> None:
    order = uuid4()
    quiet = now + DAY
    told, of_order, forgiven, young = (quiet + hours * timedelta(hours=1) for hours in (1, 2, 3, 200))
    world.decided({"n": 1, "amount_minor": 900}, quiet)
    _label(world, told + DAY, bad=True, of=world.decided({"n": 2}, told, Scene.PAY))
    world.decided({"n": 3}, of_order, Scene.PAY, subject=("order", order))
    _label(world, of_order + 2 * DAY, bad=True, subject=order)
    twice = world.decided({"n": 4}, forgiven)
    _label(world, forgiven + DAY, bad=True, of=twice)
    _label(world, forgiven + 3 * DAY, bad=False, of=twice)
    world.decided({"n": 5}, young)
    world.decided({"n": 6}, quiet, Scene.SIGN_IN)
    until = now + 10 * DAY
    found = _read(world, until)
    assert [(act.at, act.snapshot["n"], act.bad, act.known_at) for act in found] == [
        (quiet, 1, False, quiet + WEEK),
        (told, 2, True, told + DAY),
        (of_order, 3, True, of_order + 2 * DAY),
        (forgiven, 4, False, forgiven + 3 * DAY),
    ]
    assert [act.amount_minor for act in found] == [900, 0, 0, 0]
    assert {act.chance for act in found} == {1.0}
    # What became known later, or was decided later, was not there then.
    early = _read(world, forgiven + 2 * DAY, mature_after=timedelta(days=2))
    assert [(act.snapshot["n"], act.bad) for act in early] == [(1, False), (2, True), (3, True), (4, True)]
    assert _read(world, told) == []
    assert _read(world, until, CLAIM) == []
    assert _read(world, now) == []


def test_what_was_denied_counts_only_when_somebody_says_what_it_was(world: World, now: datetime) -> None:
    world.decided({"n": 1}, now, outcome="deny")
    _label(world, now + DAY, bad=True, of=world.decided({"n": 2}, now, outcome="deny"))
    sampled = world.decided({"n": 3}, now, outcome="hold")
    copy = """INSERT INTO risk_decision SELECT (jsonb_populate_record(d, %s::jsonb)).* FROM risk_decision d
              WHERE d.shop_id = %s AND d.id = %s"""
    sql(copy, [f'{{"id": "{uuid7()}", "sampled": true}}', world.shop_id, sampled])
    sql(copy, [f'{{"id": "{uuid7()}", "set_version": 9}}', world.shop_id, sampled])
    found = sorted(_read(world, now + 30 * DAY), key=lambda act: (str(act.snapshot["n"]), act.chance))
    assert [(act.snapshot["n"], act.bad, act.chance) for act in found] == [
        (2, True, 1.0), (3, False, CHANCE), (3, False, 1.0),
    ]  # fmt: skip
    rows = shop_rows(world.shop_id, PURCHASE, now + 30 * DAY, WEEK)
    assert sorted(rows.weights.tolist()) == pytest.approx([1.0, 1.0, 1 / CHANCE])


def test_other_shops_decisions_are_not_read(world: World, now: datetime) -> None:
    other = open_world(now, "other")
    other.decided({"n": 1}, now)
    world.decided({"n": 2}, now)
    assert [act.snapshot["n"] for act in _read(world, now + 30 * DAY)] == [2]
    assert [one["n"] for one in newest(world.shop_id, PURCHASE, now, now + DAY)] == [2]
    assert list(newest(world.shop_id, PURCHASE, now + DAY, now + 2 * DAY)) == []
