"""Judging an act: written down first, stored before it is told, the same whatever the parts say."""

import threading
from datetime import datetime, timedelta
from importlib import resources
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from goodfor.kernel import invariants
from goodfor.kernel.side_by_side import side_by_side
from goodfor.kernel.tenancy import platform_job
from goodfor.risk import queries, wiring
from goodfor.risk.catalogue import CATALOGUE
from goodfor.risk.invariants import INVARIANTS
from goodfor.risk.keys import keys_of
from goodfor.risk.operations import assess, note
from goodfor.risk.pieces import Pieces
from goodfor.risk.tests.engine import (
    HOUR,
    FixedModel,
    FixedRules,
    LimitRules,
    Verdict,
    act_of,
    counted,
    hit_of,
    sql,
)
from goodfor.risk.types import Act, KeyKind, Outcome, Result, Scene

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> UUID:
    """A shop; nothing is remembered of its keys."""
    return uuid4()


def truths(now: datetime) -> None:
    """All truths of the room hold."""
    with platform_job("test"):
        assert {one.name: found.violations for one in INVARIANTS if not (found := invariants.run(one, now)).ok} == {}


def test_without_any_parts_it_works_and_says_so(shop: UUID, now: datetime) -> None:
    with wiring.replaced(Pieces()):
        decision = assess(act_of(shop, now))
    assert decision.outcome is Outcome.ALLOW
    assert (decision.absent, decision.failed) == (("enrich", "model", "rules"), ())
    assert counted() == (1, 1)
    [event] = sql(
        "SELECT id, scene, result, amount_minor, decision_id, buyer, device, network, address, phone, mail, instrument,"
        " batch, referrer FROM risk_event"
    )
    assert event[:5] == (decision.event_id, 5, 0, 1200, decision.id)
    assert list(event[5:]) == list(keys_of(act_of(shop, now)).values())
    truths(now)


def test_the_decision_holds_what_it_was_made_from(shop: UUID, now: datetime) -> None:
    subject = ("order", uuid4())
    model = FixedModel(0.9, {UUID(int=8): 0.2})
    hits = (hit_of(Outcome.HOLD, "r1", hold=2 * HOUR), hit_of(Outcome.DENY, "r2", live=False, why="shadow"))
    rules = FixedRules(Verdict(hits=hits, lists={"lists.vip.buyer": False}, silent=("r3",), watch=("w",)))
    act = act_of(shop, now, subject=subject, facts={"quantity": 3, "sku_liquidity": 0.5, "group_buy": True, "sku": "x"})
    with wiring.replaced(Pieces(rules=rules, model=model, enrich=lambda act, seen: {"ip_province": "浙江"})):
        decision = assess(act)
    assert (decision.outcome, decision.hold, decision.score) == (Outcome.HOLD, 2 * HOUR, 0.9)
    assert decision.reasons == ("score", "r1", "list_watch")
    view = queries.decision(shop, decision.id)
    assert view.hits == hits
    assert view.features["quantity"] == 3
    assert view.features["buyer_orders_1h"] == 1
    assert view.features["buyer_known_hours"] == 0
    assert view.features["score"] == 0.9
    assert view.features["ip_province"] == "浙江"
    assert view.features["lists.vip.buyer"] is False
    assert view.features["amount_minor"] == 1200
    assert view.features["hour"] == 8
    assert "batch_redeems_10m" not in view.features, "what is not known is not there"
    assert None not in view.features.values()
    assert view.line.subject == subject
    assert view.line.hold_until == now + 2 * HOUR
    assert (view.silent, view.rules_version, view.absent) == (("r3",), 3, ())
    assert (view.model_id, view.challengers) == (UUID(int=7), {str(UUID(int=8)): 0.2})
    assert view.why == [{"feature": "buyer_orders_1h", "value": 1, "share": 0.4}]
    assert view.keys == keys_of(act)
    assert timedelta(0) < view.latency < timedelta(seconds=20)
    assert view.expires_at == now + 2 * HOUR
    assert view.result is None
    truths(now)


def test_the_models_reasons_are_asked_only_of_what_is_not_plainly_allowed(shop: UUID, now: datetime) -> None:
    model = FixedModel(0.1)
    with wiring.replaced(Pieces(model=model)):
        assert assess(act_of(shop, now)).outcome is Outcome.ALLOW
    assert model.asked_why == 0


