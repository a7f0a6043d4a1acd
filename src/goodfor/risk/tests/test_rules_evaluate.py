"""What lists and rules say of an act: one statement, percentages that stay, snoozes, quarantines, lists."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from goodfor.kernel import sql as kernel_sql
from goodfor.risk import rule_cache, rule_queries
from goodfor.risk.errors import InvalidRule, RuleNotFound, SnoozeNotFound
from goodfor.risk.evaluate import in_part
from goodfor.risk.operations.list_entry import add_entry, make_list, remove_entries
from goodfor.risk.operations.snooze_rule import end_snooze, lift_quarantine, snooze
from goodfor.risk.rule_types import Entry
from goodfor.risk.tests import rule_world
from goodfor.risk.tests.rule_world import SAYS, World, dump, sql
from goodfor.risk.types import KeyKind, Outcome, Scene, Value

world = rule_world.world
BIG = {"amount_minor": 90_000}
HOUR = timedelta(hours=1)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Names of the statements that ran."""
    seen: list[str] = []

    def note(name: str, text: str, params: Any) -> None:
        seen.append(name.rpartition("/")[2])

    kernel_sql.observers.append(note)
    try:
        yield seen
    finally:
        kernel_sql.observers.remove(note)


# -- rules ------------------------------------------------------------------------------------------


def test_live_and_shadow_side_by_side(world: World) -> None:
    world.live()
    world.go(world.draft(replace(SAYS, text="amount_minor > 1"), code="any-order"), "shadow")
    world.draft(replace(SAYS, text="true"), code="only-a-draft")
    said = world.judge(BIG, buyer="buyer:1")
    assert [(hit.code, hit.live, hit.why, hit.hold) for hit in said.hits] == [
        ("any-order", False, "shadow", HOUR), ("big-order", True, "", HOUR),
    ]  # fmt: skip
    assert [hit.code for hit in said.live] == ["big-order"]
    assert [hit.code for hit in said.shadow] == ["any-order"]
    assert world.judge({"amount_minor": 1}).hits == ()
    assert world.judge(BIG, scene=Scene.PAY).hits == ()


def test_what_is_not_known_fits_nothing_and_is_told(world: World) -> None:
    world.live(replace(SAYS, text="amount_minor >= 50000 and sku_liquidity > 0.5"))
    assert world.judge({"amount_minor": 1}).silent == ()
    said = world.judge(BIG)
    assert (said.hits, said.silent) == ((), ("big-order",))


def test_strongest_first_and_hard_before_soft(world: World) -> None:
    always = replace(SAYS, text="true", hold_minutes=0)
    world.live(replace(always, outcome=Outcome.REVIEW), "c-review")
    world.live(replace(always, outcome=Outcome.DENY), "b-deny")
    world.live(replace(always, outcome=Outcome.CHALLENGE, cost=2, hard=True), "z-hard")
    world.live(replace(always, outcome=Outcome.DENY), "a-deny")
    assert [hit.code for hit in world.judge({}).hits] == ["z-hard", "a-deny", "b-deny", "c-review"]


def test_one_statement_once_the_rules_are_compiled(world: World) -> None:
    rule = world.live()
    rule_cache.forget()
    with statements() as seen:
        world.judge(BIG, buyer="buyer:1")
    assert seen == ["judge.sql", "running_rules.sql"]
    with statements() as seen:
        for _ in range(3):
            world.judge(BIG, buyer="buyer:1")
    assert seen == ["judge.sql"] * 3
    world.go(rule, "off")
    with statements() as seen:
        assert world.judge(BIG, buyer="buyer:1").hits == ()
    assert seen == ["judge.sql", "running_rules.sql"]


def test_a_rule_whose_feature_is_gone_does_not_silence_the_others(world: World) -> None:
    world.live()
    bad = world.go(world.draft(code="broken"), "shadow")
    sql("SET LOCAL session_replication_role = replica")
    sql("UPDATE risk_rule_version SET tree = replace(tree::text, 'amount_minor', 'amount_gone')::jsonb"
        " WHERE rule_id = %s", [bad.id])  # fmt: skip
    sql("SET LOCAL session_replication_role = origin")
    rule_cache.forget()
    said = world.judge(BIG)
    assert [hit.code for hit in said.hits] == ["big-order"]
    assert said.silent == ("broken",)


def test_rules_of_another_shop_are_its_own(world: World) -> None:
    other = rule_world.open_world(world.now, "other")
    world.live()
    assert other.judge(BIG).hits == ()
    assert other.judge(BIG).version == 0


# -- percentages ------------------------------------------------------------------------------------


