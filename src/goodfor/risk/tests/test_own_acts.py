"""Nobody decides about what they did themselves; bait among many marks; links of long ago are forgotten."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from goodfor.risk import evaluate, link_tasks, review_queries, rule_queries, wiring
from goodfor.risk.catalogue import CATALOGUE, snapshot_of
from goodfor.risk.errors import InvalidReview, SecondPersonNeeded
from goodfor.risk.operations import assess
from goodfor.risk.operations.canary_seen import seen_among
from goodfor.risk.operations.decide_review import decide_overdue, decide_review, set_review_policy
from goodfor.risk.operations.install_starter import install_starter
from goodfor.risk.operations.label import label
from goodfor.risk.operations.list_entry import add_entry
from goodfor.risk.operations.open_review import open_review
from goodfor.risk.operations.plant_canaries import plant_canaries
from goodfor.risk.operations.retire_planted import retire_canary
from goodfor.risk.operations.snooze_rule import snooze
from goodfor.risk.operations.take_review import take, take_next
from goodfor.risk.pieces import Pieces
from goodfor.risk.rule_types import Entry
from goodfor.risk.tests import rule_world
from goodfor.risk.tests.rule_world import World, dump, sql
from goodfor.risk.tests.saying import Saying
from goodfor.risk.types import BY_STAFF, Act, Decision, KeyKind, Outcome, Scene

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


def by_rules(world: World, scene: Scene, **facts: Any) -> Decision:
    """What the starter rules make of somebody of the staff."""
    act = Act(world.shop_id, scene, world.now, buyer=world.anna, device="d1", ip="203.0.113.9", facts=facts)
    with wiring.replaced(Pieces(rules=evaluate)):
        return assess(act)


SEEN: list[tuple[Scene, dict[str, Any], Outcome, str]] = [
    (Scene.STAFF_VIEW, {"codes_viewed_hour": 100}, Outcome.REVIEW, "staff-mass-view"),
    (Scene.EXPORT, {"exports_day": 5}, Outcome.REVIEW, "export-often"),
    (Scene.STAFF_VIEW, {"viewed_then_redeemed": True}, Outcome.DENY, "code-stolen"),
]


@pytest.mark.parametrize(("scene", "facts", "outcome", "code"), SEEN)
def test_no_list_and_no_pause_lets_the_staff_through(
    world: World, scene: Scene, facts: dict[str, Any], outcome: Outcome, code: str
) -> None:
    """Whoever may write lists, alone and without a proof, would else look and take as they like."""
    install_starter(shop_id=world.shop_id, actor=world.anna, now=world.now)
    assert by_rules(world, scene, **facts).outcome is outcome
    for type_, value in (("buyer", world.anna), ("device", "d1"), ("address", "203.0.113.9")):
        entry = Entry(type_, value, "老同事", owner="anna", expires_at=world.now + timedelta(days=300))
        add_entry(shop_id=world.shop_id, kind="allow", entry=entry, actor=world.anna, now=world.now)
    assert by_rules(world, scene, **facts).outcome is outcome
    [rule] = [one for one in rule_queries.rules(world.shop_id) if one.code == code]
    snooze(
        shop_id=world.shop_id, rule_id=rule.id, kind=KeyKind.BUYER, key=world.keys(buyer=world.anna)[KeyKind.BUYER],
        until=world.now + timedelta(days=1), reason="x", actor=world.anna, now=world.now,
    )  # fmt: skip
    assert by_rules(world, scene, **facts).outcome is outcome
    # For what buyers do the list is what it was.
    assert by_rules(world, Scene.ORDER, unpaid_orders_open=7).outcome is Outcome.ALLOW


@pytest.mark.parametrize("scene", sorted(BY_STAFF))
def test_waiting_lets_nobody_of_the_staff_through(world: World, scene: Scene) -> None:
    before = dump(*TABLES, "risk_review_policy")
    with pytest.raises(InvalidReview):
        set_review_policy(
            shop_id=world.shop_id, scene=scene, minutes=1, overdue="release", actor=world.anna, now=world.now
        )  # fmt: skip
    assert dump(*TABLES, "risk_review_policy") == before
    set_review_policy(shop_id=world.shop_id, scene=scene, minutes=1, overdue="ask", actor=world.anna, now=world.now)
    # Not even where it stands there already.
    sql("UPDATE risk_review_policy SET overdue = 'release'")
    subject = ("staff", uuid4())
    review = open_review(
        shop_id=world.shop_id, decision_id=uuid4(), scene=scene, now=world.now, subject=subject
    )  # fmt: skip
    later = world.now + timedelta(minutes=2)
    assert decide_overdue(shop_id=world.shop_id, review_id=review, now=later)
    assert review_queries.last_said(world.shop_id, scene, subject, world.now) == "release"
    assert review_queries.last_said(world.shop_id, scene, subject, world.now, by_people=True) == ""
    second = open_review(
        shop_id=world.shop_id, decision_id=uuid4(), scene=scene, now=world.now, subject=subject
    )  # fmt: skip
    take(shop_id=world.shop_id, review_id=second, actor=world.bert, now=world.now)
    decide_review(
        shop_id=world.shop_id, review_id=second, outcome="release", actor=world.bert, now=world.now
    )  # fmt: skip
    assert review_queries.last_said(world.shop_id, scene, subject, world.now, by_people=True) == "release"


def test_nobody_says_of_their_own_act_what_models_learn(world: World) -> None:
    """What a supplier's word had labelled bad, the thief would label good."""
    stopped(world, world.anna)
    [(decision_id,)] = sql("SELECT id FROM risk_decision")
    told: dict[str, Any] = {
        "shop_id": world.shop_id, "decision_id": decision_id, "known_at": world.now, "now": world.now
    }  # fmt: skip
    label(**told, bad=True, source="supplier_notice", by="system")
    before = dump(*TABLES)
    with pytest.raises(SecondPersonNeeded):
        label(**told, bad=False, source="manual", by=world.anna)
    assert dump(*TABLES) == before
    label(**told, bad=False, source="manual", by=world.bert)
    assert [row.bad for row in review_queries.labels_of(world.shop_id, decision_id=decision_id)] == [False, True]


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