def test_acts_are_counted_with_what_became_of_them(shop: UUID, now: datetime) -> None:
    act = act_of(shop, now, Scene.SIGN_IN)
    for number in range(3):
        first = assess(act)
        note(act, Result.BAD, first.id)
        note(act, Result.BAD, first.id)
        view = queries.decision(shop, first.id)
        assert view.features["buyer_sign_in_bad_1h"] == number, "the same result twice counts once"
        assert view.features["address_sign_in_bad_10m"] == number
        assert view.result is Result.BAD
    assert counted() == (6, 3)
    with pytest.raises(ValueError, match="assess"):
        note(act, Result.ATTEMPT)
    truths(now)


def test_a_note_comes_and_goes_with_its_transaction(shop: UUID, now: datetime) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        note(act_of(shop, now), Result.GOOD)
        raise ZeroDivisionError
    assert counted() == (0, 0)
    with transaction.atomic():
        note(act_of(shop, now), Result.GOOD)
    assert counted() == (1, 0)


def test_the_last_good_sign_in_is_told_to_enrichment(shop: UUID, now: datetime) -> None:
    seen: list[Any] = []
    places = iter([("浙江", "杭州"), ("广东", "深圳"), ("上海", "上海"), ("海南", "三亚")])

    def enrich(act: Act, last_seen: Any) -> dict[str, Any]:
        seen.append(last_seen)
        province, city = next(places)
        return {"ip_province": province, "ip_city": city}

    with wiring.replaced(Pieces(enrich=enrich)):
        for number, result in enumerate((Result.GOOD, Result.GOOD, Result.BAD)):
            act = act_of(shop, now + number * HOUR, Scene.SIGN_IN)
            note(act, result, assess(act).id)
        assess(act_of(shop, now + 3 * HOUR, Scene.REVEAL))
    assert seen[0] is None
    assert (seen[1].at, seen[1].province, seen[1].city) == (now, "浙江", "杭州")
    # The third one failed: nobody was there.
    assert (seen[3].at, seen[3].province, seen[3].city) == (now + HOUR, "广东", "深圳")
    assert seen[3].provinces_90d == {"浙江", "广东"}


def test_it_refuses_to_run_inside_of_a_transaction(shop: UUID, now: datetime) -> None:
    with pytest.raises(RuntimeError, match="inside a transaction"), transaction.atomic():
        assess(act_of(shop, now))
    assert counted() == (0, 0)


def test_facts_that_nobody_knows_are_left_out(shop: UUID, now: datetime) -> None:
    facts = {"quantity": "three", "no_such_fact": 1, "group_buy": 1, "buyer_orders_1h": 0, "score": 0.0, "sku": None}
    decision = assess(act_of(shop, now, facts=facts))
    found = queries.decision(shop, decision.id).features
    assert found["buyer_orders_1h"] == 1
    assert not {"quantity", "no_such_fact", "group_buy", "score", "sku"} & set(found)
    assert set(found) <= set(CATALOGUE)


def test_hostile_texts_stop_nothing(shop: UUID, now: datetime) -> None:
    odd = "\x00\ud800'\"<script>" + "x" * 1000
    act = act_of(shop, now, buyer=odd, device=odd, ip=odd, phone=odd, mail=odd, instrument=odd, batch=odd, referrer=odd,
                 agent=odd, facts={"sku": odd, "quantity": float("nan"), "price_ratio": float("inf")})  # fmt: skip
    decision = assess(act)
    assert (decision.outcome, decision.failed) == (Outcome.ALLOW, ())
    found = queries.decision(shop, decision.id).features
    assert found["sku"] == "?'\"<script>" + "x" * 188
    assert "quantity" not in found
    assert "price_ratio" not in found


def test_a_decision_is_written_alike_with_and_without_names() -> None:
    """Two statements, so that what need not be named costs nothing: their columns are the same."""
    sql_files = resources.files("goodfor.risk").joinpath("sql")
    plain = sql_files.joinpath("decision_insert.sql").read_text()
    named = sql_files.joinpath("decision_insert_named.sql").read_text()
    assert named.endswith(plain[plain.index("INSERT INTO risk_decision") :])


