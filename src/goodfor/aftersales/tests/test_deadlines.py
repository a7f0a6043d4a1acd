"""Clocks: moved by pauses, missed once, paid for and escalated once; an answer is what the promise calls one."""

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest

from goodfor.aftersales import clocks, queries
from goodfor.aftersales.models import Case
from goodfor.aftersales.operations.answer import answer
from goodfor.aftersales.operations.ask_buyer import ask_buyer
from goodfor.aftersales.operations.decide_case import decide_case
from goodfor.aftersales.operations.miss_deadline import miss_deadline
from goodfor.aftersales.operations.write_reply import write_reply
from goodfor.aftersales.tasks import take_steps, watch_deadlines
from goodfor.aftersales.terms import quicker
from goodfor.aftersales.tests.conftest import Scene
from goodfor.aftersales.types import CaseView, Hours, Terms
from goodfor.loyalty.operations.grant_tier import grant_tier
from goodfor.loyalty.operations.set_terms import set_terms
from goodfor.loyalty.operations.set_tiers import set_tiers
from goodfor.loyalty.types import Terms as Points
from goodfor.loyalty.types import Tier, TierSet
from goodfor.orders.deciding import decided_by
from goodfor.orders.tests.factories import sql, together

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
OFFICE = Hours("Asia/Shanghai", dict.fromkeys(range(5), (time(9), time(18))))


@pytest.fixture
def waiting(scene: Scene, now: datetime) -> CaseView:
    """A case that a person has to decide."""
    case = scene.claim(scene.sell(now), now, fresh=False)
    assert case.state == "person"
    return case


def missed() -> list[tuple[str, str]]:
    """What was told of missed times: (case, what)."""
    name = "aftersales.deadline_missed"
    return sql("SELECT payload->>'case_id', payload->>'what' FROM kernel_event WHERE name = %s ORDER BY id", [name])


def test_clocks_run_in_working_hours_and_stand_still_in_a_pause() -> None:
    friday = datetime(2026, 7, 3, 9, 30, tzinfo=UTC)  # 17:30 in Shanghai
    terms = Terms(answer_seconds=3600, decision_seconds=7200, hours=OFFICE)
    answer_by, decide_by = clocks.due(friday, terms)
    assert (answer_by, decide_by) == (datetime(2026, 7, 6, 1, 30, tzinfo=UTC), datetime(2026, 7, 6, 2, 30, tzinfo=UTC))
    # Half an hour of work was left on Friday, and so is on Monday at noon.
    monday = datetime(2026, 7, 6, 4, 0, tzinfo=UTC)
    assert clocks.moved_on(answer_by, friday, monday, terms) == monday + HOUR
    assert clocks.moved_on(friday - HOUR, friday, monday, terms) == friday - HOUR
    assert clocks.due(friday, Terms(answer_seconds=600, decision_seconds=60))[1] == friday + timedelta(seconds=600)


def test_a_tier_hurries_its_members_claims(scene: Scene, now: datetime) -> None:
    """Those of the account, from the tap on; never later than the shop promises to everybody; the case keeps it."""
    set_terms(shop_id=scene.shop_id, terms=Points(on=True), actor="staff:1", now=now)
    tiers = TierSet((Tier("普通"), Tier("银卡", 100, claim_hours=2), Tier("金卡", 500, claim_hours=100)))
    set_tiers(shop_id=scene.shop_id, tiers=tiers, actor="staff:1", now=now)
    found = []
    for rank in (0, 1, 2):
        owner = uuid4()
        order = scene.sell(now, ref=f"buyer:{owner.hex}")
        if rank:
            grant_tier(
                shop_id=scene.shop_id, owner=owner, rank=rank, until=now + HOUR, reason="test", actor="staff:1", now=now
            )
        case = scene.claim(order, now, fresh=False)
        found.append((case.answer_by, case.decide_by))
        assert Case.objects.get(id=case.id).terms["decision_seconds"] == (case.decide_by - now).total_seconds()
    assert found == [(now + HOUR, now + 24 * HOUR), (now + HOUR, now + 2 * HOUR), (now + HOUR, now + 24 * HOUR)]
    assert quicker(Terms(answer_seconds=7200), 1).answer_seconds == 3600
    assert scene.faults(now) == {}


def test_a_supplier_is_waited_for_no_longer_than_promised() -> None:
    at = datetime(2026, 7, 3, tzinfo=UTC)
    assert clocks.wait_until(at, at + 9 * HOUR, at + 9 * HOUR) == at + clocks.SUPPLIER_WAIT
    assert clocks.wait_until(at, at + HOUR / 6, at + HOUR) == at + HOUR / 6 - clocks.AHEAD
    assert clocks.wait_until(at, None, at + HOUR / 3) == at + HOUR / 3 - clocks.AHEAD
    assert clocks.wait_until(at, at + 30 * SECOND, at + HOUR) == at + clocks.LEAST_WAIT
    assert clocks.wait_until(at, at - HOUR, at - HOUR) == at + clocks.SUPPLIER_WAIT
    assert clocks.again_at(at, 1) == at + SECOND
    assert clocks.again_at(at, 99) == at + 60 * SECOND


