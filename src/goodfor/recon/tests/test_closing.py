"""Closing by two, comparing and acting once more, and months that close once their days have."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from goodfor.identity.tests.factories import make_shop
from goodfor.ledger import queries as ledger
from goodfor.ledger.operations.fill_days import fill_days
from goodfor.ledger.operations.post import post
from goodfor.ledger.types import Entry, Line
from goodfor.recon import queries
from goodfor.recon.actions import Answer
from goodfor.recon.case_models import Case, ClosedDay
from goodfor.recon.errors import (
    DayAsked,
    DayClosed,
    DayNotClosable,
    MonthNotClosable,
    NotAsked,
    NothingToTry,
    ReasonMissing,
    RunNotFound,
    SecondNeeded,
)
from goodfor.recon.operations.act import act_due
from goodfor.recon.operations.act_again import act_again
from goodfor.recon.operations.ask_day import agree_day, ask_day, withdraw_day
from goodfor.recon.operations.close_month import close_month
from goodfor.recon.operations.compare_again import compare_again
from goodfor.recon.operations.work_case import assign_case, close_case
from goodfor.recon.queries import Due
from goodfor.recon.tests.steps import compare, sql
from goodfor.recon.tests.test_cases import Counting, opened
from goodfor.recon.tests.test_runs import SCOPE, world_of
from goodfor.recon.types import NOBODY, CaseSearch

ONE, TWO = "staff:1", "staff:2"
#: When the day that is compared is over.
OVER = timedelta(days=9)


def nothing(_shop_id: UUID, _day: date) -> Sequence[Due]:
    return []


def one_account(_shop_id: UUID, day: date) -> Sequence[Due]:
    return [Due(SCOPE.area, SCOPE.account)] if day == SCOPE.day else []


def compared(now: datetime) -> UUID:
    shop = make_shop(now)
    compare(shop.id, SCOPE, world_of(now, 1, 2), now)
    return shop.id


@pytest.mark.django_db
def test_a_day_is_closed_by_two(now: datetime) -> None:
    shop_id = compared(now)
    day: dict[str, Any] = {"shop_id": shop_id, "day": SCOPE.day, "now": now + OVER}
    with pytest.raises(SecondNeeded):
        agree_day(**day, expected=one_account, actor=TWO)
    with pytest.raises(NotAsked):
        withdraw_day(**day, actor=ONE)
    ask_day(**day, expected=one_account, note="all there", actor=ONE)
    with pytest.raises(DayAsked):
        ask_day(**day, expected=one_account, actor=TWO)
    with pytest.raises(SecondNeeded):
        agree_day(**day, expected=one_account, actor=ONE)
    asked = queries.asked_day(shop_id, SCOPE.day)
    assert asked is not None
    assert (asked.asked_by, asked.note, queries.days_asked(shop_id)) == (ONE, "all there", 1)
    withdraw_day(**day, actor=ONE)
    assert queries.asked_day(shop_id, SCOPE.day) is None
    ask_day(**day, expected=one_account, actor=ONE)
    assert agree_day(**day, expected=one_account, actor=TWO).closed_by == TWO
    assert list(ClosedDay.objects.filter(shop_id=shop_id).values_list("asked_by", "closed_by")) == [(ONE, TWO)]
    assert queries.days_asked(shop_id) == 0
    for again in (ask_day, agree_day):
        with pytest.raises(DayClosed):
            again(**day, expected=one_account, actor=ONE, **({"alone": True} if again is agree_day else {}))  # type: ignore[operator]
    with pytest.raises(DayClosed):
        withdraw_day(**day, actor=ONE)
    [line] = queries.day_lines(shop_id, SCOPE.day, SCOPE.day, one_account)
    assert (line.compared, line.due, line.missing, line.matched, line.closed_by) == (1, 1, 0, 2, TWO)
    actions = sql("SELECT action FROM kernel_audit WHERE action LIKE 'recon.day%%' ORDER BY id")
    assert [row[0] for row in actions] == [
        "recon.day_asked", "recon.day_ask_withdrawn", "recon.day_asked", "recon.day_closed",
    ]  # fmt: skip


@pytest.mark.django_db
def test_one_who_is_alone_closes_and_that_is_told(now: datetime) -> None:
    shop_id = compared(now)
    agree_day(shop_id=shop_id, day=SCOPE.day, expected=one_account, alone=True, actor=ONE, now=now + OVER)
    assert list(ClosedDay.objects.filter(shop_id=shop_id).values_list("asked_by", "closed_by")) == [("", ONE)]
    with pytest.raises(IntegrityError), transaction.atomic():
        ClosedDay.objects.create(shop_id=shop_id, day=date(2026, 1, 9), closed_at=now, closed_by=ONE, asked_by=ONE)


@pytest.mark.django_db
def test_a_day_with_something_missing_is_not_asked_for(now: datetime) -> None:
    shop_id = make_shop(now).id
    with pytest.raises(DayNotClosable) as refused:
        ask_day(shop_id=shop_id, day=SCOPE.day, expected=one_account, actor=ONE, now=now + OVER)
    assert refused.value.data["reasons"] == [["not_compared", f"channel:{SCOPE.account}"]]
    assert queries.asked_day(shop_id, SCOPE.day) is None


@pytest.mark.django_db
def test_a_person_has_a_day_compared_again(now: datetime) -> None:
    shop_id = compared(now)
    [run] = queries.runs(shop_id)
    assert compare_again(shop_id=shop_id, run_id=run.id, actor=ONE, now=now) == SCOPE.day
    assert queries.run(shop_id, run.id).stale
    compare_again(shop_id=shop_id, run_id=run.id, actor=ONE, now=now)
    compare(shop_id, SCOPE, world_of(now, 1, 2), now)
    assert [(one.version, one.live) for one in queries.versions(shop_id, SCOPE.area, SCOPE.account, SCOPE.day)] == [
        (2, True), (1, False),
    ]  # fmt: skip
    agree_day(shop_id=shop_id, day=SCOPE.day, expected=one_account, alone=True, actor=ONE, now=now + OVER)
    with pytest.raises(DayClosed):
        compare_again(shop_id=shop_id, run_id=run.id, actor=ONE, now=now)
    with pytest.raises(RunNotFound):
        compare_again(shop_id=make_shop(now).id, run_id=run.id, actor=ONE, now=now)
    assert sql("SELECT count(*) FROM kernel_audit WHERE action = 'recon.compared_again'") == [(1,)]


@pytest.mark.django_db(transaction=True)
def test_the_machine_is_asked_once_more(now: datetime) -> None:
    case = opened(now)
    with pytest.raises(NothingToTry):
        act_again(shop_id=case.shop_id, case_id=case.id, actor=ONE, now=now)
    act_due(actions=Counting(Answer("person", "channel_says_no")), now=now)
    assert queries.waiting_cases(case.shop_id) == 1
    act_again(shop_id=case.shop_id, case_id=case.id, actor=ONE, now=now)
    assert queries.waiting_cases(case.shop_id) == 0
    assert act_due(actions=Counting(Answer("later", "no_answer")), now=now) == 1
    assert [row[0] for row in queries.tries(case.shop_id, case.id)] == [1, 2]
    close_case(shop_id=case.shop_id, case_id=case.id, reason="x", actor=ONE, now=now)
    with pytest.raises(NothingToTry):
        act_again(shop_id=case.shop_id, case_id=case.id, actor=ONE, now=now)
    assert [step.to_state for step in queries.case_steps(case.shop_id, case.id)] == ["open", "closed"]


@pytest.mark.django_db
def test_the_desk_finds_cases(now: datetime) -> None:
    case = opened(now)
    shop_id, wanted = case.shop_id, [case.id]

    def found(**asked: Any) -> list[UUID]:
        return [one.id for one in queries.search_cases(shop_id, CaseSearch(**asked))]

    assert found() == found(category="C1", area="channel", account=SCOPE.account, owner=NOBODY, key="P1") == wanted
    assert found(least_minor=1000, most_minor=1000, since=SCOPE.day, until=SCOPE.day, machine="due") == wanted
    for none in ({"category": "C2"}, {"key": "P"}, {"least_minor": 1001}, {"owner": ONE}, {"state": "closed"},
                 {"overdue": now}, {"until": SCOPE.day - timedelta(days=1)}):  # fmt: skip
        assert found(**none) == [], none
    assert found(overdue=now + timedelta(days=2)) == wanted
    assign_case(shop_id=shop_id, case_id=case.id, owner=ONE, actor=ONE, now=now)
    assert found(owner=ONE) == wanted
    [row] = queries.category_rows(shop_id, now + timedelta(days=2))
    assert (row.category, row.count, row.risk_minor, row.overdue, row.unowned, row.with_machine) == (
        "C1", 1, 1000, 1, 0, 1,
    )  # fmt: skip
    assert queries.accounts_compared(shop_id) == [("channel", SCOPE.account)]
    assert queries.count_cases(shop_id, CaseSearch(), 10) == 1
    other = make_shop(now).id
    assert queries.search_cases(other, CaseSearch(state="")) == queries.cases_by_ids(other, wanted) == []


# -- months --------------------------------------------------------------------------------------------


def book(shop_id: UUID, reference: str, at: datetime, debit: str, credit: str, amount: int) -> None:
    lines = (Line(debit, amount), Line(credit, -amount))
    post(shop_id=shop_id, currency="CNY", entries=[Entry(reference, "test", lines, at)], actor="test", now=at)


@pytest.mark.django_db
def test_a_month_closes_once_it_is_over_and_its_days_are_closed(now: datetime) -> None:
    shop_id, at = make_shop(now).id, datetime.fromisoformat("2026-01-20T12:00:00+08:00")
    book(shop_id, "a", at, "1013:transit", "5001:sales:codes", 500)
    book(shop_id, "b", at + timedelta(days=1), "1002:bank:a", "1013:transit", 200)
    month, later = date(2026, 1, 1), datetime.fromisoformat("2026-02-10T12:00:00+08:00")
    one: dict[str, Any] = {"shop_id": shop_id, "month": month, "reason": "read", "actor": ONE}
    early = queries.month_check(shop_id, month, one_account, at + timedelta(days=1))
    assert [c.key for c in early.soft if not c.ok] == ["over", "draining"]
    with pytest.raises(MonthNotClosable):
        close_month(**one, hard=False, expected=one_account, now=at)
    with pytest.raises(ReasonMissing):
        close_month(**{**one, "reason": " "}, hard=False, expected=one_account, now=later)
    assert ledger.period_state(shop_id, month) == "open"
    assert close_month(**one, hard=False, expected=one_account, now=later) == "soft"
    check = queries.month_check(shop_id, month, one_account, later)
    assert [(c.key, c.where) for c in check.hard if not c.ok] == [
        ("drained", ("1013:transit",)), ("days", (SCOPE.day.isoformat(),)),
    ]  # fmt: skip
    with pytest.raises(MonthNotClosable) as refused:
        close_month(**one, hard=True, expected=one_account, now=later)
    assert refused.value.data["reasons"] == [["days", SCOPE.day.isoformat()]]
    assert ledger.period_state(shop_id, month) == "soft"
    with pytest.raises(MonthNotClosable):
        close_month(**one, hard=False, expected=one_account, now=later)
    # What drained afterwards in time is not told against it: first in, first out.
    book(shop_id, "c", datetime.fromisoformat("2026-02-02T12:00:00+08:00"), "1002:bank:a", "1013:transit", 300)
    fill_days(now=later)
    assert [c.key for c in queries.month_check(shop_id, month, nothing, later).hard if not c.ok] == []
    february = queries.month_check(shop_id, date(2026, 2, 1), nothing, later + timedelta(days=30))
    assert [(c.key, c.where) for c in february.hard if not c.ok] == [("earlier", ("2026-01",))]
    assert [(r.month.month, r.state) for r in ledger.months(shop_id, later.date())] == [(2, "open"), (1, "soft")]
    told = sql("SELECT data->>'told' FROM kernel_audit WHERE action = 'recon.month_soft_closed'")
    assert told == [('["drained"]',)]


@pytest.mark.django_db(transaction=True)
def test_a_month_is_closed_for_good(now: datetime) -> None:
    shop_id, at = make_shop(now).id, datetime.fromisoformat("2026-01-20T12:00:00+08:00")
    book(shop_id, "a", at, "1002:bank:a", "5001:sales:codes", 500)
    later = datetime.fromisoformat("2026-02-10T12:00:00+08:00")
    close = {"shop_id": shop_id, "month": date(2026, 1, 1), "hard": True, "expected": nothing, "reason": "read"}
    states = [close_month(**close, actor=ONE, now=later) for _ in range(2)]  # type: ignore[arg-type]
    assert states == ["closing", "closed"]
    with pytest.raises(MonthNotClosable):
        close_month(**close, actor=ONE, now=later)  # type: ignore[arg-type]
    book(shop_id, "b", at, "1002:bank:a", "5001:sales:codes", 7)
    assert [(row.day, row.debit_minor) for row in ledger.account_days(
        shop_id, "1002:bank:a", "CNY", date(2026, 1, 1), date(2026, 2, 28)
    )] == [(date(2026, 1, 20), 500), (date(2026, 2, 1), 7)]  # fmt: skip
    assert sql("SELECT count(*) FROM kernel_audit WHERE action = 'recon.month_closed'") == [(1,)]
    assert not Case.objects.filter(shop_id=shop_id).exists()
