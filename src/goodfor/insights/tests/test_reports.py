"""Saved reports come when they are due, once, and stay as they were sent."""

import json
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from goodfor.identity.tests.factories import make_shop, make_staff
from goodfor.insights import queries
from goodfor.insights.errors import InvalidAsk, ReportNotFound
from goodfor.insights.models import Brief, Issue, Report
from goodfor.insights.operations.drop_report import drop_report
from goodfor.insights.operations.issue_report import issue_report
from goodfor.insights.operations.pause_report import pause_report
from goodfor.insights.operations.save_report import save_report
from goodfor.insights.operations.write_brief import write_brief
from goodfor.insights.rhythm import next_due
from goodfor.insights.states import DAILY, MONTHLY, NEVER, WEEKLY
from goodfor.insights.tasks import look_ahead, send_reports
from goodfor.insights.tests.conftest import Market
from goodfor.insights.tests.cubes import fill
from goodfor.insights.types import Ask, Spec
from goodfor.orders.tests.factories import sql

pytestmark = pytest.mark.django_db(transaction=True)
SPEC = Spec("channel", 7, (("segments", ("new",)),), ("gmv_minor", "margin_rate"))


def test_a_report_comes_when_it_is_due(market: Market, now: datetime) -> None:
    fill(market.shop_id, now.date() - timedelta(days=9), now.date(), [market.first], [uuid4()])
    made = save_report(
        shop_id=market.shop_id, name=" 每日渠道 ", spec=SPEC, rhythm=DAILY, at_hour=8, actor="staff:1", now=now
    )
    assert (made.name, made.spec, made.state) == ("每日渠道", SPEC, "live")
    assert made.due_at is not None
    assert now < made.due_at <= now + timedelta(days=1)
    assert queries.reports(market.shop_id) == [made] == [queries.report(market.shop_id, made.id)]
    assert not issue_report(shop_id=market.shop_id, report_id=made.id, now=now)
    late = made.due_at + timedelta(days=3)
    send_reports(late)
    send_reports(late)
    [(number, first, last)] = queries.issues(market.shop_id, made.id)
    assert (number, (last - first).days) == (1, 6)
    table = queries.issue(market.shop_id, made.id, 1)
    asked = Ask(first, last, "CNY", segments=("new",))
    assert table.rows == tuple(tuple(row) for row in json.loads(json.dumps(
        queries.figures_table(market.shop_id, asked, "channel", SPEC.columns).rows)))  # fmt: skip
    assert len(table.rows) == 2
    [(payload,)] = sql("SELECT payload::text FROM kernel_event WHERE name = 'insights.report_issued'")
    assert json.loads(payload)["number"] == 1
    assert queries.report(market.shop_id, made.id).due_at > late  # type: ignore[operator]


def test_what_was_sent_stays(market: Market, now: datetime) -> None:
    made = save_report(shop_id=market.shop_id, name="a", spec=SPEC, rhythm=DAILY, actor="t", now=now)
    assert made.due_at
    assert issue_report(shop_id=market.shop_id, report_id=made.id, now=made.due_at)
    for change in ("UPDATE insights_issue SET number = 2", "DELETE FROM insights_issue"):
        with pytest.raises(DatabaseError), transaction.atomic():
            sql(change)
    drop_report(shop_id=market.shop_id, report_id=made.id, actor="t", now=now)
    assert Issue.objects.count() == 1
    assert queries.reports(market.shop_id) == []
    send_reports(made.due_at + timedelta(days=9))
    assert Issue.objects.count() == 1
    with pytest.raises(ReportNotFound):
        drop_report(shop_id=market.shop_id, report_id=made.id, actor="t", now=now)
    # The name is free again.
    assert save_report(shop_id=market.shop_id, name="a", spec=SPEC, actor="t", now=now).id != made.id


def test_a_report_rests_and_makes_nothing_up(market: Market, now: datetime) -> None:
    made = save_report(shop_id=market.shop_id, name="a", spec=SPEC, rhythm=DAILY, actor="t", now=now)
    assert made.due_at
    common = {"shop_id": market.shop_id, "report_id": made.id, "actor": "t"}
    rested = pause_report(**common, paused=True, now=now)  # type: ignore[arg-type]
    assert (rested.state, rested.due_at) == ("paused", None)
    late = made.due_at + timedelta(days=3)
    send_reports(late)
    assert not issue_report(shop_id=market.shop_id, report_id=made.id, now=late)
    # Its name is taken while it rests.
    with pytest.raises(InvalidAsk):
        save_report(shop_id=market.shop_id, name="a", spec=SPEC, actor="t", now=now)
    again = pause_report(**common, paused=False, now=late)  # type: ignore[arg-type]
    assert again.due_at is not None
    assert late < again.due_at <= late + timedelta(days=1)
    assert again == pause_report(**common, paused=False, now=late) == queries.report(market.shop_id, made.id)  # type: ignore[arg-type]
    send_reports(late)
    assert Issue.objects.count() == 0


