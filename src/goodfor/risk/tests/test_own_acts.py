"""Nobody decides about what they did themselves; bait among many marks; links of long ago are forgotten."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from goodfor.risk import link_tasks, review_queries, wiring
from goodfor.risk.catalogue import CATALOGUE, snapshot_of
from goodfor.risk.errors import SecondPersonNeeded
from goodfor.risk.operations import assess
from goodfor.risk.operations.canary_seen import seen_among
from goodfor.risk.operations.decide_review import decide_review
from goodfor.risk.operations.open_review import open_review
from goodfor.risk.operations.plant_canaries import plant_canaries
from goodfor.risk.operations.retire_planted import retire_canary
from goodfor.risk.operations.take_review import take, take_next
from goodfor.risk.pieces import Pieces
from goodfor.risk.tests import rule_world
from goodfor.risk.tests.rule_world import World, dump, sql
from goodfor.risk.tests.saying import Saying
from goodfor.risk.types import Act, Outcome, Scene

world = rule_world.world
TABLES = ("risk_review", "risk_label", "kernel_event", "kernel_history", "kernel_audit")


def stopped(world: World, actor: str, scene: Scene = Scene.STAFF_VIEW) -> UUID:
    """The review of something that somebody did."""
    rules = Saying(says={scene: Outcome.REVIEW})
    with wiring.replaced(Pieces(rules=rules)):
        decision = assess(Act(world.shop_id, scene, world.now, buyer=actor, subject=("staff", uuid4())))
    return open_review(shop_id=world.shop_id, decision_id=decision.id, scene=scene, now=world.now)


@pytest.mark.parametrize("scene", [Scene.STAFF_VIEW, Scene.EXPORT, Scene.SIGN_IN])
def test_nobody_lets_themselves_through(world: World, scene: Scene) -> None:
    review = stopped(world, world.anna, scene)
    before = dump(*TABLES)
    with pytest.raises(SecondPersonNeeded):
        take(shop_id=world.shop_id, review_id=review, actor=world.anna, now=world.now)
    assert take_next(shop_id=world.shop_id, actor=world.anna, now=world.now) is None
    assert dump(*TABLES) == before
    # Not even once it lies in their hands by another way.
    sql("UPDATE risk_review SET state = 'taken', taken_by = %s, lease_until = %s",
        [world.anna, world.now + timedelta(minutes=5)])  # fmt: skip
    before = dump(*TABLES)
    with pytest.raises(SecondPersonNeeded):
        decide_review(shop_id=world.shop_id, review_id=review, outcome="release", actor=world.anna, now=world.now)
    assert dump(*TABLES) == before
    later = world.now + timedelta(minutes=6)
    taken = take_next(shop_id=world.shop_id, actor=world.bert, now=later)
    assert taken is not None
    assert taken.id == review
    decide_review(shop_id=world.shop_id, review_id=review, outcome="release", actor=world.bert, now=later)
    assert review_queries.review(world.shop_id, review).outcome == "release"


def test_ones_own_is_passed_over_for_the_next(world: World) -> None:
    own = stopped(world, world.anna)
    other = stopped(world, world.bert)
    taken = take_next(shop_id=world.shop_id, actor=world.anna, now=world.now)
    assert taken is not None
    assert taken.id == other
    assert review_queries.review(world.shop_id, own).state == "open"


def test_whether_something_waits(world: World) -> None:
    subject = ("staff", uuid4())
    review = open_review(
        shop_id=world.shop_id, decision_id=uuid4(), scene=Scene.STAFF_VIEW, now=world.now, subject=subject
    )
    assert review_queries.waits(world.shop_id, Scene.STAFF_VIEW, subject)
    assert not review_queries.waits(world.shop_id, Scene.EXPORT, subject)
    assert not review_queries.waits(world.shop_id, Scene.STAFF_VIEW, ("staff", uuid4()))
    assert not review_queries.waits(uuid4(), Scene.STAFF_VIEW, subject)
    take(shop_id=world.shop_id, review_id=review, actor=world.bert, now=world.now)
    decide_review(shop_id=world.shop_id, review_id=review, outcome="deny", actor=world.bert, now=world.now)
    assert not review_queries.waits(world.shop_id, Scene.STAFF_VIEW, subject)


def test_bait_among_many(world: World) -> None:
    marks = [bytes([number]) * 16 for number in range(1, 6)]
    first, second = plant_canaries(
        shop_id=world.shop_id, sku_id=uuid4(), fingerprints=marks[:2], why="x", actor=world.anna, now=world.now
    )

    def look(shop_id: UUID = world.shop_id) -> int:
        return seen_among(shop_id=shop_id, fingerprints=[*marks, *marks], place="claim", now=world.now)

    assert look() == 2
    assert sql("SELECT met, place FROM risk_canary ORDER BY id") == [(1, "claim")] * 2
    assert sql("SELECT count(*) FROM kernel_event WHERE name = 'risk.canary_seen'") == [(2,)]
    retire_canary(shop_id=world.shop_id, canary_id=second, actor=world.anna, now=world.now)
    assert look() == 1
    assert look(uuid4()) == 0
    assert seen_among(shop_id=world.shop_id, fingerprints=[], place="claim", now=world.now) == 0
    assert sql("SELECT id, met FROM risk_canary ORDER BY id") == [(first, 2), (second, 1)]


def test_links_of_long_ago_are_forgotten(world: World, now: datetime) -> None:
    old, fresh = now - link_tasks.KEPT - timedelta(days=1), now - timedelta(days=300)
    for key, at in ((11, old), (12, fresh)):
        sql("INSERT INTO risk_link (shop_id, key, buyer, kind, first_at, last_at, settled)"
            " VALUES (%s, %s, 5, 2, %s, %s, true)", [world.shop_id, key, old, at])  # fmt: skip
    assert link_tasks.forget_old_links(now) == 1
    assert sql("SELECT key FROM risk_link") == [(12,)]
    assert link_tasks.forget_old_links(now) == 0


def test_groups_are_features_that_nobody_gives(world: World) -> None:
    assert {"cluster_buyers", "cluster_size"} <= set(CATALOGUE)
    act = Act(world.shop_id, Scene.ORDER, world.now, facts={"cluster_buyers": 9, "quantity": 1})
    found, odd = snapshot_of(act)
    assert (found["cluster_buyers"], found["quantity"], odd) == (None, 1, ["cluster_buyers"])