def test_entities_are_named_once_and_touched_once_a_month(shop: UUID, now: datetime) -> None:
    act = act_of(shop, now)
    keys = keys_of(act)
    for _ in range(2):
        assess(act)
    named = queries.entities(shop, keys.items())
    assert {kind: named[kind, key].label for kind, key in keys.items()} == {
        KeyKind.BUYER: "buyer:1", KeyKind.DEVICE: "device-0001", KeyKind.NETWORK: "203.0.113.0/24",
        KeyKind.ADDRESS: "203.0.113.*", KeyKind.PHONE: "+86138****8000", KeyKind.MAIL: "a***@example.com",
        KeyKind.INSTRUMENT: "***0001", KeyKind.BATCH: "batch-1", KeyKind.REFERRER: "buyer:9",
    }  # fmt: skip
    assert sql("SELECT count(*) FROM risk_entity") == [(9,)]
    assert queries.entity_value(shop, KeyKind.ADDRESS, keys[KeyKind.ADDRESS]) == "203.0.113.7"
    assert sql("SELECT count(*) FROM risk_entity WHERE value_blob IS NOT NULL") == [(1,)]
    for days, last in ((29, 0), (31, 31), (60, 31)):
        assess(act_of(shop, now + timedelta(days=days)))
        view = queries.entities(shop, [(KeyKind.BUYER, keys[KeyKind.BUYER])])[KeyKind.BUYER, keys[KeyKind.BUYER]]
        assert (view.first_at, view.last_at) == (now, now + timedelta(days=last))
    [known] = sql("SELECT max((features->>'buyer_known_hours')::float) FROM risk_decision")
    assert known == (60 * 24.0,)
    [first] = sql("SELECT min((features->>'buyer_known_hours')::float) FROM risk_decision")
    assert first == (0.0,), "who is seen for the first time is known for no hour"


def test_what_is_stopped_is_news(shop: UUID, now: datetime) -> None:
    for outcome in Outcome:
        with wiring.replaced(Pieces(rules=FixedRules(Verdict(hits=(hit_of(outcome, "r1"),))))):
            assess(act_of(shop, now, Scene.SIGN_IN))
    told = sql(
        "SELECT name, payload->>'outcome', payload->'reasons' FROM kernel_event WHERE shop_id = %s ORDER BY id", [shop]
    )
    assert [row[:2] for row in told] == [("risk.act_stopped", outcome) for outcome in ("review", "hold", "deny")]


@pytest.mark.parametrize("table", ["risk_event", "risk_decision"])
@pytest.mark.parametrize("where", ["", "_2026_01"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET scene = 1", "DELETE FROM {}", "TRUNCATE {}"])
def test_rows_are_never_changed(shop: UUID, now: datetime, table: str, where: str, statement: str) -> None:
    """Not even by the name of the partition."""
    sql("SELECT risk_make_partition(t, '2026-01-01') FROM unnest(ARRAY['risk_event', 'risk_decision']) AS t")
    assess(act_of(shop, now))
    assert sql("SELECT tableoid::regclass::text FROM risk_event") == [("risk_event_2026_01",)]
    with pytest.raises(DatabaseError, match="is refused"):
        sql(statement.format(table + where))
    assert counted() == (1, 1)
    sql("SELECT risk_drop_partitions(t, '2026-02-01') FROM unnest(ARRAY['risk_event', 'risk_decision']) AS t")


def test_of_many_at_once_no_more_pass_than_the_limit(shop: UUID, now: datetime) -> None:
    """32 at the same time against five an hour: written down first, then counted."""
    for number in range(12):
        start = threading.Barrier(32, timeout=30)
        act = act_of(shop, now, buyer=f"buyer:{number}")

        def one(index: int, act: Act = act, start: threading.Barrier = start) -> bool:
            start.wait()
            # Clocks of processes differ by a little.
            moved = act_of(shop, act.at + timedelta(milliseconds=(index * 7) % 50), buyer=act.buyer)
            return assess(moved).outcome is Outcome.ALLOW

        with wiring.replaced(Pieces(rules=LimitRules("buyer_orders_1h", 5))):
            passed = sum(side_by_side(list(range(32)), one, at_once=32))
            assert passed <= 5
            # And one after another exactly so many.
            alone = [assess(act_of(shop, now, buyer=f"alone:{number}")).outcome is Outcome.ALLOW for _ in range(7)]
        assert alone == [True] * 5 + [False] * 2
    assert counted() == (12 * 39, 12 * 39)
    assert connection.in_atomic_block is False
    truths(now)