def test_what_is_wrong_is_refused_and_changes_nothing(market: Market, now: datetime) -> None:
    other = make_shop(now)
    stranger = make_staff(other, now)
    mine = save_report(shop_id=market.shop_id, name="a", spec=SPEC, actor="t", now=now)
    before = list(Report.objects.order_by("id").values())
    wrong = [
        {"name": ""}, {"name": "a"}, {"name": "x" * 101}, {"spec": Spec("shop_id", 7)}, {"spec": Spec("day", 0)},  # type: ignore[arg-type]
        {"spec": Spec("day", 7, (("shop_id", ("x",)),))}, {"spec": Spec("day", 7, (("sku_ids", ("x",)),))},
        {"spec": Spec("day", 7, (), ("secret",))}, {"rhythm": "hourly"}, {"rhythm": DAILY, "at_hour": 24},
        {"rhythm": MONTHLY, "day": 29}, {"staff_ids": [stranger.id]},
    ]  # fmt: skip
    for case in wrong:
        asked = {"name": "b", "spec": SPEC, **case}
        with pytest.raises(InvalidAsk):
            save_report(shop_id=market.shop_id, actor="t", now=now, **asked)  # type: ignore[arg-type]
    for operation in (
        lambda: save_report(shop_id=other.id, name="b", spec=SPEC, actor="t", now=now, report_id=mine.id),
        lambda: drop_report(shop_id=other.id, report_id=mine.id, actor="t", now=now),
        lambda: queries.report(other.id, mine.id),
        lambda: queries.issue(other.id, mine.id, 1),
    ):
        with pytest.raises(ReportNotFound):
            operation()
    assert list(Report.objects.order_by("id").values()) == before
    changed = save_report(
        shop_id=market.shop_id, name="b", spec=SPEC, rhythm=WEEKLY, actor="t", now=now, report_id=mine.id
    )
    assert (changed.id, changed.name) == (mine.id, "b")


def test_rhythms() -> None:
    at = datetime(2026, 2, 27, 23, 30, tzinfo=UTC)  # Saturday the 28th, 07:30 in Beijing
    asked = {"at_hour": 8, "weekday": 0, "day": 28}
    assert next_due(NEVER, after=at, **asked) is None
    assert next_due(DAILY, after=at, **asked) == datetime(2026, 2, 28, 0, tzinfo=UTC)
    assert next_due(WEEKLY, after=at, **asked) == datetime(2026, 3, 2, 0, tzinfo=UTC)
    assert next_due(MONTHLY, after=at, **asked) == datetime(2026, 2, 28, 0, tzinfo=UTC)
    assert next_due(MONTHLY, after=at + timedelta(minutes=30), **asked) == datetime(2026, 3, 28, 0, tzinfo=UTC)


def test_the_brief_is_written_once(market: Market, now: datetime) -> None:
    day = market.ask(now).last - timedelta(days=1)
    fill(market.shop_id, day - timedelta(days=28), day, [market.first, market.second], [uuid4()])
    assert queries.brief_of(market.shop_id, day) is None
    assert write_brief(shop_id=market.shop_id, day=day, currency="CNY", now=now)
    assert not write_brief(shop_id=market.shop_id, day=day, currency="CNY", now=now)
    found = queries.brief_of(market.shop_id, day)
    assert found is not None
    assert len(found) == 3
    assert all(one.text and "%(" not in one.text for one in found)
    assert sql("SELECT count(*) FROM kernel_event WHERE name = 'insights.brief_written'") == [(1,)]
    with pytest.raises(DatabaseError), transaction.atomic():
        Brief.objects.all().delete()


def test_the_night_makes_what_is_not_there(market: Market, now: datetime) -> None:
    morning = datetime(2026, 5, 5, 0, 30, tzinfo=UTC)  # 08:30 in Beijing
    fill(market.shop_id, date(2026, 3, 1), date(2026, 5, 5), [market.first], [uuid4()])
    look_ahead(morning - timedelta(hours=8))
    assert queries.brief_of(market.shop_id, date(2026, 5, 4)) is None
    look_ahead(morning)
    look_ahead(morning)
    assert queries.brief_of(market.shop_id, date(2026, 5, 4)) is not None
    assert {one.made_on for one in queries.demand_of(market.shop_id, 7)} == {date(2026, 5, 5)}
