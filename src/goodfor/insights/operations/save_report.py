"""Save a question whose answer is to come by itself."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from goodfor.identity import queries as identity
from goodfor.insights import states, wording
from goodfor.insights.errors import InvalidAsk
from goodfor.insights.locks import locked_report
from goodfor.insights.mapping import ask_of, report_view, stored_spec
from goodfor.insights.models import Report
from goodfor.insights.reads import MOST_DAYS
from goodfor.insights.rhythm import next_due
from goodfor.insights.tables import needed_by
from goodfor.insights.types import ReportView, Spec
from goodfor.kernel import audit
from goodfor.kernel.ids import uuid7
from goodfor.kernel.statemachine import record_history

MOST_PEOPLE: Final = 50


def save_report(
    *,
    shop_id: UUID,
    name: str,
    spec: Spec,
    rhythm: str = states.NEVER,
    at_hour: int = 8,
    weekday: int = 0,
    day: int = 1,
    staff_ids: Sequence[UUID] = (),
    actor: str,
    now: datetime,
    report_id: UUID | None = None,
) -> ReportView:
    """A new one, or (`report_id`) an old one changed. Raises ReportNotFound, InvalidAsk (also for a name in use)."""
    _check(name, spec, rhythm, (at_hour, weekday, day), now)
    _check_staff(shop_id, spec, staff_ids)
    people = list(dict.fromkeys(staff_ids))
    values: dict[str, object] = {
        "name": name.strip(), "spec": stored_spec(spec), "rhythm": rhythm, "at_hour": at_hour, "weekday": weekday,
        "day": day, "staff_ids": people,
        "due_at": next_due(rhythm, at_hour=at_hour, weekday=weekday, day=day, after=now),
    }  # fmt: skip
    try:
        with transaction.atomic():
            row = _stored(shop_id, report_id, values, actor, now)
            audit.record(
                shop_id=shop_id, actor=actor, action="insights.report_saved", subject=("insights.report", row.id),
                data={"name": row.name, "rhythm": rhythm, "people": len(people)}, now=now,
            )  # fmt: skip
    except IntegrityError as error:
        if "insights_report_name" not in str(error):
            raise
        raise InvalidAsk(_("已有同名的报表"), field="name") from None
    return report_view(row)


def _stored(shop_id: UUID, report_id: UUID | None, values: dict[str, object], actor: str, now: datetime) -> Report:
    if report_id is not None:
        row = locked_report(shop_id, report_id)
        if row.state == states.PAUSED:
            values = {**values, "due_at": None}
        Report.objects.filter(shop_id=shop_id, id=report_id).update(**values)
        row.refresh_from_db(from_queryset=Report.objects.filter(shop_id=shop_id))
        return row
    row = Report.objects.create(id=uuid7(), shop_id=shop_id, made_by=actor, made_at=now, **values)
    record_history(
        shop_id=shop_id, machine=states.REPORT, subject_id=row.id, moves=[(None, states.LIVE)], actor=actor,
        cause="saved", now=now,
    )  # fmt: skip
    return row


def _check(name: str, spec: Spec, rhythm: str, when: tuple[int, int, int], now: datetime) -> None:
    if not 1 <= len(name.strip()) <= 100:
        raise InvalidAsk(_("名称须为 1 到 100 个字"), field="name")
    if spec.by not in wording.BY or not 1 <= spec.days <= MOST_DAYS:
        raise InvalidAsk(_("日期范围不正确"), field="days")
    if any(column not in wording.FIGURES for column in spec.columns):
        raise InvalidAsk(_("没有这个指标"), field="columns")
    try:
        ask_of(spec, "", now)
    except (KeyError, ValueError):
        raise InvalidAsk(_("筛选条件不正确"), field="filters") from None
    hour, weekday, day = when
    if rhythm not in states.RHYTHMS or not (0 <= hour <= 23 and 0 <= weekday <= 6 and 1 <= day <= 28):
        raise InvalidAsk(_("发送时间不正确"), field="rhythm")


def _check_staff(shop_id: UUID, spec: Spec, staff_ids: Sequence[UUID]) -> None:
    known = {one.id: one for one in identity.staff_of_shop(shop_id) if one.active}
    if len(staff_ids) > MOST_PEOPLE or not set(staff_ids) <= known.keys():
        raise InvalidAsk(_("收件人不是本店的员工"), field="staff_ids")
    wanted = needed_by(spec)
    if not all(known[one].may(right) for one in staff_ids for right in wanted):
        raise InvalidAsk(_("收件人里有人无权看这些指标"), field="staff_ids")
