"""Reviews: each taken once, decided by who holds it, ended in time; and what they teach."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connections, transaction

from goodfor.kernel import audit, invariants
from goodfor.kernel.events import StoredEvent
from goodfor.risk import review_queries, rule_states
from goodfor.risk.errors import InvalidLabel, InvalidReview, ReviewDone, ReviewNotFound, ReviewTaken
from goodfor.risk.operations.decide_review import decide_overdue, decide_review, set_review_policy
from goodfor.risk.operations.label import label
from goodfor.risk.operations.open_review import open_review
from goodfor.risk.operations.review_steps import LEASE
from goodfor.risk.operations.take_review import release_lock, take, take_next
from goodfor.risk.review_handlers import needs_person, on_act_stopped
from goodfor.risk.review_tasks import end_overdue_reviews
from goodfor.risk.rule_invariants import RULE_INVARIANTS
from goodfor.risk.tests import rule_world
from goodfor.risk.tests.rule_world import World, dump, open_world, sql
from goodfor.risk.types import Scene

world = rule_world.world
TABLES = ("risk_review", "risk_label", "kernel_event", "kernel_history", "kernel_audit")
MINUTE = timedelta(minutes=1)


def queue(world: World, scene: Scene = Scene.PAY, now: datetime | None = None, **more: Any) -> UUID:
    """A decision that waits."""
    return open_review(
        shop_id=world.shop_id, decision_id=more.pop("decision_id", uuid4()), scene=scene, now=now or world.now, **more
    )  # fmt: skip


def told(name: str) -> list[dict[str, Any]]:
    """Events of that name, oldest first."""
    return [
        json.loads(payload)
        for (payload,) in sql("SELECT payload FROM kernel_event WHERE name = %s ORDER BY id", [name])
    ]


def faults(now: datetime) -> dict[str, Any]:
    """What the audit says."""
    return {one.name: found.violations for one in RULE_INVARIANTS if not (found := invariants.run(one, now)).ok}


def test_defaults_name_every_scene() -> None:
    assert set(rule_states.REVIEW_DEFAULTS) == set(Scene)
    assert {outcome for _, outcome in rule_states.REVIEW_DEFAULTS.values()} <= set(rule_states.REVIEW_OUTCOMES)


# -- the queue --------------------------------------------------------------------------------------


def test_a_decision_waits_once(world: World) -> None:
    decision, order = uuid4(), uuid4()
    first = queue(world, decision_id=decision, subject=("order", order), amount_minor=500, currency="CNY")
    before = dump(*TABLES)
    assert queue(world, decision_id=decision) == first
    assert dump(*TABLES) == before
    view = review_queries.review(world.shop_id, first)
    assert (view.state, view.scene, view.subject, view.amount_minor) == ("open", Scene.PAY, ("order", order), 500)
    assert view.due_at == world.now + timedelta(minutes=240)
    assert review_queries.review_of_decision(world.shop_id, decision) == view
    assert [event["review_id"] for event in told("risk.review_opened")] == [str(first)]


def test_the_most_urgent_first_of_the_scenes_asked_for(world: World) -> None:
    late = queue(world, Scene.PAY)
    soon = queue(world, Scene.ORDER)
    assert [view.id for view in review_queries.review_queue(world.shop_id)] == [soon, late]
    assert [view.id for view in review_queries.review_queue(world.shop_id, scenes=[Scene.PAY])] == [late]
    wish = {"shop_id": world.shop_id, "actor": world.cora, "now": world.now}
    assert take_next(scenes=[Scene.CLAIM], **wish) is None
    first = take_next(**wish)
    assert first is not None
    assert (first.id, first.state, first.taken_by, first.lease_until) == (soon, "taken", world.cora, world.now + LEASE)
    assert review_queries.review_counts(world.shop_id, world.now) == {"open": 1, "taken": 1, "overdue": 0}
    second = take_next(**wish)
    assert second is not None
    assert second.id == late
    assert take_next(**wish) is None
    assert take_next(**(wish | {"shop_id": uuid4()})) is None


def test_who_holds_it_holds_it_for_a_while(world: World) -> None:
    review = queue(world)
    wish = {"shop_id": world.shop_id, "review_id": review}
    take(actor=world.anna, now=world.now, **wish)
    before = dump(*TABLES)
    with pytest.raises(ReviewTaken):
        take(actor=world.bert, now=world.now + LEASE - MINUTE, **wish)
    with pytest.raises(ReviewTaken):
        release_lock(actor=world.bert, now=world.now, **wish)
    assert take_next(shop_id=world.shop_id, actor=world.bert, now=world.now) is None
    assert dump(*TABLES) == before
    assert take(actor=world.anna, now=world.now + MINUTE, **wish).lease_until == world.now + MINUTE + LEASE
    taken = take_next(shop_id=world.shop_id, actor=world.bert, now=world.now + MINUTE + LEASE)
    assert taken is not None
    assert taken.taken_by == world.bert
    release_lock(actor=world.bert, now=world.now + 2 * LEASE, **wish)
    assert review_queries.review(world.shop_id, review).state == "open"
    take(actor=world.cora, now=world.now + 2 * LEASE, **wish)
    assert faults(world.now + 2 * LEASE) == {}
    with pytest.raises(ReviewNotFound):
        take(actor=world.cora, now=world.now, shop_id=uuid4(), review_id=review)


@pytest.mark.django_db(transaction=True)
def test_eight_hands_never_take_the_same(now: datetime) -> None:
    world = open_world(now)
    reviews = {queue(world) for _ in range(120)}

    def work(number: int) -> list[UUID]:
        mine = []
        try:
            while (view := take_next(shop_id=world.shop_id, actor=f"staff:{number}", now=now)) is not None:
                mine.append(view.id)
        finally:
            connections.close_all()
        return mine

    with ThreadPoolExecutor(8) as threads:
        taken = [review for mine in threads.map(work, range(8)) for review in mine]
    assert Counter(taken) == Counter(reviews)
    assert sql("SELECT count(*) FROM risk_review WHERE state = 'taken'") == [(120,)]
    assert faults(now) == {}


# -- ends -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("outcome", "bad"), [("release", False), ("deny", True), ("ask", None)])
def test_a_person_decides_what_they_hold(world: World, outcome: str, bad: bool | None) -> None:
    decision, order = uuid4(), uuid4()
    review = queue(world, decision_id=decision, subject=("order", order))
    wish = {"shop_id": world.shop_id, "review_id": review, "outcome": outcome, "note": " 看过了 "}
    before = dump(*TABLES)
    with pytest.raises(ReviewTaken):
        decide_review(actor=world.cora, now=world.now, **wish)
    assert dump(*TABLES) == before
    take(shop_id=world.shop_id, review_id=review, actor=world.cora, now=world.now)
    before = dump(*TABLES)
    with pytest.raises(ReviewTaken):
        decide_review(actor=world.bert, now=world.now, **wish)
    with pytest.raises(ReviewTaken):
        decide_review(actor=world.cora, now=world.now + LEASE, **wish)
    for odd in ({"outcome": "maybe"}, {"note": "x" * 401}):
        with pytest.raises(InvalidReview):
            decide_review(actor=world.cora, now=world.now, **(wish | odd))
    assert dump(*TABLES) == before
    decide_review(actor=world.cora, now=world.now, **wish)
    view = review_queries.review(world.shop_id, review)
    assert (view.state, view.outcome, view.note, view.done_by) == ("done", outcome, "看过了", world.cora)
    labels = review_queries.labels_of(world.shop_id, decision_id=decision)
    assert [(one.bad, one.source, one.by) for one in labels] == (
        [] if bad is None else [(bad, "review", world.cora)]
    )  # fmt: skip
    [event] = told("risk.reviewed")
    assert (event["outcome"], event["automatic"], event["subject_id"]) == (outcome, False, str(order))
    before = dump(*TABLES)
    with pytest.raises(ReviewDone):
        decide_review(actor=world.cora, now=world.now, **wish)
    with pytest.raises(ReviewDone):
        take(shop_id=world.shop_id, review_id=review, actor=world.cora, now=world.now)
    assert dump(*TABLES) == before
    assert [one.id for one in review_queries.reviews_done(world.shop_id)] == [review]
    assert [line.action for line in audit.lines_of(shop_id=world.shop_id, subject=("risk_review", review))] == [
        "risk_reviewed"
    ]  # fmt: skip


def test_nobody_waits_for_ever(world: World) -> None:
    set_review_policy(
        shop_id=world.shop_id, scene=Scene.CLAIM, minutes=30, overdue="ask", actor=world.anna, now=world.now
    )  # fmt: skip
    claim = queue(world, Scene.CLAIM)
    order = queue(world, Scene.ORDER)
    paid = queue(world, Scene.PAY)
    take(shop_id=world.shop_id, review_id=order, actor=world.cora, now=world.now)
    assert end_overdue_reviews(world.now + 29 * MINUTE) == 0
    assert end_overdue_reviews(world.now + 30 * MINUTE) == 1
    assert end_overdue_reviews(world.now + 60 * MINUTE) == 1
    found = {view.id: (view.outcome, view.done_by) for view in review_queries.reviews_done(world.shop_id)}
    assert found == {claim: ("ask", "system"), order: ("deny", "system")}
    assert [event["automatic"] for event in told("risk.reviewed")] == [True, True]
    assert sql("SELECT count(*) FROM risk_label") == [(0,)]
    assert not decide_overdue(shop_id=world.shop_id, review_id=paid, now=world.now)
    assert not decide_overdue(shop_id=world.shop_id, review_id=order, now=world.now + 60 * MINUTE)
    assert faults(world.now + 60 * MINUTE) == {}
    assert list(faults(world.now + 300 * MINUTE)) == ["risk_reviews_end_in_time"]


@pytest.mark.parametrize(("minutes", "overdue"), [(0, "deny"), (43_201, "deny"), (5, "shrug")])
def test_policies_are_checked(world: World, minutes: int, overdue: str) -> None:
    with pytest.raises(InvalidReview):
        set_review_policy(
            shop_id=world.shop_id, scene=Scene.PAY, minutes=minutes, overdue=overdue, actor=world.anna, now=world.now
        )  # fmt: skip
    assert sql("SELECT count(*) FROM risk_review_policy") == [(0,)]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE risk_review SET outcome = 'deny'", "UPDATE risk_review SET state = 'open', outcome = '', done_by = '',"
     " done_at = NULL", "DELETE FROM risk_review", "UPDATE risk_label SET bad = true", "DELETE FROM risk_label",
     "TRUNCATE risk_label"],
)  # fmt: skip
def test_what_was_decided_and_known_stays(world: World, statement: str) -> None:
    review = queue(world)
    take(shop_id=world.shop_id, review_id=review, actor=world.cora, now=world.now)
    decide_review(shop_id=world.shop_id, review_id=review, outcome="release", actor=world.cora, now=world.now)
    before = dump(*TABLES)
    with pytest.raises(DatabaseError), transaction.atomic():
        sql(statement)
    assert dump(*TABLES) == before


# -- labels -----------------------------------------------------------------------------------------


def test_the_label_known_last_holds(world: World) -> None:
    decision, order = uuid4(), ("order", uuid4())
    wish = {"shop_id": world.shop_id, "by": "system", "now": world.now + timedelta(days=90)}
    first = label(decision_id=decision, bad=False, source="review", known_at=world.now, **wish)
    assert label(decision_id=decision, bad=False, source="review", known_at=world.now + MINUTE, **wish) == first
    label(subject=order, bad=True, source="chargeback", known_at=world.now + timedelta(days=40), **wish)
    label(decision_id=decision, bad=True, source="manual", known_at=world.now + timedelta(days=50), **wish)
    found = review_queries.labels_of(world.shop_id, decision_id=decision, subject=order)
    assert [(one.bad, one.source) for one in found] == [(True, "manual"), (True, "chargeback"), (False, "review")]
    before = dump(*TABLES)
    for odd, field in (
        ({"source": "gossip"}, "source"), ({"decision_id": None}, "subject"), ({"subject": order}, "subject"),
        ({"known_at": world.now + timedelta(days=91)}, "known_at"),
    ):  # fmt: skip
        with pytest.raises(InvalidLabel) as refused:
            label(**({"decision_id": decision, "bad": True, "source": "manual", "known_at": world.now} | wish | odd))
        assert refused.value.data["field"] == field
    assert dump(*TABLES) == before


# -- news from the engine ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "sampled", "wanted"),
    [("review", False, True), ("hold", True, True), ("hold", False, False), ("deny", False, False)],
)
def test_reviews_and_samples_need_a_person(world: World, outcome: str, sampled: bool, wanted: bool) -> None:
    decision, order = uuid4(), uuid4()
    event = StoredEvent(
        id=1, shop_id=world.shop_id, name="risk.act_stopped", version=1, cause=None, occurred_at=world.now,
        payload={"decision_id": str(decision), "scene": "order", "outcome": outcome, "sampled": sampled,
                 "reasons": [], "subject_kind": "order", "subject_id": str(order), "amount_minor": 5,
                 "currency": "CNY"},
    )  # fmt: skip
    assert needs_person(event) is wanted
    on_act_stopped(event)
    on_act_stopped(event)
    [view] = review_queries.review_queue(world.shop_id)
    assert (view.decision_id, view.scene, view.subject) == (decision, Scene.ORDER, ("order", order))
