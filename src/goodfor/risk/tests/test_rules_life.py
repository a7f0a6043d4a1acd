"""A rule from draft to its end: versions, four eyes, and a database that insists on both."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from goodfor.kernel import audit, invariants
from goodfor.kernel.errors import Forbidden
from goodfor.kernel.statemachine import IllegalTransition
from goodfor.risk import rule_queries, rule_states
from goodfor.risk.errors import (
    BadExpression,
    InvalidRule,
    ProposalDecided,
    ProposalNotFound,
    ProposalWaits,
    RuleChanged,
    RuleNotFound,
    SecondPersonNeeded,
)  # fmt: skip
from goodfor.risk.operations.approve import approve, refuse, withdraw
from goodfor.risk.operations.save_draft import save_draft
from goodfor.risk.operations.submit_rule import retire, set_state, submit
from goodfor.risk.rule_invariants import RULE_INVARIANTS
from goodfor.risk.rule_models import Rule, RuleVersion
from goodfor.risk.rule_types import Change, RuleView
from goodfor.risk.tests import rule_world
from goodfor.risk.tests.rule_world import RULE_TABLES, SAYS, World, dump, sql, staff
from goodfor.risk.types import KeyKind, Outcome, Scene

world = rule_world.world


def faults(now: datetime) -> dict[str, Any]:
    """What the audit says of rules."""
    return {one.name: found.violations for one in RULE_INVARIANTS if not (found := invariants.run(one, now)).ok}


# -- writing ----------------------------------------------------------------------------------------


def test_a_draft_is_a_version_that_nobody_feels(world: World) -> None:
    rule = world.draft()
    assert (rule.state, rule.percent, rule.version, rule.latest.number) == ("draft", 0, None, 1)
    assert rule.latest.says == SAYS
    assert rule.latest.made_by == world.anna
    assert rule.latest.approved_at is None
    assert world.judge({"amount_minor": 90_000}).hits == ()
    again = save_draft(shop_id=world.shop_id, rule_id=rule.id, says=SAYS, actor=world.bert, now=world.now)
    assert again.latest.number == 1
    says = replace(SAYS, text="amount_minor >= 60000")
    second = save_draft(shop_id=world.shop_id, rule_id=rule.id, says=says, latest=1, actor=world.bert, now=world.now)
    assert (second.latest.number, second.latest.made_by) == (2, world.bert)
    assert [one.number for one in rule_queries.versions(world.shop_id, rule.id)] == [2, 1]
    before = dump(*RULE_TABLES)
    with pytest.raises(RuleChanged):
        save_draft(shop_id=world.shop_id, rule_id=rule.id, says=SAYS, latest=1, actor=world.anna, now=world.now)
    assert dump(*RULE_TABLES) == before
    assert [line.action for line in audit.lines_of(shop_id=world.shop_id, subject=("risk_rule", rule.id))] == [
        "risk_rule_saved", "risk_rule_saved",
    ]  # fmt: skip


def test_what_cannot_be_read_is_refused_with_its_place(world: World) -> None:
    before = dump(*RULE_TABLES)
    with pytest.raises(BadExpression) as refused:
        world.draft(replace(SAYS, text="amount_minor >= 5 and amout > 3"))
    assert (refused.value.data["position"], refused.value.data["line"], refused.value.data["column"]) == (22, 1, 23)
    assert dump(*RULE_TABLES) == before


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"), ({"name": "x" * 81}, "name"), ({"words": "x" * 401}, "words"),
        ({"scenes": ()}, "scenes"), ({"scenes": (Scene.PAY, Scene.PAY)}, "scenes"), ({"scenes": ("pay",)}, "scenes"),
        ({"outcome": Outcome.ALLOW}, "outcome"), ({"hold_minutes": 0}, "hold_minutes"),
        ({"hold_minutes": 43_201}, "hold_minutes"), ({"cost": 2}, "cost"),
        ({"outcome": Outcome.CHALLENGE, "hold_minutes": 0}, "cost"),
        ({"outcome": Outcome.CHALLENGE, "hold_minutes": 0, "cost": 5}, "cost"),
        ({"outcome": Outcome.DENY}, "hold_minutes"), ({"label": "R14"}, "label"), ({"threat": "aliens"}, "threat"),
        ({"quarantine_days": 3}, "quarantine_by"), ({"quarantine_by": KeyKind.BUYER}, "quarantine_by"),
        ({"quarantine_days": 366, "quarantine_by": KeyKind.BUYER}, "quarantine_days"),
        ({"text": 'in_list("nobody", buyer)'}, "text"),
    ],
)  # fmt: skip
def test_settings_are_checked(world: World, change: dict[str, Any], field: str) -> None:
    before = dump(*RULE_TABLES)
    with pytest.raises(InvalidRule) as refused:
        world.draft(replace(SAYS, **change))
    assert refused.value.data["field"] == field
    assert dump(*RULE_TABLES) == before


@pytest.mark.parametrize("code", ["", "Big", "-a", "a" * 41, "a b", "big-order"])
def test_codes_are_plain_and_of_one_rule(world: World, code: str) -> None:
    world.draft()
    before = dump(*RULE_TABLES)
    with pytest.raises(InvalidRule) as refused:
        world.draft(code=code)
    assert refused.value.data["field"] == "code"
    assert dump(*RULE_TABLES) == before


# -- its life ---------------------------------------------------------------------------------------


def test_every_state_is_reached_and_written_down(world: World) -> None:
    rule = world.draft()
    for state, percent in (
        ("shadow", 0), ("percent", 5), ("percent", 50), ("live", 0), ("percent", 20), ("shadow", 0), ("live", 0),
        ("off", 0), ("shadow", 0), ("off", 0),
    ):  # fmt: skip
        rule = world.go(rule, state, percent)
        assert rule.state == state
        assert rule.percent == {"percent": percent, "live": 100}.get(state, 0)
    retire(shop_id=world.shop_id, rule_id=rule.id, actor=world.anna, now=world.now)
    assert rule_queries.rule(world.shop_id, rule.id).state == "retired"
    reached = {to for (to,) in sql("SELECT to_state FROM kernel_history WHERE machine = 'risk.rule'")}
    assert reached == rule_states.RULE.states
    assert rule_queries.rules(world.shop_id) == []
    assert [one.id for one in rule_queries.rules(world.shop_id, retired=True)] == [rule.id]
    with pytest.raises(RuleChanged):
        save_draft(shop_id=world.shop_id, rule_id=rule.id, says=SAYS, actor=world.anna, now=world.now)
    assert faults(world.now) == {}


@pytest.mark.parametrize("state", ["percent", "live", "off"])
def test_a_draft_first_goes_into_the_shadow(world: World, state: str) -> None:
    rule = world.draft()
    before = dump(*RULE_TABLES)
    with pytest.raises(IllegalTransition):
        set_state(shop_id=world.shop_id, rule_id=rule.id, state=state, percent=9, actor=world.anna, now=world.now)
    assert dump(*RULE_TABLES) == before


@pytest.mark.parametrize(("state", "percent", "field"), [("percent", 0, "percent"), ("percent", 100, "percent"),
                                                         ("draft", 0, "state"), ("gone", 0, "state")])  # fmt: skip
def test_odd_wishes_are_refused(world: World, state: str, percent: int, field: str) -> None:
    rule = world.go(world.draft(), "shadow")
    before = dump(*RULE_TABLES)
    with pytest.raises(InvalidRule) as refused:
        set_state(
            shop_id=world.shop_id, rule_id=rule.id, state=state, percent=percent, actor=world.anna, now=world.now
        )  # fmt: skip
    assert refused.value.data["field"] == field
    assert dump(*RULE_TABLES) == before


def test_other_shops_have_no_such_rule(world: World) -> None:
    rule = world.draft()
    with pytest.raises(RuleNotFound):
        set_state(shop_id=uuid4(), rule_id=rule.id, state="shadow", actor=world.anna, now=world.now)
    with pytest.raises(RuleNotFound):
        submit(shop_id=world.shop_id, rule_id=rule.id, version=2, state="shadow", actor=world.anna, now=world.now)


# -- four eyes --------------------------------------------------------------------------------------


def test_what_counts_needs_a_second_person(world: World) -> None:
    rule = world.go(world.draft(), "shadow")
    change = set_state(shop_id=world.shop_id, rule_id=rule.id, state="live", actor=world.anna, now=world.now)
    assert not change.done
    assert change.proposal_id is not None
    asked = {"shop_id": world.shop_id, "proposal_id": change.proposal_id, "now": world.now}
    assert rule_queries.rule(world.shop_id, rule.id).waiting == change.proposal_id
    before = dump(*RULE_TABLES)
    with pytest.raises(SecondPersonNeeded):
        approve(actor=world.anna, **asked)
    with pytest.raises(Forbidden):
        approve(actor=world.cora, **asked)
    with pytest.raises(Forbidden):
        refuse(actor=world.cora, **asked)
    with pytest.raises(Forbidden):
        approve(actor="system", **asked)
    with pytest.raises(ProposalNotFound):
        withdraw(actor=world.bert, **asked)
    with pytest.raises(ProposalNotFound):
        approve(actor=world.bert, **(asked | {"shop_id": uuid4()}))
    with pytest.raises(ProposalWaits):
        set_state(
            shop_id=world.shop_id, rule_id=rule.id, state="percent", percent=5, actor=world.bert, now=world.now
        )  # fmt: skip
    assert dump(*RULE_TABLES) == before
    assert not world.judge({"amount_minor": 90_000}).live
    approve(actor=world.bert, **asked)
    rule = rule_queries.rule(world.shop_id, rule.id)
    assert (rule.state, rule.percent, rule.waiting) == ("live", 100, None)
    assert rule.version is not None
    assert rule.version.approved_by == world.bert
    assert [hit.code for hit in world.judge({"amount_minor": 90_000}).live] == ["big-order"]
    before = dump(*RULE_TABLES)
    for again in (approve, refuse, withdraw):
        with pytest.raises(ProposalDecided):
            again(actor=world.anna if again is withdraw else world.bert, **asked)
    assert dump(*RULE_TABLES) == before
    assert faults(world.now) == {}


def test_who_wrote_it_cannot_approve_it(world: World) -> None:
    rule = world.go(world.draft(by=world.bert), "shadow")
    change = set_state(shop_id=world.shop_id, rule_id=rule.id, state="live", actor=world.anna, now=world.now)
    before = dump(*RULE_TABLES)
    with pytest.raises(SecondPersonNeeded):
        approve(shop_id=world.shop_id, proposal_id=change.proposal_id, actor=world.bert, now=world.now)
    assert dump(*RULE_TABLES) == before
    dora = staff(world.shop_id, "dora", "operator", world.now)
    approve(shop_id=world.shop_id, proposal_id=change.proposal_id, actor=dora, now=world.now)
    assert rule_queries.rule(world.shop_id, rule.id).state == "live"


@pytest.mark.parametrize("end", ["refuse", "withdraw"])
def test_what_is_not_approved_changes_nothing(world: World, end: str) -> None:
    rule = world.go(world.draft(), "shadow")
    change = set_state(shop_id=world.shop_id, rule_id=rule.id, state="live", actor=world.anna, now=world.now)
    before = dump("risk_rule", "risk_rule_version", "risk_rule_set")
    if end == "refuse":
        refuse(shop_id=world.shop_id, proposal_id=change.proposal_id, actor=world.bert, now=world.now)
    else:
        withdraw(shop_id=world.shop_id, proposal_id=change.proposal_id, actor=world.anna, now=world.now)
    assert dump("risk_rule", "risk_rule_version", "risk_rule_set") == before
    assert rule_queries.proposals(world.shop_id) == []
    [asked] = rule_queries.proposals(world.shop_id, waiting=False)
    assert asked.state == {"refuse": "refused", "withdraw": "withdrawn"}[end]


def test_every_change_of_a_live_rule_waits(world: World) -> None:
    rule = world.live()
    says = replace(SAYS, text="amount_minor >= 1", outcome=Outcome.DENY, hold_minutes=0)
    save_draft(shop_id=world.shop_id, rule_id=rule.id, says=says, actor=world.anna, now=world.now)
    assert world.judge({"amount_minor": 5}).hits == ()
    for wish in ({"state": "shadow"}, {"state": "percent", "percent": 5}):
        change = set_state(shop_id=world.shop_id, rule_id=rule.id, actor=world.anna, now=world.now, **wish)
        assert not change.done
        withdraw(shop_id=world.shop_id, proposal_id=change.proposal_id, actor=world.anna, now=world.now)
    change = submit(
        shop_id=world.shop_id, rule_id=rule.id, version=2, state="live", actor=world.anna, now=world.now
    )  # fmt: skip
    assert world.judge({"amount_minor": 5}).hits == ()
    approve(shop_id=world.shop_id, proposal_id=change.proposal_id, actor=world.bert, now=world.now)
    [hit] = world.judge({"amount_minor": 5}).hits
    assert (hit.version, hit.outcome, hit.live) == (2, Outcome.DENY, True)
    assert faults(world.now) == {}


# -- off at once ------------------------------------------------------------------------------------


def off(world: World, rule: RuleView, by: str = "", **more: Any) -> Change:
    """By Anna, unless told otherwise."""
    wish = {"reason": "误伤太多", "now": world.now, **more}
    return set_state(shop_id=world.shop_id, rule_id=rule.id, state="off", actor=by or world.anna, **wish)


def waiting(world: World) -> list[tuple[str, str]]:
    return [(one.kind, one.asked_by) for one in rule_queries.proposals(world.shop_id)]


def test_one_person_switches_off_and_two_switch_on(world: World) -> None:
    rule = world.live()
    before = dump(*RULE_TABLES)
    with pytest.raises(InvalidRule) as refused:
        off(world, rule, reason=" ")
    assert refused.value.data["field"] == "reason"
    with pytest.raises(Forbidden):
        off(world, rule, by=world.cora)
    assert dump(*RULE_TABLES) == before
    change = off(world, rule)
    assert change.done
    assert rule_queries.rule(world.shop_id, rule.id).state == "off"
    assert world.judge({"amount_minor": 90_000}).hits == ()
    # A colleague is asked to look, and may not be the same person.
    assert waiting(world) == [("rule_off", world.anna)]
    assert rule_queries.rule(world.shop_id, rule.id).waiting is None
    told = {"shop_id": world.shop_id, "proposal_id": change.proposal_id, "now": world.now}
    before = dump(*RULE_TABLES)
    with pytest.raises(SecondPersonNeeded):
        approve(actor=world.anna, **told)
    with pytest.raises(Forbidden):
        approve(actor=world.cora, **told)
    assert dump(*RULE_TABLES) == before
    [event] = sql("SELECT payload FROM kernel_event WHERE name = 'risk.rule_switched_off'")
    assert '"reason": "误伤太多"' in str(event[0]) or "误伤太多" in str(event[0])
    lines = audit.lines_of(shop_id=world.shop_id, subject=("risk_rule", rule.id))
    assert [line.action for line in lines][-1] == "risk_rule_set"
    approve(actor=world.bert, **told)
    assert waiting(world) == []
    assert rule_queries.rule(world.shop_id, rule.id).state == "off"
    # On again: the shadow at once, and two people for more.
    set_state(shop_id=world.shop_id, rule_id=rule.id, state="shadow", actor=world.anna, now=world.now)
    on = set_state(shop_id=world.shop_id, rule_id=rule.id, state="live", actor=world.anna, now=world.now)
    assert not on.done
    assert faults(world.now) == {}


def test_off_again_needs_no_patience(world: World) -> None:
    """Neither a change that waits nor an earlier switch that nobody confirmed stands in the way."""
    rule = world.live()
    asked = set_state(shop_id=world.shop_id, rule_id=rule.id, state="shadow", actor=world.bert, now=world.now)
    off(world, rule)
    assert rule_queries.proposal(world.shop_id, asked.proposal_id).state == "refused"  # type: ignore[arg-type]
    first = rule_queries.proposals(world.shop_id)[0]
    set_state(shop_id=world.shop_id, rule_id=rule.id, state="shadow", actor=world.anna, now=world.now)
    on = set_state(shop_id=world.shop_id, rule_id=rule.id, state="live", actor=world.anna, now=world.now)
    assert len(waiting(world)) == 2
    approve(shop_id=world.shop_id, proposal_id=on.proposal_id, actor=world.bert, now=world.now)
    # Who let it count again did not agree that it is off.
    assert rule_queries.proposal(world.shop_id, first.id).state == "refused"
    assert waiting(world) == []
    off(world, rule, by=world.bert)
    assert waiting(world) == [("rule_off", world.bert)]
    assert faults(world.now) == {}


def test_a_colleague_may_disagree_and_it_stays_off(world: World) -> None:
    rule = world.live()
    change = off(world, rule)
    refuse(shop_id=world.shop_id, proposal_id=change.proposal_id, actor=world.bert, now=world.now)
    assert (rule_queries.rule(world.shop_id, rule.id).state, waiting(world)) == ("off", [])


def test_alone_it_is_confirmed_by_oneself(world: World) -> None:
    rule = world.live()
    sql("UPDATE identity_staff SET active = false WHERE id::text = %s", [world.bert.partition(":")[2]])
    off(world, rule)
    [asked, *_] = rule_queries.proposals(world.shop_id, waiting=False)
    assert (asked.kind, asked.state, asked.alone) == ("rule_off", "approved", True)


@pytest.mark.parametrize(
    "statement",
    [
        # Off is not on, and takes nothing else along.
        "UPDATE risk_rule SET state = 'shadow', percent = 0, proposal_id = %s",
        "UPDATE risk_rule SET state = 'percent', percent = 9, proposal_id = %s",
        "UPDATE risk_rule SET state = 'live', percent = 100, proposal_id = %s",
    ],
)
def test_asking_to_confirm_is_good_for_nothing_else(world: World, statement: str) -> None:
    rule = world.live()
    off(world, rule)
    other = world.go(world.go(world.draft(code="other"), "shadow"), "percent", 50)
    asked = rule_queries.proposals(world.shop_id)[0].id
    before = dump(*RULE_TABLES)
    with pytest.raises(DatabaseError), transaction.atomic():
        sql(statement + " WHERE id = %s", [asked, other.id])
    if "shadow" not in statement:
        with pytest.raises(DatabaseError), transaction.atomic():
            sql(statement + " WHERE id = %s", [asked, rule.id])
    assert dump(*RULE_TABLES) == before


def test_what_was_looked_at_must_still_be_so(world: World) -> None:
    rule = world.go(world.draft(), "shadow")
    change = set_state(shop_id=world.shop_id, rule_id=rule.id, state="live", actor=world.anna, now=world.now)
    set_state(shop_id=world.shop_id, rule_id=rule.id, state="off", actor=world.anna, now=world.now)
    before = dump(*RULE_TABLES)
    with pytest.raises(RuleChanged):
        approve(shop_id=world.shop_id, proposal_id=change.proposal_id, actor=world.bert, now=world.now)
    assert dump(*RULE_TABLES) == before


def test_who_is_alone_does_it_alone_and_it_is_seen(world: World, now: datetime) -> None:
    sql("UPDATE identity_staff SET active = false WHERE id::text = %s", [world.bert.partition(":")[2]])
    rule = world.draft()
    set_state(shop_id=world.shop_id, rule_id=rule.id, state="shadow", actor=world.anna, now=now)
    change = set_state(shop_id=world.shop_id, rule_id=rule.id, state="live", actor=world.anna, now=now)
    assert change.done
    [asked] = rule_queries.proposals(world.shop_id, waiting=False)
    assert (asked.state, asked.alone, asked.decided_by) == ("approved", True, world.anna)
    assert RuleVersion.objects.get(shop_id=world.shop_id).alone
    assert faults(now) == {}
    rule = world.draft(code="other")
    set_state(shop_id=world.shop_id, rule_id=rule.id, state="shadow", actor=world.cora, now=now)
    before = dump(*RULE_TABLES)
    with pytest.raises(Forbidden):
        set_state(shop_id=world.shop_id, rule_id=rule.id, state="live", actor=world.cora, now=now)
    assert dump(*RULE_TABLES) == before


# -- the database insists ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE risk_rule SET state = 'live', percent = 100",
        "UPDATE risk_rule SET state = 'percent', percent = 5",
        "UPDATE risk_rule SET code = 'other'",
        "UPDATE risk_rule SET state = 'draft'",
        "DELETE FROM risk_rule",
        "TRUNCATE risk_rule CASCADE",
        "UPDATE risk_rule_version SET text = 'true'",
        "UPDATE risk_rule_version SET outcome = 'deny', hold_minutes = 0",
        "UPDATE risk_rule_version SET approved_by = made_by, approved_at = made_at",
        "DELETE FROM risk_rule_version",
        "UPDATE risk_proposal SET state = 'approved', decided_by = asked_by, decided_at = asked_at",
        "UPDATE risk_proposal SET wanted = '{}'",
        "DELETE FROM risk_proposal",
    ],
)
def test_past_the_operations_nothing_comes_to_count(world: World, statement: str) -> None:
    rule = world.go(world.draft(), "shadow")
    set_state(shop_id=world.shop_id, rule_id=rule.id, state="live", actor=world.anna, now=world.now)
    before = dump(*RULE_TABLES)
    with pytest.raises(DatabaseError), transaction.atomic():
        sql(statement)
    assert dump(*RULE_TABLES) == before


def test_an_approval_is_good_for_what_it_says_and_once(world: World) -> None:
    rule = world.live()
    world.go(rule, "off")
    first = sql("SELECT id FROM risk_proposal ORDER BY id LIMIT 1")[0][0]
    set_state(shop_id=world.shop_id, rule_id=rule.id, state="shadow", actor=world.anna, now=world.now)
    for statement in (
        "UPDATE risk_rule SET state = 'live', percent = 100",
        "UPDATE risk_rule SET state = 'live', percent = 100, proposal_id = %s",
        "UPDATE risk_rule SET state = 'percent', percent = 50, proposal_id = %s",
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            sql(statement, [first] if "%s" in statement else None)
    other = Rule.objects.create(shop_id=world.shop_id, code="x", latest=1, made_at=world.now, changed_at=world.now)
    with pytest.raises(DatabaseError), transaction.atomic():
        sql("UPDATE risk_rule SET state = 'shadow', version_id = (SELECT id FROM risk_rule_version LIMIT 1)"
            " WHERE id = %s", [other.id])  # fmt: skip
    with pytest.raises(DatabaseError), transaction.atomic():
        Rule.objects.create(shop_id=world.shop_id, code="y", state="live", percent=100, latest=1, made_at=world.now,
                            changed_at=world.now)  # fmt: skip


def test_a_rule_of_lists_names_one_that_there_is(world: World) -> None:
    text = replace(SAYS, text='in_list("vip", buyer) and amount_minor > 5')
    with pytest.raises(InvalidRule) as refused:
        world.draft(text)
    assert (refused.value.data["list"], refused.value.data["subject"]) == ("vip", "buyer")