def test_a_percentage_is_always_the_same_buyers(world: World) -> None:
    rule = world.go(world.go(world.draft(), "shadow"), "percent", 30)
    buyers = [f"buyer:{number}" for number in range(400)]
    first = {buyer: bool(world.judge(BIG, buyer=buyer).live) for buyer in buyers}
    assert {buyer: bool(world.judge(BIG, buyer=buyer).live) for buyer in buyers} == first
    assert 80 < sum(first.values()) < 160
    out = next(buyer for buyer in buyers if not first[buyer])
    assert [hit.why for hit in world.judge(BIG, buyer=out).hits] == ["percent"]
    world.go(rule, "percent", 60)
    more = {buyer: bool(world.judge(BIG, buyer=buyer).live) for buyer in buyers}
    assert all(more[buyer] for buyer in buyers if first[buyer])
    assert sum(more.values()) > sum(first.values())
    assert world.judge(BIG).live == ()


def test_parts_are_even_and_differ_between_rules() -> None:
    one, two = uuid4(), uuid4()
    keys = [{"buyer": number * 7_919 + 1} for number in range(20_000)]
    mine = [in_part(one, key, 25) for key in keys]
    assert 4_700 < sum(mine) < 5_300
    both = sum(a and in_part(two, key, 25) for a, key in zip(mine, keys, strict=True))
    assert 1_100 < both < 1_400
    assert in_part(one, {}, 100)
    assert not in_part(one, {}, 99)
    assert in_part(one, {"device": 5}, 50) == in_part(one, {"device": 5, "network": 6}, 50)


# -- snoozes ----------------------------------------------------------------------------------------


def test_a_snooze_is_for_one_key_and_ends(world: World) -> None:
    rule = world.live()
    key = world.keys(buyer="buyer:1")[KeyKind.BUYER]
    wish = {"shop_id": world.shop_id, "rule_id": rule.id, "kind": KeyKind.BUYER, "key": key, "actor": world.anna,
            "now": world.now}  # fmt: skip
    snooze(until=world.now + HOUR, reason="老客户", **wish)
    second = snooze(until=world.now + 2 * HOUR, reason="再一会", **wish)
    assert [(hit.live, hit.why) for hit in world.judge(BIG, buyer="buyer:1").hits] == [(False, "snooze")]
    assert world.judge(BIG, buyer="buyer:2").live
    assert world.judge(BIG, now=world.now + 2 * HOUR, buyer="buyer:1").live
    assert [one.id for one in rule_queries.snoozes(world.shop_id, rule.id, world.now)] == [second]
    end_snooze(shop_id=world.shop_id, snooze_id=second, actor=world.bert, now=world.now)
    assert world.judge(BIG, buyer="buyer:1").live
    before = dump("risk_snooze", "kernel_audit")
    with pytest.raises(SnoozeNotFound):
        end_snooze(shop_id=world.shop_id, snooze_id=second, actor=world.bert, now=world.now)
    for odd in ({"until": world.now}, {"until": world.now + timedelta(days=91)}, {"reason": " "}):
        with pytest.raises(InvalidRule):
            snooze(**({"until": world.now + HOUR, "reason": "x"} | wish | odd))
    with pytest.raises(RuleNotFound):
        snooze(until=world.now + HOUR, reason="x", **(wish | {"shop_id": uuid4()}))
    assert dump("risk_snooze", "kernel_audit") == before


# -- quarantine -------------------------------------------------------------------------------------

STAYS = replace(SAYS, quarantine_days=2, quarantine_by=KeyKind.DEVICE)


def test_once_tripped_a_key_stays_so(world: World) -> None:
    rule = world.live(STAYS)
    small = {"amount_minor": 1}
    assert world.judge(small, device="d1").hits == ()
    assert world.judge(BIG, device="d1", buyer="buyer:1").live
    assert [(hit.live, hit.why) for hit in world.judge(small, device="d1", buyer="buyer:9").hits] == [
        (True, "quarantine")
    ]  # fmt: skip
    assert world.judge(small, device="d2").hits == ()
    assert world.judge({}, device="d1").silent == ()
    [(until, hits)] = sql("SELECT until, hits FROM risk_quarantine")
    assert (until, hits) == (world.now + timedelta(days=2), 1)
    assert world.judge(BIG, now=world.now + timedelta(days=1), device="d1").live
    [(until, hits)] = sql("SELECT until, hits FROM risk_quarantine")
    assert (until, hits) == (world.now + timedelta(days=3), 2)
    assert world.judge(small, now=world.now + timedelta(days=3), device="d1").hits == ()
    [held] = rule_queries.quarantines(world.shop_id, rule.id, world.now + timedelta(days=1))
    lift = {"shop_id": world.shop_id, "rule_id": rule.id, "key": held.key, "actor": world.anna}
    lift_quarantine(reason="误伤", now=world.now + timedelta(days=1), **lift)
    assert world.judge(small, now=world.now + timedelta(days=1), device="d1").hits == ()
    with pytest.raises(SnoozeNotFound):
        lift_quarantine(reason="误伤", now=world.now + timedelta(days=1), **lift)
    assert world.judge(BIG, now=world.now + timedelta(days=1), device="d1").live
    assert world.judge(small, now=world.now + timedelta(days=1), device="d1").live


