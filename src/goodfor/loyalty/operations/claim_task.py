"""A task that is done brings its points: with a tap, or by itself. Once for a member, a task and a period."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Sum

from goodfor.identity import queries as identity
from goodfor.ledger import operations as ledger
from goodfor.loyalty import kinds, moving, programme, store, task_reads
from goodfor.loyalty import task_rules as rules
from goodfor.loyalty import terms as reckoning
from goodfor.loyalty.errors import NoSuchTask, TaskDayFull, TaskNotDone, TaskTaken
from goodfor.loyalty.moving import Lives, Moved
from goodfor.loyalty.store import Why
from goodfor.loyalty.task_models import TaskReward
from goodfor.loyalty.task_reads import Asked
from goodfor.loyalty.task_types import OF_ORDERS, Task
from goodfor.loyalty.types import Holder, Source

TASK: Final = "task"
_REFUSALS: Final = (NoSuchTask, TaskNotDone, TaskTaken, TaskDayFull)


@transaction.atomic(savepoint=False)
def claim_task(*, shop_id: UUID, owner: UUID, key: str, now: datetime) -> int:
    """The points that it brought, now or before.

    Raises NoSuchTask (none, not offered now, the shop gives no points), TaskNotDone, TaskTaken (somebody else has had
    it for this mailbox or telephone), TaskDayFull.
    """
    return _claim(shop_id, owner, key, now)


def _claim(shop_id: UUID, owner: UUID, key: str, now: datetime) -> int:
    """The same in a transaction that goes on where it is refused: nothing was written by then."""
    tasks = task_reads.task_set(shop_id)
    task = next((one for one in tasks.tasks if one.key == key), None)
    if task is None or not programme.terms_at(shop_id, now).on:
        raise NoSuchTask
    who = task_reads.asked_of(shop_id, owner, now)
    # The wallet is held from here on: what is counted cannot be undone, or claimed, by anybody meanwhile.
    store.lock_wallet(shop_id, Holder(owner))
    period, since, until = rules.period_of(task, now, who.zone)
    known = TaskReward.objects.filter(shop_id=shop_id, owner=owner, task=key, period=period).first()
    if known is not None:
        return known.units
    if not rules.is_open(task, now, who.zone):
        raise NoSuchTask
    if task_reads.done_of(who, task) < task.need or (task.bought and not task_reads.has_bought(shop_id, owner)):
        raise TaskNotDone
    _check_day(who, task, tasks.day_most)
    terms = programme.terms_at(shop_id, now)
    lives = Lives(reckoning.worth(terms, task.points), None, reckoning.ends_at(terms.live_months, now, who.zone))
    row = TaskReward(
        shop_id=shop_id, owner=owner, task=key, period=period, kind=task.kind, units=task.points, minor=lives.minor,
        need=task.need, least_minor=task.least_minor, since=since, until=until, mark=task_reads.mark_of(who, task),
        at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            TaskReward.objects.bulk_create([row])
    except IntegrityError:
        raise TaskTaken from None
    why = Why(Source(TASK, f"{key}:{period}"), kinds.PRESENT, "", "buyer", None, now)
    _post(shop_id, [moving.give(shop_id, Holder(owner), task.points, lives, why)], now)
    return task.points


def give_done_tasks(*, shop_id: UUID, owner: UUID, now: datetime) -> int:
    """Those that are given by themselves and are done, in the caller's transaction; how many points they brought, now
    or before.
    """
    given = 0
    for task in task_reads.task_set(shop_id).tasks:
        if not task.automatic:
            continue
        try:
            given += _claim(shop_id, owner, task.key, now)
        except _REFUSALS:
            continue
    return given


def lose_tasks(*, shop_id: UUID, owner: UUID, at: datetime, now: datetime) -> list[Moved]:
    """An order of `at` went back: what tasks of orders brought goes, where without it too few are left, and what only
    who has bought something may have, where he has kept nothing. In the caller's transaction, who posts it. Once; it is
    not given again for the same period.
    """
    store.lock_wallet(shop_id, Holder(owner))
    debt = programme.terms_at(shop_id, now).debt
    bought = task_reads.has_bought(shop_id, owner)
    made = []
    for row in TaskReward.objects.filter(shop_id=shop_id, owner=owner, back_at__isnull=True):
        if not _hung_on(row, at, bought):
            continue
        TaskReward.objects.filter(shop_id=shop_id, owner=owner, task=row.task, period=row.period).update(back_at=now)
        why = Why(Source(TASK, f"{row.task}:{row.period}", "lost"), kinds.PRESENT, "", "system", None, now)
        made.append(
            moving.take(
                shop_id, Holder(owner), row.units, why, kind=kinds.CLAWBACK, pending_too=True, partly=True, owe=debt
            )
        )
    return made


def _hung_on(row: TaskReward, at: datetime, bought: bool) -> bool:
    """Whether what a task took is gone with an order of `at`. `bought`: something else is kept."""
    if row.kind not in OF_ORDERS:
        return not bought and task_reads.was_for_buyers(row)
    if (row.since and at < row.since) or (row.until and at >= row.until):
        return False
    return task_reads.kept_orders(row.shop_id, row.owner, row.least_minor, row.since, row.until) < row.need


def _check_day(who: Asked, task: Task, most: int) -> None:
    if not most:
        return
    began = who.now.astimezone(who.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = TaskReward.objects.filter(shop_id=who.shop_id, owner=who.owner, at__gte=began)
    had = rows.aggregate(units=Sum("units", default=0))["units"]
    if had + task.points > most:
        raise TaskDayFull


def _post(shop_id: UUID, made: list[Moved], now: datetime) -> None:
    entries = tuple(entry for one in made for entry in one.entries)
    if entries:
        ledger.post(shop_id=shop_id, currency=identity.shop_by_id(shop_id).currency, entries=entries, now=now)
