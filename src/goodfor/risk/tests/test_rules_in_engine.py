"""Rules, lists and reviews as the engine uses them: judged, stored, queued, and tried again on what was stored."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections

from goodfor.risk import evaluate, review_queries, wiring
from goodfor.risk.backtest import Span, run, sample_check
from goodfor.risk.operations.assess import assess
from goodfor.risk.operations.install_starter import install_starter
from goodfor.risk.operations.list_entry import add_entry, make_list
from goodfor.risk.pieces import Pieces
from goodfor.risk.precision import precision
from goodfor.risk.review_handlers import on_act_stopped
from goodfor.risk.rule_reading import read
from goodfor.risk.rule_types import Entry
from goodfor.risk.tests import rule_world
from goodfor.risk.tests.rule_world import SAYS, World, open_world, sql
from goodfor.risk.types import Act, Decision, KeyKind, Outcome, Scene

world = rule_world.world


def judged(world: World, scene: Scene = Scene.ORDER, buyer: str = "buyer:1", **facts: Any) -> Decision:
    """An act, judged by an engine that has these rules and nothing else."""
    act = Act(
        world.shop_id, scene, world.now, buyer=buyer, device="d1", ip="203.0.113.9",
        amount_minor=facts.pop("amount", 500), currency="CNY", subject=("order", uuid4()), facts=facts,
    )  # fmt: skip
    with wiring.replaced(Pieces(rules=evaluate)):
        return assess(act)


def test_rules_decide_and_are_written_down(world: World) -> None:
    install_starter(shop_id=world.shop_id, actor=world.anna, now=world.now)
    honest = judged(world, unpaid_orders_open=1)
    assert (honest.outcome, honest.hits, honest.failed) == (Outcome.ALLOW, (), ())
    hoarder = judged(world, buyer="buyer:2", unpaid_orders_open=7)
    assert hoarder.outcome is Outcome.DENY or hoarder.sampled
    assert [(hit.code, hit.live) for hit in hoarder.hits] == [("unpaid-open", True)]
    assert "unpaid-open" in hoarder.reasons
    night = judged(world, Scene.EXPORT, buyer="staff:1", exports_day=5)
    assert night.outcome is Outcome.REVIEW
    rows = sql("SELECT rules_version, hits -> 0 ->> 'code' FROM risk_decision ORDER BY event_id")
    assert rows == [(1, None), (1, "unpaid-open"), (1, "export-often")]
    found = precision(
        world.shop_id, since=world.now - timedelta(days=1), until=world.now + timedelta(days=1), as_of=world.now
    )  # fmt: skip
    assert sorted((record.live[0].fitted, record.live[0].young) for record in found.values()) == [(1, 1), (1, 1)]


def test_what_was_stored_is_tried_again_and_equal(world: World) -> None:
    make_list(shop_id=world.shop_id, name="vip", type="buyer", words="", actor=world.anna, now=world.now)
    text = 'amount_minor >= 50000 and not in_list("vip", buyer)'
    world.live(replace(SAYS, text=text))
    add_entry(
        shop_id=world.shop_id, kind="custom", name="vip", entry=Entry("buyer", "buyer:9", "老客户"), actor=world.anna,
        now=world.now,
    )  # fmt: skip
    outcomes = [
        judged(world, amount=90_000).outcome,
        judged(world, amount=90_000, buyer="buyer:9").outcome,
        judged(world, amount=5).outcome,
    ]
    assert outcomes == [Outcome.HOLD, Outcome.ALLOW, Outcome.ALLOW]
    day = timedelta(days=1)
    span = Span(world.shop_id, [Scene.ORDER], world.now - day, world.now + day, world.now)
    rule = read(world.shop_id, text)
    told = run(rule, span).total
    assert (told.decisions, told.fitted, told.not_evaluable) == (3, 1, 0)
    assert sample_check(rule, span).different == ()


def test_news_of_a_review_queues_it(world: World) -> None:
    world.live(replace(SAYS, outcome=Outcome.REVIEW, hold_minutes=0))
    decision = judged(world, amount=90_000)
    [(payload,)] = sql("SELECT payload FROM kernel_event WHERE name = 'risk.act_stopped'")
    event: Any = type(
        "Stored", (), {"payload": json.loads(payload), "shop_id": world.shop_id, "occurred_at": world.now}
    )
    on_act_stopped(event)
    [view] = review_queries.review_queue(world.shop_id)
    assert (view.decision_id, view.amount_minor, view.currency) == (decision.id, 90_000, "CNY")


@pytest.mark.django_db(transaction=True)
def test_a_burst_of_one_key_trips_it_once_and_waits_for_nobody(now: datetime) -> None:
    world = open_world(now)
    world.live(replace(SAYS, quarantine_days=2, quarantine_by=KeyKind.DEVICE))

    def work(_: int) -> int:
        try:
            return sum(len(world.judge({"amount_minor": 90_000}, device="d1").live) for _ in range(10))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(work, range(8))) == [10] * 8
    [(hits, until)] = sql("SELECT hits, until FROM risk_quarantine")
    assert until == now + timedelta(days=2)
    assert 1 <= hits <= 8
    assert [hit.why for hit in world.judge({"amount_minor": 1}, device="d1").hits] == ["quarantine"]
