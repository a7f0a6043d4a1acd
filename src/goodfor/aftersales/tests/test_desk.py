"""People in it: the staff decide within bounds, buyers object once, withdraw, rate; the table has versions."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from goodfor.aftersales import defaults, queries
from goodfor.aftersales.errors import CaseMoved, CaseNotFound, InvalidDecision, InvalidRules
from goodfor.aftersales.models import Case, Policy
from goodfor.aftersales.operations.answer import answer
from goodfor.aftersales.operations.ask_buyer import ask_buyer
from goodfor.aftersales.operations.decide_case import decide_case
from goodfor.aftersales.operations.object_to import object_to
from goodfor.aftersales.operations.rate import rate
from goodfor.aftersales.operations.set_policy import set_policy
from goodfor.aftersales.operations.withdraw import withdraw
from goodfor.aftersales.operations.write_reply import write_reply
from goodfor.aftersales.queries import QueueSearch
from goodfor.aftersales.rules import to_json
from goodfor.aftersales.tests.conftest import Scene
from goodfor.aftersales.types import CaseView, Rule
from goodfor.kernel.errors import DomainError
from goodfor.orders.deciding import decided_by
from goodfor.orders.errors import RefundRunning
from goodfor.orders.operations.withdraw_claim import withdraw_claim
from goodfor.orders.tests.factories import refund_all, relay_all, sql, stock, together

MINUTE = timedelta(minutes=1)
STAFF = decided_by("staff:1")
TABLES = (
    "aftersales_case", "aftersales_decision", "aftersales_reply", "aftersales_finding", "orders_claim", "kernel_event",
    "kernel_audit", "kernel_history", "payments_refund", "vault_code",
)  # fmt: skip


def everything() -> dict[str, list[Any]]:
    return {table: sorted(row[0] for row in sql(f"SELECT t::text FROM {table} t")) for table in TABLES}


def decide(scene: Scene, case: CaseView, action: str, now: datetime, **more: Any) -> CaseView:
    return decide_case(
        shop_id=scene.shop_id, case_id=case.id, action=action, now=now, **{"actor": "staff:1", "by": STAFF, **more}
    )


@pytest.fixture
def waiting(scene: Scene, now: datetime) -> CaseView:
    """A seen code that nobody can be asked about, whose buyer was asked for a picture and sent none."""
    order = scene.sell(now)
    scene.see(order, now)
    case = scene.claim(order, now)
    return answer(shop_id=scene.shop_id, case_id=case.id, text="没有截图", actor="guest:x", now=now)


@pytest.fixture
def rejected(scene: Scene, now: datetime) -> CaseView:
    """Used after the first look, says the supplier."""
    order = scene.sell(now)
    scene.see(order, now)
    scene.bought(order, now)
    case = scene.claim(order, now, "used")
    return scene.answers(case, "used", now, used_at=now + MINUTE)


@pytest.mark.parametrize(
    ("action", "claim_state", "why"),
    [
        ("refund", "refunded", "staff_refund"), ("replace", "replaced", "staff_replace"),
        ("reject", "rejected", "staff_reject"),
    ],
)  # fmt: skip
def test_a_person_decides_once(
    scene: Scene, waiting: CaseView, now: datetime, action: str, claim_state: str, why: str
) -> None:
    assert (waiting.state, waiting.why) == ("person", "check_person")
    after = decide(scene, waiting, action, now + MINUTE, note=" 查过了 ", proven=action != "reject")
    assert (after.state, after.action, after.why, after.by, after.claim_state) == (
        "closed", action, why, "staff:1", claim_state,
    )  # fmt: skip
    assert not after.automatic
    assert Case.objects.get(shop_id=scene.shop_id, id=waiting.id).proven == (action != "reject")
    assert queries.decisions(scene.shop_id, waiting.id)[-1].note == "查过了"
    [(blob,)] = sql("SELECT note_blob FROM aftersales_decision WHERE note_blob IS NOT NULL")
    assert "查过".encode() not in bytes(blob)
    before = everything()
    for again in ("refund", "replace", "reject", "ask_supplier", "person"):
        with pytest.raises(DomainError):
            decide(scene, waiting, again, now + MINUTE)
    assert everything() == before
    refund_all(now + MINUTE)
    assert scene.faults(now + MINUTE) == {}


@pytest.mark.parametrize(
    ("action", "more", "error"),
    [
        ("pay", {}, InvalidDecision), ("ask_buyer", {}, InvalidDecision), ("void_refund", {}, InvalidDecision),
        ("ask_supplier", {}, InvalidDecision), ("refund", {"note": "x" * 501}, InvalidDecision),
        ("refund", {"note": "a\x00"}, InvalidDecision), ("reject", {"proven": True}, InvalidDecision),
        ("refund", {"shop_id": uuid4()}, CaseNotFound), ("refund", {"case_id": uuid4()}, CaseNotFound),
    ],
)  # fmt: skip
def test_what_is_not_possible_changes_nothing(
    scene: Scene, waiting: CaseView, now: datetime, action: str, more: dict[str, Any], error: type[DomainError]
) -> None:
    before = everything()
    asked = {"shop_id": scene.shop_id, "case_id": waiting.id, "actor": "staff:1", "by": STAFF, "now": now, **more}
    with pytest.raises(error):
        decide_case(action=action, **asked)
    assert everything() == before


def test_while_another_refund_runs_a_persons_refund_is_refused(scene: Scene, now: datetime) -> None:
    order = scene.sell(now, 2)
    first, second = scene.codes(order)
    scene.see(order, now, second)
    scene.claim(order, now, "changed_mind", code_ids=[first])
    case = scene.claim(order, now, "wrong", code_ids=[second])
    before = everything()
    with pytest.raises(RefundRunning):
        decide(scene, case, "refund", now)
    assert everything() == before
    refund_all(now)
    assert decide(scene, case, "refund", now + MINUTE).claim_state == "refunded"


def test_of_many_decisions_at_once_one_is_carried_out(scene: Scene, waiting: CaseView, now: datetime) -> None:
    actions = ("refund", "replace", "reject")
    found = together(lambda n: decide(scene, waiting, actions[n % 3], now).action, 9, threads=9)
    assert len([one for one in found if one in actions]) == 1
    assert set(found) - set(actions) == {"case_moved"}
    case = scene.case(waiting)
    assert case.action in found
    assert scene.faults(now) == {}


def test_a_person_has_it_taken_back_first(scene: Scene, now: datetime) -> None:
    order = scene.sell(now)
    scene.see(order, now)
    scene.bought(order, now)
    case = scene.claim(order, now, "wrong")
    after = decide(scene, case, "void_refund", now)
    assert (after.state, after.action, after.answered_at) == ("carrying", "", now)
    with pytest.raises(CaseMoved):
        withdraw(shop_id=scene.shop_id, case_id=case.id, actor="guest:x", now=now)
    after = scene.answers(case, "voided", now, kind="void")
    assert (after.state, after.action, after.by, after.why) == ("closed", "void_refund", "staff:1", "staff_refund")
    assert scene.faults(now) == {}


def test_an_objection_asks_once_more_and_then_a_person(scene: Scene, rejected: CaseView, now: datetime) -> None:
    assert (rejected.action, rejected.why) == ("reject", "used_after")
    later = now + MINUTE
    after = object_to(shop_id=scene.shop_id, case_id=rejected.id, text="不是我", actor="guest:x", now=later)
    assert (after.state, after.action, after.why, after.claim_state) == ("checking", "", "asking", "open")
    assert (after.answer_by, after.decide_by) == (later + timedelta(hours=1), later + timedelta(hours=24))
    again = scene.answers(rejected, "used", later, used_at=now + MINUTE)
    assert (again.state, again.why) == ("person", "second_look")
    final = decide(scene, rejected, "reject", later)
    assert (final.state, final.why) == ("closed", "staff_final")
    before = everything()
    with pytest.raises(CaseMoved):
        object_to(shop_id=scene.shop_id, case_id=rejected.id, text="还是不是我", actor="guest:x", now=later)
    assert everything() == before
    assert scene.faults(later) == {}


def test_a_supplier_who_takes_its_word_back_ends_an_objection(scene: Scene, rejected: CaseView, now: datetime) -> None:
    object_to(shop_id=scene.shop_id, case_id=rejected.id, text="不是我", actor="guest:x", now=now + MINUTE)
    after = scene.answers(rejected, "invalid", now + MINUTE)
    assert (after.state, after.action, after.why, after.by) == ("closed", "replace", "bad_replaced", "system")
    assert scene.faults(now + MINUTE) == {}


def test_only_a_rejection_is_objected_to(scene: Scene, waiting: CaseView, rejected: CaseView, now: datetime) -> None:
    done = scene.claim(scene.sell(now), now)
    before = everything()
    for case, at in ((waiting, now), (done, now), (rejected, now + timedelta(days=31))):
        with pytest.raises(CaseMoved):
            object_to(shop_id=scene.shop_id, case_id=case.id, text="x", actor="guest:x", now=at)
    with pytest.raises(InvalidDecision):
        object_to(shop_id=scene.shop_id, case_id=rejected.id, text=" ", actor="guest:x", now=now)
    assert everything() == before


def test_a_claim_is_withdrawn_and_made_again(scene: Scene, waiting: CaseView, now: datetime) -> None:
    after = withdraw(shop_id=scene.shop_id, case_id=waiting.id, actor="guest:x", now=now)
    assert (after.state, after.action, after.by, after.claim_state) == ("closed", "", "buyer", "withdrawn")
    with pytest.raises(CaseMoved):
        withdraw(shop_id=scene.shop_id, case_id=waiting.id, actor="guest:x", now=now)
    for late in (
        lambda: answer(shop_id=scene.shop_id, case_id=waiting.id, text="x", actor="guest:x", now=now),
        lambda: ask_buyer(shop_id=scene.shop_id, case_id=waiting.id, why="", note="", actor="staff:1", now=now),
    ):
        with pytest.raises(CaseMoved):
            late()
    assert scene.faults(now + timedelta(days=2)) == {}


def test_withdrawn_at_the_order_it_is_over_too(scene: Scene, waiting: CaseView, now: datetime) -> None:
    withdraw_claim(shop_id=scene.shop_id, order_id=waiting.order_id, claim_id=waiting.id, actor="guest:x", now=now)
    relay_all(now)
    after = scene.case(waiting)
    assert (after.state, after.claim_state, after.why) == ("closed", "withdrawn", "closed_withdrawn")


def test_a_closed_case_is_rated_once(scene: Scene, waiting: CaseView, now: datetime) -> None:
    done = scene.claim(scene.sell(now), now)
    rate(shop_id=scene.shop_id, case_id=done.id, rating=5, actor="guest:x", now=now)
    assert scene.case(done).rating == 5
    for case, rating, error in (
        (done, 4, CaseMoved), (waiting, 4, CaseMoved), (done, 0, InvalidDecision), (done, True, InvalidDecision),
    ):  # fmt: skip
        with pytest.raises(error):
            rate(shop_id=scene.shop_id, case_id=case.id, rating=rating, actor="guest:x", now=now)
    assert scene.case(done).rating == 5


def test_words_are_bounded(scene: Scene, waiting: CaseView, now: datetime) -> None:
    for text in ("", "  ", "x" * 1001, "a\x00"):
        with pytest.raises(InvalidDecision):
            write_reply(shop_id=scene.shop_id, case_id=waiting.id, text=text, actor="staff:1", now=now)
        with pytest.raises(InvalidDecision):
            answer(shop_id=scene.shop_id, case_id=waiting.id, text=text, actor="guest:x", now=now)
    assert len(queries.replies(scene.shop_id, waiting.id)) == 1


# -- the table -------------------------------------------------------------------------------------------


def test_a_changed_table_decides_from_now_on(scene: Scene, now: datetime) -> None:
    stern = [Rule("all", {}, "reject", "not_covered")]
    made = set_policy(shop_id=scene.shop_id, rules=stern, actor="staff:1", now=now)
    assert (made.version, made.rules) == (1, tuple(stern))
    assert set_policy(shop_id=scene.shop_id, rules=to_json(stern), actor="staff:1", now=now).version == 1
    case = scene.claim(scene.sell(now), now)
    assert (case.action, case.rule, case.why) == ("reject", "all", "not_covered")
    assert queries.decisions(scene.shop_id, case.id)[0].policy_version == 1
    assert stock(scene.shop) == (19, 0, 1)
    back = set_policy(shop_id=scene.shop_id, rules=defaults.RULES, actor="staff:1", now=now)
    assert (back.version, [one.version for one in queries.policies(scene.shop_id)]) == (2, [2, 1, 0])
    assert queries.policy(uuid4()).version == 0
    assert sql("SELECT count(*) FROM kernel_audit WHERE action = 'claim_rules_set'") == [(2,)]
    with pytest.raises(InvalidRules):
        set_policy(shop_id=scene.shop_id, rules=[], actor="staff:1", now=now)
    assert Policy.objects.filter(shop_id=scene.shop_id).count() == 2


def test_a_table_that_goes_round_ends_at_a_person(scene: Scene, now: datetime) -> None:
    set_policy(shop_id=scene.shop_id, rules=[Rule("all", {}, "ask_supplier", "asking")], actor="staff:1", now=now)
    order = scene.sell(now)
    scene.see(order, now)
    scene.bought(order, now)
    case = scene.claim(order, now)
    assert case.state == "checking"
    after = scene.answers(case, "locked", now)
    assert (after.state, after.why) == ("person", "check_person")
    other = scene.claim(scene.sell(now, ref="guest:b"), now)
    assert (other.state, other.why) == ("person", "check_person")


def test_a_trial_says_what_another_table_would_have_done(
    scene: Scene, waiting: CaseView, rejected: CaseView, now: datetime
) -> None:
    done = scene.claim(scene.sell(now), now)
    same = queries.trial(scene.shop_id, defaults.RULES, 30, now + MINUTE)
    assert (same.decisions, same.changed, same.was) == (5, 0, same.now)
    assert same.was == {"ask_buyer": 1, "person": 1, "ask_supplier": 1, "reject": 1, "refund": 1}
    table = [replace(rule, then="person") if rule.name == "unseen" else rule for rule in defaults.RULES]
    other = queries.trial(scene.shop_id, table, 30, now + MINUTE)
    assert (other.changed, other.now["person"], other.cut) == (1, 2, False)
    [changed] = other.examples
    assert (changed.case_id, changed.number, changed.was, changed.now, changed.now_rule) == (
        done.id, done.number, "refund", "person", "unseen",
    )  # fmt: skip
    assert queries.trial(uuid4(), defaults.RULES, 30, now + MINUTE).decisions == 0
    with pytest.raises(InvalidRules):
        queries.trial(scene.shop_id, table[:-1], 30, now)


def test_the_queue_is_by_deadline_and_narrowed(
    scene: Scene, waiting: CaseView, rejected: CaseView, now: datetime
) -> None:
    second = scene.claim(scene.sell(now + MINUTE, ref="guest:b"), now + MINUTE, "used", fresh=False)
    shop_id = scene.shop_id
    assert [one.id for one in queries.queue(shop_id, QueueSearch(), now)] == [waiting.id, second.id]
    first = queries.queue(shop_id, QueueSearch(), now, limit=1)[0]
    row = Case.objects.get(shop_id=shop_id, id=first.id)
    assert [one.id for one in queries.queue(shop_id, QueueSearch(), now, after=(row.decide_by, row.id))] == [second.id]
    for search, found in (
        (QueueSearch(reasons=("used",)), [second]),
        (QueueSearch(overdue=True), []),
        (QueueSearch(states=()), [second, rejected, waiting]),
        (QueueSearch(states=("closed",)), [rejected]), (QueueSearch(states=(), automatic=True), [rejected]),
        (QueueSearch(states=(), automatic=False), []),
        (QueueSearch(states=(), supplier_id=rejected.supplier_id), [rejected]),
        (QueueSearch(buyer="guest:b"), [second]), (QueueSearch(escalated=1), []),
    ):  # fmt: skip
        assert [one.id for one in queries.recent(shop_id, search, now)] == [one.id for one in found], search
    assert len(queries.queue(shop_id, QueueSearch(overdue=True), now + timedelta(days=2))) == 2
    assert queries.waiting(shop_id) == {"asking": 0, "carrying": 0, "checking": 0, "person": 2}
    assert queries.queue(uuid4(), QueueSearch(), now) == []
    assert queries.facts_of(shop_id, rejected.id).code_said == "used_after"
    assert {one.kind for one in queries.findings(shop_id, rejected.id)} >= {
        "claim",
        "reveal",
        "supplier",
        "buyer",
        "batch",
    }


# -- what the audit finds --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plant", "name"),
    [
        ("UPDATE aftersales_case SET state = 'person', closed_at = NULL, decide_by = decide_by + interval '9 days'",
         {"aftersales_cases_agree_with_claims", "aftersales_cases_moved_as_allowed"}),
        ("UPDATE aftersales_case SET action = 'replace'",
         {"aftersales_cases_agree_with_claims", "aftersales_decisions_are_written"}),
        ("DELETE FROM aftersales_decision", {"aftersales_decisions_are_written"}),
        ("INSERT INTO aftersales_decision (id, shop_id, case_id, at, by, action, rule, why, policy_version, facts)"
         " SELECT gen_random_uuid(), shop_id, case_id, at, by, action, rule, why, 0, facts FROM aftersales_decision",
         {"aftersales_one_remedy_a_case"}),
        ("UPDATE aftersales_case SET answered_at = answer_by + interval '2 minutes'",
         {"aftersales_clocks_are_watched"}),
        ("UPDATE aftersales_case SET id = gen_random_uuid()",
         {"aftersales_cases_agree_with_claims", "aftersales_decisions_are_written",
          "aftersales_cases_moved_as_allowed"}),
    ],
)  # fmt: skip
def test_the_audit_finds_what_is_planted(scene: Scene, now: datetime, plant: str, name: set[str]) -> None:
    scene.claim(scene.sell(now), now)
    refund_all(now)
    assert scene.faults(now) == {}
    sql(plant)
    assert set(scene.faults(now + timedelta(minutes=10))) == name


def test_the_audit_finds_a_case_that_was_forgotten(scene: Scene, now: datetime) -> None:
    order = scene.sell(now)
    scene.see(order, now)
    scene.bought(order, now)
    scene.claim(order, now)
    sql("UPDATE aftersales_case SET next_at = NULL")
    assert set(scene.faults(now)) == {"aftersales_steps_are_taken"}
