"""Cases: what the machine tries, what the staff do, and what they cannot."""

from datetime import datetime, timedelta

import pytest

from goodfor.identity.tests.factories import make_shop
from goodfor.kernel.errors import NotFound
from goodfor.recon import queries
from goodfor.recon.actions import Act, Answer
from goodfor.recon.errors import CaseMoved, CaseNotFound, ReasonMissing
from goodfor.recon.operations.act import LATER, LEASE, act_due, act_on
from goodfor.recon.operations.work_case import assign_case, close_case, correct_case, explain_case
from goodfor.recon.tests.steps import compare, sql
from goodfor.recon.tests.test_runs import SCOPE, world_of
from goodfor.recon.types import CaseView


class Counting:
    """Gives the answers it was told to, in order, and keeps what it was asked."""

    def __init__(self, *answers: Answer | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[Act] = []

    def carry_out(self, act: Act, now: datetime) -> Answer:
        self.asked.append(act)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def opened(now: datetime) -> CaseView:
    """A case of a payment that a channel alone knows."""
    shop = make_shop(now)
    compare(shop.id, SCOPE, world_of(now, 1, ours=False), now)
    [case] = queries.cases(shop.id)
    return case


@pytest.mark.django_db(transaction=True)
def test_an_action_is_tried_once_and_what_it_did_is_compared_again(now: datetime) -> None:
    case, actions = opened(now), Counting(Answer("done", "confirmed"))
    assert act_due(actions=actions, now=now) == 1
    assert act_due(actions=actions, now=now) == 0
    [act] = actions.asked
    assert (act.category, act.action, act.theirs["key"], act.number) == ("C1", "ask_channel", "P1", 1)
    after = queries.case(case.shop_id, case.id)
    assert (after.state, after.action_state, after.action_note) == ("open", "done", "confirmed")
    assert queries.tries(case.shop_id, case.id) == [(1, "ask_channel", "done", "confirmed", now)]
    assert queries.runs(case.shop_id)[0].stale
    run = compare(case.shop_id, SCOPE, world_of(now, 1), now)
    assert (run.breaks, run.stale) == ({}, False)
    assert queries.case(case.shop_id, case.id).automatic


@pytest.mark.django_db(transaction=True)
def test_an_action_without_an_answer_is_tried_with_growing_pauses_and_then_is_a_persons(now: datetime) -> None:
    case = opened(now)
    actions, at = Counting(*[Answer("later", "no_answer")] * 5, RuntimeError("x")), now
    for pause in LATER:
        act_on(shop_id=case.shop_id, case_id=case.id, actions=actions, now=at)
        assert act_on(shop_id=case.shop_id, case_id=case.id, actions=actions, now=at) is None
        at += pause
    act_on(shop_id=case.shop_id, case_id=case.id, actions=actions, now=at)
    after = queries.case(case.shop_id, case.id)
    assert (after.tries, after.action_state, after.action_note) == (6, "person", "RuntimeError")
    assert act_due(actions=actions, now=at + timedelta(days=9)) == 0
    assert LATER[1] > LEASE


@pytest.mark.django_db(transaction=True)
def test_what_is_right_as_it_stands_is_explained(now: datetime) -> None:
    case = opened(now)
    act_due(actions=Counting(Answer("done", "owed_since_bought", explained=True)), now=now)
    after = queries.case(case.shop_id, case.id)
    assert (after.state, after.reason, after.action_state) == ("explained", "owed_since_bought", "done")
    assert not queries.runs(case.shop_id)[0].stale


@pytest.mark.django_db
def test_the_staff_take_explain_and_close(now: datetime) -> None:
    case = opened(now)
    names = {"shop_id": case.shop_id, "case_id": case.id, "actor": "staff:1", "now": now}
    assert assign_case(**names, owner="staff:2").owner == "staff:2"  # type: ignore[arg-type]
    with pytest.raises(ReasonMissing):
        close_case(**names)  # type: ignore[arg-type]
    with pytest.raises(ReasonMissing):
        explain_case(**names, reason=" ")  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        correct_case(**names, ledger_tx=99)  # type: ignore[arg-type]
    assert queries.case(case.shop_id, case.id).state == "open"
    assert explain_case(**names, reason="test payment").state == "explained"  # type: ignore[arg-type]
    view = close_case(**names)  # type: ignore[arg-type]
    assert (view.state, view.reason, view.automatic, view.action_state) == ("closed", "test payment", False, "person")
    with pytest.raises(CaseMoved):
        close_case(**names, reason="x")  # type: ignore[arg-type]
    with pytest.raises(CaseMoved):
        assign_case(**names, owner="x")  # type: ignore[arg-type]
    with pytest.raises(CaseNotFound):
        close_case(shop_id=make_shop(now).id, case_id=case.id, reason="x", actor="staff:1", now=now)
    # What a person has ended, no run opens again.
    compare(case.shop_id, SCOPE, world_of(now, 1, ours=False), now)
    assert queries.case(case.shop_id, case.id).state == "closed"
    assert sql("SELECT count(*) FROM kernel_audit WHERE action LIKE 'recon.%%'") == [(3,)]


@pytest.mark.django_db
def test_figures_of_cases(now: datetime) -> None:
    case = opened(now)
    figures = queries.case_figures(case.shop_id, now + timedelta(days=5))
    assert (figures.open, figures.ages, figures.risk_minor, figures.auto_rate) == ({"C1": 1}, {"<=7": 1}, 1000, 1.0)
    compare(case.shop_id, SCOPE, world_of(now, 1), now)
    figures = queries.case_figures(case.shop_id, now)
    assert (figures.open, figures.closed, figures.automatic, figures.auto_rate) == ({}, {"C1": 1}, {"C1": 1}, 1.0)