@pytest.mark.parametrize("kind", [KeyKind.ADDRESS, KeyKind.NETWORK])
def test_an_address_that_thousands_share_is_not_kept_out(world: World, kind: KeyKind) -> None:
    """One of them tries cards out: that act is what the rule says, and nobody waits two days for it."""
    world.live(replace(STAYS, quarantine_by=kind))
    mine = {str(kind): "203.0.113.7"}
    shared: dict[str, Value] = {"ip_shared": True}
    assert world.judge({**BIG, **shared}, **mine).live
    assert sql("SELECT count(*) FROM risk_quarantine") == [(0,)]
    assert world.judge({"amount_minor": 1, **shared}, **mine).hits == ()
    assert world.judge({**BIG, "ip_shared": False}, **mine).live
    assert sql("SELECT count(*) FROM risk_quarantine") == [(1,)]


def test_what_does_not_count_trips_nobody(world: World) -> None:
    rule = world.go(world.draft(STAYS), "shadow")
    assert world.judge(BIG, device="d1").hits
    world.go(rule, "live")
    assert world.judge(BIG, buyer="buyer:1").live
    key = world.keys(device="d1")[KeyKind.DEVICE]
    snooze(
        shop_id=world.shop_id, rule_id=rule.id, kind=KeyKind.DEVICE, key=key, until=world.now + HOUR, reason="试机",
        actor=world.anna, now=world.now,
    )  # fmt: skip
    assert not world.judge(BIG, device="d1").live
    assert sql("SELECT count(*) FROM risk_quarantine") == [(0,)]


# -- lists ------------------------------------------------------------------------------------------


def put(world: World, kind: str, type: str, value: str, **more: Any) -> Any:
    """On a list, by Anna."""
    name = more.pop("name", "")
    entry = Entry(type, value, "测试", **more)
    return add_entry(shop_id=world.shop_id, kind=kind, name=name, entry=entry, actor=world.anna, now=world.now)


def test_lists_of_any_key_and_of_texts(world: World) -> None:
    put(world, "block", "phone", "138 0013 8000")
    put(world, "watch", "network", "203.0.113.77")
    put(world, "allow", "mail_domain", "Example.COM", owner="anna", expires_at=world.now + HOUR)
    said = world.judge({"mail_domain": "example.com"}, phone="+8613800138000", network="203.0.113.5")
    assert said.block is not None
    assert said.allow is not None
    assert (said.allow.kind, said.allow.type, said.allowed) == ("allow", "mail_domain", True)
    assert [(entry.kind, entry.type) for entry in said.watch] == [("watch", "network")]
    assert said.immutable_block is None
    later = world.judge({"mail_domain": "example.com"}, now=world.now + HOUR)
    assert later.allow is None
    other = rule_world.open_world(world.now, "other")
    assert other.judge({"mail_domain": "example.com"}, phone="+8613800138000").block is None


def test_an_allowance_never_beats_a_hard_block(world: World) -> None:
    sql("UPDATE identity_staff SET active = false WHERE id::text = %s", [world.bert.partition(":")[2]])
    put(world, "allow", "buyer", "buyer:1", owner="anna", expires_at=world.now + HOUR)
    assert world.judge({}, buyer="buyer:1").allowed
    put(world, "block_hard", "buyer", "buyer:1")
    said = world.judge({}, buyer="buyer:1")
    assert said.immutable_block is not None
    assert not said.allowed


def test_rules_ask_custom_lists(world: World) -> None:
    make_list(shop_id=world.shop_id, name="vip", type="buyer", words="常客", actor=world.anna, now=world.now)
    make_list(shop_id=world.shop_id, name="hot", type="sku", words="", actor=world.anna, now=world.now)
    world.live(replace(SAYS, text='amount_minor >= 50000 and not in_list("vip", buyer)'))
    world.live(replace(SAYS, text='in_list("hot", sku)'), "hot-sku")
    put(world, "custom", "buyer", "buyer:1", name="vip")
    added = put(world, "custom", "sku", "STEAM-100", name="hot")
    said = world.judge({**BIG, "sku": "STEAM-100"}, buyer="buyer:1")
    assert dict(said.lists) == {"lists.vip.buyer": True, "lists.hot.sku": True}
    assert [hit.code for hit in said.hits] == ["hot-sku"]
    said = world.judge({**BIG, "sku": "STEAM-50"}, buyer="buyer:2")
    assert dict(said.lists) == {"lists.vip.buyer": False, "lists.hot.sku": False}
    assert [hit.code for hit in said.hits] == ["big-order"]
    # Who it is is not known: then neither is whether they are listed.
    said = world.judge(BIG, device="d")
    assert (dict(said.lists), said.hits, said.silent) == ({}, (), ("big-order", "hot-sku"))
    remove_entries(shop_id=world.shop_id, entry_ids=[added.entry_id], reason="过季", actor=world.anna, now=world.now)
    assert world.judge({"sku": "STEAM-100"}).hits == ()
