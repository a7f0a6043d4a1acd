"""What tasks may be, as JSON and back, and in which period a moment lies. Pure."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from goodfor.loyalty.errors import InvalidPoints
from goodfor.loyalty.task_types import DAILY, EVERY, MONTHLY, ONCE, ONCE_ONLY, TASKS, WEEKLY, Task, TaskSet

MOST_TASKS: Final = 20
_BOUNDS: Final[Mapping[str, tuple[int, int]]] = {
    "points": (1, 100_000), "need": (1, 100), "least_minor": (0, 10**10),
}  # fmt: skip
_KEY: Final = re.compile(r"[0-9a-z]{1,12}")


def checked(tasks: TaskSet) -> TaskSet:
    """The same. Raises InvalidPoints with the field: `tasks.2.points`."""
    if len(tasks.tasks) > MOST_TASKS or len({one.key for one in tasks.tasks}) < len(tasks.tasks):
        raise InvalidPoints(_("最多 20 个任务"), field="tasks")
    if not 0 <= tasks.day_most <= 10**7:
        raise InvalidPoints(_("数值超出范围"), field="day_most")
    for number, task in enumerate(tasks.tasks):
        if task.kind not in TASKS or task.every not in EVERY or not _KEY.fullmatch(task.key):
            raise InvalidPoints(field=f"tasks.{number}.kind")
        for name, (least, most) in _BOUNDS.items():
            if not least <= getattr(task, name) <= most:
                raise InvalidPoints(_("数值超出范围"), field=f"tasks.{number}.{name}")
        if task.kind in ONCE_ONLY and (task.every != ONCE or task.need != 1):
            raise InvalidPoints(_("这种任务只能做一次"), field=f"tasks.{number}.every")
        days = [_day(text) for text in (task.since, task.until) if text]
        if None in days or (len(days) == 2 and task.since > task.until):
            raise InvalidPoints(_("结束日期不能早于开始日期"), field=f"tasks.{number}.until")
    return tasks


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def to_json(tasks: TaskSet) -> dict[str, Any]:
    """As it is stored."""
    return {"day_most": tasks.day_most, "tasks": [asdict(one) for one in tasks.tasks]}


def from_json(stored: Mapping[str, Any]) -> TaskSet:
    """As it was written."""
    return TaskSet(tuple(Task(**one) for one in stored["tasks"]), stored["day_most"])


def is_open(task: Task, now: datetime, zone: ZoneInfo) -> bool:
    """Whether it is offered on this day, by the shop's clock."""
    today = now.astimezone(zone).date().isoformat()
    return (not task.since or task.since <= today) and (not task.until or today <= task.until)


def period_of(task: Task, now: datetime, zone: ZoneInfo) -> tuple[str, datetime | None, datetime | None]:
    """The period that a moment lies in: its name, its begin and its end. A task that is done once has one alone."""
    today = now.astimezone(zone).date()
    if task.every == ONCE:
        first = datetime.combine(date.fromisoformat(task.since), time(), zone) if task.since else None
        return ONCE, first if task.kind not in ONCE_ONLY else None, None
    if task.every == DAILY:
        name, begin, end = today.isoformat(), today, today + timedelta(days=1)
    elif task.every == WEEKLY:
        begin = today - timedelta(days=today.weekday())
        year, week, _weekday = today.isocalendar()
        name, end = f"{year}-W{week:02}", begin + timedelta(days=7)
    else:
        assert task.every == MONTHLY
        begin = today.replace(day=1)
        name, end = f"{today:%Y-%m}", (begin + timedelta(days=32)).replace(day=1)
    return name, datetime.combine(begin, time(), zone), datetime.combine(end, time(), zone)