def test_each_time_is_missed_once_to_the_second(scene: Scene, waiting: CaseView, now: datetime) -> None:
    assert (waiting.answer_by, waiting.decide_by) == (now + HOUR, now + 24 * HOUR)
    assert watch_deadlines(now + HOUR - SECOND) == 0
    assert watch_deadlines(now + HOUR) == 1
    assert missed() == [(str(waiting.id), "late_answer")]
    assert watch_deadlines(now + HOUR + SECOND) == 0
    assert scene.case(waiting).escalated == 1
    assert watch_deadlines(now + 24 * HOUR) == 1
    assert missed() == [(str(waiting.id), "late_answer"), (str(waiting.id), "late_decision")]
    together(lambda _: miss_deadline(shop_id=scene.shop_id, case_id=waiting.id, now=now + 25 * HOUR), 6)
    assert len(missed()) == 2
    assert (scene.told("aftersales.deadline_missed"), scene.told("aftersales.case_escalated")) == (2, 2)
    assert scene.case(waiting).escalated == 2
    assert scene.faults(now + 25 * HOUR) == {}


def test_of_many_at_once_one_misses_it(scene: Scene, waiting: CaseView, now: datetime) -> None:
    found = together(lambda _: miss_deadline(shop_id=scene.shop_id, case_id=waiting.id, now=now + HOUR), 8)
    assert sorted(found) == [0] * 7 + [1]
    assert scene.told("aftersales.deadline_missed") == 1


def test_who_decides_too_late_has_missed_it(scene: Scene, waiting: CaseView, now: datetime) -> None:
    late = now + 2 * HOUR
    decide_case(
        shop_id=scene.shop_id, case_id=waiting.id, action="reject", actor="staff:1", by=decided_by("staff:1"), now=late
    )
    assert missed() == [(str(waiting.id), "late_answer")]
    assert watch_deadlines(late + 30 * HOUR) == 0
    row = Case.objects.get(shop_id=scene.shop_id, id=waiting.id)
    assert (row.answer_missed_at, row.decision_missed_at, row.answered_at) == (late, None, late)
    assert scene.faults(late + 30 * HOUR) == {}


def test_the_invariant_sees_a_time_that_nobody_watched(scene: Scene, waiting: CaseView, now: datetime) -> None:
    assert set(scene.faults(now + HOUR + timedelta(minutes=3))) == {"aftersales_clocks_are_watched"}


def test_a_word_of_the_staff_is_an_answer_and_no_decision(scene: Scene, waiting: CaseView, now: datetime) -> None:
    write_reply(shop_id=scene.shop_id, case_id=waiting.id, text=" 正在看 ", actor="staff:1", now=now + SECOND)
    after = scene.case(waiting)
    assert (after.answered_at, after.answer_by, after.decide_by) == (now + SECOND, None, now + 24 * HOUR)
    [reply] = queries.replies(scene.shop_id, waiting.id)
    assert (reply.text, reply.author, reply.by_buyer) == ("正在看", "staff:1", False)
    assert watch_deadlines(now + 2 * HOUR) == 0
    [(blob,)] = sql("SELECT blob FROM aftersales_reply")
    assert "正在".encode() not in bytes(blob)


def test_a_question_stops_the_clocks_until_the_answer(scene: Scene, waiting: CaseView, now: datetime) -> None:
    asked = ask_buyer(
        shop_id=scene.shop_id, case_id=waiting.id, why="", note="哪个平台？", actor="staff:1", now=now + HOUR / 2
    )
    assert (asked.state, asked.paused_at, asked.answered_at) == ("asking", now + HOUR / 2, now + HOUR / 2)
    assert watch_deadlines(now + 30 * HOUR) == 0
    at = now + 48 * HOUR
    after = answer(shop_id=scene.shop_id, case_id=waiting.id, text="手机", actor="guest:x", now=at)
    assert (after.state, after.paused_at, after.decide_by) == ("person", None, at + 23.5 * HOUR)
    assert watch_deadlines(at + 23 * HOUR) == 0
    assert watch_deadlines(at + 23.5 * HOUR) == 1
    assert [one.text for one in queries.replies(scene.shop_id, waiting.id)] == ["哪个平台？", "手机"]


def test_a_question_that_nobody_answers_ends_the_case(scene: Scene, waiting: CaseView, now: datetime) -> None:
    ask_buyer(shop_id=scene.shop_id, case_id=waiting.id, why="staff_ask", note="", actor="staff:1", now=now)
    assert take_steps(now + clocks.BUYER_WAIT - SECOND) == 0
    assert take_steps(now + clocks.BUYER_WAIT) == 1
    after = scene.case(waiting)
    assert (after.state, after.action, after.why, after.claim_state) == ("closed", "reject", "no_answer", "rejected")
    assert scene.faults(now + clocks.BUYER_WAIT) == {}


def test_waiting_for_a_supplier_is_no_answer(scene: Scene, now: datetime) -> None:
    order = scene.sell(now)
    scene.see(order, now)
    scene.bought(order, now)
    case = scene.claim(order, now)
    assert case.answered_at is None
    # The loop that would decide without its word is down.
    assert watch_deadlines(now + HOUR) == 1
    assert missed() == [(str(case.id), "late_answer")]
